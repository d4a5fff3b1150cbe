"""dkimpy's own tests of verifying, read from its source distribution, with our reader and judge in dkimpy's place.

Signing stays dkimpy's: so what it signs in every form is what we verify, and what it refuses we refuse.
"""

import importlib.util
import sys
import tarfile
import unittest
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import dkim
import pytest
from dkim.util import parse_tag_value

from parsing.dkim_key import verifies
from parsing.dns import Answer, Inquiry, Question, Unanswered
from parsing.reader import read
from tests.parsing.suites import SUITES, archived

ARCHIVE = "dkimpy-1.1.8.tar.gz"
NOW = datetime(2026, 11, 25, tzinfo=UTC)
# what we do otherwise, and on purpose
OTHERWISE = {
    "test_add_body_length": "l= leaves the end of a body unsigned, and counts as no signature",
    "test_l_verify": "the same",
    "test_dkim_signature_canonicalization": "its key has 512 bits, which proves nothing (RFC 8301)",
}


def ours(message: bytes, logger: Any = None, dnsfunc: Callable[..., Any] = dkim.get_txt, **more: Any) -> bool:
    """`dkim.verify`, done by us: whether the topmost signature holds."""
    signatures = read(message).dkim_signatures
    if not signatures:
        return False
    answers: dict[Question, Answer] = {}
    for _ in range(3):
        inquiry = Inquiry(answers)
        try:
            return verifies(inquiry, signatures[0], NOW)[0]
        except Unanswered:
            for question in inquiry.wanted:
                text = dnsfunc(question.name.encode() + b".") or ""
                answers[question] = Answer((text.decode() if isinstance(text, bytes) else text,))
    raise AssertionError("it asks for ever")


class Ours(dkim.DKIM):
    """`dkim.DKIM`, whose `verify` is ours."""

    def __init__(self, message: bytes, **more: Any) -> None:
        super().__init__(message, **more)
        self.whole = message

    def verify(self, idx: int = 0, dnsfunc: Callable[..., Any] = dkim.get_txt) -> bool:
        for value in [value for name, value in self.headers if name.lower() == b"dkim-signature"][idx : idx + 1]:
            self.include_headers = tuple(name.strip().lower() for name in parse_tag_value(value)[b"h"].split(b":"))
        return ours(self.whole, dnsfunc=dnsfunc)


def loaded(name: str, folder: Path) -> ModuleType:
    """A module of dkimpy's tests from the archive, with its data beside it."""
    archived(ARCHIVE, f"dkim/tests/{name}.py")  # or the test is skipped
    with tarfile.open(SUITES / ARCHIVE) as opened:
        for member in opened.getmembers():
            content = opened.extractfile(member) if "/dkim/tests/" in member.name else None
            if content is not None:
                (folder / member.name).parent.mkdir(parents=True, exist_ok=True)
                (folder / member.name).write_bytes(content.read())
    file = folder / ARCHIVE.removesuffix(".tar.gz") / "dkim" / "tests" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"dkimpy_{name}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules.pop(spec.name, None)
    return module


@pytest.mark.parametrize(("name", "least"), [("test_dkim", 15), ("test_dkim_rsavariants", 2)])
def test_dkimpys_cases(name: str, least: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its cases comes out the same, but for those that are named above with the reason."""
    module = loaded(name, tmp_path)
    monkeypatch.setattr(dkim, "verify", ours)
    monkeypatch.setattr(dkim, "DKIM", Ours)
    result = unittest.TestResult()
    names = unittest.TestLoader().getTestCaseNames(module.TestSignAndVerify)
    for method in names:
        if method not in OTHERWISE:
            module.TestSignAndVerify(method).run(result)

    assert [(one.id(), text) for one, text in (*result.failures, *result.errors)] == []
    assert result.testsRun == len(set(names) - OTHERWISE.keys()) >= least
