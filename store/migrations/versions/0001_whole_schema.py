"""The whole schema, as it was first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite gives rowid ids only to INTEGER primary keys.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forward; there is no way back but a backup. A new database lets mail leave at once."""
    _alarm()
    _contact()
    _decision()
    _delivery()
    _held_list()
    _mailbox()
    _message_id()
    _once()
    _outbox()
    _policy()
    _raw_chunk()
    _setting()
    _switch()
    _ticket()
    _attempt()
    _delivery_reference()
    _entry()
    _participant()
    _picture()
    _timer()
    switch = sa.table("switch", sa.column("name"), sa.column("value"))
    op.bulk_insert(switch, [{"name": "outgoing", "value": "open"}])


def _alarm() -> None:
    op.create_table(
        "alarm",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("since_at", sa.BigInteger, nullable=False),
        sa.Column("over_at", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_alarm"),
    )


def _contact() -> None:
    op.create_table(
        "contact",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("score", sa.Integer, nullable=False, server_default="0"),
        sa.Column("scored_at", sa.BigInteger, nullable=True),
        sa.Column("muted_at", sa.BigInteger, nullable=True),
        sa.Column("muted_by", sa.String, nullable=False, server_default=""),
        sa.Column("mute_why", sa.Text, nullable=False, server_default=""),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_contact"),
    )


def _decision() -> None:
    op.create_table(
        "decision",
        sa.Column("id", ID, nullable=False),
        sa.Column("event", sa.String, nullable=False),
        sa.Column("ticket", sa.Integer, nullable=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("policy", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("trace", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sa.UniqueConstraint("event", name="uq_decision_event"),
    )
    op.create_index("ix_decision_ticket", "decision", ["ticket"])


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", ID, nullable=False),
        sa.Column("desk", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("channel_key", sa.String, nullable=True),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("envelope_from", sa.Text, nullable=False),
        sa.Column("envelope_to", sa.Text, nullable=False),
        sa.Column("peer", sa.Text, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("received_db", sa.BigInteger, nullable=False),
        sa.Column("arrivals", sa.Integer, nullable=False, server_default="1"),
        sa.Column("quiet", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("sender_key", sa.LargeBinary(8), nullable=True),
        sa.Column("message_key", sa.LargeBinary(8), nullable=True),
        sa.Column("echo", sa.Text, nullable=True),
        sa.Column("proven", sa.Boolean, nullable=True),
        sa.Column("identity", sa.LargeBinary(16), nullable=True),
        sa.Column("state", sa.String, nullable=False, server_default="waiting"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_try_db", sa.BigInteger, nullable=False),
        sa.Column("lease_until_db", sa.BigInteger, nullable=True),
        sa.Column("fence", sa.BigInteger, nullable=True),
        sa.Column("outcome", sa.String, nullable=True),
        sa.Column("reason", sa.Text, nullable=True),
        sa.Column("ticket", sa.Integer, nullable=True),
        sa.Column("finished_at", sa.BigInteger, nullable=True),
        sa.Column("author", sa.Text, nullable=True),
        sa.Column("author_key", sa.String, nullable=True),
        sa.Column("subject", sa.Text, nullable=True),
        sa.Column("excerpt", sa.Text, nullable=True),
        sa.Column("held_why", sa.Text, nullable=True),
        sa.Column("held_at", sa.BigInteger, nullable=True),
        sa.Column("judged_how", sa.String, nullable=True),
        sa.Column("judged_by", sa.Text, nullable=True),
        sa.Column("judged_at", sa.BigInteger, nullable=True),
        sa.Column("listed", sa.Integer, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("channel_key", name="uq_delivery_channel_key"),
    )
    _delivery_indexes()


def _delivery_indexes() -> None:
    op.create_index(
        "ix_delivery_held",
        "delivery",
        ["desk", "id"],
        sqlite_where=sa.text("outcome = 'held'"),
        postgresql_where=sa.text("outcome = 'held'"),
    )
    op.create_index("ix_delivery_sender", "delivery", ["sender_key", "received_db"])
    op.create_index(
        "ix_delivery_echo",
        "delivery",
        ["sender_key", "id"],
        sqlite_where=sa.text("echo is not null"),
        postgresql_where=sa.text("echo is not null"),
    )
    op.create_index(
        "ix_delivery_unlisted",
        "delivery",
        ["desk", "held_at"],
        sqlite_where=sa.text("outcome = 'held' and coalesce(listed, 0) = 0"),
        postgresql_where=sa.text("outcome = 'held' and coalesce(listed, 0) = 0"),
    )
    op.create_index("ix_delivery_identity", "delivery", ["identity"])
    op.create_index("ix_delivery_received", "delivery", ["received_db"])
    op.create_index("ix_delivery_ticket", "delivery", ["ticket"])
    op.create_index(
        "ix_delivery_unfinished",
        "delivery",
        ["id"],
        sqlite_where=sa.text("state <> 'done'"),
        postgresql_where=sa.text("state <> 'done'"),
    )
    op.create_index(
        "ix_delivery_unfinished_message",
        "delivery",
        ["message_key", "id"],
        sqlite_where=sa.text("state <> 'done'"),
        postgresql_where=sa.text("state <> 'done'"),
    )
    op.create_index(
        "ix_delivery_unfinished_sender",
        "delivery",
        ["sender_key", "id"],
        sqlite_where=sa.text("state <> 'done'"),
        postgresql_where=sa.text("state <> 'done'"),
    )


def _held_list() -> None:
    op.create_table(
        "held_list",
        sa.Column("desk", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("sent_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("desk", name="pk_held_list"),
    )


def _mailbox() -> None:
    op.create_table(
        "mailbox",
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("uidvalidity", sa.BigInteger, nullable=False),
        sa.Column("last_uid", sa.BigInteger, nullable=False),
        sa.Column("quiet_until_uid", sa.BigInteger, nullable=False),
        sa.Column("read_to_end_at", sa.BigInteger, nullable=True),
        sa.Column("lease_until_db", sa.BigInteger, nullable=True),
        sa.Column("fence", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("account", "folder", name="pk_mailbox"),
    )


def _message_id() -> None:
    op.create_table(
        "message_id",
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("ticket", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_message_id"),
        sqlite_with_rowid=False,
    )


def _once() -> None:
    op.create_table(
        "once",
        sa.Column("serial", sa.String, nullable=False),
        sa.Column("desk", sa.Text, nullable=False),
        sa.Column("purpose", sa.String, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("created_db", sa.BigInteger, nullable=False),
        sa.Column("expires_db", sa.BigInteger, nullable=False),
        sa.Column("used_db", sa.BigInteger, nullable=True),
        sa.Column("used_by", sa.Integer, nullable=True),
        sa.PrimaryKeyConstraint("serial", name="pk_once"),
    )
    op.create_index("ix_once_expires", "once", ["expires_db"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("serial", sa.String, nullable=False),
        sa.Column("desk", sa.Text, nullable=False),
        sa.Column("ticket", sa.Integer, nullable=True),
        sa.Column("event", sa.String, nullable=False),
        sa.Column("notice", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("automatic", sa.Boolean, nullable=False),
        sa.Column("envelope_from", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("recipient_key", sa.String, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_db", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String, nullable=False, server_default="queued"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_try_db", sa.BigInteger, nullable=False),
        sa.Column("lease_until_db", sa.BigInteger, nullable=True),
        sa.Column("fence", sa.BigInteger, nullable=True),
        sa.Column("last_reply", sa.Text, nullable=False, server_default=""),
        sa.Column("released", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("accepted_at", sa.BigInteger, nullable=True),
        sa.Column("sent_db", sa.BigInteger, nullable=True),
        sa.Column("bounced_at", sa.BigInteger, nullable=True),
        sa.Column("bounced_status", sa.Text, nullable=False, server_default=""),
        sa.Column("bounced_reply", sa.Text, nullable=False, server_default=""),
        sa.Column("relay_id", sa.String, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("serial", name="uq_outbox_serial"),
    )
    _outbox_indexes()


def _outbox_indexes() -> None:
    op.create_index("ix_outbox_created", "outbox", ["created_db"])
    op.create_index("ix_outbox_recipient", "outbox", ["recipient_key", "created_db"])
    op.create_index(
        "ix_outbox_relay_id",
        "outbox",
        ["relay_id"],
        sqlite_where=sa.text("relay_id is not null"),
        postgresql_where=sa.text("relay_id is not null"),
    )
    op.create_index("ix_outbox_sent", "outbox", ["sent_db"])
    op.create_index("ix_outbox_ticket", "outbox", ["ticket"])
    op.create_index(
        "ix_outbox_bundled",
        "outbox",
        ["desk", "recipient_key"],
        sqlite_where=sa.text("state = 'bundled'"),
        postgresql_where=sa.text("state = 'bundled'"),
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["next_try_db"],
        sqlite_where=sa.text("state in ('queued', 'taken')"),
        postgresql_where=sa.text("state in ('queued', 'taken')"),
    )


def _policy() -> None:
    op.create_table(
        "policy",
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("desk", sa.Text, nullable=False),
        sa.Column("texts", sa.Text, nullable=False),
        sa.Column("since_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_policy"),
    )


def _raw_chunk() -> None:
    op.create_table(
        "raw_chunk",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("bytes", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("digest", "seq", name="pk_raw_chunk"),
    )


def _setting() -> None:
    op.create_table(
        "setting",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_setting"),
    )


def _switch() -> None:
    op.create_table(
        "switch",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_switch"),
    )


def _ticket() -> None:
    op.create_table(
        "ticket",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("desk", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("priority", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("requester", sa.Text, nullable=True),
        sa.Column("requester_key", sa.String, nullable=True),
        sa.Column("requester_name", sa.Text, nullable=False, server_default=""),
        sa.Column("assignee", sa.Text, nullable=True),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("status_since", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False, server_default=""),
        sa.Column("asked_by", sa.Text, nullable=False, server_default=""),
        sa.Column("asked_at", sa.BigInteger, nullable=True),
        sa.Column("linked_to", sa.Integer, nullable=True),
        sa.Column("promises", sa.Text, server_default="[]", nullable=False),
        sa.Column("merged_into", sa.Integer, nullable=True),
        sa.Column("close_reason", sa.Text, nullable=False, server_default=""),
        sa.Column("quiet", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("language", sa.String, nullable=False, server_default=""),
        sa.Column("more", sa.Text, nullable=False, server_default="{}"),
        sa.PrimaryKeyConstraint("number", name="pk_ticket"),
    )
    op.create_index("ix_ticket_requester", "ticket", ["requester_key"])
    op.create_index("ix_ticket_status", "ticket", ["status"])
    op.create_index(
        "ix_ticket_merged_into",
        "ticket",
        ["merged_into"],
        sqlite_where=sa.text("merged_into is not null"),
        postgresql_where=sa.text("merged_into is not null"),
    )


def _attempt() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", ID, nullable=False),
        sa.Column("outbox", ID, sa.ForeignKey("outbox.id", name="fk_attempt_outbox"), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("relay", sa.Text, nullable=False),
        sa.Column("result", sa.String, nullable=False),
        sa.Column("reply", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"),
    )
    op.create_index("ix_attempt_outbox", "attempt", ["outbox"])


def _delivery_reference() -> None:
    op.create_table(
        "delivery_reference",
        sa.Column(
            "delivery",
            ID,
            sa.ForeignKey("delivery.id", name="fk_delivery_reference_delivery", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("message_key", sa.LargeBinary(8), nullable=False),
        sa.PrimaryKeyConstraint("delivery", "message_key", name="pk_delivery_reference"),
        sqlite_with_rowid=False,
    )


def _entry() -> None:
    op.create_table(
        "entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket", sa.Integer, sa.ForeignKey("ticket.number", name="fk_entry_ticket"), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("internal", sa.Boolean, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("delivery", sa.Integer, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_entry"),
    )
    op.create_index("ix_entry_ticket", "entry", ["ticket"])


def _participant() -> None:
    op.create_table(
        "participant",
        sa.Column("ticket", sa.Integer, sa.ForeignKey("ticket.number", name="fk_participant_ticket"), nullable=False),
        sa.Column("address_key", sa.String, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("added_by", sa.Integer, nullable=False),
        sa.Column("left_at", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("ticket", "address_key", name="pk_participant"),
        sqlite_with_rowid=False,
    )


def _picture() -> None:
    op.create_table(
        "picture",
        sa.Column("writer_key", sa.String, nullable=False),
        sa.Column("digest", sa.LargeBinary(16), nullable=False),
        sa.PrimaryKeyConstraint("writer_key", "digest", name="pk_picture"),
        sqlite_with_rowid=False,
    )


def _timer() -> None:
    op.create_table(
        "timer",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket", sa.Integer, sa.ForeignKey("ticket.number", name="fk_timer_ticket"), nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String, nullable=False, server_default="pending"),
        sa.Column("lease_until_db", sa.BigInteger, nullable=True),
        sa.Column("fence", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_timer"),
    )
    op.create_index(
        "ix_timer_due",
        "timer",
        ["due_at"],
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index("ix_timer_ticket", "timer", ["ticket"])
