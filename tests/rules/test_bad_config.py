"""Every broken tkt.toml in tests/bad_config is refused with exactly the words in the `expected.txt` beside it.

To add a case write the file, run this once, read the answer as an operator would, and keep it as `expected.txt`.
"""

from pathlib import Path

import pytest

from gateway.config import ConfigError, load_config

CASES = Path(__file__).resolve().parent.parent / "bad_config"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())


def complaint(folder: Path) -> str:
    """What an operator sees who starts the gateway with this file."""
    try:
        load_config(folder / "tkt.toml")
    except ConfigError as error:
        return str(error).replace(f"{folder}/", "") + "\n"
    return "it was accepted\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_file_is_refused_in_these_words(name: str) -> None:
    """Each mistake is named with its place, what was expected and the nearest word; nothing else is said."""
    expected = CASES / name / "expected.txt"

    assert complaint(CASES / name) == (expected.read_text("utf-8") if expected.exists() else "")
