"""The DKIM keys that `tkt init` writes prove themselves by the records that it shows."""

import re
import stat
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.checks import check_all
from gateway.config import parse_config
from gateway.dkim_keys import create_dkim_keys
from gateway.init import TOML, write_folder
from gateway.outgoing import signer
from parsing.dkim_key import verifies
from parsing.dns import Answer, Inquiry, Question, Record
from parsing.reader import read
from tests.gateway.letters import RAW

NOW = datetime(2026, 11, 25, tzinfo=UTC)
LINE = re.compile(r"(?m)^([\w.-]+)  IN TXT  \( (.+) \)$")


def test_what_init_writes_and_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the lines of tkt.toml uncommented each mail has two signatures that hold by the records; keys are 0600."""
    write_folder(tmp_path)
    shown = capsys.readouterr().out
    lines = TOML[TOML.index("# [outgoing.dkim]") : TOML.index("# [alarm]")].replace("\n# ", "\n").removeprefix("# ")
    sign = signer(parse_config(tomllib.loads(lines), base=tmp_path))
    assert sign is not None
    strings = {name: re.findall('"([^"]*)"', text) for name, text in LINE.findall(shown)}
    names = {Question(f"{name}.example.com", Record.TXT): Answer(("".join(text),)) for name, text in strings.items()}

    signatures = read(sign(RAW)).dkim_signatures

    assert len(names) == len(signatures) == 2
    assert all(verifies(Inquiry(names), signature, NOW)[0] for signature in signatures)
    assert all(len(string) <= 255 for text in strings.values() for string in text)
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "keys").glob("*.pem")} == {0o600}
    assert (tmp_path / "keys" / "dkim-records.txt").read_text() in shown


def test_no_key_is_overwritten(tmp_path: Path) -> None:
    """Where one of the keys is, both are left as they are: its record is in the DNS."""
    (tmp_path / "dkim-tkt.pem").write_text("precious")

    assert create_dkim_keys(tmp_path) == ""
    assert [file.read_text() for file in tmp_path.iterdir()] == ["precious"]


@pytest.mark.parametrize(("domain", "noted"), [("localhost", False), ("example.com", True), ("host", True)])
def test_a_signature_for_another_domain_is_noted(
    domain: str, noted: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`tkt check` says which desk's mail is signed for a domain that is neither its own nor above it."""
    write_folder(tmp_path)
    dkim = {"domain": domain, "selector": "tkt", "key": "keys/dkim-tkt.pem"}

    code = check_all(parse_config({"desks": "desks", "keys": "keys", "outgoing": {"dkim": dkim}}, base=tmp_path))

    assert code == 0
    assert ("which says nothing about it (DMARC)" in capsys.readouterr().out) is noted
