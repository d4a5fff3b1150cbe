"""README.md is true: its commands are run, its output is compared, and every name in it is looked up.

What differs from one run to the next (times, days, ids, tokens, ports) is levelled on both sides before it is compared.
"""

import json
import re
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import typer.main

from gateway.checks import check_all
from gateway.cli import app
from gateway.config import Config, parse_config
from gateway.desk_commands import check_folder
from gateway.keys import create_keys
from rules.actions import WORDS_OF
from rules.decision import Outcome
from rules.desk_schema import CUSTOMER_NOTICES
from rules.fields import FIELDS
from rules.occasion import EVENTS
from rules.then import ACTIONS
from store.schema import metadata
from tests.layers import ALLOWED
from tests.running import end, free_port

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RULES = "For admins: a rule, from its first mistake to the next mail"
SMTP_PORT, HTTP_PORT = "2525", "8025"
STARTED = "Next, in another terminal"
TRIES = 8
DAY_NAME = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day \d{1,2} \w+"
LEVELLED = [
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?"), "TIME"),
    (re.compile(r"at \d\d:\d\d"), "at HH:MM"),
    (re.compile(r"\+[a-z2-7]{36,60}@"), "+TOKEN@"),
    (re.compile(r"\b[0-9a-f]{16}\b"), "SERIAL"),
    (re.compile(r"(?<=tkt-private )\w+"), "TOKEN"),
    (re.compile(DAY_NAME), "DAY"),
    (re.compile(r"[ \t]+"), " "),
]


def section(title: str) -> str:
    """The text below a heading, to the next one of its kind or higher."""
    found = re.search(rf"^(#+) {re.escape(title)}\n", README, re.MULTILINE)
    assert found is not None, title
    rest = README[found.end() :]
    following = re.search(rf"^#{{1,{len(found[1])}}} ", re.sub(FENCE, lambda f: " " * len(f[0]), rest), re.MULTILINE)
    return rest[: following.start()] if following else rest


def fences(text: str, language: str) -> list[str]:
    return [body for kind, body in FENCE.findall(text) if kind == language]


def table(title: str, heading: str) -> list[str]:
    """The first column of the one table of a section whose heading begins so."""
    found = re.search(rf"^\| {heading} \|.*\n\|[-| ]+\n((?:\|.*\n)+)", section(title), re.MULTILINE)
    assert found is not None, heading
    return re.findall(r"^\| `([^`]+)`", found[1], re.MULTILINE)


def code() -> str:
    """All that README shows as something to type."""
    spans = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", FENCE.sub("", README))
    return "\n".join([*fences(README, "sh"), *spans])


def levelled(text: str) -> list[str]:
    for pattern, word in LEVELLED:
        text = pattern.sub(word, text)
    return [line.strip() for line in text.splitlines() if line.strip()]


def missing(expected: str, printed: str) -> list[str]:
    """The lines of README that the command did not print, in README's order; … stands for lines left out."""
    rest = levelled(printed)
    absent: list[str] = []
    for line in levelled(expected):
        if line == "…":
            continue
        if line in rest:
            rest = rest[rest.index(line) + 1 :]
        else:
            absent.append(line)
    return absent


@contextmanager
def gateway(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """`tkt run` as README starts it, on free ports; gives its banner, told with README's ports, and the environment."""
    smtp, http = free_port(), free_port()
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "tkt.toml").write_text(f'[smtp]\nlisten = ["127.0.0.1:{smtp}"]\n[http]\nlisten = "127.0.0.1:{http}"\n')
    create_keys(folder / "var" / "keys")
    environment = {"HOME": str(folder), "LANG": "C.UTF-8", "TZ": "UTC", "PATH": f"{folder}/.venv/bin:/usr/bin:/bin"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [".venv/bin/tkt", "run"], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=log
        )
        try:
            banner = read_banner(process, folder / "log")
            yield banner.replace(str(smtp), SMTP_PORT).replace(str(http), HTTP_PORT), environment
        finally:
            end(process, signal.SIGINT)
            assert process.stdout is not None
            process.stdout.close()
    assert process.returncode == 0, (folder / "log").read_text()


def read_banner(process: subprocess.Popen[bytes], log: Path) -> str:
    """All lines up to the one that says what to try next."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.decode())
        if lines[-1].startswith(STARTED):
            return "".join(lines)
    raise AssertionError(f"tkt run ended: {''.join(lines)}{log.read_text()}")


def run(block: str, folder: Path, environment: dict[str, str]) -> str:
    """What a block of commands prints; each of them must succeed."""
    done = subprocess.run(
        ["/bin/sh", "-ec", block], cwd=folder, env=environment, capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, b""), f"{block}\n{done.stdout.decode()}{done.stderr.decode()}"
    return done.stdout.decode()


def told(block: str, expected: str, folder: Path, environment: dict[str, str]) -> list[str]:
    """The lines that `block` does not print. What only looks is asked again while the gateway is still at work."""
    for _ in range(1 if "send-sample" in block else TRIES):
        absent = missing(expected, run(block, folder, environment))
        if not absent:
            break
    return absent


@pytest.mark.timeout(300)  # each command is a process of its own, and a busy machine starts them slowly
def test_the_first_five_minutes(tmp_path: Path) -> None:
    """Every command of the first five minutes works as it stands there, and prints what stands below it."""
    steps = [(kind, body) for kind, body in FENCE.findall(section("The first five minutes")) if kind in ("sh", "text")]
    pairs = list(zip(steps[::2], steps[1::2], strict=True))
    assert all((one[0], two[0]) == ("sh", "text") for one, two in pairs)
    (first, banner), *others = [(one[1], two[1]) for one, two in pairs]

    with gateway(tmp_path) as (printed, environment):
        absent = {first: missing(banner, printed)}
        absent.update({block: told(block, expected, tmp_path, environment) for block, expected in others})

    assert first == "make run\n"
    assert {block: lines for block, lines in absent.items() if lines} == {}


def test_a_mail_is_explained_as_shown(tmp_path: Path) -> None:
    """Without a gateway and a tkt.toml, what `tkt explain` tells of the mail of README is what stands below it."""
    words = section("What a mail is, and what would become of it")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    environment = {"HOME": str(tmp_path), "LANG": "C.UTF-8", "TZ": "UTC", "PATH": f"{tmp_path}/.venv/bin:/usr/bin:/bin"}
    (block,), (expected,) = fences(words, "sh"), fences(words, "text")

    assert missing(expected, run(block, tmp_path, environment)) == []
    found = json.loads(run("tkt explain --json reply.eml", tmp_path, environment))
    named = re.findall(r"`(\w+)`", words.partition("one a line with `file` in front:")[2].partition("; then")[0])
    assert list(found)[: len(named)] == named


def test_the_excerpts_could_be_missed() -> None:
    """The comparison sees a line that is not printed, and one that is printed in another place."""
    assert missing("a\n…\nc 2026-01-02 03:04:05\n", "a\nb\nc   2027-01-01 00:00:00\n") == []
    assert missing("a\nd\n", "a\nb\n") == ["d"]
    assert missing("b\na\n", "a\nb\n") == ["a"]


def test_every_command_stands_in_the_table() -> None:
    """The table of commands names the commands of tkt, all of them and no other."""
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group, as the app has many commands

    assert sorted(cell.split()[1] for cell in table("Commands", "command")) == sorted(known)


def test_every_option_exists() -> None:
    """An option that the table of commands names is one of its command's, and --config and --json are what it says."""
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # as above
    options = {name: {word for param in command.params for word in param.opts} for name, command in known.items()}
    rows = re.findall(r"^\| `tkt ([\w-]+)[^`]*` \| (.*) \|$", section("Commands"), re.MULTILINE)
    shown = ("tickets", "show", "outbox", "ledger", "status", "trace", "explain", "reconcile")

    assert [(name, word) for name, row in rows for word in re.findall(r"--\w+", row) if word not in options[name]] == []
    assert [name for name in options if "--config" not in options[name]] == ["demo", "schema", "init"]
    assert [name for name in shown if "--json" not in options[name]] == []


def test_every_command_that_is_shown_exists() -> None:
    """Whatever README tells to type with tkt or make is a command of tkt, a target of the Makefile."""
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # as above
    targets = re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    typed = code()

    assert set(re.findall(r"\btkt ([a-z][\w-]*)", typed)) - set(known) == set()
    assert set(re.findall(r"\bmake ([a-z][\w-]*)", typed)) - set(targets) == set()


def test_every_path_exists() -> None:
    """A room, folder or file that README names is there; each room of the house has its line."""
    tops = (*ALLOWED, "deploy", "tests")
    named = {word for word in re.findall(r"`([\w./-]+)`", README) if word.split("/")[0] in tops and "/" in word}

    assert sorted(path for path in named if not (ROOT / path).exists()) == []
    assert sorted(table("The rooms, and who may import whom", "room")) == sorted(f"{room}/" for room in ALLOWED)


def test_the_tables_are_those_of_the_code() -> None:
    """Steering lines, notices, outcomes and database tables are all there are."""
    tables = section("The tables")
    named = set(re.findall(r"`(\w+)`", tables.partition("A delivery is")[0].partition(":")[2]))

    assert sorted(cell.split()[0] for cell in table("For agents", "line")) == sorted(f"#{word}" for word in WORDS_OF)
    assert sorted(table("What the customer gets, and when", "notice")) == sorted(CUSTOMER_NOTICES)
    assert sorted(table("The tables", "outcome")) == sorted(outcome.value for outcome in Outcome)
    assert named == set(metadata.tables)


def test_the_configuration_is_valid() -> None:
    """The tkt.toml that README shows is one."""
    (text,) = fences(section("tkt.toml in short"), "toml")

    assert parse_config(tomllib.loads(text), base=Path()).relay is not None


def test_the_mistake_is_told_as_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The desk that README shows has one mistake, and `tkt check` tells it in these words; mended, all is well."""
    desk = "".join(fences(section("For admins: the desk's files"), "yaml"))
    (expected,) = fences(section("For admins: the desk's files"), "text")
    folder = tmp_path / "desks" / "support"
    folder.mkdir(parents=True)
    (folder / "desk.yaml").write_text(desk, "utf-8")
    create_keys(tmp_path / "var" / "keys")
    config = Config(base=tmp_path, desks=Path("desks"))

    assert check_all(config) == 1
    assert capsys.readouterr().err == expected
    (folder / "desk.yaml").write_text(desk.replace("remainder", "reminder"), "utf-8")
    assert check_all(config) == 0


def test_the_rule_is_told_as_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    """The rule that README shows is told its mistakes, then its example, in these words; mended, all is well."""
    desk = "".join(fences(section("For admins: the desk's files"), "yaml"))
    (rules,) = fences(section(RULES), "yaml")
    mistakes, example = fences(section(RULES), "text")
    folder = tmp_path / "desks" / "support"
    folder.mkdir(parents=True)
    (folder / "desk.yaml").write_text(desk.replace("remainder", "reminder"), "utf-8")
    monkeypatch.chdir(tmp_path)
    read, stars = rules.replace("contian", "contain").replace("P0", "P1"), ("plant*", "planté")

    for text, expected in ((rules, mistakes), (read, example), (read.replace(*stars), "")):
        (folder / "rules.yaml").write_text(text, "utf-8")
        assert check_folder(Config(base=tmp_path), Path("desks/support")) == bool(expected)
        told = capsys.readouterr().err.splitlines()
        assert len(told) == len(expected.splitlines())
        assert all(line.startswith(shown.rstrip("…")) for line, shown in zip(told, expected.splitlines(), strict=True))


def test_every_word_of_the_rules_is_named() -> None:
    """README's tables of fields, events and actions have each word of the language, and no other."""
    before = {name for name in FIELDS if name.startswith("before.")}

    assert set(words_in(RULES, "fields")) == set(FIELDS) - before
    assert set(words_in(RULES, "event")) == {event.split(" ")[0] for event in EVENTS}
    assert set(words_in(RULES, "in `then`")) == set(ACTIONS)


def words_in(title: str, heading: str) -> list[str]:
    """The words in the first column of a table."""
    found = re.search(rf"^\| {re.escape(heading)} \|.*\n\|[-| ]+\n((?:\|.*\n)+)", section(title), re.MULTILINE)
    assert found is not None, heading
    return [word for line in found[1].splitlines() for word in re.findall(r"`([^`]+)`", line.split("|")[1])]


def test_links_lead_somewhere() -> None:
    """A link inside README is the name of one of its headings."""
    headings = {re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-") for line in README.splitlines()}

    assert [link for link in re.findall(r"\]\(#([^)]+)\)", README) if link not in headings] == []
