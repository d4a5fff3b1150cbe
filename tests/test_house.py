"""The house rules that a machine can check.

Docstrings, sizes, what lies at the top, locks, and that nothing names the machine it was written on.
"""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("gateway", "parsing", "rules", "templates", "store")
FILE_LINES = 400
FUNCTION_LINES = 50
TOP = frozenset(
    "pyproject.toml README.md gateway parsing rules templates store deploy tests Makefile LICENSE CHANGELOG.md "
    "requirements-build.lock requirements.lock requirements-dev.lock requirements-fuzz.lock".split()
)
# pieces, lest this file find itself
MACHINE = [
    "pythonhosted" + ".org",
    "pypi" + ".org/simple",
    "/work" + "/main",
    "/work" + "/shared",
    "/root" + "/",
    "uv" + "env/",
]

# Each exemption: a file, or file:function, and why it may be longer.
LONG: dict[str, str] = {
    "store/migrations/versions/0001_whole_schema.py": "a migration is one file, and the first makes every table",
}


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        node
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function, its docstring not counted: words are free."""
    end = function.end_lineno or function.lineno
    words = function.body[0] if ast.get_docstring(function) is not None else None
    return end - function.lineno + 1 - ((words.end_lineno or words.lineno) - words.lineno + 1 if words else 0)


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return [path for path in done.stdout.decode().split("\0") if path]


def test_every_test_states_its_promise() -> None:
    """A test's docstring is the promise that it keeps."""
    silent = [
        f"{name(path)}:{function.name}"
        for path in python_files("tests")
        for function in functions(path)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]

    assert silent == []


def test_every_file_opens_with_a_paragraph() -> None:
    """A file says first what it is for and what it promises."""
    assert [
        name(path) for path in python_files(*ROOMS, "tests") if not ast.get_docstring(ast.parse(path.read_bytes()))
    ] == []


def test_no_file_is_too_long() -> None:
    """No file has more than 400 lines."""
    long = [name(path) for path in python_files(*ROOMS, "tests") if len(path.read_bytes().splitlines()) > FILE_LINES]

    assert [path for path in long if path not in LONG] == []


def test_no_function_is_too_long() -> None:
    """No function has more than 50 lines."""
    long = [
        f"{name(path)}:{function.name}"
        for path in python_files(*ROOMS, "tests")
        for function in functions(path)
        if length(function) > FUNCTION_LINES
    ]

    assert [found for found in long if found not in LONG] == []


def test_nothing_names_the_machine_it_was_written_on() -> None:
    """No tracked file holds a package registry's address or a path of the writer's machine."""
    found = [
        f"{path}: {word}"
        for path in tracked()
        if (ROOT / path).is_file()
        for word in MACHINE
        if word.encode() in (ROOT / path).read_bytes()
    ]

    assert found == []


def test_the_top_stays_small() -> None:
    """At the top lie the rooms and the few files that a tool looks for there."""
    top = {path.split("/")[0] for path in tracked()}

    assert {entry for entry in top if not entry.startswith(".")} - TOP == set()


@pytest.mark.parametrize(
    "lock", ["requirements-build.lock", "requirements.lock", "requirements-dev.lock", "requirements-fuzz.lock"]
)
def test_locks_pin_every_package_by_hash(lock: str) -> None:
    """A lock has a version and a hash for each package, and no address of any registry."""
    text = (ROOT / lock).read_text()
    entries = [entry for entry in text.replace("\\\n", " ").splitlines() if entry.strip() and not entry.startswith("#")]

    assert entries
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []
    assert "://" not in text
