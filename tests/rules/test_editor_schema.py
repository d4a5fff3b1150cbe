"""The schema for editors says what the readers of the files say, and nothing else."""

import json
from typing import Any

import yaml

from rules.editor_schema import desk_schema, rules_schema
from rules.fields import FIELDS
from rules.occasion import EVENTS
from rules.then import ACTIONS
from tests.rules.desks import default_texts
from tests.rules.test_language import ALL, DESK


def allowed(value: Any, schema: dict[str, Any], root: dict[str, Any], way: str = "") -> list[str]:
    """The keys and words of a file that the schema does not allow (of JSON Schema what ours use)."""
    schema = root["definitions"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if "anyOf" in schema:
        tried = [allowed(value, one, root, way) for one in schema["anyOf"]]
        return min(tried, key=lambda wrong: (any(": no " in one for one in wrong), len(wrong)))
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{way}: {value}"]
    if isinstance(value, dict) and schema.get("type") == "object":
        more = schema.get("additionalProperties", {})
        known = schema.get("properties", {})
        wrong = [f"{way}.{key}" for key in value if key not in known and more is False]
        return wrong + [
            bad
            for key, one in value.items()
            if key in known or more
            for bad in allowed(one, known.get(key, more), root, f"{way}.{key}")
        ]
    if isinstance(value, list) and schema.get("type") == "array":
        return [bad for n, one in enumerate(value) for bad in allowed(one, schema["items"], root, f"{way}[{n}]")]
    wanted = schema.get("type", "")
    kind = "object" if isinstance(value, dict) else "array" if isinstance(value, list) else ""
    fits = not wanted or (wanted == kind if kind or wanted in ("object", "array") else True)
    return [] if fits else [f"{way}: no {wanted}"]


def test_real_files_are_allowed() -> None:
    """The ready desk and a desk with everything keep to the schema; a misspelt key and a wrong event do not."""
    ready = default_texts()
    desk, rules = desk_schema(), rules_schema()

    assert allowed(yaml.safe_load(ready["desk.yaml"]), desk, desk) == []
    assert allowed(yaml.safe_load(DESK), desk, desk) == []
    assert allowed(yaml.safe_load(ready["rules.yaml"]), rules, rules) == []
    assert allowed(yaml.safe_load(ALL), rules, rules) == []
    assert allowed({"desk": "x", "nmae": "y"}, desk, desk) == [".nmae"]
    wrong = {"rules": [{"rule": "x", "event": "openned", "then": {"prority": "P1"}}]}
    assert allowed(wrong, rules, rules) == [".rules[0].event: openned", ".rules[0].then.prority"]


def test_every_word_of_the_language_is_in_it() -> None:
    """Each field with a description, each action, each event; and it is JSON."""
    schema = rules_schema()
    when = schema["definitions"]["when"]["properties"]

    assert {name.split(" ")[0] for name in when} >= set(FIELDS)
    assert all(clause.get("description") for name, clause in when.items() if " " in name)
    assert set(schema["definitions"]["then"]["properties"]) == set(ACTIONS)
    assert all(name in json.dumps(schema) for name in EVENTS)
    assert json.loads(json.dumps(desk_schema())) == desk_schema()
