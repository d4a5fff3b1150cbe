"""Does a domain that was proven speak for the domain in From? Alignment (RFC 7489 section 3.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from parsing.dns import Answer, Inquiry, Record
from parsing.limits import Limits

Organization = Callable[[str], str]  # the registered domain above a name, by the public suffix list; "" for a suffix

_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Dmarc:
    """What the owner of a domain asks for: exact alignment of DKIM and of SPF; `failed` when the DNS could not say."""

    strict_dkim: bool = False
    strict_spf: bool = False
    failed: bool = False


def related(domain: str, author_domain: str, organization: Organization) -> bool:
    """True when both belong to one registered domain: relaxed alignment."""
    return domain == author_domain or (organization(domain) == organization(author_domain) != "")


def dmarc(inquiry: Inquiry, domain: str, organization: Organization) -> Dmarc:
    """The policy record of a domain, else of the registered domain above it (section 6.6.3). Raises Unanswered."""
    above = organization(domain)
    for name in dict.fromkeys([domain, above]) if above else (domain,):
        answer = inquiry.ask(f"_dmarc.{name}", Record.TXT)
        if answer.failed:
            return Dmarc(failed=True)
        tags = _tags(answer)
        if tags:
            return Dmarc(tags.get("adkim", "").lower() == "s", tags.get("aspf", "").lower() == "s")
    return Dmarc()


def _tags(answer: Answer) -> dict[str, str]:
    """The tags of the one DMARC record; {} when there is none, or more than one."""
    found = [text for text in answer.records if text[:8].replace(" ", "").upper() == "V=DMARC1"]
    if len(found) != 1:
        return {}
    pairs = (item.partition("=") for item in found[0][: _LIMITS.dns_record].split(";"))
    return {name.strip().lower(): value.strip() for name, equals, value in pairs if equals}
