"""tkt.toml → one frozen tree, validated whole at start; every default stands here and nowhere else."""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from rules.mistakes import explain, unknown


def _network(text: str) -> str:
    ipaddress.ip_network(text, strict=False)
    return text


def _address(text: str) -> str:
    ipaddress.ip_address(text)
    return text


def _place(text: str) -> str:
    """HOST:PORT, `[v6]:port` or `*:port`."""
    if not re.fullmatch(r"(\*|[\w.-]*|\[[0-9A-Fa-f:.]+\]):\d{1,5}", text) or int(text.rpartition(":")[2]) > 65535:
        raise ValueError(f"{text!r} is not HOST:PORT")
    return text


def _door(text: str) -> str:
    """`unix:PATH`, or as above."""
    return text if text.startswith("unix:") and text != "unix:" else _place(text)


Place = Annotated[str, AfterValidator(_place)]
Door = Annotated[str, AfterValidator(_door)]
Network = Annotated[str, AfterValidator(_network)]
Address = Annotated[str, AfterValidator(_address)]


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
    lease_seconds: int = Field(default=60, ge=2, le=3600)


class Hop(Section):
    """A mail server of ours in front: it checks senders, and strips what others claim in its name (RFC 8601 section 5).

    `received_by` are its names behind `by` in Received; `peers` the networks that it connects from (SMTP, and LMTP
    by TCP).
    """

    authserv_id: str = ""
    received_by: tuple[str, ...] = ()
    exchange: bool = False
    peers: tuple[Network, ...] = ()

    def connects_from(self, address: str) -> bool:
        """Whether a client at this network address is the hop."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in ipaddress.ip_network(network, strict=False) for network in self.peers)


class Arc(Section):
    """Domains whose ARC seals count (RFC 8617): lists and forwarders that break other signatures, and check before."""

    trusted_sealers: tuple[str, ...] = ()


class Dns(Section):
    """Whom the checks of senders ask; without `servers` those of this machine. `seconds` are for all about one mail."""

    ask: bool = True
    servers: tuple[Address, ...] = ()
    port: int = Field(default=53, ge=1, le=65535)
    seconds: float = Field(default=5.0, gt=0, le=30)


class Smtp(Section):
    """The SMTP listener (RFC 5321). STARTTLS is always offered, AUTH over it as soon as there are passwords.

    What is not named lies in `var`: a certificate that tkt makes itself, and the passwords.
    """

    listen: tuple[Place, ...] = ("127.0.0.1:2525",)  # () for none
    hostname: str = "localhost"
    certificate: Path | None = None
    key: Path | None = None
    passwords: Path | None = None
    max_size: int = 25 * 2**20
    hop: Hop | None = None


class Lmtp(Section):
    """The LMTP listener (RFC 2033): `unix:PATH` or HOST:PORT. Whoever speaks there is the hop, so only the hop may.

    By TCP that is this machine, or `hop.peers` where it names any.
    """

    listen: tuple[Door, ...] = Field(min_length=1)
    hostname: str = "localhost"
    max_size: int = 25 * 2**20
    hop: Hop = Hop()


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
    hop: Hop | None = None

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
    # seconds to the second try of a mail, the third …; the last one is repeated (4-hourly after a day, 5 days in all)
    retry_seconds: tuple[float, ...] = Field(default=(60, 300, 600, 1200, 2400, 3600), min_length=1)


class Dkim(Section):
    """The RSA key that signs outgoing mail (RFC 6376), and an Ed25519 key that signs it too (RFC 8463)."""

    domain: str
    selector: str
    key: Path
    ed25519_selector: str = ""
    ed25519_key: Path | None = None

    @model_validator(mode="after")
    def _two_names(self) -> Self:
        if (self.ed25519_key is None) != (self.ed25519_selector == ""):
            raise ValueError("ed25519_key and ed25519_selector belong together: give both or neither")
        if self.ed25519_selector == self.selector:
            raise ValueError("the two keys need two selectors: a DNS record holds one key")
        return self


class Outgoing(Section):
    """The Maildir used when there is no relay, and the DKIM key."""

    maildir: Path = Path("var/outgoing")
    max_size: int = 10 * 2**20  # of a mail, where the relay does not say
    dkim: Dkim | None = None


class Alarm(Section):
    """Who hears when something is wrong: a mail, and a command that needs no relay (text on standard input)."""

    mail: str | None = None
    command: tuple[str, ...] = ()


class Config(Section):
    """The whole of tkt.toml. Relative paths are relative to the file's folder."""

    HIDDEN: ClassVar[frozenset[str]] = frozenset({"base"})  # known from where the file lies, not from its text

    base: Path = Path()
    var: Path = Path("var")
    desks: Path | None = None
    keys: Path = Path("var/keys")
    readers: int = Field(default=2, ge=1, le=16)
    store: Store = Store()
    smtp: Smtp | None = Smtp()
    lmtp: Lmtp | None = None
    http: Http | None = Http()
    mailboxes: tuple[Mailbox, ...] = Field(default=(), alias="mailbox")
    relay: Relay | None = None
    outgoing: Outgoing = Outgoing()
    dns: Dns = Dns()
    arc: Arc = Arc()
    alarm: Alarm = Alarm()

    @property
    def store_url(self) -> str:
        """`store.url` with SQLite's path as seen from the folder of tkt.toml."""
        kind, _, rest = self.store.url.partition(":///")
        return f"sqlite:///{self.path(Path(rest))}" if kind == "sqlite" else self.store.url

    @property
    def certificate(self) -> Path:
        """The listener's: the one that is named, else the one that tkt makes itself."""
        named = self.smtp.certificate if self.smtp is not None else None
        return self.path(named or self.var / "smtp.pem")

    @property
    def passwords(self) -> Path:
        """Where agents' logins are kept."""
        named = self.smtp.passwords if self.smtp is not None else None
        return self.path(named or self.var / "passwords")

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
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: this is not UTF-8: {error.reason} at octet {error.start}.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(_not_toml(str(error), name=str(file))) from None
    return parse_config(data, base=file.parent, name=str(file))


def parse_config(data: dict[str, Any], *, base: Path, name: str = "tkt.toml") -> Config:
    """The tree for `data` as read from TOML; raises `ConfigError`, every mistake with its key and the nearest word."""
    strangers = sorted(Config.HIDDEN & data.keys())
    lines = [f"{name}: {key}: {unknown(key, _top_keys())}" for key in strangers]
    try:
        config = Config.model_validate({**data, "base": base})
    except ValidationError as error:
        lines += [f"{name}: {where}: {text}" for where, text in _told(error, data)]
    if lines:
        raise ConfigError("\n".join(lines))
    return config


def _top_keys() -> list[str]:
    return [field.alias or key for key, field in Config.model_fields.items() if key not in Config.HIDDEN]


def _told(error: ValidationError, data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each mistake once by its key as TOML spells it; where a value may be of several kinds, all in one line."""
    told: dict[str, list[str]] = {}
    for path, text in explain(error, Config):
        where = _key(path, data, missing=text.endswith("is missing.") or " is missing: " in text)
        texts = told.setdefault(where, [])
        if text not in texts:
            texts.append(text)
    for where, texts in told.items():
        yield where, " Or: ".join(texts)


def _key(path: tuple[str | int, ...], data: Any, *, missing: bool) -> str:
    """`mailbox[2].host`, tables counted from 1; what pydantic adds to the way to tell kinds apart is left out."""
    words = ""
    for step in path:
        if isinstance(step, int) and isinstance(data, list) and step < len(data):
            words, data = f"{words}[{step + 1}]", data[step]
        elif isinstance(data, dict) and (step in data or missing):
            words, data = f"{words}.{step}" if words else str(step), data.get(step)
        else:
            break
    return words or "the file"


def _not_toml(reason: str, *, name: str) -> str:
    """tomllib's words with the place in front: `tkt.toml:3:7: …`."""
    found = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", reason, re.DOTALL)
    if found is None:
        return f"{name}: this is not TOML: {reason}."
    place = f"{name}:{found[2]}:{found[3]}" if found[2] else f"{name}: at the end"
    return f"{place}: this is not TOML: {found[1]}."
