"""Reads the texts that the pure rooms work with: desks from folders, notices and the ready desk from the package."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from importlib import resources
from pathlib import Path

from gateway.config import Config, ConfigError
from parsing.message import Permanent
from rules.loader import DeskError, load_desks
from rules.policy import Policy
from rules.yaml_nodes import place, read_yaml
from templates.compose import trial
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
    for file in sorted((*folder.glob("*.y*ml"), *folder.glob("rules/*.y*ml"))):
        try:
            texts[file.relative_to(folder).as_posix()] = file.read_text("utf-8")
        except UnicodeDecodeError as error:
            raise ConfigError(f"{file}: not UTF-8 at byte {error.start}; save it as UTF-8") from None
    return texts


def folder_of_desks(folder: Path) -> dict[str, dict[str, str]]:
    """The texts of the desk in this folder, or of every desk in a folder of desks."""
    if (folder / "desk.yaml").exists() or not folder.is_dir():
        return {str(folder): _folder_texts(folder)}
    inner = sorted(one for one in folder.iterdir() if one.is_dir())
    if not inner:
        raise ConfigError(f"{folder}: there is no desk here; each is a folder with a desk.yaml")
    return {str(one): _folder_texts(one) for one in inner}


def load_policies(
    config: Config, *, known: Mapping[str, Policy] | None = None, today: date | None = None
) -> Mapping[str, Policy]:
    """Every desk by name; raises `ConfigError` with every mistake of every file.

    `known` are policies by digest: a desk whose files have not changed is not read again.
    """
    return policies_of(desk_texts(config), known=known, today=today)


def policies_of(
    texts: Mapping[str, Mapping[str, str]], *, known: Mapping[str, Policy] | None = None, today: date | None = None
) -> Mapping[str, Policy]:
    """The policies of desks whose files have these texts; a notice in words of a desk's own is tried as well."""
    try:
        with nothing_gathered():
            policies = load_desks(texts, known=known or {}, today=today)
    except DeskError as error:
        raise ConfigError(str(error)) from None
    wrong = [
        f"{folder}/desk.yaml:{line}:{column}: {words}"
        for (folder, _), policy in zip(texts.items(), policies, strict=True)
        for line, column, words in wrong_wording(policy)
    ]
    if wrong:
        raise ConfigError("\n".join(wrong))
    return {policy.desk: policy for policy in policies}


@contextmanager
def nothing_gathered() -> Iterator[None]:
    """Without the collector: nothing that desk files become is garbage, and looking for some costs half the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def wrong_wording(policy: Policy) -> Iterator[tuple[int, int, str]]:
    """Line, column and words for each wording that can not be filled: a name that nothing stands for, no template."""
    for key, wording in policy.wording.items():
        try:
            trial(wording, policy)
        except Permanent as error:
            yield *place(read_yaml(policy.texts["desk.yaml"]), ("wording", key)), str(error)


def desk_of(policies: Mapping[str, Policy], address: str) -> str | None:
    """The desk that an address, in any case and with any +part, belongs to."""
    local, _, domain = address.lower().rpartition("@")
    plain = f"{local.partition('+')[0]}@{domain}"
    for name, policy in policies.items():
        if any(known.key in (plain, address.lower()) for known in policy.addresses):
            return name
    return None
