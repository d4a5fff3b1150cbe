"""`tkt check`: reads all that `tkt run` would read and says everything that is wrong, and what is not safe yet."""

from __future__ import annotations

import sys

from gateway.config import Config, ConfigError
from gateway.desks import load_policies, packaged_notices
from gateway.keys import load_keys
from gateway.outgoing import signer
from parsing.message import Permanent

NOT_YET = (
    "note: in this version a reply token together with the From address is all the evidence that is asked for: "
    "not for the open internet yet"
)


def check_all(config: Config) -> int:
    """Print findings; 0 when the gateway could run with this, 1 otherwise."""
    wrong: list[str] = []
    try:
        policies = load_policies(config)
        wrong += _unknown_desks(config, set(policies))
    except ConfigError as error:
        wrong.append(str(error))
        policies = {}
    for look in (lambda: load_keys(config.path(config.keys)), packaged_notices, lambda: signer(config)):
        try:
            look()
        except Permanent as error:
            wrong.append(str(error))
    for line in wrong:
        print(line, file=sys.stderr)
    if not wrong:
        print(f"all is well: {len(policies)} desk{'s' if len(policies) != 1 else ''} ({', '.join(policies)})")
        print(NOT_YET)
    return 1 if wrong else 0


def _unknown_desks(config: Config, known: set[str]) -> list[str]:
    return [
        f"tkt.toml: mailbox {box.name}: there is no desk {box.desk!r}; known: {', '.join(sorted(known))}"
        for box in config.mailboxes
        if box.desk not in known
    ]
