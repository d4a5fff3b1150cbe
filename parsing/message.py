"""The nouns of a mail as the gateway sees it: frozen, plain, and the same in every room.

A `Message` is all that the deciding rooms may know of the raw bytes; attachments are described here
and their bytes derived again from the raw message when somebody needs them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

READ = ("new", "answered", "forward")  # the kinds of span that a reader needs


class Temporary(Exception):
    """It may work later: nothing was decided, nothing was lost. Every unknown failure counts as this one."""


class Permanent(Exception):
    """It will not work however often it is tried; the text says why, in words for a person."""


class Kind(StrEnum):
    """What a message is, graded by `Message.confidence`."""

    HUMAN = "human"
    AUTO_REPLY = "auto_reply"
    MACHINE = "machine"
    LIST = "list"
    BOUNCE = "bounce"
    OWN = "own"
    SPAM = "spam"


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox (RFC 5322 section 3.4.1). The domain is lower case and ASCII (A-labels)."""

    address: str
    name: str = ""

    @property
    def key(self) -> str:
        """What two spellings of one mailbox have in common: used for every comparison and lookup."""
        return self.address.lower()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a person would save. `index` finds it again in the raw message, which alone holds its bytes.

    `filename` is safe to show and to store. `type` is what the bytes are; `declared` what the sender called it, if that
    is something else. `inline` is what belongs into the text: a picture that the HTML shows. The same file has the same
    `digest` (SHA-256, hex) in every mail: so a logo is known again.
    """

    index: int
    filename: str
    size: int
    type: str
    inline: bool = False
    content_id: str = ""
    digest: str = ""
    declared: str = ""

    @property
    def picture(self) -> bool:
        """Whether the text shows it."""
        return self.inline and self.type.startswith("image/")


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong in the bytes and how it was mended."""

    where: str
    what: str
    mended: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the readable text; all spans joined in order are the text.

    `new` are the writer's own words; `answered` a quotation that is kept because an answer stands right below it;
    `forward` somebody else's mail that is passed on, or that stands there with no word above it; `quote` what is
    quoted, `signature` what closes a mail, `marker` our own marker line and all below it.
    """

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a delivery report says of one recipient (RFC 3464 section 2.3); every word of it is a stranger's claim.

    `action` is failed, delayed, delivered, relayed or expanded; of a receipt what the reader did (displayed, deleted;
    RFC 8098); complained in an abuse report (RFC 5965). `status` (RFC 3463) stands in the report, or is what its words
    or its SMTP reply stand for. `reason` is a word of report_words.STATUS, "" when nothing tells. `original_recipient`
    is the address that was written to, where the report names it apart; `retry_until` a date as it stands.
    """

    recipient: str = ""
    status: str = ""
    action: str = ""
    diagnostic: str = ""
    original_message_id: str = ""
    reason: str = ""
    original_recipient: str = ""
    remote: str = ""
    retry_until: str = ""


@dataclass(frozen=True, slots=True)
class DkimSignature:
    """A DKIM signature (RFC 6376) with all that needs no DNS: the hash that was signed, and what to hold against it.

    `digest` is hex, `value` base64; `expires` seconds since 1970. `flaw` says why it counts as no signature.
    """

    domain: str
    selector: str = ""
    algorithm: str = ""
    digest: str = ""
    value: str = ""
    identity: str = ""
    expires: int | None = None
    flaw: str = ""


@dataclass(frozen=True, slots=True)
class ArcChain:
    """The ARC sets of a mail (RFC 8617) with all that needs no DNS, oldest first, as many `seals` as `results`.

    A seal covers its own set and all before it; `results` are the Authentication-Results that its sealer says he saw.
    `signature` is the newest sealer's own over the mail as it is. `flaw` says why the chain counts for nothing.
    """

    seals: tuple[DkimSignature, ...] = ()
    results: tuple[str, ...] = ()
    signature: DkimSignature | None = None
    flaw: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """A field that machines on the way put before the mail: `name` in lower case, one line. From outside, all of it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class HeaderLine:
    """Any field of the header: `name` in lower case, `text` decoded on one line, and how many Received stand above it.

    Whoever wrote a mail can write any of them; those above a server's own Received were put there by it or behind it.
    """

    name: str
    text: str
    received: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """One parsed mail. `sender` is None when From is not exactly one mailbox (ambiguous). Ids stand in brackets.

    `author` is what a forgiving reader takes From for, also where it is ambiguous: to be shown, never to be trusted,
    compared or written to. Its domain is as it was written, its address may be a lone word, or "" beside a name.
    `html_text` is what the HTML of a mail says where that is not what its plain text says, "" in an ordinary mail:
    staff must see both, and nothing in it ever steers anything. `reference` is the first token of ours in the body.
    """

    subject: str = ""
    sender: Address | None = None
    author: Address | None = None
    from_text: str = ""
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    delivered_to: tuple[str, ...] = ()
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    date: datetime | None = None
    text: str = ""
    spans: tuple[Span, ...] = ()
    html_only: bool = False
    html_text: str = ""
    attachments: tuple[Attachment, ...] = ()
    kind: Kind = Kind.HUMAN
    confidence: float = 1.0
    why: str = ""
    reports: tuple[Report, ...] = ()
    forwarded_from: Address | None = None
    defects: tuple[Defect, ...] = ()
    queue_ids: tuple[str, ...] = ()
    body_digest: str = ""
    size: int = 0
    dkim_signatures: tuple[DkimSignature, ...] = ()
    trace: tuple[Trace, ...] = ()
    arc: ArcChain | None = None
    reference: str = ""
    header: tuple[HeaderLine, ...] = ()

    @property
    def reply_text(self) -> str:
        """What is to be read: the new words with what they answer, and a mail that is passed on."""
        return "".join(span.text for span in self.spans if span.kind in READ)

    @property
    def cut_text(self) -> str:
        """What `reply_text` leaves out."""
        return "".join(span.text for span in self.spans if span.kind not in READ)

    @property
    def automatic(self) -> bool:
        """True when no person is waiting for an answer (RFC 3834)."""
        return self.kind is not Kind.HUMAN


class Grade(IntEnum):
    """How well a sender is known: the ladder E0 to E5 of the threat model."""

    E0 = 0
    E1 = 1
    E2 = 2
    E3 = 3
    E4 = 4
    E5 = 5


@dataclass(frozen=True, slots=True)
class Token:
    """A proof of ours that its MAC verified: who was written to (a hash of the address) about which ticket.

    `role` is `agent` or `customer`; `serial` is the mail it came with (an outbox key), empty for references in bodies
    and for reply addresses, unless they are good for one answer only (`once`).
    """

    role: str
    ticket: int
    person: bytes
    serial: str = ""
    once: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the sender besides the From text, and in which words that can be told.

    `answered` says that the token stands in a Message-ID that is answered, or in the quoted body: a mail program keeps
    an address for another day, and then the token in it says nothing about the matter. `once` is the serial of the
    agent's mail of ours that this very one answers, proved by its single-use address or its Message-ID; whether that
    mail asked for anything is for the store to say.
    `blind`: it came by a mailbox without a declared hop, where nobody can vouch for a sender. `unanswered`: the DNS did
    not say what was asked, so that it may know more later.
    `hop_received` is how many Received fields on top the declared server in front wrote: what stands above the last of
    them is its word.
    """

    grade: Grade = Grade.E0
    token: Token | None = None
    foreign_token: Token | None = None
    bounced: str = ""
    why: tuple[str, ...] = field(default=())
    answered: bool = False
    token_where: str = ""
    once: str = ""
    blind: bool = False
    unanswered: bool = False
    hop_received: int = 0
