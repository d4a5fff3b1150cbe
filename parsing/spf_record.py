"""The text of an SPF record into terms (RFC 7208 sections 4.6, 5, 6 and 7.1): syntax only, nothing is looked up."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from parsing.limits import Limits

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_TERM = re.compile(r"(?P<sign>[-+?~]?)(?P<name>[a-z][a-z0-9_.-]*)(?P<rest>.*)", re.I | re.S)
_MACRO = r"%\{[slodiphv](?:[1-9][0-9]{0,2})?r?[-.+,/_=]*\}|%%|%_|%-"
_MACRO_IN_EXPLANATION = _MACRO.replace("slodiphv", "slodiphvcrt")
_STRING = re.compile(rf"(?:{_MACRO_IN_EXPLANATION}|[!-$&-~])*", re.I)
# a domain ends in a macro or in a label that is no number; what stands before it may be anything
_DOMAIN = re.compile(rf"(?:{_MACRO}|[!-$&-~])*", re.I)
_DOMAIN_END = re.compile(r"(?:%\{[^{}]*\}|\.(?:[a-z0-9]*[a-z][a-z0-9]*|[a-z0-9]+-[a-z0-9-]*[a-z0-9])\.?)\Z", re.I)
_CIDR = re.compile(r"(?P<domain>.*?)(?:/(?P<four>0|[1-9][0-9]?))?(?://(?P<six>0|[1-9][0-9]{0,2}))?", re.S)

_LIMITS = Limits()
RESULTS = {"": "pass", "+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}


class Malformed(Exception):
    """The record breaks the grammar: permerror (RFC 7208 section 4.6)."""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """`result` when it matches; `domain` is a macro string, "" for the current domain; prefix lengths, or a network."""

    name: str
    result: str
    domain: str = ""
    four: int = 32
    six: int = 128
    network: Network | None = None


@dataclass(frozen=True, slots=True)
class SpfRecord:
    """The mechanisms in order, and where a redirect leads ("" = nowhere)."""

    mechanisms: tuple[Mechanism, ...]
    redirect: str = ""


def is_spf(text: str) -> bool:
    """True for a TXT record that is an SPF record (RFC 7208 section 4.5)."""
    return text[:7].lower() in ("v=spf1", "v=spf1 ")


def parse_spf(text: str) -> SpfRecord:
    """The terms of a record. Raises Malformed, also for an error behind a term that would match."""
    if len(text) > _LIMITS.dns_record:
        raise Malformed(f"it has {len(text)} characters")
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for term in text[6:].split(" "):
        if not term:
            continue
        found = _TERM.fullmatch(term)
        if found is None or not term.isascii():
            raise Malformed(f"{term[:60]!r} is no term")
        if found["rest"].startswith("="):
            if found["sign"]:
                raise Malformed(f"{term[:60]!r}: a modifier has no sign")
            _modifier(modifiers, found["name"].lower(), found["rest"][1:])
        else:
            mechanisms.append(_mechanism(found["name"].lower(), RESULTS[found["sign"]], found["rest"]))
    return SpfRecord(tuple(mechanisms), modifiers.get("redirect", ""))


def _modifier(modifiers: dict[str, str], name: str, value: str) -> None:
    if name in ("redirect", "exp"):
        if name in modifiers:
            raise Malformed(f"{name}= stands twice")
        modifiers[name] = _domain(value)
    elif _STRING.fullmatch(value) is None:
        raise Malformed(f"{name}=: {value[:60]!r} is no macro string")


def _mechanism(name: str, result: str, rest: str) -> Mechanism:
    if name == "all" and not rest:
        return Mechanism(name, result)
    if name in ("include", "exists") and rest.startswith(":"):
        return Mechanism(name, result, _domain(rest[1:]))
    if name == "ptr" and (not rest or rest.startswith(":")):
        return Mechanism(name, result, _domain(rest[1:]) if rest else "")
    if name in ("a", "mx") and (not rest or rest[0] in ":/"):
        return _hosts(name, result, rest)
    if name in ("ip4", "ip6") and rest.startswith(":"):
        return Mechanism(name, result, network=_network(name, rest[1:]))
    raise Malformed(f"{name}{rest[:60]} is no mechanism")


def _hosts(name: str, result: str, rest: str) -> Mechanism:
    found = _CIDR.fullmatch(rest)
    if found is None:
        raise Malformed(f"{name}{rest[:60]}: no prefix length")
    four, six = int(found["four"] or 32), int(found["six"] or 128)
    if found["four"] == "0":
        four = 0
    if found["six"] == "0":
        six = 0
    if four > 32 or six > 128:
        raise Malformed(f"{name}{rest[:60]}: a prefix is too long")
    domain = found["domain"]
    return Mechanism(name, result, _domain(domain[1:]) if domain else "", four, six)


def _domain(text: str) -> str:
    if _DOMAIN.fullmatch(text) is None or _DOMAIN_END.search(text) is None:
        raise Malformed(f"{text[:60]!r} is no domain")
    return text


def _network(name: str, text: str) -> Network:
    address, slash, length = text.partition("/")
    if slash and (not length.isdecimal() or (length[0] == "0" and length != "0")):
        raise Malformed(f"{name}:{text[:60]}: no prefix length")
    try:
        if name == "ip4":
            return ipaddress.IPv4Network((address, int(length or 32)), strict=False)
        return ipaddress.IPv6Network((address, int(length or 128)), strict=False)
    except ValueError as error:
        raise Malformed(f"{name}:{text[:60]} is no network") from error
