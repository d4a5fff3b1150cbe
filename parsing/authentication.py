"""Who vouches for the address in From: its domain (SPF, DKIM), a login, or the mail server in front of us.

On the SMTP path SPF and DKIM are checked here. A declared hop is believed instead where the mail came through it, and
where neither vouches a sealer that was named (ARC); what anybody else claims in Authentication-Results is worth nothing
(RFC 8601 section 5). Pure: the DNS is asked through an Inquiry; what is not known yet, or can not be, is no evidence.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from parsing.arc_sealers import seen_by_sealers
from parsing.auth_results import AuthResults, Result, parse_auth_results
from parsing.dkim_key import verifies
from parsing.dmarc import Organization, dmarc, related
from parsing.dns import Inquiry, Unanswered
from parsing.message import ArcChain, DkimSignature, Message
from parsing.received import logged_in, own_fields
from parsing.spf import check_host


@dataclass(frozen=True, slots=True)
class Peer:
    """Who handed the mail over: the address and HELO of the SMTP client, and the user that it logged in as over TLS.

    Without an address it is a mail from a file: then its signatures are all that can be checked.
    """

    address: str = ""
    helo: str = ""
    user: str = ""


@dataclass(frozen=True, slots=True)
class Hop:
    """A mail server of ours that checks senders and strips what others claim in its name.

    `hosts` are the names behind `by` in its Received fields, `peers` the networks that it connects from; `exchange`
    says that it is Microsoft's, which strips its X-MS-Exchange-Organization fields from foreign mail.
    """

    authserv_id: str = ""
    hosts: tuple[str, ...] = ()
    exchange: bool = False
    peers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """`domain`: the domain in From vouches for it; `login`: its very address logged in. `why` tells each check."""

    domain: bool = False
    login: bool = False
    why: tuple[str, ...] = ()


def authenticate(
    message: Message,
    *,
    peer: Peer | None,
    envelope_from: str,
    hop: Hop | None,
    organization: Organization,
    inquiry: Inquiry,
    now: datetime,
    same_person: Sequence[str] = (),
    sealers: Collection[str] = (),
) -> Proof:
    """What is proven so far. `peer` is None for a mailbox: there only what a declared hop found out counts.

    `hop` is the declared hop that the mail came through, None when there was none. `same_person` are more addresses of
    the sender's own, to log in with; `sealers` are believed what they sealed.
    """
    if message.sender is None:
        return Proof(why=("From is not one mailbox: nothing can prove it",))
    address = message.sender.key
    checks: list[tuple[bool, str]] = []
    logins = list(_logins(message, peer, hop))
    if hop is not None:
        checks += _told_by_hop(message, hop, address.rpartition("@")[2], organization)
    if peer is not None:
        checks += _checked(message, peer, envelope_from, hop, organization, inquiry, now)
        if message.arc is not None and not any(ok for ok, _ in checks):
            checks += _sealed(message.arc, address.rpartition("@")[2], sealers, organization, inquiry, now)
    login = next((how for who, how in logins if who in (address, *same_person)), "")
    strangers = [f"{how}, and not {address}" for _, how in logins if not login]
    why = [*strangers, *(how for _, how in checks)] or (
        ["nobody was asked about the domain in From"] if not login else []
    )
    return Proof(any(ok for ok, _ in checks), bool(login), tuple([login, *why] if login else why))


def _logins(message: Message, peer: Peer | None, hop: Hop | None) -> Iterator[tuple[str, str]]:
    """The addresses that logged in somewhere we trust, and where."""
    if peer is not None and peer.user:
        yield peer.user.lower(), f"{peer.user.lower()} logged in over TLS"
    if hop is None:
        return
    for result in _results(message, hop):
        if result.method == "auth" and result.verdict == "pass" and "smtp.auth" in result.properties:
            user = result.properties["smtp.auth"].lower()
            yield user, f"{hop.authserv_id} saw {user} log in"
    for text in own_fields(message.trace, hop.hosts, hop.peers):
        who = logged_in(text)
        if who:
            yield who, f"the mail server in front saw {who} log in"
    inside = ("x-ms-exchange-organization-authas", "internal")
    if hop.exchange and any((line.name, line.text.strip().lower()) == inside for line in message.trace):
        yield message.sender.key if message.sender else "", "Exchange says that it was written inside the company"


def hop_received(message: Message, hop: Hop | None) -> int:
    """How many Received fields on top the hop wrote; of one that names no hosts the topmost is taken for its own."""
    if hop is None:
        return 0
    return sum(1 for _ in own_fields(message.trace, hop.hosts, hop.peers)) if hop.hosts else 1


def _results(message: Message, hop: Hop) -> Iterator[Result]:
    """The results in the top run of fields with the hop's authserv-id (RFC 8601 section 5).

    Exchange writes one field without an id: of those the topmost alone counts, for anybody can write a second one.
    """
    if not hop.authserv_id and not hop.exchange:
        return
    for line in message.trace:
        if line.name == "authentication-results":
            found: AuthResults | None = parse_auth_results(line.text)
            if found is None or found.authserv_id != hop.authserv_id.lower():
                return
            yield from found.results
            if not found.authserv_id:
                return


def _told_by_hop(message: Message, hop: Hop, domain: str, organization: Organization) -> list[tuple[bool, str]]:
    name = hop.authserv_id or "the mail server in front"
    checks = _told(list(_results(message, hop)), name, domain, organization)
    return checks or [(False, f"{name} says nothing about the sender")]


def _sealed(
    chain: ArcChain,
    domain: str,
    sealers: Collection[str],
    organization: Organization,
    inquiry: Inquiry,
    now: datetime,
) -> list[tuple[bool, str]]:
    """What named sealers saw when the mail came to them (RFC 8617): a list that changed it has broken its signature."""
    try:
        seen, why_not = seen_by_sealers(chain, sealers=sealers, inquiry=inquiry, now=now)
    except Unanswered:
        return [(False, "ARC: not known yet")]
    checks = [one for sealer, told in seen for one in _told(told, f"{sealer}, which sealed it,", domain, organization)]
    return checks or [(False, why_not or "ARC: its sealers say nothing about the sender")]


def _told(told: Sequence[Result], name: str, domain: str, organization: Organization) -> list[tuple[bool, str]]:
    """What one who is believed says of the domain in From; where he says that DMARC failed, nothing else counts."""
    checks = []
    for result in told:
        ok = result.verdict == "pass" and _vouches(result, domain, organization)
        if result.method in ("dmarc", "dkim", "spf"):
            checks.append((ok, f"{name} says {result.method}={result.verdict} for {_claimed(result) or 'no domain'}"))
    if any(result.method == "dmarc" and result.verdict == "fail" for result in told):
        return [(False, how) for _, how in checks]
    return checks


def _claimed(result: Result) -> str:
    """The domain that a result is about."""
    names = {"dmarc": ("header.from",), "dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom", "smtp.helo")}
    value = next((result.properties[n] for n in names.get(result.method, ()) if n in result.properties), "")
    return value.rpartition("@")[2].lower().removesuffix(".")


def _vouches(result: Result, domain: str, organization: Organization) -> bool:
    claimed = _claimed(result)
    return claimed == domain if result.method == "dmarc" else bool(claimed) and related(claimed, domain, organization)


def _checked(
    message: Message,
    peer: Peer,
    envelope_from: str,
    hop: Hop | None,
    organization: Organization,
    inquiry: Inquiry,
    now: datetime,
) -> list[tuple[bool, str]]:
    """Our own checks of a mail that came by SMTP; SPF says nothing about a peer that is the hop."""
    author = message.sender.key.rpartition("@")[2] if message.sender else ""
    checks: list[tuple[bool, str]] = []
    for signature in _aligned_first(message, author, organization):
        try:
            holds, how = verifies(inquiry, signature, now)
            checks.append(_for_author(inquiry, author, signature.domain, organization, ok=holds, how=how, spf=False))
        except Unanswered:
            checks.append((False, f"DKIM of {signature.domain}: not known yet"))
    if hop is not None or not peer.address:
        return checks
    claimed = (envelope_from.strip("<> ").rpartition("@")[2] or peer.helo).lower().removesuffix(".")
    if not _on_internet(peer.address):
        checks.append((False, f"SPF: {peer.address} is no address of the internet"))
    elif not related(claimed, author, organization):
        # whatever its owner says of it; who forges From must not have us wait for a DNS of their own
        checks.append((False, f"SPF of {claimed or 'nobody'} is not asked: it says nothing about {author}"))
    else:
        try:
            spf = check_host(inquiry, ip=peer.address, mail_from=envelope_from, helo=peer.helo)
            how = f"SPF of {spf.domain or '?'}: {spf.result}" + (f" ({spf.why})" if spf.why else "")
            ok, owner = spf.result == "pass", spf.domain.lower().removesuffix(".")
            checks.append(_for_author(inquiry, author, owner, organization, ok=ok, how=how, spf=True))
        except Unanswered:
            checks.append((False, "SPF: not known yet"))
    return checks


def _on_internet(address: str) -> bool:
    """No machine is trusted for being near (threat model): for localhost and private networks SPF says nothing."""
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False


def _aligned_first(message: Message, author: str, organization: Organization) -> Sequence[DkimSignature]:
    """Signatures of other domains prove nothing about From and are not looked up."""
    return [one for one in message.dkim_signatures if one.domain and related(one.domain, author, organization)]


def _for_author(
    inquiry: Inquiry, author: str, domain: str, organization: Organization, *, ok: bool, how: str, spf: bool
) -> tuple[bool, str]:
    """Whether a domain that was proven speaks for the one in From, as that one's owner wants it (RFC 7489)."""
    if not ok or domain == author:
        return ok, how
    if not related(domain, author, organization):
        return False, f"{how}, which says nothing about {author}"
    policy = dmarc(inquiry, author, organization)
    if policy.failed:
        return False, f"{how}, but the DNS does not say what {author} asks for"
    if policy.strict_spf if spf else policy.strict_dkim:
        return False, f"{how}, but {author} wants its very name"
    return True, how
