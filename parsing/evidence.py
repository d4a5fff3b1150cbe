"""What is known of a sender besides the From text: our own tokens, and who vouches for the address in From.

A token counts for its sender only; one that belongs to another address is told apart, for somebody forwarded our mail.
The grades are those of the threat model: E1 a token, E2 the domain vouches, E3 both, E4 a login.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from parsing.authentication import Hop, Peer, Proof, authenticate, hop_received
from parsing.dmarc import Organization
from parsing.dns import Answer, Inquiry, Question
from parsing.message import Evidence, Grade, Kind, Message, Token
from parsing.tokens import Keys, person_hash, read_envelope, read_once, read_reference, read_token

_RANK = {"agent": 0, "operator": 1, "customer": 2}
ANSWERED, QUOTED = "the Message-ID it answers", "the mail that it quotes"
TOKEN_LIKE = range(36, 61)  # characters of a plus-part that was a token once, or means to be one


@dataclass(frozen=True, slots=True)
class Way:
    """How a mail came: from which peer (None: a mailbox), through which declared hop, when; the DNS' answers so far.

    `asks` is False where the DNS is left alone: then nothing can be known later that is not known now.
    """

    peer: Peer | None
    now: datetime
    organization: Organization
    hop: Hop | None = None
    answers: Mapping[Question, Answer] = field(default_factory=dict)
    sealers: frozenset[str] = frozenset()
    asks: bool = True


def evidence(
    message: Message,
    *,
    keys: Keys,
    desk_addresses: tuple[str, ...],
    envelope_to: tuple[str, ...],
    envelope_from: str,
    way: Way | None = None,
    same_person: tuple[str, ...] = (),
) -> tuple[Evidence, frozenset[Question]]:
    """The proofs in a mail as far as they are known, and the questions that the DNS should still be asked.

    Tokens are looked for in the plus-parts of every recipient, in the Message-IDs that it answers, newest first, and
    last in the body. `same_person` are more addresses of the sender's own. Without a `way` nobody can vouch for the
    sender.
    """
    addresses = (message.sender.key, *same_person) if message.sender is not None else ()
    valid, odd = _tokens(message, keys, desk_addresses, envelope_to, addresses)
    persons = {person_hash(address) for address in addresses}
    own = sorted((item for item in valid if item[1].person in persons), key=lambda item: _RANK[item[1].role])
    foreign = next((item for item in valid if item[1].person not in persons), None)
    bounced, how = _bounced(message, keys, desk_addresses, envelope_to)
    inquiry = Inquiry(way.answers if way is not None else {})
    proof = _vouched(message, way, envelope_from, inquiry, same_person)
    return Evidence(
        grade=grade_of(token=bool(own), proof=proof),
        token=own[0][1] if own else None,
        foreign_token=foreign[1] if foreign is not None else None,
        bounced=bounced,
        why=(*_why(message, own[:1], foreign, how, envelope_from), *odd, *proof.why),
        answered=_answers(valid, own[0][1] if own else foreign[1] if foreign is not None else None),
        token_where=own[0][0] if own else "",
        once=_once([token for _, token in own], message, keys, desk_addresses),
        blind=way is not None and way.peer is None and way.hop is None,
        hop_received=hop_received(message, way.hop) if way is not None else 0,
        unanswered=_unanswered(way, inquiry, proof),
    ), frozenset(inquiry.wanted)


def _tokens(
    message: Message,
    keys: Keys,
    desk_addresses: tuple[str, ...],
    envelope_to: tuple[str, ...],
    addresses: tuple[str, ...],
) -> tuple[list[tuple[str, Token]], list[str]]:
    """Every token of ours with its place, the surest place first; and what only looks like one.

    `addresses` are the sender's: none but theirs open a token that is good for one answer.
    """
    written = (*message.to, *message.cc)
    places = [
        *(("the envelope recipient", part) for part in plus_parts(envelope_to, desk_addresses)),
        *(("To or Cc", part) for part in plus_parts((a.address for a in written), desk_addresses)),
        *(("Delivered-To", part) for part in plus_parts(message.delivered_to, desk_addresses)),
        *((ANSWERED, part) for part in _answered(message, desk_addresses)),
    ]
    read = [(where, part, _read(keys, part, addresses)) for where, part in places]
    valid = [(where, token) for where, _, token in read if token is not None]
    quoted = read_reference(keys, message.reference) if message.reference else None
    valid += [(QUOTED, quoted)] if quoted is not None else []
    odd = [
        f"{where} carries what looks like a token and is none of ours, or was damaged"
        for where, part, token in read
        if token is None and where != ANSWERED and len(part) in TOKEN_LIKE and read_envelope(keys, part) is None
    ]
    return valid, list(dict.fromkeys(odd))


def _answers(valid: Iterable[tuple[str, Token]], chosen: Token | None) -> bool:
    """Whether what is answered or quoted is of the ticket that the chosen token is of."""
    return any(where in (ANSWERED, QUOTED) for where, one in valid if chosen and one.ticket == chosen.ticket)


def _read(keys: Keys, part: str, addresses: tuple[str, ...]) -> Token | None:
    token = read_token(keys, part)
    once = (read_once(keys, part, address) for address in addresses) if token is None else ()
    return token or next((one for one in once if one is not None), None)


def _once(own: list[Token], message: Message, keys: Keys, desk_addresses: tuple[str, ...]) -> str:
    """The agent's mail of ours that this one answers: by its single-use address, else directly by its Message-ID.

    What References hold besides is only the history of a thread.
    """
    direct = [read_token(keys, part) for part in _local_parts(message.in_reply_to, desk_addresses)]
    named = [token for token in direct if token is not None and token in own and token.role == "agent"]
    return next((token.serial for token in (*(one for one in own if one.once), *named)), "")


def _unanswered(way: Way | None, inquiry: Inquiry, proof: Proof) -> bool:
    """Whether the DNS may yet prove what it did not prove now."""
    asks = way is not None and way.asks
    return asks and bool(inquiry.wanted or inquiry.failed) and not (proof.domain or proof.login)


def grade_of(*, token: bool, proof: Proof) -> Grade:
    """The ladder of the threat model; what proves more counts."""
    if proof.login:
        return Grade.E4
    if proof.domain:
        return Grade.E3 if token else Grade.E2
    return Grade.E1 if token else Grade.E0


def _vouched(
    message: Message, way: Way | None, envelope_from: str, inquiry: Inquiry, same_person: tuple[str, ...]
) -> Proof:
    if way is None or message.sender is None:
        return Proof()
    return authenticate(
        message,
        peer=way.peer,
        envelope_from=envelope_from,
        hop=way.hop,
        organization=way.organization,
        inquiry=inquiry,
        now=way.now,
        same_person=same_person,
        sealers=way.sealers,
    )


def is_own(message: Message, keys: Keys, desk_addresses: tuple[str, ...]) -> bool:
    """True for a mail that we sent ourselves: its own Message-ID is signed by us."""
    return any(read_token(keys, part) is not None for part in _local_parts([message.message_id], desk_addresses))


def plus_parts(addresses: Iterable[str], desk_addresses: tuple[str, ...]) -> Iterator[str]:
    """What stands behind the `+` in those of the addresses that are a desk's (RFC 5233)."""
    desks = {desk.lower() for desk in desk_addresses}
    for address in addresses:
        local, _, domain = address.strip("<> ").rpartition("@")
        name, plus, part = local.partition("+")
        if plus and f"{name}@{domain}".lower() in desks:
            yield part


def _local_parts(ids: Iterable[str], desk_addresses: tuple[str, ...]) -> Iterator[str]:
    domains = {desk.rpartition("@")[2].lower() for desk in desk_addresses}
    for one in ids:
        local, _, domain = one.strip("<> ").rpartition("@")
        if local and domain.lower() in domains:
            yield local


def _answered(message: Message, desk_addresses: tuple[str, ...]) -> Iterator[str]:
    """The local parts of our Message-IDs, newest first."""
    newest_first = dict.fromkeys([*message.in_reply_to, *reversed(message.references)])
    return _local_parts(newest_first, desk_addresses)


def _bounced(
    message: Message, keys: Keys, desk_addresses: tuple[str, ...], envelope_to: tuple[str, ...]
) -> tuple[str, str]:
    """The serial of the mail of ours that came back, or was complained about, and what proves it."""
    recipients: list[str] = [*envelope_to]
    if message.kind is Kind.BOUNCE:  # read from a mailbox there is no envelope
        recipients += [*message.delivered_to, *(address.address for address in message.to)]
    for part in plus_parts(recipients, desk_addresses):
        serial = read_envelope(keys, part)
        if serial is not None:
            return serial, "it came to the signed envelope sender of one of our mails"
    bounce = message.kind is Kind.BOUNCE  # a receipt says that it did arrive
    about = [report for report in message.reports if bounce or report.action == "complained"]
    originals = [report.original_message_id for report in about]
    for part in _local_parts(dict.fromkeys(originals), desk_addresses):
        token = read_token(keys, part)
        if token is not None and token.serial:
            return token.serial, "the report holds the signed Message-ID of one of our mails"
    return "", ""


def _why(
    message: Message,
    own: list[tuple[str, Token]],
    foreign: tuple[str, Token] | None,
    bounced: str,
    envelope_from: str,
) -> Iterator[str]:
    if message.sender is None:
        yield "From is not exactly one mailbox"
    for where, token in own:
        about = f"and ticket {token.ticket}" if token.ticket else "and no ticket"
        kind = "single-use token" if token.once else "token"
        yield f"{where} carries a {kind} of ours for this {token.role} {about}"
    if foreign is not None:
        where, token = foreign
        yield f"{where} carries a token of ours that was given to another address ({token.role}, ticket {token.ticket})"
    if not own and foreign is None:
        yield "no token of ours"
    if bounced:
        yield bounced
    if envelope_from.strip("<> ") == "":
        yield "the envelope sender is empty"
