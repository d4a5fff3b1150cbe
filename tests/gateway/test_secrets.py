"""Where secrets come from, and that they come no further."""

from pathlib import Path

import pytest

from gateway.config import Secret
from gateway.secrets import SIZE, reveal
from parsing.message import Permanent, Temporary


async def test_file_gives_its_first_line(tmp_path: Path) -> None:
    """A file, named relative to tkt.toml, gives its first line without the line end."""
    (tmp_path / "password").write_text("correct horse \r\nsecond line\n")

    assert await reveal(Secret(file=Path("password")), base=tmp_path) == "correct horse "


async def test_environment_gives_the_variable() -> None:
    """A variable of the environment gives its value."""
    assert await reveal(Secret(env="WORD"), environ={"WORD": "pässword"}) == "pässword"


async def test_command_is_no_shell_line(tmp_path: Path) -> None:
    """A command is split like a shell would, but no shell runs it: `;` and `$` are words."""
    assert await reveal(Secret(command="printf '%s %s' 'a b' '$HOME;id'"), base=tmp_path) == "a b $HOME;id"


async def test_command_runs_in_the_folder_of_the_configuration(tmp_path: Path) -> None:
    """A command may be named relative to tkt.toml's folder's files."""
    (tmp_path / "token").write_text("from the folder")

    assert await reveal(Secret(command="cat token"), base=tmp_path) == "from the folder"


@pytest.mark.parametrize(
    "secret",
    [
        Secret(file=Path("missing")),
        Secret(file=Path("empty")),
        Secret(file=Path("binary")),
        Secret(env="MISSING"),
        Secret(command="no-such-program --at-all"),
        Secret(command="false"),
        Secret(command="true"),
        Secret(command="unbalanced 'quote"),
        Secret(command=""),
        Secret(command="cat endless"),
        Secret(command="sh -c 'printf hush; exit 3'"),
    ],
)
async def test_no_secret_is_a_temporary_trouble_without_its_text(secret: Secret, tmp_path: Path) -> None:
    """What can not be had now is `Temporary`, and its words hold nothing of what was read or printed."""
    (tmp_path / "empty").touch()
    (tmp_path / "binary").write_bytes(b"hush\xff\xfe")
    (tmp_path / "endless").write_bytes(b"hush" * SIZE)

    with pytest.raises(Temporary) as caught:
        await reveal(secret, base=tmp_path, environ={})

    assert "hush" not in str(caught.value)


async def test_silent_command_is_ended() -> None:
    """A command that does not answer in time is killed, not waited for."""
    with pytest.raises(Temporary, match="did not answer"):
        await reveal(Secret(command="sleep 600"), seconds=0.05)


@pytest.mark.parametrize("secret", [Secret(), Secret(env="A", command="true")])
async def test_one_source_exactly(secret: Secret) -> None:
    """No source, or two, is a mistake that no retry mends."""
    with pytest.raises(Permanent):
        await reveal(secret)
