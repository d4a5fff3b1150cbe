"""Words of the rules that stand in agents' mails, in the desk's language: whole sentences, and some with a hole.

Rules speak English, for traces, timelines and commands. What an agent reads of it is looked up here as it stands,
sentence by sentence; what is in no table stays English, and nothing is ever lost by it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from templates.languages import Words
from templates.phrases_delivery import DELIVERY

LANGUAGES = ("fr", "pl")
SENTENCE_ENDS = re.compile(r"(?<=\.) ")
HOLE = "{}"
ACTS: Mapping[str, tuple[str, str]] = {
    "acknowledged": (
        "pris en compte",
        "przyjęte",
    ),
    "waiting for the customer": (
        "en attente du client",
        "czeka na klienta",
    ),
    "resolved": (
        "résolu",
        "rozwiązane",
    ),
    "closed": (
        "clôturé",
        "zamknięte",
    ),
    "in progress": (
        "en cours",
        "w toku",
    ),
    "closed as spam, without a word to the sender": (
        "clôturé comme indésirable, sans un mot à l’expéditeur",
        "zamknięte jako spam, bez słowa do nadawcy",
    ),
    "a workaround is given": (
        "une solution de contournement est donnée",
        "podano obejście problemu",
    ),
    "your note is kept for colleagues; the customer does not see it": (
        "votre note est conservée pour les collègues\u00a0; le client ne la voit pas",
        "notatka jest zachowana dla współpracowników; klient jej nie widzi",
    ),
    "priority {}": (
        "priorité {}",
        "priorytet {}",
    ),
    "category {}": (
        "catégorie {}",
        "kategoria {}",
    ),
    "assigned to {}": (
        "attribué à {}",
        "prowadzi {}",
    ),
    "mail is sent to {} again": (
        "les messages à {} partent de nouveau",
        "poczta do {} znowu jest wysyłana",
    ),
    "your words went to {}": (
        "votre texte est parti à {}",
        "tekst poszedł do klienta ({})",
    ),
    "{} is told": (
        "{} en est informé",
        "klient ({}) dostaje wiadomość",
    ),
    "joined into {}": (
        "réuni à {}",
        "połączone z {}",
    ),
    "{} wrote a note": (
        "{} a écrit une note",
        "{}: nowa notatka",
    ),
    "{}: answered": (
        "{} a répondu",
        "{}: wysłano odpowiedź",
    ),
    "opened by {}": (
        "ouvert par {}",
        "otwarte przez: {}",
    ),
    "linked to {}, which was closed too long ago to reopen": (
        "lié à {}, clôturé depuis trop longtemps pour être rouvert",
        "powiązane z {}, zamkniętym zbyt dawno, by je otworzyć ponownie",
    ),
}
PHRASES: Mapping[str, tuple[str, str]] = {**DELIVERY, **{key: told for key, told in ACTS.items() if HOLE not in key}}
HOLES = tuple((key.partition(HOLE), told) for key, told in ACTS.items() if HOLE in key)


def told(text: Any, *, words: Words) -> Any:
    """A text, or each text of a list, in a language as far as its sentences are known."""
    if words.code not in LANGUAGES:
        return text
    at = LANGUAGES.index(words.code)
    if isinstance(text, list):
        return [_told(str(one), at) for one in text]
    return _told(str(text), at)


def _told(text: str, at: int) -> str:
    return " ".join(_sentence(one, at) for one in SENTENCE_ENDS.split(text))


def _sentence(text: str, at: int) -> str:
    known = PHRASES.get(text)
    if known is not None:
        return known[at]
    for (before, _, after), said in HOLES:
        end = len(text) - len(after)
        if len(before) < end and text.startswith(before) and text.endswith(after):
            return said[at].replace(HOLE, text[len(before) : end])
    return text
