"""Reads the texts that the pure rooms work with: desks from folders, notices and the ready desk from the package."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from gateway.config import Config, ConfigError
from rules.loader import DeskError, load_desks
from rules.policy import Policy
from templates.render import Notices, load_notices

DESK_FILES = ("desk.yaml", "rules.yaml")


def packaged_desk(name: str = "default") -> dict[str, str]:
    """The texts of a ready desk by file name."""
    folder = resources.files("rules") / "desks" / name
    return {file: (folder / file).read_text("utf-8") for file in DESK_FILES}


def packaged_notices() -> Notices:
    """Every notice of the package, compiled."""
    texts = {}
    for language in resources.files("templates").iterdir():
        if language.is_dir() and len(language.name) == 2:
            for file in language.iterdir():
                if file.name.endswith(".txt"):
                    texts[f"{language.name}/{file.name}"] = file.read_text("utf-8")
    return load_notices(texts)


def desk_texts(config: Config) -> dict[str, dict[str, str]]:
    """The texts of every desk by folder; the ready one when tkt.toml names no folder."""
    if config.desks is None:
        return {"desks/default": packaged_desk()}
    root = config.path(config.desks)
    folders = sorted(folder for folder in root.iterdir() if folder.is_dir()) if root.is_dir() else []
    if not folders:
        raise ConfigError(f"{root}: there is no desk here; each is a folder with a desk.yaml")
    return {f"{config.desks}/{folder.name}": _folder_texts(folder) for folder in folders}


def _folder_texts(folder: Path) -> dict[str, str]:
    texts = {}
    for file in sorted(folder.glob("*.yaml")):
        try:
            texts[file.name] = file.read_text("utf-8")
        except UnicodeDecodeError as error:
            raise ConfigError(f"{file}: not UTF-8 at byte {error.start}; save it as UTF-8") from None
    return texts


def load_policies(config: Config) -> Mapping[str, Policy]:
    """Every desk by name; raises `ConfigError` with every mistake of every file."""
    try:
        policies = load_desks(desk_texts(config))
    except DeskError as error:
        raise ConfigError(str(error)) from None
    return {policy.desk: policy for policy in policies}


def desk_of(policies: Mapping[str, Policy], address: str) -> str | None:
    """The desk that an address, in any case and with any +part, belongs to."""
    local, _, domain = address.lower().rpartition("@")
    plain = f"{local.partition('+')[0]}@{domain}"
    for name, policy in policies.items():
        if any(known.key in (plain, address.lower()) for known in policy.addresses):
            return name
    return None
