"""`tkt explain` of files: what it prints for people and for programs, and that nothing in a mail breaks either."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.config import Config
from gateway.explain import Found, Manner, delivery_number, explain_files, read_all
from gateway.explain_json import as_json, bounce, encoded
from gateway.explain_words import print_explained
from gateway.explained import Explained, Judge, decided, make_judge
from gateway.keys import create_keys, load_keys
from parsing.limits import Limits
from parsing.message import Message, Permanent, Report
from parsing.reader import read
from parsing.tokens import issue_reply
from rules.facts import Facts
from tests.parsing import golden
from tests.scenarios.people import at_terminal

MAIL = b"""From: Anna Nowak <anna@example.com>
To: Support <support@localhost>
Message-ID: <one@example.com>
Subject: I can not log in
Date: Wed, 04 Nov 2026 10:00:00 +0100

The page says "unknown user".

On Tue, 3 Nov 2026, Support wrote:
> Have you tried?
"""
FIRST = [
    "subject", "from", "to", "cc", "message_id", "date", "text", "reply_text", "cut_text", "attachments", "kind",
    "confidence", "why", "bounce", "defects", "decision",
]  # fmt: skip
TKT = (sys.executable, "-c", "from gateway.cli import main; main()", "explain")


def tkt(*words: str, folder: Path, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command as an operator types it."""
    paths = os.pathsep.join(filter(None, sys.path))
    return subprocess.run(
        [*TKT, *words],
        cwd=folder,
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": paths, **environment},
    )


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Without a tkt.toml and without keys."""
    return make_judge(Config(base=tmp_path))


def test_who_only_explains_imports_no_reader() -> None:
    """The reader's tables cost a fifth of a second at each start, and stand in the child anyway."""
    told = subprocess.run(
        [sys.executable, "-c", "import sys, gateway.explain; print('parsing.reader' in sys.modules)"],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )

    assert told.stdout == b"False\n"


def config_file(folder: Path) -> Path:
    (folder / "tkt.toml").write_text("")
    return folder / "tkt.toml"


def told(explained: Explained, capsys: pytest.CaptureFixture[str], **manner: bool) -> list[str]:
    """The lines for people, without the spaces that fill them up."""
    print_explained(explained, name="", **{"why": False, "full": False, **manner})
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_a_file_is_one_object_with_the_promised_keys(tmp_path: Path) -> None:
    """A file's object begins with the keys that programs rely on, and tells sender, words and decision."""
    (tmp_path / "mail.eml").write_bytes(MAIL)

    done = tkt("mail.eml", "--json", folder=tmp_path)
    found = json.loads(done.stdout)

    assert (done.returncode, done.stderr) == (0, b"")
    assert list(found)[: len(FIRST)] == FIRST
    assert found["from"] == {"address": "anna@example.com", "name": "Anna Nowak"}
    assert found["reply_text"].strip() == 'The page says "unknown user".'
    assert found["reply_text"] + found["cut_text"] == found["text"]
    cut = [found["text"][span["start"] : span["end"]] for span in found["spans"] if span["kind"] != "new"]
    assert "".join(cut) == found["cut_text"] != ""
    assert found["bounce"] is None
    assert (found["decision"]["outcome"], found["decision"]["desk"]) == ("opened", "support")
    assert [mail["to"] for mail in found["decision"]["mails"]] == ["anna@example.com", "agent@localhost"]
    assert not (tmp_path / "var").exists()


def test_standard_input_is_a_mail(tmp_path: Path) -> None:
    """`-` reads a mail from standard input, and tells the same of it as of a file."""
    (tmp_path / "mail.eml").write_bytes(MAIL)
    piped, file = (json.loads(tkt(what, "--json", folder=tmp_path, stdin=MAIL).stdout) for what in ("-", "mail.eml"))

    assert [(key, piped[key]) for key in FIRST[:-1]] == [(key, file[key]) for key in FIRST[:-1]]


def test_a_folder_is_one_line_a_mail_and_what_can_not_be_read_is_said(tmp_path: Path) -> None:
    """Each file of a folder is one line with its name, in the order of the names; folders in it are left alone."""
    folder = tmp_path / "mails"
    (folder / "deeper").mkdir(parents=True)
    (folder / "b.eml").write_bytes(MAIL)
    (folder / "a.eml").write_bytes(b"")
    (folder / "gone.eml").symlink_to("nowhere")
    os.mkfifo(folder / "pipe")
    name = os.fsdecode(b"z\xff.eml")
    (folder / name).write_bytes(MAIL)

    done = tkt("mails", "--json", folder=tmp_path, LC_ALL="C", PYTHONIOENCODING="latin-1")
    lines = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]

    assert (done.returncode, done.stderr) == (1, b"")
    assert [line["file"] for line in lines] == ["a.eml", "b.eml", "gone.eml", "pipe", "z\ufffd.eml"]
    assert [line.get("error") for line in lines] == [
        None,
        None,
        "No such file or directory",
        "not a regular file",
        None,
    ]
    assert all(list(line)[1 : len(FIRST) + 1] == FIRST for line in lines if "error" not in line)


def test_a_file_that_is_not_there_is_an_error_and_never_a_traceback(tmp_path: Path) -> None:
    """Programs get an object with "error", people a line; the exit code is 1."""
    for_programs, for_people = tkt("none.eml", "--json", folder=tmp_path), tkt("none.eml", folder=tmp_path)

    assert (for_programs.returncode, for_people.returncode) == (1, 1)
    assert json.loads(for_programs.stdout) == {"file": "none.eml", "error": "No such file or directory"}
    assert for_people.stderr == b"tkt: none.eml: No such file or directory\n"


async def test_people_are_told_everything_in_order(
    judge: Judge, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sender and evidence, kind and mark, the words apart from what was cut, the decision, its rule, its mails."""
    lines = told(await judge.of_file(read(MAIL)), capsys)
    text = "\n".join(lines)
    parts = (
        "Anna Nowak <anna@example.com>", "evidence E0", "no token of ours", "no token of ours can be verified",
        "Support <support@localhost>", "I can not log in", "<one@example.com>",
        "human, 100% sure: no mark of automatic mail",
        '│ The page says "unknown user".', "┆ [quotation, cut: 2 lines]", "┆ > Have you tried?",
        'opened: a new ticket, by rule "Cannot get in"', "desk support, by its recipient support@localhost",
        "found: can not log in", "a new one: new, P2, account", "→ anna@example.com: opened (customer, automatic)",
        "→ agent@localhost: agent opened",
    )  # fmt: skip

    at = [text.find(part) for part in parts]
    assert -1 not in at, [part for part, place in zip(parts, at, strict=True) if place < 0]
    assert at == sorted(at)


async def test_why_tells_every_question_and_full_every_line(judge: Judge, capsys: pytest.CaptureFixture[str]) -> None:
    """Long words are cut to what one reads, a quotation to a few lines, and only the rule that won is told."""
    words = "".join(f"line {number}\n" for number in range(100))
    mail = MAIL.replace(b'The page says "unknown user".\n', words.encode()) + b"> more\n" * 20
    explained = await judge.of_file(read(mail))
    short, full, why = (
        told(explained, capsys, **{name: True}) if name else told(explained, capsys) for name in ("", "full", "why")
    )

    assert not [line for line in short if "line 99" in line]
    assert [line for line in full if "line 99" in line]
    assert sum("> more" in line for line in short) < sum("> more" in line for line in full) == 20
    assert not [line for line in short if "Is it a delivery report?" in line]
    assert [line for line in why if "Is it a delivery report? no" in line]


async def test_what_comes_from_outside_is_harmless_on_a_terminal(
    judge: Judge, capsys: pytest.CaptureFixture[str]
) -> None:
    """Control characters, escape sequences and marks of direction are shown and not obeyed, wherever they stand."""
    evil = "\x1b]0;owned\x07\u202e\x9b2J\r\x00"
    mail = (
        f"From: {evil} <a@example.com>\nTo: {evil} <b@example.com>\nSubject: {evil}\nMessage-ID: <{evil}@x>\n"
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{evil}\n\n-- \n{evil}\n"
        f'--b\nContent-Type: application/pdf; name="{evil}.pdf"\n\nx\n--b--\n'
    ).encode()
    explained = await judge.of_file(read(mail))

    print_explained(explained, name=evil, why=True, full=True)
    printed = capsys.readouterr().out

    assert not [char for char in printed if not char.isprintable() and char != "\n"]
    assert "\\u202e" in printed


async def test_an_author_is_shown_and_only_a_sender_believed(judge: Judge, capsys: pytest.CaptureFixture[str]) -> None:
    """From with two mailboxes: the likeliest author is told, beside the verdict that it is not exactly one."""
    explained = await judge.of_file(read(b"From: Anna Nowak <anna@example.com>, bob@example.com\nSubject: hi\n\nhi\n"))
    answer = as_json(explained)

    assert answer["from"] == {"address": "anna@example.com", "name": "Anna Nowak"}
    assert answer["sender"] is None
    text = "\n".join(told(explained, capsys))
    assert "Anna Nowak <anna@example.com>" in text
    assert "From is not exactly one mailbox" in text
    assert [mail["to"] for mail in answer["decision"]["mails"]] == ["agent@localhost"]


async def test_a_report_is_told_in_plain_words(judge: Judge, capsys: pytest.CaptureFixture[str]) -> None:
    """Whom it is about, what became of the mail in words of ours, what they said in theirs, and which mail it was."""
    explained = await judge.of_file(read(golden.DSN.format(copy="text/rfc822-headers", rest="").encode()))
    text, answer = "\n".join(told(explained, capsys)), as_json(explained)

    assert "ann@example.org: failed 5.1.1. There is no such mailbox." in text
    assert "they said: 550 5.1.1 <ann@example.org>: Recipient address rejected: User unknown" in text
    assert "about the mail <ours@desk.example>" in text
    assert answer["bounce"]["status"] == ["5.1.1", "4.4.1"]
    assert answer["bounce"]["original_message_id"] == "<ours@desk.example>"
    assert [report["recipient"] for report in answer["reports"]] == answer["bounce"]["recipient"]


def test_a_terminal_dims_what_was_cut(tmp_path: Path) -> None:
    """At a terminal the quotation is dim, and the new words are not; a pipe gets no escape sequence."""
    (tmp_path / "mail.eml").write_bytes(MAIL)
    screen = at_terminal("explain", str(tmp_path / "mail.eml"), "--config", str(config_file(tmp_path)), columns=120)
    (cut,) = [line for line in screen.splitlines() if "Have you tried?" in line]
    (new,) = [line for line in screen.splitlines() if "unknown user" in line]

    assert "\x1b[2m┆ > Have you tried?" in cut
    assert "\x1b[2m│" not in new
    assert b"\x1b" not in tkt("mail.eml", folder=tmp_path).stdout


def test_a_locale_without_the_letters_is_no_mistake(tmp_path: Path) -> None:
    """Where the terminal has no octets for a letter, it is shown by its number."""
    (tmp_path / "mail.eml").write_bytes(MAIL.replace(b"I can", "Żółw ☃ can".encode()))

    done = tkt("mail.eml", folder=tmp_path, LC_ALL="C", PYTHONIOENCODING="ascii")

    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u2603" in done.stdout


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    """A folder without a file, such as a Maildir's, is no success in silence."""
    (tmp_path / "mails" / "cur").mkdir(parents=True)

    assert b"mails: there is no file in it" in tkt("mails", folder=tmp_path).stderr


def test_json_is_valid_utf_8_whatever_the_bytes_are() -> None:
    """A lone surrogate has no octets in UTF-8: it becomes U+FFFD, and a pair of them the character that it means."""
    answer = {"text": "a\ud800b", "pair": "\ud83d\ude00", "nul": "\0"}

    assert json.loads(encoded(answer).decode("utf-8")) == {"text": "a\ufffdb", "pair": "😀", "nul": "\0"}


def test_a_report_is_one_value_or_all_of_them() -> None:
    """What all reports of a bounce say alike is a text, what differs a list, what none says is empty."""
    reports = [Report("a@x.example", "5.1.1", "failed"), Report("b@x.example", "5.1.1", "failed")]

    assert bounce(reports) == {
        "recipient": ["a@x.example", "b@x.example"],
        "status": "5.1.1",
        "action": "failed",
        "diagnostic": "",
        "original_message_id": "",
    }


async def test_a_token_of_ours_is_evidence_when_the_keys_are_there(tmp_path: Path) -> None:
    """With the gateway's keys a reply address proves its sender, grade E1; the note about missing keys is gone."""
    create_keys(tmp_path / "var" / "keys")
    token = issue_reply(load_keys(tmp_path / "var" / "keys"), role="customer", ticket=7, address="anna@example.com")
    mail = MAIL.replace(b"support@localhost", f"support+{token}@localhost".encode())

    explained = await make_judge(Config(base=tmp_path)).of_file(read(mail))

    assert explained.evidence.grade.name == "E1"
    assert explained.notes == ()
    assert (await make_judge(Config(base=tmp_path / "elsewhere")).of_file(read(mail))).evidence.grade.name == "E0"


def desks(folder: Path, *names: str) -> Config:
    for name in names:
        (folder / "desks" / name).mkdir(parents=True)
        text = f"desk: {name}\nname: {name}\naddress: {name}@desk.example\n"
        people = "people: {al: {name: Al, mail: al@desk.example}}\n"
        (folder / "desks" / name / "desk.yaml").write_text(text + people)
    return Config(base=folder, desks=Path("desks"))


@pytest.mark.parametrize(
    ("to", "desk", "chosen"),
    [
        ("sales+x@DESK.example", None, ("sales", "by its recipient sales+x@desk.example")),
        ("nobody@desk.example", None, ("billing", "the first desk: no recipient is one")),
        ("sales@desk.example", "billing", ("billing", "named by --desk")),
    ],
)
async def test_the_desk_is_named_or_found(tmp_path: Path, to: str, desk: str | None, chosen: tuple[str, str]) -> None:
    """By --desk, else by the first recipient that is a desk's, else the first there is."""
    explained = await make_judge(desks(tmp_path, "billing", "sales"), desk=desk).of_file(
        read(f"To: {to}\n\nhi\n".encode())
    )

    assert (explained.policy.desk, explained.desk_by) == chosen


def test_a_desk_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    """A mistyped --desk is told with the desks that there are."""
    with pytest.raises(Permanent, match=r"no desk sals; there are: billing, sales"):
        make_judge(desks(tmp_path, "billing", "sales"), desk="sals")


async def test_rules_that_fail_end_as_they_do_in_the_gateway(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of ours in the rules is told as what the worker makes of it in the end: a plain ticket."""

    def failing(*words: Any, **named: Any) -> Any:
        raise KeyError("no such rule")

    event = (await judge.of_file(read(MAIL))).event
    monkeypatch.setattr("gateway.explained.decide", failing)
    decision = decided(event, facts=Facts(next_number=0), policy=judge.policies["support"], now=event.received_at)

    assert decision.outcome.value == "opened"
    assert "KeyError" in decision.reason


def children() -> set[int]:
    """The processes that this one has started."""
    return {int(pid) for task in Path("/proc/self/task").glob("*/children") for pid in task.read_text().split()}


async def test_a_mail_that_kills_its_reader_is_told_by_its_header() -> None:
    """One child reads all mails of a call; where it dies, that mail has its header and the next a new child."""

    others = children()

    def mails() -> Iterator[Found]:
        yield Found("one", MAIL)
        (reader,) = children() - others
        os.kill(reader, signal.SIGKILL)
        yield Found("two", MAIL)
        yield Found("three", MAIL)

    found = {one.name: message async for one, message in read_all(mails())}

    assert [message.subject if message else None for message in found.values()] == ["I can not log in"] * 3
    assert [bool(message.text.strip()) if message else None for message in found.values()] == [True, False, True]


async def test_a_mail_that_is_too_large_is_told_by_its_header() -> None:
    """What SMTP refuses and a mailbox gives the header of is not read whole; the defect says so."""
    large = MAIL + b"x" * Limits().size

    ((_, message),) = [pair async for pair in read_all(iter([Found("large", large)]))]

    assert message is not None
    assert (message.subject, message.text) == ("I can not log in", "")
    assert any("SMTP refuses it" in defect.what for defect in message.defects)


def test_a_number_means_a_delivery_unless_it_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`17` and `D17` are ids of the ledger; a file of that name is a file, and so is `./17`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "18").write_bytes(MAIL)

    assert [delivery_number(word) for word in ("17", "D17", "d17", "18", "./17", "D", "17.eml", "²")] == [
        17, 17, 17, None, None, None, None, None,
    ]  # fmt: skip


def test_mails_are_told_one_after_the_other(tmp_path: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder is never in memory: each mail is told before the next is read."""
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(MAIL)
    out, seen = io.BytesIO(), []
    monkeypatch.setattr(sys, "stdout", type("Out", (), {"buffer": out})())

    async def judged(message: Message) -> Explained:
        seen.append(out.getvalue().count(b"\n"))
        return await judge.of_file(message)

    assert explain_files(str(tmp_path), judged, Manner(json=True)) == 0
    assert seen == [0, 1, 2]
