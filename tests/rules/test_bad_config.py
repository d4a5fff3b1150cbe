"""Every broken file in tests/bad_config is refused with exactly the words in the `expected.txt` beside it.

A folder with a `tkt.toml` is a gateway's; one with folders in it is several desks; any other is one desk. To add a case
write the files, run this once, read the answer as an admin would, and keep it as `expected.txt`.
"""

from pathlib import Path

import pytest

from gateway.config import ConfigError, load_config
from rules.loader import DeskError, load_desk, load_desks

CASES = Path(__file__).resolve().parent.parent / "bad_config"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())


def texts_of(folder: Path) -> dict[str, str]:
    files = sorted(folder.glob("*.y*ml"))
    return {path.name: path.read_bytes().decode() for path in files}


def complaint(folder: Path) -> str:
    """What an admin sees who starts the gateway with these files."""
    try:
        if (folder / "tkt.toml").exists():
            load_config(folder / "tkt.toml")
        elif inner := sorted(path for path in folder.iterdir() if path.is_dir()):
            load_desks({f"desks/{path.name}": texts_of(path) for path in inner})
        else:
            load_desk(texts_of(folder), folder=f"desks/{folder.name}")
    except (ConfigError, DeskError) as error:
        return str(error).replace(f"{folder}/", "") + "\n"
    return "it was accepted\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_file_is_refused_in_these_words(name: str) -> None:
    """Each mistake is named with its place, what was expected and the nearest word; nothing else is said."""
    expected = CASES / name / "expected.txt"

    assert complaint(CASES / name) == (expected.read_text("utf-8") if expected.exists() else "")


def test_the_collection_is_large() -> None:
    """The issue asks for at least twenty broken ones."""
    assert len(NAMES) >= 24
