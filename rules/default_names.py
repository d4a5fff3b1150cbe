"""How statuses, priorities and categories are called in each language, where a desk's file does not say it.

English stands in desk_schema.py, as the values of the settings themselves; a language has the same keys.
"""

from __future__ import annotations

from collections.abc import Mapping

STATUSES: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "new": "nouveau",
        "acknowledged": "pris en compte",
        "in_progress": "en cours",
        "waiting_customer": "en attente du client",
        "resolved": "résolu",
        "closed": "clôturé",
    },
    "pl": {
        "new": "nowe",
        "acknowledged": "przyjęte",
        "in_progress": "w toku",
        "waiting_customer": "czeka na klienta",
        "resolved": "rozwiązane",
        "closed": "zamknięte",
    },
}
PRIORITIES: Mapping[str, Mapping[str, str]] = {
    "fr": {"P1": "critique", "P2": "haute", "P3": "normale", "P4": "basse"},
    "pl": {"P1": "krytyczny", "P2": "wysoki", "P3": "normalny", "P4": "niski"},
}
CATEGORIES: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "general": "général",
        "billing": "facturation",
        "technical": "technique",
        "bug_report": "anomalie",
        "account": "compte",
        "suggestion": "suggestion",
    },
    "pl": {
        "general": "ogólne",
        "billing": "płatności",
        "technical": "techniczne",
        "bug_report": "błąd",
        "account": "konto",
        "suggestion": "sugestia",
    },
}
