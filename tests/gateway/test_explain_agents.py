"""What `tkt explain` says of a mail in an agent's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.config import Config
from gateway.explain import Manner, tell
from gateway.explained import make_judge
from gateway.keys import create_keys, load_keys
from parsing.reader import read
from parsing.tokens import issue_reply


async def test_why_nothing_is_done_in_an_agents_name_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a mail with an agent's address and token and nothing else: that it would be held, why, and what would do."""
    create_keys(tmp_path / "var" / "keys")
    token = issue_reply(load_keys(tmp_path / "var" / "keys"), role="agent", ticket=7, address="agent@localhost")
    mail = (
        b"From: Alex <agent@localhost>\r\nTo: support+" + token.encode() + b"@localhost\r\nSubject: x\r\n\r\n#close\r\n"
    )

    tell(await make_judge(Config(base=tmp_path)).of_file(read(mail)), Manner())
    told = " ".join(capsys.readouterr().out.split())

    assert "evidence E1: a token of ours that was given to this very address" in told
    assert "held: Alex Agent may have written it, but that is not proven, and nothing was done" in told
    assert "whoever was shown that mail has the token, too" in told
    assert "What would have proven it: a login over TLS as agent@localhost" in told
