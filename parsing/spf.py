"""May this machine send mail of this domain? SPF (RFC 7208), without its explanations: we never send them on.

`check_host` is pure: what it needs to know of the DNS it asks an Inquiry. The counts of section 4.6.4 hold: ten terms
that need the DNS, ten hosts a term, two answers that are empty.
"""

from __future__ import annotations

import ipaddress
import re
import urllib.parse
from dataclasses import dataclass

from parsing.dns import Answer, Inquiry, Record, Unanswered, queryable
from parsing.limits import Limits
from parsing.spf_record import Malformed, Mechanism, SpfRecord, is_spf, parse_spf

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

_MACRO = re.compile(r"%(?:\{([a-z])([0-9]*)(r?)([-.+,/_=]*)\}|([%_-]))", re.I)
_PLAIN = {"%": "%", "_": " ", "-": "%20"}
_ASKED_FIRST = {"include": Record.TXT, "mx": Record.MX, "exists": Record.A}


@dataclass(frozen=True, slots=True)
class Spf:
    """`result` is none, neutral, pass, fail, softfail, temperror or permerror (section 2.6) for `domain`."""

    result: str
    domain: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Client:
    ip: Ip
    sender: str
    helo: str


@dataclass(slots=True)
class _Count:
    """What is left of the counts of section 4.6.4; shared by all records of one check."""

    terms: int
    empty: int
    hosts: int


class _Error(Exception):
    """`temperror` or `permerror`, and why."""

    def __init__(self, result: str, why: str) -> None:
        super().__init__(why)
        self.result = result


def check_host(inquiry: Inquiry, *, ip: str, mail_from: str, helo: str, limits: Limits = Limits()) -> Spf:  # noqa: B008 - frozen
    """SPF of the MAIL FROM identity, of HELO when that is empty (section 2.4). Raises Unanswered.

    `ip` is the peer's address as text; what is none gives the result none.
    """
    local, _, domain = mail_from.strip("<> ").rpartition("@")
    domain = domain or helo
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return Spf("none", domain, "the peer has no address")
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if not _qualified(domain):
        return Spf("none", domain, "no domain that the DNS could know")
    client = _Client(address, f"{local or 'postmaster'}@{domain}", helo)
    count = _Count(limits.spf_terms, limits.spf_empty, limits.spf_hosts)
    try:
        result, why = _check(inquiry, client, domain, count)
    except _Error as error:
        return Spf(error.result, domain, str(error))
    return Spf(result, domain, why)


def _qualified(domain: str) -> bool:
    return "." in domain.removesuffix(".") and not domain.startswith("[") and queryable(domain)


def _check(inquiry: Inquiry, client: _Client, domain: str, count: _Count) -> tuple[str, str]:
    """check_host() of section 4 for one domain."""
    if not _qualified(domain):
        return "none", f"{domain[:80]} is no domain"
    record = _record(inquiry, domain)
    if record is None:
        return "none", f"{domain} publishes no SPF record"
    _foresee(inquiry, client, domain, record)
    for mechanism in record.mechanisms:
        if _matches(inquiry, client, domain, mechanism, count):
            return mechanism.result, f"{mechanism.name} of {domain} matches"
    if not record.redirect or any(mechanism.name == "all" for mechanism in record.mechanisms):
        return "neutral", f"nothing in the record of {domain} matches"
    _spend(count)
    target = _expand(inquiry, record.redirect, client, domain)
    result, why = _check(inquiry, client, target, count)
    if result == "none":
        raise _Error("permerror", f"{domain} redirects to {target}, which has no record")
    return result, why


def _record(inquiry: Inquiry, domain: str) -> SpfRecord | None:
    answer = _asked(inquiry, domain, Record.TXT)
    found = [text for text in answer.records if is_spf(text)]
    if len(found) > 1:
        raise _Error("permerror", f"{domain} has {len(found)} SPF records")
    try:
        return parse_spf(found[0]) if found else None
    except Malformed as error:
        raise _Error("permerror", f"the record of {domain}: {error}") from error


def _asked(inquiry: Inquiry, name: str, record: Record) -> Answer:
    answer = inquiry.ask(name, record)
    if answer.failed:
        raise _Error("temperror", f"the DNS does not answer for {name}")
    return answer


def _foresee(inquiry: Inquiry, client: _Client, domain: str, record: SpfRecord) -> None:
    """The first question of each mechanism at once, so that a record costs one round and not ten."""
    for mechanism in record.mechanisms[:20]:
        kind = _hosts(client) if mechanism.name == "a" else _ASKED_FIRST.get(mechanism.name)
        if kind is None:
            continue
        try:
            target = _expand(inquiry, mechanism.domain, client, domain) if mechanism.domain else domain
        except (Unanswered, _Error):
            continue
        if _qualified(target):
            inquiry.foresee(target, kind)


def _hosts(client: _Client) -> Record:
    return Record.A if client.ip.version == 4 else Record.AAAA


def _spend(count: _Count) -> None:
    count.terms -= 1
    if count.terms < 0:
        raise _Error("permerror", "more than ten terms need the DNS (section 4.6.4)")


def _matches(inquiry: Inquiry, client: _Client, domain: str, mechanism: Mechanism, count: _Count) -> bool:
    if mechanism.name == "all":
        return True
    if mechanism.network is not None:
        return client.ip in mechanism.network
    _spend(count)
    target = _expand(inquiry, mechanism.domain, client, domain) if mechanism.domain else domain
    if mechanism.name == "include":
        return _include(inquiry, client, target, count)
    if mechanism.name == "ptr":
        return any(_below(name, target) for name in _validated(inquiry, client, count))
    if not queryable(target):
        return False
    if mechanism.name == "exists":
        return bool(_counted(inquiry, target, Record.A, count).records)
    if mechanism.name == "a":
        return _has_host(inquiry, client, target, mechanism, count)
    hosts = _counted(inquiry, target, Record.MX, count).records
    if len(hosts) > count.hosts:
        raise _Error("permerror", f"{target} has more than ten MX records")
    return any(_has_host(inquiry, client, host, mechanism, None) for host in hosts if queryable(host))


def _include(inquiry: Inquiry, client: _Client, target: str, count: _Count) -> bool:
    result, why = _check(inquiry, client, target, count)
    if result == "none":
        raise _Error("permerror", f"an included record is missing: {why}")
    return result == "pass"


def _counted(inquiry: Inquiry, name: str, record: Record, count: _Count | None) -> Answer:
    """An answer; an empty one is counted (section 4.6.4)."""
    answer = _asked(inquiry, name, record)
    if not answer.records and count is not None:
        count.empty -= 1
        if count.empty < 0:
            raise _Error("permerror", "more than two answers are empty")
    return answer


def _has_host(inquiry: Inquiry, client: _Client, name: str, mechanism: Mechanism, count: _Count | None) -> bool:
    prefix = mechanism.four if client.ip.version == 4 else mechanism.six
    for text in _counted(inquiry, name, _hosts(client), count).records:
        try:
            network = ipaddress.ip_network((text, prefix), strict=False)
        except ValueError:
            continue
        if client.ip in network:
            return True
    return False


def _validated(inquiry: Inquiry, client: _Client, count: _Count) -> list[str]:
    """The names of the client's address that lead back to it (section 5.5); the DNS' failures are no match."""
    answer = inquiry.ask(client.ip.reverse_pointer, Record.PTR)
    found: list[str] = []
    names = [name for name in answer.records[: count.hosts] if queryable(name)]
    for name in names:
        inquiry.foresee(name, _hosts(client))
    for name in names:
        if any(_same(text, client.ip) for text in inquiry.ask(name, _hosts(client)).records):
            found.append(name.lower().removesuffix("."))
    return found


def _same(text: str, ip: Ip) -> bool:
    try:
        return ipaddress.ip_address(text) == ip
    except ValueError:
        return False


def _below(name: str, domain: str) -> bool:
    domain = domain.lower().removesuffix(".")
    return name == domain or name.endswith("." + domain)


def _expand(inquiry: Inquiry, text: str, client: _Client, domain: str) -> str:
    """A macro string of the record of `domain` as a name of at most 253 characters (section 7.3)."""
    name = _MACRO.sub(lambda found: _macro(inquiry, found, client, domain), text).removesuffix(".")
    while len(name) > 253 and "." in name:
        name = name.partition(".")[2]
    return name


def _macro(inquiry: Inquiry, found: re.Match[str], client: _Client, domain: str) -> str:
    if found[5]:
        return _PLAIN[found[5]]
    letter = found[1].lower()
    parts = re.split(f"[{re.escape(found[4] or '.')}]", _value(inquiry, letter, client, domain))
    if found[3]:
        parts.reverse()
    if found[2]:
        parts = parts[-int(found[2]) :]
    value = ".".join(parts)
    return urllib.parse.quote(value, safe="-._~") if found[1].isupper() else value


def _value(inquiry: Inquiry, letter: str, client: _Client, domain: str) -> str:
    local, _, sender_domain = client.sender.rpartition("@")
    if letter == "p":
        names = _validated(inquiry, client, _Count(0, 0, 10))
        below = [name for name in names if _below(name, domain)]
        exact = [name for name in below if name == domain.lower()]
        return next(iter(exact or below or names), "unknown")
    if letter == "i":
        return str(client.ip) if client.ip.version == 4 else ".".join(client.ip.exploded.replace(":", ""))
    known = {"s": client.sender, "l": local, "o": sender_domain, "d": domain, "h": client.helo}
    known["v"] = "in-addr" if client.ip.version == 4 else "ip6"
    return known.get(letter, "")
