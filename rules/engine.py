"""Asks a desk's rules about what happened: in the order of the files, each once, each seeing what earlier ones set.

Promises: pure, and cheap however many rules there are (rules.book); what a rule changes can make a later rule fire and
never an earlier one or itself, so that there is always an end; every change has the name of the rule behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from rules.book import Book, Seen, Trail, captured, holds
from rules.comparing import told
from rules.decision import Step
from rules.fields import FIELDS
from rules.occasion import Occasion, events_between
from rules.policy import Condition, Policy, Rule
from rules.then import FIRST, Telling, Work, perform
from rules.ticket import Ticket
from rules.words import FieldText

TOLD = 60  # rules: of a desk that has no more each is told with every clause, of a larger one those that fired


@dataclass(frozen=True, slots=True)
class Fired:
    """One rule that held: what it did, and what it could not do."""

    rule: str
    place: str
    done: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruled:
    """What the rules made of an occasion; `ticket` is the snapshot with every field that they set.

    `silent` names the rule that wants the customer to hear nothing, `held` says why the mail is to wait for a person,
    `wording` gives notices another text, `reason` why the ticket is closed, `setters` which rule named a field last.
    """

    ticket: Ticket
    fired: tuple[Fired, ...] = ()
    told: tuple[Telling, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    wording: Mapping[str, str] = field(default_factory=dict)
    silent: str = ""
    held: str = ""
    spam: bool = False
    reason: str = ""
    setters: Mapping[str, str] = field(default_factory=dict)
    trace: tuple[Step, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The rules that did something, in order."""
        return tuple(fired.rule for fired in self.fired)


@dataclass(slots=True)
class _Run:
    """The rules under way."""

    work: Work
    seen: Seen
    steps: list[Step] = field(default_factory=list)
    fired: list[Fired] = field(default_factory=list)
    setters: dict[str, str] = field(default_factory=dict)
    passed: int = 0
    nearest: tuple[float, str, str] = (0.0, "", "")


def run_rules(policy: Policy, occasion: Occasion) -> Ruled:
    """Ask every rule that waits for one of the occasion's events."""
    book: Book = policy.book
    run = _Run(Work(occasion.ticket, policy), Seen(occasion, policy))
    today = occasion.now.astimezone(policy.time_zone).date()
    brief = len(book.rules) > TOLD and not book.thorough
    for place in book.candidates(run.seen) if brief else range(len(book.rules)):
        rule = book.rules[place]
        if rule.events.isdisjoint(run.seen.occasion.events) or _over(rule, today):
            continue
        if _asked(rule, run, brief=brief) and rule.stop:
            break
    return _ruled(run)


def _over(rule: Rule, today: date) -> bool:
    return rule.until is not None and today > rule.until


def _asked(rule: Rule, run: _Run, *, brief: bool) -> bool:
    """Ask one rule, and do what it says when it holds."""
    if brief and (rule.when is not None and not holds(rule.when, run.seen)):
        run.passed += 1
        return False
    trail = Trail()
    held = rule.when is None or holds(rule.when, run.seen, trail)
    run.steps += [Step(f'rule "{rule.name}"', "yes" if held else "no", rule.place), *trail.steps]
    if held:
        _fire(rule, run, trail)
    else:
        _remember(rule, run)
    return held


def _remember(rule: Rule, run: _Run) -> None:
    """The rule that came nearest is told where none fired."""
    when = rule.when
    if when is None:
        return
    clauses = when.parts if when.op == "all" and when.parts else (when,)
    missing = [clause for clause in clauses if not holds(clause, run.seen)]
    share = 1 - len(missing) / len(clauses)
    if share > run.nearest[0]:
        words = f"{len(clauses) - len(missing)} of {len(clauses)} clauses held, not: {_question(missing[0])}"
        run.nearest = (share, rule.name, words)


def _question(condition: Condition) -> str:
    """A clause in short, as it is written."""
    return condition.question or f"{condition.op}: {', '.join(map(_question, condition.parts[:3]))}"


def _fire(rule: Rule, run: _Run, trail: Trail) -> None:
    work, seen = run.work, run.seen
    before = work.ticket
    work.rule = rule.name
    work.values = _Values(captured(rule.when, seen), seen, next(iter(trail.found), ""))
    done, failed = perform(work, rule.then)
    run.fired.append(Fired(rule.name, rule.place, tuple(done), tuple(failed)))
    run.steps += [Step("done", "yes", words) for words in done]
    run.steps += [Step("done", "no", words) for words in failed]
    for name in FIRST:
        if name in rule.then:
            run.steps += _overridden(name, rule, run, before)
    occasion = seen.occasion
    if work.ticket != before:
        events = occasion.events | events_between(occasion.before or occasion.ticket, work.ticket)
        seen.changed(replace(occasion, ticket=work.ticket, events=events))


def _overridden(name: str, rule: Rule, run: _Run, before: Ticket) -> list[Step]:
    """What a rule puts in the place of an earlier rule's word."""
    earlier, old, new = run.setters.get(name), getattr(before, name), getattr(run.work.ticket, name)
    run.setters[name] = rule.name
    if earlier is None or old == new:
        return []
    return [Step(f"overrode {name}", str(new), f'rule "{earlier}" had set {old}')]


class _Values(dict[str, str]):
    """What stands for `{{ name }}`: the named groups, `matched`, `ticket`, `customer`, and every field of the table."""

    def __init__(self, groups: Mapping[str, str], seen: Seen, matched: str) -> None:
        super().__init__(groups, matched=matched)
        self._seen = seen

    def get(self, name: str, default: Any = "") -> Any:
        """The words for a name."""
        if name in self:
            return self[name]
        ticket = self._seen.occasion.ticket
        if name == "ticket":
            return ticket.name
        if name == "customer":
            return (ticket.requester.name or ticket.requester.address) if ticket.requester else ""
        value = (
            self._seen.value(name) if name in FIELDS or name.startswith(("header.", "field.", "before.")) else default
        )
        return value.text if isinstance(value, FieldText) else told(value)


def _ruled(run: _Run) -> Ruled:
    work = run.work
    if run.passed:
        run.steps.append(Step("other rules of which a word was found", "no", str(run.passed)))
    if not run.fired and run.nearest[1]:
        run.steps.append(Step("the nearest rule", run.nearest[1], run.nearest[2]))
    return Ruled(
        ticket=work.ticket,
        fired=tuple(run.fired),
        told=tuple(work.told),
        notes=tuple(work.notes),
        wording=dict(work.wording),
        silent=work.silent,
        held=work.held,
        spam=work.spam,
        reason=work.reason,
        setters=dict(run.setters),
        trace=tuple(run.steps),
    )


def set_by(ruled: Ruled) -> tuple[Step, ...]:
    """Category and priority of a new ticket, and who named them."""
    setters = {name: f'rule "{rule}"' for name, rule in ruled.setters.items()}
    return tuple(
        Step(name, getattr(ruled.ticket, name), setters.get(name, "start_with")) for name in ("category", "priority")
    )
