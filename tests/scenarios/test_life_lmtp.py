"""A Postfix in front that delivers by LMTP: each recipient's reply is what the store holds of it."""

import asyncio
import contextlib
import shutil
import smtplib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.config import Hop, Lmtp
from parsing.message import Temporary
from store.schema import delivery
from tests.running import HOST
from tests.scenarios.house import ANNA, SALES, SUPPORT, House
from tests.servers import Postfix

IN_FRONT = """
relay_domains = desk.example
relay_recipient_maps =
transport_maps = inline:{{desk.example=lmtp:unix:{socket}}}
recipient_delimiter = +
"""


class HalfBroken(House):
    """A house whose store refuses a delivery when the scenario says so, counted by commit."""

    failures: tuple[int, ...] = ()
    commits = 0

    def _failpoint(self, name: str) -> None:
        self.commits += name == "smtp.data"
        if name == "smtp.data" and self.commits in self.failures:
            raise Temporary("no room for this one")


@contextlib.asynccontextmanager
async def behind_lmtp(built: House) -> AsyncIterator[Path]:
    """The house with its socket in a folder as the deploy page makes it."""
    folder = built.folder / "front"
    folder.mkdir()
    with contextlib.suppress(LookupError, PermissionError):  # without Postfix, or as a person who may not
        shutil.chown(folder, group="postfix")
    folder.chmod(0o2710)
    built.lmtp = Lmtp(listen=(f"unix:{folder / 'lmtp'}",), hop=Hop(authserv_id="postfix.example.test"))
    await built.open()
    try:
        yield folder / "lmtp"
        await built.settled()
        built.got()
        await built.judge()
    finally:
        await built.close()


async def rows(house: House) -> list[tuple[str, str, list[str], int]]:
    """Desk, channel, recipients and arrivals of each delivery."""
    columns = (delivery.c.desk, delivery.c.channel, delivery.c.envelope_to, delivery.c.arrivals)
    return sorted((r.desk, r.channel, list(r.envelope_to), r.arrivals) for r in await house.rows(select(*columns)))


async def lmtp_talk(socket: Path, mail: bytes, *recipients: str) -> list[tuple[int, str]]:
    """One transaction by the standard library's client; the reply for each recipient."""

    def talk() -> list[tuple[int, str]]:
        client = smtplib.LMTP(str(socket))
        client.ehlo_or_helo_if_needed()
        client.mail(ANNA)
        for to in recipients:
            assert client.rcpt(to)[0] == 250
        first = client.data(mail)
        said = [first, *(client.getreply() for _ in recipients[1:])]
        client.quit()
        return [(code, text.decode()) for code, text in said]

    return await asyncio.to_thread(talk)


@pytest.fixture
def built(build: Callable[..., HalfBroken]) -> HalfBroken:
    return build(HalfBroken)


async def test_a_store_that_fails_for_one_recipient(built: HalfBroken) -> None:
    """One delivery is committed and one is not: 250 and 451 say which; what is sent again is there once."""
    async with behind_lmtp(built) as socket:
        mail = built.write("Two desks.", to=f"{SUPPORT}, {SALES}").as_bytes()
        built.failures = (2,)

        said = await lmtp_talk(socket, mail, SUPPORT, SALES)

        kept = await rows(built)
        by_reply = [to for to, (code, _) in zip((SUPPORT, SALES), said, strict=True) if code == 250]
        assert sorted(code for code, _ in said) == [250, 451]
        assert [(channel, to, arrivals) for _, channel, to, arrivals in kept] == [("lmtp", by_reply, 1)]
        assert [code for code, _ in await lmtp_talk(socket, mail, SUPPORT, SALES)] == [250, 250]
        assert sorted(arrivals for *_, arrivals in await rows(built)) == [1, 2]


async def test_postfix_delivers_by_lmtp(built: HalfBroken) -> None:
    """Postfix hands one mail for two desks over; the recipient that was put off is tried again, the other is not."""
    async with behind_lmtp(built) as socket:
        built.failures = (2,)
        with Postfix(relay_port=built.sink.port, extra_config=IN_FRONT.format(socket=socket)) as postfix:

            def send() -> None:
                with smtplib.SMTP(HOST, postfix.port, timeout=30) as client:
                    mail = built.write("Two desks.", to=f"{SUPPORT}, {SALES}")
                    client.sendmail(ANNA, [SUPPORT, SALES.replace("@", "+x@")], mail.as_bytes())

            await asyncio.to_thread(send)

            async def both() -> bool:
                return len(await rows(built)) == 2

            await built.until(both, "both deliveries")
            await built.settled()
            log = postfix.log_text()

        assert await rows(built) == [
            ("sales", "lmtp", [SALES.replace("@", "+x@")], 1),
            ("support", "lmtp", [SUPPORT], 1),
        ]
        assert log.count("status=deferred") == 1
        assert "451 4.3.0" in log
        assert await built.outcomes() == ["opened", "opened"]
