"""The Maildir that stands in for a relay."""

import os
from pathlib import Path

import pytest

from gateway.relay import MaildirRelay
from tests.gateway.letters import RAW, letter


async def test_a_mail_becomes_a_file_with_its_envelope(tmp_path: Path) -> None:
    """One whole file in new/, named by the serial, the bytes unchanged behind two fields that tell the envelope."""
    result = await MaildirRelay(tmp_path / "out").send(letter(serial="00ff"))

    assert result.state == "sent"
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"cur", "new", "tmp"}
    assert [path.name for path in (tmp_path / "out").rglob("*") if path.is_file()] == ["00ff"]
    head = b"Return-Path: <b-1-xyz@desk.example>\r\nDelivered-To: customer@shop.example\r\n"
    assert (tmp_path / "out" / "new" / "00ff").read_bytes() == head + RAW


@pytest.mark.parametrize("place", ["new/00ff", "cur/00ff", "cur/00ff:2,S"])
async def test_a_mail_that_lies_there_is_left_alone(tmp_path: Path, place: str) -> None:
    """A second delivery of the same serial is harmless, also when somebody has read the first."""
    relay = MaildirRelay(tmp_path)
    await relay.send(letter(serial="00ff"))
    (tmp_path / "new" / "00ff").rename(tmp_path / place)
    result = await relay.send(letter(serial="00ff", raw=b"Subject: other\r\n\r\n"))

    assert result.state == "sent"
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()] == [place]
    assert (tmp_path / place).read_bytes().endswith(RAW)


async def test_a_torn_file_of_a_crash_is_overwritten(tmp_path: Path) -> None:
    """What a kill left in tmp/ is no hindrance for the next try."""
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / "00ff").write_bytes(b"half a ma")
    await MaildirRelay(tmp_path).send(letter(serial="00ff"))

    assert (tmp_path / "new" / "00ff").read_bytes().endswith(RAW)
    assert list((tmp_path / "tmp").iterdir()) == []


async def test_file_and_folder_are_synced_around_the_rename(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sent means: bytes on the disk before the name, and the name on the disk before the answer."""
    seen: list[tuple[str, bool]] = []
    real = os.fsync

    def fsync(fd: int) -> None:
        seen.append((Path(f"/proc/self/fd/{fd}").readlink().name, (tmp_path / "new" / "00ff").exists()))
        real(fd)

    monkeypatch.setattr(os, "fsync", fsync)
    await MaildirRelay(tmp_path).send(letter(serial="00ff"))

    assert seen == [("00ff", False), ("new", True)]


async def test_a_maildir_that_can_not_be_written_is_later(tmp_path: Path) -> None:
    """A disk's trouble is not the mail's."""
    (tmp_path / "out").write_bytes(b"a file where the folder should be")
    result = await MaildirRelay(tmp_path / "out").send(letter())

    assert (result.state, result.ambiguous) == ("later", False)


@pytest.mark.parametrize("serial", ["../evil", "a/b", "", ".", "..", ".hidden", "a\0b", "a\nb", "x" * 200])
async def test_a_serial_is_no_path(tmp_path: Path, serial: str) -> None:
    """Nothing is written outside of the Maildir, whatever the serial says."""
    result = await MaildirRelay(tmp_path / "out").send(letter(serial=serial))

    assert result.state == "never"
    assert list(tmp_path.iterdir()) == []


async def test_an_address_can_not_add_a_field(tmp_path: Path) -> None:
    """The envelope on top holds no line break from outside."""
    result = await MaildirRelay(tmp_path / "out").send(letter("a@b.example\r\nX: y"))

    assert result.state == "never"
    assert list(tmp_path.iterdir()) == []
