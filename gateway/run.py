"""`tkt run`: the gateway in the foreground, a banner for people, signals turned into a good end."""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager

from gateway import failpoints
from gateway.app import Gateway, open_gateway, run_until
from gateway.config import Config
from gateway.journal import Journal
from gateway.keys import create_keys
from store.database import Broken

SIGNALS = (signal.SIGINT, signal.SIGTERM)
GARBAGE = 20_000  # objects made and not freed before the collector looks
BROKEN = 75  # EX_TEMPFAIL of sysexits: a supervisor may start us again, and the check at start decides


def run_gateway(config: Config, *, embedded: bool, failpoints: bool) -> int:
    """Run until SIGINT or SIGTERM; the exit code is 0 for a good end, 75 when the store broke."""
    os.umask(0o077)  # whatever is written from here on holds people's mail
    if embedded:
        create_keys(config.path(config.keys))
    try:
        return asyncio.run(_run(config, test=failpoints))
    finally:
        for number in SIGNALS:  # a second Ctrl-C while the process ends has nothing left to stop
            signal.signal(number, signal.SIG_IGN)


async def _run(config: Config, *, test: bool) -> int:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    _allow_many_files()
    for number in SIGNALS:
        loop.add_signal_handler(number, stopping.set)
    journal = Journal()
    loop.set_exception_handler(lambda _, context: journal.loop_trouble(context))
    failpoint = failpoints.from_text(os.environ.get("TKT_FAILPOINTS", "")) if test else failpoints.none
    reason = ""
    try:
        with _store_broken_before(lambda: bool(reason)):
            async with AsyncExitStack() as stack:
                gateway = await open_gateway(config, stack, journal=journal, failpoint=failpoint)
                _spare_the_lasting()
                journal.started(**effective(config))
                print(banner(gateway), flush=True)
                reason = await run_until(gateway, stopping)
                print(f"\n{reason}: finishing what is in flight …", flush=True)
        journal.stopped(reason)
    finally:
        journal.close()
    return 0 if stopping.is_set() else BROKEN


def _spare_the_lasting() -> None:
    """What start-up made stays for good: the garbage collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)


@contextmanager
def _store_broken_before(ending: Callable[[], bool]) -> Iterator[None]:
    """A store that broke can not be left in good order either: no second error hides why we end."""
    try:
        yield
    except Broken:
        if not ending():
            raise


def _allow_many_files() -> None:
    """As many open files as the system lets us have: every connection is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def effective(config: Config) -> dict[str, str]:
    """The settings in force, flat, for the journal; secrets are only named by where they come from."""
    flat: dict[str, str] = {}
    for section, value in config.model_dump(mode="json", by_alias=True).items():
        if isinstance(value, dict):
            flat.update({f"{section}.{key}": str(item) for key, item in value.items() if item not in (None, [], {})})
        elif value not in (None, [], ()):
            flat[section] = str(value)
    return flat


def banner(gateway: Gateway) -> str:
    """What listens where, which desk is served, and the next thing to try."""
    config = gateway.config
    lines = ["tkt is running. Ctrl-C finishes what is in flight and stops.", ""]
    if gateway.smtp is not None and config.smtp is not None and config.smtp.listen:
        hosts = [place.rpartition(":")[0] for place in config.smtp.listen]
        places = ", ".join(f"{host}:{port}" for host, port in zip(hosts, gateway.smtp.ports, strict=False))
        lines.append(f"  mail comes in   SMTP {places}")
    if config.lmtp is not None:
        lines.append(f"  mail comes in   LMTP {', '.join(config.lmtp.listen)}")
    lines += [f"  mail comes in   IMAP {box.user} on {box.host}, folder {box.folder}" for box in config.mailboxes]
    lines.append(f"  mail goes out   {outlet(config)}")
    lines += [
        f"  desk            {policy.desk}: {', '.join(a.address for a in policy.addresses)}"
        f" (answered by {', '.join(agent.mail.address for agent in policy.agents)})"
        for policy in gateway.policies.values()
    ]
    lines.append(f"  store           {config.store.url}")
    if gateway.http is not None and config.http is not None:
        host = config.http.listen.rpartition(":")[0]
        lines.append(f"  health          http://{host}:{gateway.http.port}/healthz, /readyz, /metrics")
    command = "tkt" if os.environ.get("VIRTUAL_ENV") else sys.argv[0]
    lines += ["", f"Next, in another terminal:  {command} send-sample  and then  {command} tickets", ""]
    return "\n".join(lines)


def outlet(config: Config) -> str:
    """Where outgoing mail goes, in words."""
    if config.relay is not None:
        return f"SMTP {config.relay.host}:{config.relay.port} ({config.relay.tls})"
    return f"into the Maildir {config.outgoing.maildir} (no [relay] is configured)"
