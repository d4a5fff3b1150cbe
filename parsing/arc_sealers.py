"""Whom of those that sealed a mail we believe (RFC 8617): whom the admin named, and only what nobody changed since.

An invented chain costs an attacker nothing, so who sealed it decides. The newest seal and its signature over the mail
must be of a named sealer, and so must every seal back to the one whose words are used: an unnamed one in between could
have changed what the earlier ones saw.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import takewhile

from parsing.auth_results import Result, parse_auth_results
from parsing.dkim_key import holds, key_name
from parsing.dns import Inquiry, Record
from parsing.message import ArcChain


def seen_by_sealers(
    chain: ArcChain, *, sealers: Collection[str], inquiry: Inquiry, now: datetime
) -> tuple[list[tuple[str, tuple[Result, ...]]], str]:
    """What the believed sealers saw, newest first, each with his domain; else why none is. Raises Unanswered."""
    if chain.flaw or chain.signature is None or not chain.seals:
        return [], f"ARC: {chain.flaw or 'nothing is sealed'}"
    newest = chain.seals[-1].domain
    if not {newest, chain.signature.domain} <= set(sealers):
        return [], f"ARC of {newest or '?'}: no sealer that [arc] names"
    signatures = [chain.signature, *reversed(chain.seals)]
    for one in signatures:
        inquiry.foresee(key_name(one), Record.TXT)
    for one in signatures:
        ok, how = holds(inquiry, one, now)
        if not ok:
            return [], f"ARC of {one.domain or '?'}: {how}"
    believed = takewhile(
        lambda pair: pair[0].domain in sealers, zip(reversed(chain.seals), reversed(chain.results), strict=True)
    )
    read = [(seal.domain, parse_auth_results(text)) for seal, text in believed]
    return [(domain, results.results) for domain, results in read if results is not None], ""
