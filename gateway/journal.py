"""One function for each thing worth a line: what happened to which mail, with its ids, never a body or a secret.

Lines are logfmt on standard error, control bytes escaped. They are written by a thread of their own, so that a
blocked terminal or pipe never stops the mail; when 10,000 lines wait, further ones are counted and dropped. That thread
gathers nothing, though it would be cheaper: a mail that may arrive twice needs its line even if we are killed at once.
"""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Mapping
from typing import Any, TextIO

import structlog

from gateway.printable import printable

MAX_WAITING = 10_000


class Journal:
    """Opened at start, closed at the end; `quiet` journals (demo, tests) drop every line."""

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._quiet = quiet
        self.dropped = 0
        self._log = structlog.wrap_logger(
            _LineSink(self._put),
            processors=[
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.add_log_level,
                _escape,
                structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], drop_missing=True),
            ],
        ).bind()  # else every line would make a logger of its own
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)
        if not quiet:
            self._thread.start()

    def close(self) -> None:
        """Write what waits, then stop."""
        if not self._quiet:
            self._lines.put(None)
            self._thread.join(timeout=2)

    def _put(self, line: str) -> None:
        if self._quiet:
            return
        if self._lines.qsize() < MAX_WAITING:
            self._lines.put(line)
        else:
            self.dropped += 1

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                self._stream.write(line + "\n")
                if self._lines.empty():
                    self._stream.flush()
            except (OSError, ValueError):
                self.dropped += 1

    def started(self, **values: Any) -> None:
        """The gateway is up; `values` are the effective settings."""
        self._log.info("started", **values)

    def stopped(self, reason: str) -> None:
        """The gateway has ended in good order."""
        self._log.info("stopped", reason=reason)

    def accepted(self, *, delivery: int, again: bool, channel: str, size: int, peer: Mapping[str, Any]) -> None:
        """Bytes are durably in the ledger; `again` marks a retry of what was there."""
        self._log.info("accepted", delivery=delivery, again=again, channel=channel, size=size, **peer)

    def decided(self, *, delivery: int, outcome: str, ticket: str, reason: str, message_id: str, mails: int) -> None:
        """The one rich line of a mail: what became of it."""
        self._log.info(
            "decided",
            delivery=delivery,
            outcome=outcome,
            ticket=ticket,
            reason=reason,
            message_id=message_id,
            mails=mails,
        )

    def happened(self, event: str, *, outcome: str, ticket: str, reason: str, mails: int) -> None:
        """A timer or a report took its road."""
        self._log.info("happened", what=event, outcome=outcome, ticket=ticket, reason=reason, mails=mails)

    def tried_again(self, *, delivery: int, attempt: int, error: str) -> None:
        """A delivery could not be finished this time."""
        self._log.warning("tried_again", delivery=delivery, attempt=attempt, error=error)

    def left(self, *, serial: str, recipient: str, state: str, reply: str, relay: str) -> None:
        """A mail was handed to the relay, or the try ended otherwise."""
        self._log.info("left", serial=serial, recipient=recipient, state=state, reply=reply, relay=relay)

    def ambiguous(self, *, serial: str, message_id: str, reply: str) -> None:
        """The relay may or may not have taken a mail: it goes out again with the same Message-ID."""
        self._log.warning("ambiguous", serial=serial, message_id=message_id, reply=reply)

    def mailbox(self, *, account: str, event: str, detail: str) -> None:
        """Something about a mailbox worth knowing."""
        self._log.info("mailbox", account=account, what=event, detail=detail)

    def desks(self, *, event: str, detail: str) -> None:
        """The desks' files were read again."""
        self._log.info("desks", what=event, detail=detail)

    def acted(self, *, act: str, detail: str) -> None:
        """An operator's act through the control socket."""
        self._log.info("acted", act=act, detail=detail)

    def alarm(self, name: str, text: str) -> None:
        """A red line began."""
        self._log.error("alarm", name=name, text=text)

    def alarm_over(self, name: str) -> None:
        """A red line ended."""
        self._log.info("alarm_over", name=name)

    def trouble(self, where: str, error: BaseException) -> None:
        """A failure that somebody else recovers from."""
        self._log.error("trouble", where=where, error=f"{type(error).__name__}: {error}")

    def loop_trouble(self, context: Mapping[str, Any]) -> None:
        """The event loop met something that nobody awaited."""
        error = context.get("exception")
        detail = f"{type(error).__name__}: {error}" if error else ""
        self._log.error("loop", detail=f"{context.get('message', '')} {detail}".strip())

    def smtp(self, what: str, details: Mapping[str, Any]) -> None:
        """The listener refused, cut off or could not commit something."""
        self._log.info("smtp", what=what, **{str(key): str(value) for key, value in details.items()})


class _LineSink:
    """What structlog writes to."""

    def __init__(self, put: Any) -> None:
        self.info = self.warning = self.error = put


def _escape(logger: Any, method: str, event: Any) -> Any:
    """Text from outside is data: control, bidi and line-end characters are shown, not obeyed; long values are cut."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = printable(value)
    return event
