"""`tkt check DIR`, `tkt test` and `tkt schema`: what an admin asks of a desk's files while writing them."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from gateway.config import Config, ConfigError
from gateway.desks import folder_of_desks, policies_of
from gateway.desks import load_policies as load
from rules.editor_schema import desk_schema, rules_schema
from rules.policy import Policy

SCHEMAS = {"desk.schema.json": desk_schema, "rules.schema.json": rules_schema}


def read(config: Config, folder: Path | None) -> Mapping[str, Policy]:
    """The desks in the folder, or those of tkt.toml. Raises `ConfigError` with every mistake."""
    today = datetime.now(UTC).date()
    return load(config, today=today) if folder is None else policies_of(folder_of_desks(folder), today=today)


def warn(policies: Mapping[str, Policy]) -> None:
    """What is doubtful in the files, each with its place."""
    for policy in policies.values():
        for problem in policy.warnings:
            print(f"{problem.file}:{problem.line}:{problem.column}: warning: {problem.text}", file=sys.stderr)


def check_folder(config: Config, folder: Path) -> int:
    """Print every mistake and every doubt of the desks in a folder; 1 when a desk could not be used."""
    try:
        policies = read(config, folder)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 1
    warn(policies)
    print(f"all is well: {counted(policies)}")
    return 0


def try_examples(config: Config, folder: Path | None) -> int:
    """Run the examples beside the rules; 1 when one is not so, or the files can not be read."""
    try:
        policies = read(config, folder)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 1
    warn(policies)
    tried = sum(policy.examples for policy in policies.values())
    without = [rule.name for one in policies.values() for rule in one.rules if rule.name not in one.with_examples]
    print(f"{tried} example{'s' if tried != 1 else ''} became what they say: {counted(policies)}")
    if without and tried:
        print(f"without an example: {', '.join(without[:20])}{', …' if len(without) > 20 else ''}")
    return 0


def counted(policies: Mapping[str, Policy]) -> str:
    """How many rules each desk has."""
    return ", ".join(f"{one.desk} ({len(one.rules)} rules, {one.digest[:12]})" for one in policies.values())


def write_schemas(folder: Path) -> list[str]:
    """Write both schemas into the folder; the lines that tell an editor of them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in SCHEMAS.items():
        (folder / name).write_text(json.dumps(make(), indent=1, ensure_ascii=False) + "\n", "utf-8")
    return [
        f"wrote {folder / 'desk.schema.json'} and {folder / 'rules.schema.json'}",
        "an editor that knows YAML uses them when the first line of a file says so:",
        f"  # yaml-language-server: $schema={(folder / 'desk.schema.json').resolve().as_uri()}",
        f"  # yaml-language-server: $schema={(folder / 'rules.schema.json').resolve().as_uri()}",
    ]
