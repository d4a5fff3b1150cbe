"""SPF: the 203 cases of the RFC 7208 suite, and what that suite does not ask."""

from __future__ import annotations

from functools import partial

import pytest
import yaml

from parsing.dns import Answer, Inquiry, Question, Record, Unanswered
from parsing.spf import Spf, check_host
from tests.parsing.suites import archived, asked_until_known, looked_up, zone

PEER = "198.41.0.4"


def spf(records: dict[str, list[dict[str, object]]], *, ip: str = PEER, sender: str = "ann@example.org") -> Spf:
    names = zone(records)
    found, _ = asked_until_known(
        lambda inquiry: check_host(inquiry, ip=ip, mail_from=sender, helo="mx.example.org"),
        lambda question: looked_up(names, question),
    )
    return found


def test_every_case_of_the_suite() -> None:
    """All 203 cases of the suite for RFC 7208 end as they should, within 12 rounds of questions."""
    text = archived("pyspf-2.0.14.tar.gz", "test/rfc7208-tests.yml").decode()
    wrong, count, longest = [], 0, 0
    for scenario in yaml.safe_load_all(text):
        names = zone(scenario["zonedata"])
        for name, case in scenario["tests"].items():
            found, rounds = asked_until_known(
                partial(check_host, ip=case["host"], mail_from=case.get("mailfrom") or "", helo=case.get("helo") or ""),
                partial(looked_up, names),
            )
            wanted = case["result"] if isinstance(case["result"], list) else [case["result"]]
            count, longest = count + 1, max(longest, rounds)
            if found.result not in wanted:
                wrong.append(f"{scenario['description']}: {name}: {found}, wanted {wanted}")

    assert wrong == []
    assert count == 203
    assert longest <= 12


def test_a_record_costs_one_round_and_not_one_a_mechanism() -> None:
    """What the mechanisms of a record will ask is asked at once."""
    inquiry = Inquiry(
        {Question("example.org", Record.TXT): Answer(("v=spf1 a:a.example mx:b.example include:c.example -all",))}
    )
    with pytest.raises(Unanswered):
        check_host(inquiry, ip=PEER, mail_from="ann@example.org", helo="mx.example.org")

    assert inquiry.wanted == {
        Question("a.example", Record.A),
        Question("b.example", Record.MX),
        Question("c.example", Record.TXT),
    }


def test_a_silent_dns_is_a_temporary_error() -> None:
    """What could not be asked is temperror: no evidence now."""
    assert spf({"example.org": ["TIMEOUT"]}).result == "temperror"  # type: ignore[list-item]  # as the suite writes it


@pytest.mark.parametrize("ip", ["", "not an address", "999.1.1.1"])
def test_a_peer_without_an_address_proves_nothing(ip: str) -> None:
    """A peer whose address is no address has the result none."""
    assert spf({"example.org": [{"SPF": "v=spf1 +all"}]}, ip=ip).result == "none"


def test_an_absurd_record_ends_soon() -> None:
    """A record of 60,000 characters, and one that includes itself, are permanent errors and cost nothing."""
    assert spf({"example.org": [{"SPF": "v=spf1 " + "a " * 30_000 + "-all"}]}).result == "permerror"
    assert spf({"example.org": [{"SPF": "v=spf1 include:example.org -all"}]}).result == "permerror"
