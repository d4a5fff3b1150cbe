"""`tkt check`: reads all that `tkt run` would read and says everything that is wrong, and what is not safe yet."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from gateway.config import Config, ConfigError, Secret
from gateway.desk_commands import warn
from gateway.desks import load_policies, packaged_notices
from gateway.keys import load_keys
from gateway.outgoing import signer
from parsing.message import Permanent
from rules.policy import Policy

NOT_YET = (
    "note: agents act by a login, or by a reply token together with DKIM or SPF of their domain, but nobody has run "
    "this version in public: not for the open internet yet"
)
NO_HOP = (
    "note: mailbox {name}: no hop is declared, so nobody vouches for a sender there: agents' answers and # lines that "
    'come by it are held. Name the server that checks senders: hop = {{ authserv_id = "…" }}'
)


NOT_ALIGNED = (
    "note: desk {desk}: mail from {address} is signed for {domain}, which says nothing about it (DMARC): "
    "others will not take that signature for the desk's"
)


def check_all(config: Config, *, embedded: bool = False) -> int:
    """Print findings; 0 when the gateway could run with this, else 1. `embedded`: `tkt run` makes its keys."""
    wrong: list[str] = []
    try:
        policies = load_policies(config, today=datetime.now(UTC).date())
        warn(policies)
        wrong += _unknown_desks(config, set(policies))
    except ConfigError as error:
        wrong.append(str(error))
        policies = {}
    looks: list[Callable[[], object]] = [packaged_notices, lambda: signer(config)]
    if not embedded or config.path(config.keys).exists():
        looks.append(lambda: load_keys(config.path(config.keys)))
    for look in looks:
        try:
            look()
        except Permanent as error:
            wrong.append(str(error))
    wrong += _unreadable(config)
    for line in wrong:
        print(line, file=sys.stderr)
    if not wrong:
        print(f"all is well: {len(policies)} desk{'s' if len(policies) != 1 else ''} ({', '.join(policies)})")
        for box in config.mailboxes:
            if box.hop is None:
                print(NO_HOP.format(name=box.name))
        for line in _not_aligned(config, policies):
            print(line)
        print(NOT_YET)
    return 1 if wrong else 0


def _not_aligned(config: Config, policies: Mapping[str, Policy]) -> Iterator[str]:
    """Desks whose own domain is not the signing one, nor below it (RFC 7489 section 3.1.1)."""
    dkim = config.outgoing.dkim
    for policy in policies.values() if dkim is not None else ():
        address = policy.address.address
        if dkim and not f".{address.rpartition('@')[2].lower()}".endswith(f".{dkim.domain.lower()}"):
            yield NOT_ALIGNED.format(desk=policy.desk, address=address, domain=dkim.domain)


def _unknown_desks(config: Config, known: set[str]) -> list[str]:
    return [
        f"tkt.toml: mailbox {box.name}: there is no desk {box.desk!r}; known: {', '.join(sorted(known))}"
        for box in config.mailboxes
        if box.desk not in known
    ]


def _unreadable(config: Config) -> Iterator[str]:
    """Files that tkt.toml names and that can not be opened."""
    for name, value in _files(config):
        try:
            config.path(value).open("rb").close()
        except OSError as error:
            yield f"tkt.toml: {name}: {config.path(value)}: {error.strerror}"


def _files(config: Config) -> Iterator[tuple[str, Path]]:
    places: list[tuple[str, object]] = [("smtp", config.smtp), ("relay", config.relay)]
    places += [(f"mailbox {box.name}", box) for box in config.mailboxes]
    for place, section in places:
        for name in ("certificate", "key", "ca_file", "password", "token"):
            value = getattr(section, name, None)
            file = value.file if isinstance(value, Secret) else value
            if file is not None:
                yield f"{place}.{name}", file
