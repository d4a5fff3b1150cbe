"""Every table and constraint, a sentence each. SQLAlchemy Core; one schema for SQLite and PostgreSQL.

Times are integers: microseconds since 1970 in UTC. Columns named `*_at` hold the gateway's `now` (what a person
would call a date); columns named `*_db` hold the database's own time (leases, retries, rate windows).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    text,
)

from store.columns import Id, Instant, Json, Key, Words

__all__ = ["Instant", "metadata"]
ECHOES = text("echo is not null")
MERGED = text("merged_into is not null")
UNFINISHED = text("state <> 'done'")
PENDING = text("state = 'pending'")
BUNDLED = text("state = 'bundled'")
LEAVING = text("state in ('queued', 'taken')")
RENAMED = text("relay_id is not null")
HELD = text("outcome = 'held'")
UNLISTED = text("outcome = 'held' and coalesce(listed, 0) = 0")

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
    Column("desk", Words, nullable=False),
    Column("channel", Words, nullable=False),  # smtp, lmtp, imap:<account>
    # The channel's key against duplicates. SMTP's is cleared after 5 days, so that a later equal mail is a new one.
    Column("channel_key", Key, unique=True),
    Column("digest", LargeBinary(32), nullable=False),
    Column("size", Integer, nullable=False),
    Column("envelope_from", Words, nullable=False),
    Column("envelope_to", Json, nullable=False),
    Column("peer", Json, nullable=False),  # what the other side said: address, helo, tls, user, uid
    Column("received_at", Instant, nullable=False),
    Column("received_db", Instant, nullable=False),
    Column("arrivals", Integer, nullable=False, server_default="1"),  # a retried mail is counted, not stored again
    Column("quiet", Boolean, nullable=False, server_default=text("false")),
    Column("sender_key", LargeBinary(8)),  # hash of the From address: one sender's mails are read in order
    Column("message_key", LargeBinary(8)),  # hash of the Message-ID
    Column("echo", Json),  # of a mail on the heels of an automatic one of ours: both Message-IDs, a sketch of its words
    Column("proven", Boolean),  # of a decided mail: whether anything but its From says who wrote it (E1 or more)
    Column("identity", LargeBinary(16)),  # the message's key: Message-ID, From, body digest, desk; set on deciding
    Column("state", String, nullable=False, server_default="waiting"),  # waiting, taken, done
    Column("attempts", Integer, nullable=False, server_default="0"),  # counted before the work starts
    Column("next_try_db", Instant, nullable=False),
    Column("lease_until_db", Instant),
    Column("fence", BigInteger),  # a claim's own number: who lost the lease can not commit
    Column("outcome", String),
    Column("reason", Words),
    Column("ticket", Integer),
    Column("finished_at", Instant),
    # Of one that was held: whose it says it is and what about, how it begins, why, since when; and what became of that.
    Column("author", Words),
    Column("author_key", Key),
    Column("subject", Words),
    Column("excerpt", Words),
    Column("held_why", Words),
    Column("held_at", Instant),
    Column("judged_how", String),  # confirmed, released (it is decided again, this once), rejected
    Column("judged_by", Words),
    Column("judged_at", Instant),
    # The list that told the agents; 0: so far only the person whom it concerns; -1: never to be listed.
    Column("listed", Integer),
    Index("ix_delivery_held", "desk", "id", sqlite_where=HELD, postgresql_where=HELD),
    Index("ix_delivery_unlisted", "desk", "held_at", sqlite_where=UNLISTED, postgresql_where=UNLISTED),
    Index("ix_delivery_unfinished", "id", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
    Index("ix_delivery_unfinished_sender", "sender_key", "id", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
    Index("ix_delivery_unfinished_message", "message_key", "id", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
    Index("ix_delivery_sender", "sender_key", "received_db"),
    Index("ix_delivery_echo", "sender_key", "id", sqlite_where=ECHOES, postgresql_where=ECHOES),
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
    sqlite_with_rowid=False,
)

# A ticket as it stands now.
ticket = Table(
    "ticket",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("desk", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("status", String, nullable=False),
    Column("priority", Words, nullable=False),
    Column("category", Words, nullable=False),
    Column("requester", Words),
    Column("requester_key", Key),
    Column("requester_name", Words, nullable=False, server_default=""),
    Column("assignee", Words),
    Column("opened_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("status_since", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Column("thread", Json, nullable=False),
    Column("question", Words, nullable=False, server_default=""),
    Column("asked_by", Words, nullable=False, server_default=""),
    Column("asked_at", Instant),
    Column("linked_to", Integer),
    Column("promises", Json, nullable=False, server_default="[]"),
    Column("merged_into", Integer),
    Column("close_reason", Words, nullable=False, server_default=""),
    Column("quiet", Boolean, nullable=False, server_default=text("false")),
    Column("language", String, nullable=False, server_default=""),
    Column("more", Json, nullable=False, server_default="{}"),  # what only some desks have: type, tier, group, tags
    Index("ix_ticket_requester", "requester_key"),
    Index("ix_ticket_status", "status"),
    Index("ix_ticket_merged_into", "merged_into", sqlite_where=MERGED, postgresql_where=MERGED),
)

# The people on a ticket beside its requester. Nobody is taken out: who has left has a date.
participant = Table(
    "participant",
    metadata,
    Column("ticket", ForeignKey("ticket.number"), primary_key=True),
    Column("address_key", Key, primary_key=True),
    Column("address", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("role", String, nullable=False),  # requester (another address of theirs), cc, named
    Column("since", Instant, nullable=False),
    Column("added_by", Integer, nullable=False),  # the delivery that brought them
    Column("left_at", Instant),
    sqlite_with_rowid=False,
)

# The timeline of a ticket: what happened, who did it, why.
entry = Table(
    "entry",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket", ForeignKey("ticket.number"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("kind", String, nullable=False),
    Column("who", Words, nullable=False),
    Column("summary", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("internal", Boolean, nullable=False),
    Column("text", Words, nullable=False),
    Column("delivery", Integer),
    Index("ix_entry_ticket", "ticket"),
)

# Message-IDs from outside that lead to a ticket; ours are signed and need no row. And the DKIM signatures of agents'
# mails that acted: further names of those mails, by which one that is sent again is known.
message_id = Table(
    "message_id",
    metadata,
    Column("key", LargeBinary(16), primary_key=True),  # hash of desk and Message-ID
    Column("ticket", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# The pictures inside somebody's mails: what comes again is a logo.
picture = Table(
    "picture",
    metadata,
    Column("writer_key", Key, primary_key=True),
    Column("digest", LargeBinary(16), primary_key=True),
    sqlite_with_rowid=False,
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
    Index("ix_timer_due", "due_at", sqlite_where=PENDING, postgresql_where=PENDING),
    Index("ix_timer_ticket", "ticket"),
)

# Every mail that must leave: one row is one envelope recipient with its own bytes.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    # Derived from event, person and notice: making a mail twice is harmless. Also the serial in its tokens.
    Column("serial", Key, nullable=False, unique=True),
    Column("desk", Words, nullable=False),
    Column("ticket", Integer),
    Column("event", Key, nullable=False),
    Column("notice", String, nullable=False),
    Column("role", String, nullable=False),  # customer, agent, operator: the sender checks it once more
    Column("automatic", Boolean, nullable=False),
    Column("envelope_from", Words, nullable=False),
    Column("recipient", Words, nullable=False),
    Column("recipient_key", Key, nullable=False),  # of people outside: their mailbox, however spelled
    Column("message_id", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("size", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_db", Instant, nullable=False),
    Column("state", String, nullable=False, server_default="queued"),  # queued, held, taken, sent, failed, cancelled;
    # bundled (waits to be sent together with others to this agent), digested (was sent so)
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_try_db", Instant, nullable=False),
    Column("lease_until_db", Instant),
    Column("fence", BigInteger),
    Column("last_reply", Words, nullable=False, server_default=""),
    Column("released", Boolean, nullable=False, server_default=text("false")),  # leaves though outgoing mail is held
    Column("accepted_at", Instant),
    Column("sent_db", Instant),  # the same moment by the database's time, for the relay's limits
    # it never arrived: since when that is known, by which status (RFC 3463), and what the other side said
    Column("bounced_at", Instant),
    Column("bounced_status", Words, nullable=False, server_default=""),
    Column("bounced_reply", Words, nullable=False, server_default=""),
    Column("relay_id", Key),  # what the relay calls it, where its 250 names a Message-ID of its own
    Index("ix_outbox_relay_id", "relay_id", sqlite_where=RENAMED, postgresql_where=RENAMED),
    Index("ix_outbox_waiting", "next_try_db", sqlite_where=LEAVING, postgresql_where=LEAVING),
    Index("ix_outbox_bundled", "desk", "recipient_key", sqlite_where=BUNDLED, postgresql_where=BUNDLED),
    Index("ix_outbox_sent", "sent_db"),
    Index("ix_outbox_recipient", "recipient_key", "created_db"),
    Index("ix_outbox_ticket", "ticket"),
    Index("ix_outbox_created", "created_db"),
)

# What is known of an outside address: the points of mails that came back, and whether it is written to no more.
contact = Table(
    "contact",
    metadata,
    Column("key", Key, primary_key=True),  # the address in lower case
    Column("address", Words, nullable=False),
    Column("score", Integer, nullable=False, server_default="0"),
    Column("scored_at", Instant),
    Column("muted_at", Instant),
    Column("muted_by", String, nullable=False, server_default=""),  # bounces, complaint, operator
    Column("mute_why", Words, nullable=False, server_default=""),
    Column("version", Integer, nullable=False),
)

# Each try that did not end with a plain 250, and each doubt ("accepted twice?"), for whoever asks where a mail is.
attempt = Table(
    "attempt",
    metadata,
    Column("id", Id, primary_key=True),
    Column("outbox", ForeignKey("outbox.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("relay", Words, nullable=False),
    Column("result", String, nullable=False),  # later, never, ambiguous
    Column("reply", Words, nullable=False),
    Index("ix_attempt_outbox", "outbox"),
)

# What an answer by mail may do, once: a row for each mail of ours that asks for one. The proof itself is kept nowhere:
# it is made of the mail's serial with our key.
once = Table(
    "once",
    metadata,
    Column("serial", Key, primary_key=True),  # of the mail in the outbox that carries it
    Column("desk", Words, nullable=False),
    Column("purpose", String, nullable=False),
    Column("what", Json, nullable=False),
    Column("person", Key, nullable=False),  # the address that it was mailed to, and that alone can use it
    Column("created_db", Instant, nullable=False),
    Column("expires_db", Instant, nullable=False),
    Column("used_db", Instant),
    Column("used_by", Integer),  # the delivery
    Index("ix_once_expires", "expires_db"),
)

# How many lists of what is held the agents of a desk have got, and when the last one.
held_list = Table(
    "held_list",
    metadata,
    Column("desk", Words, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("sent_at", Instant, nullable=False),
)

# Why something was done and upon what: enough to explain it and to decide it again.
decision = Table(
    "decision",
    metadata,
    Column("id", Id, primary_key=True),
    Column("event", Key, nullable=False, unique=True),
    Column("ticket", Integer),
    Column("at", Instant, nullable=False),
    Column("policy", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("reason", Words, nullable=False),
    Column("facts", Json, nullable=False),
    Column("trace", Json, nullable=False),
    Index("ix_decision_ticket", "ticket"),
)

# Every policy that was ever in force.
policy = Table(
    "policy",
    metadata,
    Column("digest", String, primary_key=True),
    Column("desk", Words, nullable=False),
    Column("texts", Json, nullable=False),
    Column("since_at", Instant, nullable=False),
)

# How far each folder of each mailbox has been read; one node reads it at a time.
mailbox = Table(
    "mailbox",
    metadata,
    Column("account", Words, primary_key=True),
    Column("folder", Words, primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),  # 0: never seen, the row only carries the lease
    Column(
        "last_uid", BigInteger, nullable=False
    ),  # every UID up to this one is in the ledger or was skipped by policy
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
    Column("text", Words, nullable=False),
    Column("since_at", Instant, nullable=False),
    Column("over_at", Instant),
)

# Counters that outlive a restart: `next_ticket`.
setting = Table(
    "setting",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

# Switches that are off unless they say otherwise. A backup leaves these rows out, and so a restored one sends nothing:
# `outgoing` must say `open` before mail leaves.
switch = Table(
    "switch",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)
