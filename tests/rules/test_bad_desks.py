"""Every broken desk in tests/bad_desks is refused with exactly the words in the `expected.txt` beside it.

A folder with folders of desks in it is several desks, any other is one desk, with its `rules/*.yaml` if it has some.
One that is only doubtful is accepted, and its warnings are what is expected. To add a case write the files, call
`python -m tests.rules.test_bad_desks NAME`, and read the answer as an admin would.
"""

import sys
from pathlib import Path

import pytest

from rules.loader import DeskError, load_desk, load_desks

CASES = Path(__file__).resolve().parent.parent / "bad_desks"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())


def texts_of(folder: Path) -> dict[str, str]:
    files = sorted((*folder.glob("*.y*ml"), *folder.glob("rules/*.y*ml")))
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in files}


def complaint(folder: Path) -> str:
    """What an admin is told of these files."""
    inner = sorted(path for path in folder.iterdir() if path.is_dir() and path.name != "rules")
    try:
        if inner:
            load_desks({f"desks/{path.name}": texts_of(path) for path in inner})
        else:
            found = load_desk(texts_of(folder), folder=f"desks/{folder.name}")
            return "".join(f"warning: {problem}\n" for problem in found.warnings) or "it was accepted\n"
    except DeskError as error:
        return f"{error}\n"
    return "it was accepted\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_desk_is_told_in_these_words(name: str) -> None:
    """Each mistake is named with its place, what was expected and the nearest word; nothing else is said."""
    expected = CASES / name / "expected.txt"

    assert complaint(CASES / name) == (expected.read_text("utf-8") if expected.exists() else "")


def test_the_collection_is_large() -> None:
    """A language of this size has at least sixty ways of being written wrong."""
    assert len(NAMES) >= 60


if __name__ == "__main__":
    for chosen in sys.argv[1:] or NAMES:
        (CASES / chosen / "expected.txt").write_text(complaint(CASES / chosen), "utf-8")
