"""The JSON Schema of a desk's files, for editors that know YAML: completion, and errors while one types.

Made of the same tables that read the files (the models, fields, operators, events, actions), so that it can not say
anything else. It knows the language and not the desk: whether there is a priority "P1" is for `tkt check` to say.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from parsing.message import Address
from rules.conditions import Read
from rules.desk_schema import Desk
from rules.examples import BECOMES, MAIL, OF_TICKET
from rules.fields import FIELDS, Field
from rules.occasion import EVENTS
from rules.operators import OPERATORS, allowed
from rules.rule_schema import RuleFile
from rules.then import ACTIONS, Action
from rules.then_reader import NOTICES, Done
from rules.ticket import Status
from rules.values import Hours
from rules.yaml_nodes import Node

DRAFT = "http://json-schema.org/draft-07/schema#"
Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
WORDS: Schema = {"type": ["string", "number"]}  # an editor takes a bare 42 for a number; we take it for its letters
PLAIN: Mapping[Any, Schema] = {
    str: WORDS,
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    Address: {"type": "string", "examples": ["support@example.com"]},
    ZoneInfo: {"type": "string", "examples": ["Europe/Paris"]},
    timedelta: {"type": "string", "examples": ["3 days", "90m"]},
    date: {"type": "string", "examples": ["2026-01-31"]},
    Hours: {"anyOf": [{"const": "always"}, {"type": "object"}]},
    Node: {"$ref": "#/definitions/example"},
    Read: {"$ref": "#/definitions/when"},
    Done: {"$ref": "#/definitions/then"},
}


def desk_schema() -> Schema:
    """Of desk.yaml."""
    return {"$schema": DRAFT, "title": "desk.yaml", **_model(Desk)}


def rules_schema() -> Schema:
    """Of rules.yaml, and of each file below rules/."""
    definitions = {"when": _when(), "then": _then(), "example": _example()}
    return {"$schema": DRAFT, "title": "rules.yaml", **_model(RuleFile), "definitions": definitions}


def _model(model: type[BaseModel]) -> Schema:
    properties = {field.alias or name: _field(name, field) for name, field in model.model_fields.items()}
    needed = [field.alias or name for name, field in model.model_fields.items() if field.is_required()]
    words = {"description": model.__doc__.strip().splitlines()[0]} if model.__doc__ else {}
    return {
        "type": "object",
        **words,
        "properties": properties,
        "additionalProperties": False,
        **({"required": needed} if needed else {}),
    }


def _field(name: str, field: FieldInfo) -> Schema:
    words = {"description": field.description} if field.description else {}
    if name == "event":
        names: Schema = {"enum": list(EVENTS)}
        return {**words, "anyOf": [names, {"type": "array", "items": names}]}
    return {**_type(field.annotation), **words}


def _type(annotation: Any) -> Schema:
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    origin, inner = get_origin(annotation), get_args(annotation)
    if annotation in PLAIN:
        return dict(PLAIN[annotation])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _model(annotation)
    if origin is Literal:
        return {"enum": list(inner)}
    if origin in (Union, types.UnionType):
        return _type(next(one for one in inner if one is not type(None)))
    if origin is tuple:
        items = _type(inner[0])
        return {"anyOf": [{"type": "array", "items": items}, items]}  # one is often short for a list of one
    if origin is dict:
        table: Schema = {"type": "object", "additionalProperties": _type(inner[1])}
        return {"anyOf": [table, {"type": "array", "items": TEXT}]} if _type(inner[1]) == WORDS else table
    return {}


def _when() -> Schema:
    """Clauses by name: each field with each of its operators, and the groups."""
    again: Schema = {"$ref": "#/definitions/when"}
    groups = {name: {"anyOf": [again, {"type": "array", "items": again}]} for name in ("all", "any", "not")}
    clauses = {
        f"{field.name} {words}": _value(field, words)
        for field in FIELDS.values()
        for words in allowed(field.type, of_ticket=field.of_ticket)
    }
    anything = "|".join(OPERATORS)
    several: Schema = {
        f"^.+ or .+ ({anything}|contain|match|start with|end with)$": {},
        rf"^(header|field|before)\..+ ({anything})$": {},
    }
    return {"type": "object", "properties": {**groups, **clauses}, "patternProperties": several, "minProperties": 1}


def _value(field: Field, spelled: str) -> Schema:
    operator = OPERATORS[spelled]
    one: Schema = dict(WORDS)
    if operator.test in ("exists", "changed") or field.type == "truth":
        one = {"type": "boolean"}
    elif isinstance(field.choices, tuple) and field.choices:
        one = {"enum": [*field.choices]}
    words = {"description": field.says}
    return {**words, "anyOf": [one, {"type": "array", "items": one}, TEXT]} if operator.many else {**words, **one}


def _then() -> Schema:
    properties = {action.name: {"description": action.says, **_action(action)} for action in ACTIONS.values()}
    return {"type": "object", "properties": properties, "additionalProperties": False, "minProperties": 1}


def _action(action: Action) -> Schema:
    listed: Schema = {"anyOf": [WORDS, {"type": "array", "items": WORDS}]}
    match action.kind:
        case "name":
            return {"enum": [status.value for status in Status]} if action.name == "status" else dict(WORDS)
        case "names" | "texts":
            return listed
        case "tell":
            telling: Schema = {"type": "object", "properties": {"to": listed, "text": TEXT}, "required": ["to"]}
            return {"anyOf": [*listed["anyOf"], {**telling, "additionalProperties": False}]}
        case "truth":
            return {"const": True}
        case "nothing":
            return {"const": "nothing"}
        case "notices":
            return {"type": "object", "properties": dict.fromkeys(NOTICES, TEXT), "additionalProperties": False}
        case "fields":
            return {"type": "object", "additionalProperties": WORDS}
    return dict(WORDS)


def _example() -> Schema:
    def table(names: list[str]) -> Schema:
        return {"type": "object", "properties": {name: {} for name in names}, "additionalProperties": False}

    mail: Schema = {"anyOf": [TEXT, table(MAIL)]}
    parts = {"mail": mail, "ticket": table([*OF_TICKET, "tag"]), "event": {"enum": list(EVENTS)}, "at": TEXT}
    parts["becomes"] = table(BECOMES)
    return {"type": "object", "properties": parts, "required": ["becomes"], "additionalProperties": False}
