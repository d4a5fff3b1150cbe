"""The verdict: the client's list of 250s and the sink's mails against each other, then against what `tkt` says.

The gateway's tables are never read. What its commands say is only believed where the two witnesses outside
agree with it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from subprocess import CompletedProcess
from typing import Any, Protocol

from tests.crash.client import Said
from tests.crash.gateway import AGENTS
from tests.crash.mails import Mail, Seen
from tests.crash.traffic import WORD
from tests.sink import Received

OUTCOMES = {
    "new": {"opened"},
    "answer": {"followed up"},
    "reply": {"act"},
    "note": {"act"},
}


class Witness(Protocol):
    """What is asked of a node: what its commands print."""

    def asked(self, /, *words: str) -> Any: ...
    def tkt(self, /, *words: str) -> CompletedProcess[str]: ...


def judge(said: Said, received: Sequence[Received], node: Witness, lines: Sequence[str]) -> list[str]:
    """Every broken promise, in words; `lines` is the standard error of all nodes."""
    with ThreadPoolExecutor(3) as side_by_side:
        ledger = side_by_side.submit(node.asked, "ledger", "--limit", "100000")
        outbox = side_by_side.submit(node.asked, "outbox", "--limit", "100000")
        reconciled = side_by_side.submit(node.tkt, "reconcile")
    seen = [Seen(one) for one in received]
    return [
        *_client(said),
        *_sink(said, seen, lines),
        *_ledger(said.accepted.values(), ledger.result()),
        *_outbox(seen, outbox.result()),
        *_reconciled(reconciled.result()),
    ]


def expect_kept(said: Said, received: Sequence[Received], node: Witness, lines: Sequence[str]) -> None:
    """For tests: fails with every broken promise."""
    found = judge(said, received, node, lines)
    assert found == [], "\n".join(found)


def _client(said: Said) -> Iterator[str]:
    """No good mail was refused for ever."""
    yield from (f"refused with 5xx: {words}" for words in said.refused)
    yield from (f"never accepted: mail {mail.number}" for mail in said.lost)


def _sink(said: Said, seen: Sequence[Seen], lines: Sequence[str]) -> Iterator[str]:
    """Whoever had to hear of an accepted mail heard of it, in one mail; and a mail came twice only with a log line."""
    by_word: dict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        for word in dict.fromkeys(WORD.findall(one.text)):
            by_word[word].append(one)
    confirmed: dict[str, set[str]] = defaultdict(set)
    for one in seen:
        # an agent's answer is threaded below the same mail, but has words of its own
        if one.recipient not in AGENTS.values() and not WORD.search(one.text):
            confirmed[one.answers].add(one.id)
    for mail in said.accepted.values():
        yield from _effects(mail, by_word[mail.word], confirmed)
    yield from _doubles(seen, lines)


def _effects(mail: Mail, named: Sequence[Seen], confirmed: Mapping[str, set[str]]) -> Iterator[str]:
    told = defaultdict(set)
    for one in named:
        told[one.recipient].add(one.id)
    agents = {agent: told[agent] for agent in AGENTS.values() if agent in told}
    strangers = set(told) - set(AGENTS.values()) - {mail.customer}
    if strangers:
        yield f"mail {mail.number} ({mail.kind}) reached {strangers}"
    if mail.kind == "new" and len(confirmed[mail.message_id]) != 1:
        yield f"mail {mail.number}: {len(confirmed[mail.message_id])} confirmations"
    if mail.kind == "new" and len(agents) != len(AGENTS):
        yield f"mail {mail.number}: told only {sorted(agents)} of it"
    if mail.kind == "answer" and not agents:
        yield f"mail {mail.number}: no agent was told of the customer's answer"
    if mail.kind == "reply" and len(told[mail.customer]) != 1:
        yield f"mail {mail.number}: the agent's answer went out as {len(told[mail.customer])} mails"
    if mail.kind == "note" and told[mail.customer]:
        yield f"mail {mail.number}: the customer read an internal note"


def _doubles(seen: Sequence[Seen], lines: Sequence[str]) -> Iterator[str]:
    """More than once only with the same bytes, the same Message-ID and a line in the journal."""
    bytes_of: dict[tuple[str, str], set[bytes]] = defaultdict(set)
    counts: Counter[tuple[str, str]] = Counter()
    for one in seen:
        bytes_of[one.id, one.recipient].add(one.data)
        counts[one.id, one.recipient] += 1
    doubted = [line for line in lines if "ambiguous" in line]
    for (identity, recipient), count in counts.items():
        if len(bytes_of[identity, recipient]) > 1:
            yield f"{identity} to {recipient} has several contents"
        if count > 1 and not any(identity.strip("<>") in line for line in doubted):
            yield f"{identity} came {count} times to {recipient}, and no line says that it might"


def _ledger(accepted: Any, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each mail with a 250 is one delivery with one outcome; there is no other delivery."""
    of = defaultdict(list)
    for row in rows:
        of[str(row["digest"])].append(row)
    wanted = {sha256(mail.raw).hexdigest(): mail for mail in accepted}
    for digest, mail in wanted.items():
        outcomes = [row["outcome"] for row in of[digest]]
        if len(outcomes) != 1 or outcomes[0] not in OUTCOMES[mail.kind]:
            yield f"mail {mail.number} ({mail.kind}): the ledger has {outcomes or 'nothing'}"
    for digest in set(of) - set(wanted):
        yield f"a delivery that nobody was told 250 for: {of[digest]}"


def _outbox(seen: Sequence[Seen], rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each row arrived, and what arrived has a row."""
    arrived = {(one.id, one.recipient) for one in seen}
    rowed = {(str(row["message_id"]), str(row["recipient"]).lower()) for row in rows}
    yield from (f"never arrived: {one}" for one in sorted(rowed - arrived))
    yield from (f"arrived without a row: {one}" for one in sorted(arrived - rowed))
    yield from (f"still {row['state']}: {row['message_id']}" for row in rows if row["state"] != "sent")


def _reconciled(done: CompletedProcess[str]) -> Iterator[str]:
    if done.returncode != 0:
        yield f"tkt reconcile: exit {done.returncode}: {done.stdout[-1500:]}{done.stderr[-500:]}"
