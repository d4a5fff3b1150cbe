"""Every table and constraint, a sentence each. SQLAlchemy Core; one schema for SQLite and PostgreSQL.

Times are integers: microseconds since 1970 in UTC. Columns named `*_at` hold the gateway's `now` (what a person
would call a date); columns named `*_db` hold the database's own time (leases, retries, rate windows).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as microseconds since 1970 in UTC, so that both engines sort and subtract alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Aware datetime → microseconds; a naive one is a bug and raises."""
        if value is None:
            return None
        return (value - EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Microseconds → aware datetime in UTC."""
        return None if value is None else EPOCH + timedelta(microseconds=value)


# SQLite gives rowid ids only to INTEGER primary keys.
Id = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# The bytes of a mail, received or made, once for each digest, in rows of at most 1 MiB: one backup holds everything.
raw_chunk = Table(
    "raw_chunk",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),  # SHA-256 of the whole mail
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("bytes", LargeBinary, nullable=False),
)

# The ledger: one row for each message to one desk, with exactly one outcome at its end.
delivery = Table(
    "delivery",
    metadata,
    Column("id", Id, primary_key=True),
    Column("desk", String, nullable=False),
    Column("channel", String, nullable=False),  # smtp, imap:<account>/<folder>
    # The channel's key against duplicates. SMTP's is cleared after 5 days, so that a later equal mail is a new one.
    Column("channel_key", String, unique=True),
    Column("digest", LargeBinary(32), nullable=False),
    Column("size", Integer, nullable=False),
    Column("envelope_from", String, nullable=False),
    Column("envelope_to", JSON, nullable=False),
    Column("peer", JSON, nullable=False),  # what the other side said: address, helo, tls, user, uid
    Column("received_at", Instant, nullable=False),
    Column("received_db", Instant, nullable=False),
    Column("arrivals", Integer, nullable=False, server_default="1"),  # a retried mail is counted, not stored again
    Column("quiet", Boolean, nullable=False, server_default=text("false")),
    Column("sender_key", LargeBinary(8)),  # hash of the From address: one sender's mails are read in order
    Column("message_key", LargeBinary(8)),  # hash of the Message-ID
    Column("identity", LargeBinary(16)),  # the message's key: Message-ID, From, body digest, desk; set on deciding
    Column("state", String, nullable=False, server_default="waiting"),  # waiting, taken, done
    Column("attempts", Integer, nullable=False, server_default="0"),  # counted before the work starts
    Column("next_try_db", Instant, nullable=False),
    Column("lease_until_db", Instant),
    Column("fence", BigInteger),  # a claim's own number: who lost the lease can not commit
    Column("outcome", String),
    Column("reason", Text),
    Column("ticket", Integer),
    Column("finished_at", Instant),
    Index("ix_delivery_unfinished", "id", sqlite_where=text("state <> 'done'"), postgresql_where=text("state <> 'done'")),
    Index("ix_delivery_unfinished_sender", "sender_key", sqlite_where=text("state <> 'done'"), postgresql_where=text("state <> 'done'")),
    Index("ix_delivery_unfinished_message", "message_key", sqlite_where=text("state <> 'done'"), postgresql_where=text("state <> 'done'")),
    Index("ix_delivery_identity", "identity"),
    Index("ix_delivery_received", "received_db"),
    Index("ix_delivery_ticket", "ticket"),
)

# What a delivery refers to: while an older delivery of that Message-ID is unfinished, this one waits.
delivery_reference = Table(
    "delivery_reference",
    metadata,
    Column("delivery", ForeignKey("delivery.id", ondelete="CASCADE"), primary_key=True),
    Column("message_key", LargeBinary(8), primary_key=True),
)

# A ticket as it stands now.
ticket = Table(
    "ticket",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("desk", String, nullable=False),
    Column("subject", Text, nullable=False),
    Column("status", String, nullable=False),
    Column("priority", String, nullable=False),
    Column("category", String, nullable=False),
    Column("requester", String),
    Column("requester_key", String),
    Column("requester_name", String, nullable=False, server_default=""),
    Column("assignee", String),
    Column("opened_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("status_since", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Column("thread", JSON, nullable=False),
    Column("question", Text, nullable=False, server_default=""),
    Column("asked_by", String, nullable=False, server_default=""),
    Column("asked_at", Instant),
    Column("linked_to", Integer),
    Column("close_reason", String, nullable=False, server_default=""),
    Column("quiet", Boolean, nullable=False, server_default=text("false")),
    Index("ix_ticket_requester", "requester_key"),
    Index("ix_ticket_status", "status"),
)

# The timeline of a ticket: what happened, who did it, why.
entry = Table(
    "entry",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket", ForeignKey("ticket.number"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("kind", String, nullable=False),
    Column("who", String, nullable=False),
    Column("summary", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("internal", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    Column("delivery", Integer),
    Index("ix_entry_ticket", "ticket"),
)

# Message-IDs from outside that lead to a ticket; ours are signed and need no row.
message_id = Table(
    "message_id",
    metadata,
    Column("key", LargeBinary(16), primary_key=True),  # hash of desk and Message-ID
    Column("ticket", Integer, nullable=False),
)

# Something that comes due on a ticket.
timer = Table(
    "timer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket", ForeignKey("ticket.number"), nullable=False),
    Column("kind", String, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", String, nullable=False, server_default="pending"),  # pending, done, cancelled
    Column("lease_until_db", Instant),
    Column("fence", BigInteger),
    Index("ix_timer_due", "due_at", sqlite_where=text("state = 'pending'"), postgresql_where=text("state = 'pending'")),
    Index("ix_timer_ticket", "ticket"),
)

# Every mail that must leave: one row is one envelope recipient with its own bytes.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    # Derived from event, person and notice: making a mail twice is harmless. Also the serial in its tokens.
    Column("serial", String, nullable=False, unique=True),
    Column("desk", String, nullable=False),
    Column("ticket", Integer),
    Column("event", String, nullable=False),
    Column("notice", String, nullable=False),
    Column("role", String, nullable=False),  # customer, agent, operator: the sender checks it once more
    Column("automatic", Boolean, nullable=False),
    Column("envelope_from", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("recipient_key", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("subject", Text, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("size", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_db", Instant, nullable=False),
    Column("state", String, nullable=False, server_default="queued"),  # queued, held, taken, sent, failed, cancelled
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_try_db", Instant, nullable=False),
    Column("lease_until_db", Instant),
    Column("fence", BigInteger),
    Column("last_reply", Text, nullable=False, server_default=""),
    Column("accepted_at", Instant),
    Column("bounced_at", Instant),
    Index("ix_outbox_waiting", "next_try_db", sqlite_where=text("state in ('queued', 'taken')"), postgresql_where=text("state in ('queued', 'taken')")),
    Index("ix_outbox_recipient", "recipient_key", "created_db"),
    Index("ix_outbox_ticket", "ticket"),
    Index("ix_outbox_created", "created_db"),
)

# Each try that did not end with a plain 250, and each doubt ("accepted twice?"), for whoever asks where a mail is.
attempt = Table(
    "attempt",
    metadata,
    Column("id", Id, primary_key=True),
    Column("outbox", ForeignKey("outbox.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("relay", String, nullable=False),
    Column("result", String, nullable=False),  # later, never, ambiguous
    Column("reply", Text, nullable=False),
    Index("ix_attempt_outbox", "outbox"),
)

# Why something was done and upon what: enough to explain it and to decide it again.
decision = Table(
    "decision",
    metadata,
    Column("id", Id, primary_key=True),
    Column("event", String, nullable=False, unique=True),
    Column("ticket", Integer),
    Column("at", Instant, nullable=False),
    Column("policy", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("trace", JSON, nullable=False),
    Index("ix_decision_ticket", "ticket"),
)

# Every policy that was ever in force.
policy = Table(
    "policy",
    metadata,
    Column("digest", String, primary_key=True),
    Column("desk", String, nullable=False),
    Column("texts", JSON, nullable=False),
    Column("since_at", Instant, nullable=False),
)

# How far each folder of each mailbox has been read; one node reads it at a time.
mailbox = Table(
    "mailbox",
    metadata,
    Column("account", String, primary_key=True),
    Column("folder", String, primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("last_uid", BigInteger, nullable=False),  # every UID up to this one is in the ledger or was skipped by policy
    Column("quiet_until_uid", BigInteger, nullable=False),  # up to this one mail is taken in quietly
    Column("read_to_end_at", Instant),
    Column("lease_until_db", Instant),
    Column("fence", BigInteger),
)

# Red lines: since when, and when it was over.
alarm = Table(
    "alarm",
    metadata,
    Column("name", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("since_at", Instant, nullable=False),
    Column("over_at", Instant),
)

# Switches and counters that outlive a restart: `hold_outgoing`, `next_ticket`.
setting = Table(
    "setting",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)
