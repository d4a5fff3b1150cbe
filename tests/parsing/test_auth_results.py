"""Authentication-Results as the programs write them, and as somebody would who wants to be believed."""

from __future__ import annotations

import pytest

from parsing.auth_results import parse_auth_results


@pytest.mark.parametrize(
    ("text", "name", "verdicts"),
    [
        ("mx.example.com; none", "mx.example.com", []),
        ("mx.example.com 1; spf=pass smtp.mailfrom=a@b.example", "mx.example.com", [("spf", "pass")]),
        (
            "mx.example.com; dkim=pass (2048-bit key; unprotected) header.d=b.example header.i=@b.example "
            'header.b="abc"; dmarc=pass (p=none dis=none) header.from=b.example',
            "mx.example.com",
            [("dkim", "pass"), ("dmarc", "pass")],
        ),
        (
            "spf=pass (sender IP is 198.41.0.4) smtp.mailfrom=b.example; dkim=none (message not signed) "
            "header.d=none;dmarc=bestguesspass action=none header.from=b.example;compauth=pass reason=109",
            "",
            [("spf", "pass"), ("dkim", "none"), ("dmarc", "bestguesspass"), ("compauth", "pass")],
        ),
        ('mx.example.com; dkim / 1 = fail reason = "bad; dkim=pass"', "mx.example.com", [("dkim", "fail")]),
        (
            "mx.example.com; spf=fail (a (nested; spf=pass) one) smtp.mailfrom=x.example",
            "mx.example.com",
            [("spf", "fail")],
        ),
    ],
)
def test_verdicts_are_read(text: str, name: str, verdicts: list[tuple[str, str]]) -> None:
    """The id and each verdict are read, with comments, quotes and versions, and as Microsoft leaves out the id."""
    found = parse_auth_results(text)

    assert found is not None
    assert found.authserv_id == name
    assert [(result.method, result.verdict) for result in found.results] == verdicts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mx.example.com; (dkim=pass header.d=b.example",
        "mx.example.com; dkim=pass) header.d=b.example",
        'mx.example.com; dkim="pass',
        "mx.example.com and more words; dkim=pass",
        "mx.example.com; pass",
    ],
)
def test_what_breaks_the_grammar_is_believed_by_nobody(text: str) -> None:
    """A field that can be read in two ways is not read."""
    assert parse_auth_results(text) is None


def test_the_first_of_two_properties_counts() -> None:
    """A property that stands twice can not be overwritten by its second value."""
    found = parse_auth_results("mx.example.com; dkim=pass header.d=b.example header.d=evil.example")

    assert found is not None
    assert found.results[0].properties["header.d"] == "b.example"


@pytest.mark.parametrize(
    ("text", "name", "domain"),
    [
        ('spf=pass smtp.mailfrom="anna@good.example"@evil.example', "smtp.mailfrom", "evil.example"),
        (r'spf=pass smtp.mailfrom="\"anna@good.example \"@evil.example"', "smtp.mailfrom", "evil.example"),
        ('spf=pass smtp.mailfrom="anna@good.example "@evil.example', "smtp.mailfrom", "evil.example"),
        ('dkim=pass header.i="x header.d=good.example"@evil.example header.d=evil.example', "header.d", "evil.example"),
        ('dkim=pass reason="header.d=good.example" header.d=evil.example', "header.d", "evil.example"),
        (r'dkim=pass reason="\" header.d=good.example" header.d=evil.example', "header.d", "evil.example"),
        ('spf=pass smtp.mailfrom="anna b"@good.example', "smtp.mailfrom", "good.example"),
        ('dmarc=pass header.from="good.example"', "header.from", "good.example"),
    ],
)
def test_a_quoted_local_part_names_no_domain(text: str, name: str, domain: str) -> None:
    """What a sender writes into a quoted local part, which the server repeats faithfully, is never taken for a domain
    that passed."""
    found = parse_auth_results(f"mx.example.com; {text}")

    assert found is not None
    assert found.results[0].properties[name].rpartition("@")[2] == domain


@pytest.mark.parametrize(("count", "kept"), [(49, 49), (50, 50), (51, 50)])
def test_how_many_results_of_a_field_count(count: int, kept: int) -> None:
    """Fifty verdicts of one field are looked at, and no more."""
    found = parse_auth_results("mx.example.com" + "; spf=none" * count)

    assert found is not None
    assert len(found.results) == kept


@pytest.mark.parametrize(
    "piece", ["(", "((((a", '"', "x.y=\\", 'x.y="', 'x.y=""', "a.b=a", "\\", "; a=b", "a" * 100 + "="]
)
def test_hostile_fields_end_soon(piece: str) -> None:
    """400 KB of any repeated piece is read in linear time, and nothing in it counts by accident."""
    found = parse_auth_results("mx.example.com; " + piece * (400_000 // len(piece)))

    assert found is None or all(result.method != "dkim" for result in found.results)
