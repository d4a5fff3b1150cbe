"""The password file of SMTP AUTH."""

from pathlib import Path

import pytest

from gateway.passwords import hash_password, matches, read_passwords, set_password, verify
from parsing.message import Permanent, Temporary


def test_a_password_is_known_again(tmp_path: Path) -> None:
    """What was set is verified, in any case of the address; another password, an empty one and a stranger are not."""
    file = tmp_path / "passwords"
    set_password(file, "Agent@desk.test", "zażółć")

    assert verify(file, "AGENT@desk.test", "zażółć")
    assert verify(file, "agent@desk.test", "zaz\u0307o\u0301łc\u0301")  # the same, typed in pieces
    assert not verify(file, "agent@desk.test", "zazolc")
    assert not verify(file, "agent@desk.test", "")
    assert not verify(file, "other@desk.test", "zażółć")
    assert not verify(file, "other@desk.test", "")


def test_the_file_is_private_and_plain(tmp_path: Path) -> None:
    """One `address:hash` a line, mode 0600, no password in it; setting again replaces, None removes."""
    file = tmp_path / "passwords"
    set_password(file, "a@desk.test", "one")
    set_password(file, "b@desk.test", "two")
    set_password(file, "A@desk.test", "three")

    lines = file.read_text().splitlines()
    assert [line.split(":$scrypt$")[0] for line in lines] == ["a@desk.test", "b@desk.test"]
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["passwords"]
    assert verify(file, "a@desk.test", "three")
    assert not verify(file, "a@desk.test", "one")
    set_password(file, "a@desk.test", None)
    assert list(read_passwords(file)) == ["b@desk.test"]


def test_one_password_has_two_hashes() -> None:
    """Each hash has its own salt."""
    assert hash_password("x") != hash_password("x")


@pytest.mark.parametrize(
    "hashed",
    [
        "",
        "x",
        "$scrypt$ln=15$a$b",
        "$scrypt$ln=15,r=8,p=1$!$!",
        "$bcrypt$ln=1,r=8,p=1$AAAA$AAAA",
        "$scrypt$ln=63,r=8,p=1$AA$AA",
    ],
)
def test_a_broken_hash_matches_nothing(hashed: str) -> None:
    """A damaged line, or one whose numbers would take all memory, is only a wrong password."""
    assert not matches("x", hashed)


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """The file is not used until it is private again, and the text says how."""
    file = tmp_path / "passwords"
    set_password(file, "a@desk.test", "one")
    file.chmod(0o640)

    with pytest.raises(Permanent, match="chmod 600"):
        verify(file, "a@desk.test", "one")


def test_a_missing_file_knows_nobody_and_a_broken_one_is_temporary(tmp_path: Path) -> None:
    """Before the first `tkt passwd` there is no file; what cannot be read may be readable later."""
    assert read_passwords(tmp_path / "none") == {}
    with pytest.raises(Temporary):
        read_passwords(tmp_path)


@pytest.mark.parametrize(("address", "password"), [("a b@c.d", "x"), ("a@b\nc", "x"), ("nobody", "x"), ("a@b.c", "")])
def test_what_cannot_stand_in_the_file_is_refused(tmp_path: Path, address: str, password: str) -> None:
    """An address with blanks or line ends, none at all, or an empty password changes nothing."""
    file = tmp_path / "passwords"
    with pytest.raises(Permanent):
        set_password(file, address, password)

    assert not file.exists()
