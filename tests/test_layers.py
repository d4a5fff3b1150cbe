"""Imports point one way, and the rooms that decide touch nothing: the plan of the house, enforced.

Each kind of fault is also planted in a small tree of its own, so that a checker gone blind is found out.
"""

from pathlib import Path

import pytest

from tests import layers

ROOT = Path(__file__).resolve().parent.parent

# Each exemption: (file, name as reported) and why it is no breach of the law.
EXEMPT: dict[tuple[str, str], str] = {
    ("parsing/__main__.py", "resource"): "the reading child limits itself, for what it reads may be hostile",
    ("parsing/__main__.py", "logging"): "the child mutes a library that would log words of the mail",
}


def unexcused(found: list[layers.Import]) -> list[layers.Import]:
    return [
        i for i in found if not any(path == i.path and (i.name + ".").startswith(name + ".") for path, name in EXEMPT)
    ]


def plant(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_imports_point_to_the_right() -> None:
    """gateway > store | templates > rules > parsing: no file of ours imports against the arrow."""
    assert unexcused(layers.wrong_way(ROOT)) == []


def test_deciding_rooms_are_pure() -> None:
    """parsing, rules and templates touch no clock, chance, disk, network or process; SQL is the store's alone."""
    assert unexcused(layers.impure(ROOT)) == []


def test_no_circle_of_files() -> None:
    """No file imports itself by a detour."""
    assert layers.circles(ROOT) == []


def test_no_circle_of_folders() -> None:
    """No folder imports itself by a detour through another."""
    assert layers.folder_circles(ROOT) == []


def test_no_vague_names() -> None:
    """A noun lives in the lowest room that needs it, not in a drawer."""
    assert layers.vague(ROOT) == []


def test_each_exemption_is_still_needed() -> None:
    """An exemption whose import is gone is gone too."""
    found = layers.impure(ROOT) + layers.wrong_way(ROOT)
    unused = [
        key for key in EXEMPT if not any(i.path == key[0] and (i.name + ".").startswith(key[1] + ".") for i in found)
    ]

    assert unused == []


FORBIDDEN = [
    (room, other)
    for room in layers.ALLOWED
    for other in layers.OURS
    if other != room and other not in layers.ALLOWED[room]
]


@pytest.mark.parametrize(("room", "other"), sorted(FORBIDDEN))
@pytest.mark.parametrize(
    "text",
    [
        "import {other}.thing\n",
        "from {other} import thing\n",
        "from {other}.thing import name as n\n",
        "def f():\n    import {other}\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from {other} import thing\n",
        "import importlib\nimportlib.import_module('{other}.thing')\n",
        "from importlib import import_module\nasync def f():\n    import_module('{other}')\n",
        "thing = __import__('{other}')\n",
    ],
)
def test_sees_a_forbidden_import(tmp_path: Path, room: str, other: str, text: str) -> None:
    """Every forbidden pair of rooms is seen in every way of writing an import."""
    plant(tmp_path, {f"{room}/deep/er.py": text.format(other=other)})

    assert [i.path for i in layers.wrong_way(tmp_path)] == [f"{room}/deep/er.py"]


@pytest.mark.parametrize("room", sorted(layers.ALLOWED))
def test_lets_allowed_imports_pass(tmp_path: Path, room: str) -> None:
    """What the plan allows is not complained of, the room itself included."""
    plant(tmp_path, {f"{room}/a.py": "".join(f"from {other} import b\n" for other in (room, *layers.ALLOWED[room]))})

    assert layers.wrong_way(tmp_path) == []


def test_sees_a_computed_import(tmp_path: Path) -> None:
    """An import whose name is put together at run time cannot hide a direction."""
    plant(tmp_path, {"rules/a.py": "import importlib\nimportlib.import_module('gate' + 'way')\n"})

    assert [i.name for i in layers.wrong_way(tmp_path)] == ["?"]


@pytest.mark.parametrize("name", sorted(layers.IMPURE))
@pytest.mark.parametrize("room", sorted(layers.PURE))
def test_sees_an_impure_import(tmp_path: Path, room: str, name: str) -> None:
    """Every name on the list is seen in each of the pure rooms."""
    module, _, last = name.rpartition(".")
    plant(
        tmp_path, {f"{room}/a.py": f"def f():\n    {f'from {module} import {last}' if module else f'import {name}'}\n"}
    )

    assert [i.name for i in layers.impure(tmp_path)] == [name]


@pytest.mark.parametrize(
    "call", ["open('x')", "print()", "datetime.now()", "datetime.datetime.now(UTC)", "date.today()"]
)
def test_sees_an_impure_call(tmp_path: Path, call: str) -> None:
    """The clock and the disk are also seen where no import betrays them."""
    plant(tmp_path, {"rules/a.py": f"def f():\n    return {call}\n"})

    assert [i.line for i in layers.impure(tmp_path)] == [2]


def test_sees_sql_outside_the_store(tmp_path: Path) -> None:
    """Even the gateway, which may do anything else, knows no SQL."""
    plant(tmp_path, {"gateway/a.py": "import sqlalchemy as sa\n", "store/a.py": "import sqlalchemy as sa\n"})

    assert [i.path for i in layers.impure(tmp_path)] == ["gateway/a.py"]


def test_sees_a_circle_of_files(tmp_path: Path) -> None:
    """Three files in a ring are one circle, relative imports and imports in functions included."""
    plant(
        tmp_path,
        {
            "rules/a.py": "from . import b\n",
            "rules/b.py": "from rules.c import x\n",
            "rules/c.py": "def f():\n    import rules.a\n",
        },
    )

    assert layers.circles(tmp_path) == [["rules.a", "rules.b", "rules.c"]]


def test_sees_a_circle_of_folders(tmp_path: Path) -> None:
    """Two folders that need each other are one folder, even if no two files do."""
    plant(
        tmp_path,
        {
            "rules/a.py": "from rules.sub import c\n",
            "rules/b.py": "",
            "rules/sub/c.py": "",
            "rules/sub/d.py": "from .. import b\n",
        },
    )

    assert layers.circles(tmp_path) == []
    assert layers.folder_circles(tmp_path) == [["rules", "rules.sub"]]


@pytest.mark.parametrize("path", ["rules/utils.py", "store/common/a.py", "gateway/types.py"])
def test_sees_a_vague_name(tmp_path: Path, path: str) -> None:
    """A drawer is seen as a file and as a folder."""
    plant(tmp_path, {path: ""})

    assert layers.vague(tmp_path) == [path]
