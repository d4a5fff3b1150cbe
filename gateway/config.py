"""tkt.toml → one frozen tree, validated whole at start; every default stands here and nowhere else."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator


class Section(BaseModel):
    """A table of tkt.toml: frozen, and a key that nobody knows is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Secret(Section):
    """A secret comes from a file, the environment or a command that prints it; it never stands in tkt.toml."""

    file: Path | None = None
    env: str | None = None
    command: str | None = None


class Store(Section):
    """Where everything is kept: `sqlite:///PATH` or `postgresql://USER@HOST/NAME`."""

    url: str = "sqlite:///var/tkt.db"
    pool: int = Field(default=8, ge=2, le=64)


class Smtp(Section):
    """The SMTP listener (RFC 5321). Without `certificate` there is neither STARTTLS nor AUTH."""

    listen: tuple[str, ...] = ("127.0.0.1:2525",)
    hostname: str = "localhost"
    certificate: Path | None = None
    key: Path | None = None
    passwords: Path | None = None
    max_size: int = 25 * 2**20


class Http(Section):
    """/healthz, /readyz and /metrics."""

    listen: str = "127.0.0.1:8025"


class Mailbox(Section):
    """One IMAP account (RFC 9051) read for one desk."""

    name: str
    desk: str
    host: str
    port: int = 993
    tls: Literal["tls", "none"] = "tls"
    ca_file: Path | None = None
    user: str
    password: Secret | None = None
    token: Secret | None = None
    folder: str = "INBOX"
    start: Literal["newest", "all"] | date = "newest"
    after: Literal["keep", "flag", "move"] = "flag"
    move_to: str = "tkt"
    poll_seconds: int = Field(default=60, ge=1, le=3600)
    idle: bool = True
    own_hops: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _moves_away(self) -> Self:
        if self.after == "move" and self.move_to.upper() == self.folder.upper():
            raise ValueError("move_to is the folder that is read: every mail would come again for ever")
        return self


class Relay(Section):
    """Where outgoing mail is handed on. Without this table it goes into the Maildir of `[outgoing]`."""

    host: str
    port: int = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    ca_file: Path | None = None
    user: str | None = None
    password: Secret | None = None
    token: Secret | None = None
    connections: int = Field(default=5, ge=1, le=50)
    mails_per_minute: int | None = None
    mails_per_day: int | None = None


class Dkim(Section):
    """The RSA key that signs outgoing mail (RFC 6376)."""

    domain: str
    selector: str
    key: Path


class Outgoing(Section):
    """The Maildir used when there is no relay, and the DKIM key."""

    maildir: Path = Path("var/outgoing")
    dkim: Dkim | None = None


class Alarm(Section):
    """Who hears when something is wrong: a mail, and a command that needs no relay (text on standard input)."""

    mail: str | None = None
    command: tuple[str, ...] = ()


class Config(Section):
    """The whole of tkt.toml. Relative paths are relative to the file's folder."""

    base: Path = Path()
    var: Path = Path("var")
    desks: Path | None = None
    keys: Path = Path("var/keys")
    readers: int = Field(default=2, ge=1, le=16)
    store: Store = Store()
    smtp: Smtp | None = Smtp()
    http: Http | None = Http()
    mailboxes: tuple[Mailbox, ...] = Field(default=(), alias="mailbox")
    relay: Relay | None = None
    outgoing: Outgoing = Outgoing()
    alarm: Alarm = Alarm()

    def path(self, value: Path) -> Path:
        """`value` as seen from the folder of tkt.toml."""
        return value if value.is_absolute() else self.base / value


class ConfigError(Exception):
    """tkt.toml can not be used; each line says where and what to do."""


def load_config(file: Path) -> Config:
    """Read and check the whole of `file`; raises `ConfigError` with every mistake at once."""
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{file}: no such file; `tkt init DIR` writes one") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: {error}") from None
    return parse_config(data, base=file.parent, name=str(file))


def parse_config(data: dict[str, Any], *, base: Path, name: str = "tkt.toml") -> Config:
    """The tree for `data` as read from TOML; raises `ConfigError`."""
    try:
        return Config.model_validate({**data, "base": base})
    except ValidationError as error:
        lines = [f"{name}: {'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()]
        raise ConfigError("\n".join(lines)) from None
