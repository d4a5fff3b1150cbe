"""Notices: texts with holes, compiled once, filled with plain data in a sandbox.

A notice is one file: a subject line, an empty line, the body. Only its author's text is ever compiled; what mails
bring is a value, and a value is text. Templates can neither call anything nor multiply, see no object but strings,
numbers, dates, lists and dicts, and what they make ends at `Limits.output`.
Jinja2 escapes nothing here: the notice is plain text, and its HTML is made from that text (templates.markup).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.runtime import Context, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import pass_context

from parsing.message import Address, Permanent
from templates import clean, dates
from templates.languages import ENGLISH, Words
from templates.limits import Limits
from templates.phrases import told

BOOK = "_almanac"
FALLBACK = "en"


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's own, with what multiplies (`*`, `**`, `%`) and every call but a macro's refused."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse every intercepted operator (the environment asks here instead of computing)."""
        raise Permanent(f"a notice can not compute with {operator}")

    def is_safe_callable(self, obj: Any) -> bool:
        """Values are data; only macros of the notice itself are called."""
        return isinstance(obj, Macro)


@dataclass(frozen=True, slots=True)
class Notices:
    """Every notice, compiled, by `language/name`."""

    templates: Mapping[str, Template]

    def find(self, name: str, language: str) -> tuple[Template, str]:
        """The notice and the language it is in: English where the asked one has none. Raises `Permanent`."""
        for choice in (language, FALLBACK):
            template = self.templates.get(f"{choice}/{name}")
            if template is not None:
                return template, choice
        raise Permanent(f"there is no notice {name!r}")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A filled notice: LF line ends, no blank at either end of the body."""

    subject: str
    body: str
    language: str


def load_notices(texts: Mapping[str, str]) -> Notices:
    """Compile `{"en/opened.txt": text}`; a text that is no template raises `Permanent` with its name and line."""
    environment = sandbox()
    return Notices({path.removesuffix(".txt"): _compiled(environment, path, text) for path, text in texts.items()})


def _compiled(environment: Sandbox, path: str, text: str) -> Template:
    try:
        return environment.from_string(text)
    except TemplateError as error:
        raise Permanent(f"{path}, line {getattr(error, 'lineno', 0)}: {error}") from None


def sandbox() -> Sandbox:
    """The environment of all notices: no globals, and our filters instead of Jinja2's."""
    environment = Sandbox(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False, extensions=()
    )
    environment.globals.clear()
    environment.filters = {
        "join": lambda items, between="": str(between).join(map(str, items)),
        "quoted": quoted,
        "indented": indented,
        "size": _with_words(size),
        "plural": _with_words(plural),
        "told": _with_words(told),
        "sentence": sentence,
        "length": len,
        **{name: _dated(said) for name, said in DATED.items()},
    }
    return environment


DATED: Mapping[str, Callable[[Any, dates.Almanac], str]] = {
    "day": dates.day,
    "short_day": dates.short_day,
    "day_time": dates.day_time,
    "by_time": dates.by_time,
    "on_day": dates.on_day,
    "in_days": dates.in_days,
    "past_day": dates.past_day,
    "clock": dates.clock,
}


def _dated(said: Callable[[Any, dates.Almanac], str]) -> Callable[[Context, Any], str]:
    """A way of telling a date as a filter; a value that is no date is told as it is."""

    @pass_context
    def filtered(context: Context, value: Any) -> str:
        return said(value, context[BOOK]) if isinstance(value, date) else str(value)

    return filtered


def _with_words(said: Callable[..., Any]) -> Callable[..., Any]:
    """What is said in the words of the mail's language, as a filter."""

    @pass_context
    def filtered(context: Context, *values: Any) -> Any:
        return said(*values, words=context[BOOK].words)

    return filtered


def render(
    notices: Notices,
    name: str,
    values: Mapping[str, Any],
    *,
    language: str,
    book: Callable[[str], dates.Almanac],
    limits: Limits,
) -> Rendered:
    """Fill the notice `name`; `book` gives the almanac for the language found. Raises `Permanent`."""
    template, found = notices.find(name, language)
    try:
        text = bounded(template, {**values, BOOK: book(found)}, limits)
    except (TemplateError, TypeError, ValueError, KeyError, AttributeError) as error:
        raise Permanent(f"notice {found}/{name}: {error}") from error
    first, _, rest = text.partition("\n")
    return Rendered(subject=first.strip(), body=rest.strip("\n") + "\n", language=found)


def reworded(
    rendered: Rendered,
    title: str,
    text: str,
    values: Mapping[str, Any],
    *,
    book: Callable[[str], dates.Almanac],
    limits: Limits,
) -> Rendered:
    """A filled notice with a desk's own words: `text` in the place of its body, `title` above it. Raises `Permanent`.

    An agent's words stay in front of a text of the desk's.
    """
    given = {**values, BOOK: book(rendered.language)}
    try:
        own = [bounded(own_text(one), given, limits) if one else "" for one in (title, text)]
    except (TemplateError, TypeError, ValueError, KeyError, AttributeError) as error:
        raise Permanent(f"the wording {title or text[:40]!r}: {error}") from error
    words = str(values.get("text", ""))
    body = f"{words}\n\n{own[1]}".strip("\n") if own[1] and words else own[1] or rendered.body
    return replace(rendered, body=f"{own[0]}\n\n{body}".strip("\n") + "\n" if own[0] else body.strip("\n") + "\n")


@lru_cache(maxsize=500)
def own_text(text: str) -> Template:
    """A desk's own text, compiled once."""
    return sandbox().from_string(text)


def bounded(template: Template, values: Mapping[str, Any], limits: Limits) -> str:
    """The template's output, stopped as soon as it passes `limits.output` characters."""
    pieces: list[str] = []
    total = 0
    for piece in template.generate(values):
        total += len(piece)
        if total > limits.output:
            raise Permanent(f"a notice grew past {limits.output} characters")
        pieces.append(piece)
    return "".join(pieces)


def plain_data(value: Any, limits: Limits) -> Any:
    """A value as a template may see it: text on one line, an Address as one line; anything unknown is `Permanent`."""
    match value:
        case bool() | int() | float() | None | date():
            return value
        case str():
            return clean.line(value, length=limits.value)
        case Address():
            return person(value)
        case Mapping():
            return {clean.line(str(key)): plain_data(item, limits) for key, item in list(value.items())[: limits.items]}
        case tuple() | list():
            return [plain_data(item, limits) for item in value[: limits.items]]
    raise Permanent(f"a notice's value can not be a {type(value).__name__}")


def block(text: str, limits: Limits, words: Words = ENGLISH) -> str:
    """Words of many lines; what is too long to be read in a mail is shortened, and says so."""
    cut = text if len(text) <= limits.block else f"{text[: limits.block]}\n{words.cut}"
    return clean.body(cut)


def person(who: Address) -> str:
    """Anna Nowak <anna@example.com>, or the address alone."""
    name, address = clean.line(who.name), clean.line(who.address)
    return f"{name} <{address}>" if name else address


def quoted(text: str) -> str:
    """Every line with `> ` before it."""
    return "\n".join(f"> {one}".rstrip(" ") for one in text.strip("\n").split("\n"))


def indented(text: str) -> str:
    """Every line four blanks in; this is how foreign words stand apart from ours."""
    return "\n".join(f"    {one}".rstrip(" ") for one in text.strip("\n").split("\n"))


def size(octets: int, *, words: Words) -> str:
    """1.2 MB, 14 kB, 320 bytes (decimal, as file managers tell it)."""
    millions, thousands, single = words.sizes
    if octets >= 999_500:
        return f"{octets / 1e6:.1f}".replace(".", words.decimal) + millions
    return f"{octets / 1000:.0f}{thousands}" if octets >= 1000 else f"{octets}{single}"


def plural(count: int, *forms: str, words: Words) -> str:
    """The form of a word that goes with a number: 1 plik, 2 pliki, 5 plików."""
    return forms[min(words.form(count), len(forms) - 1)]


def sentence(text: str) -> str:
    """A capital in front and a full stop behind."""
    flat = text.strip()
    return flat[:1].upper() + flat[1:] + ("" if flat.endswith((".", "!", "?")) or not flat else ".")
