"""Every number that bounds mail: what goes out by itself, what comes in from an unproved address, what an agent gets.

These are the defaults; a desk's file may say others under `limits:`, by the same names. Windows are of the database's
time, so that every node counts alike.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caps:
    """Mails within a window. `opened` are confirmations to one address, `address` and `ticket` all automatic mail to
    one address, over all tickets and on one ticket. A window's number is the last mail that still goes."""

    opened_hour: int = 3
    opened_day: int = 10
    opened_same: int = 2  # with one subject, within three hours
    address_10min: int = 30
    address_hour: int = 60
    address_3h: int = 120
    address_10h: int = 360
    address_day: int = 40
    ticket_10min: int = 10
    ticket_30min: int = 15
    ticket_hour: int = 25
    ticket_3h: int = 50
    ticket_10h: int = 100
    pair: int = 2  # automatic mails to an address that answers each with the same words within minutes
    breaker_10min: int = 500  # automatic mails to all people outside; beyond it the ratio decides
    breaker_ratio: int = 3  # automatic mails for one mail that proves who wrote it
    breaker_bounced: int = 30  # of the last hundred
    inbound_10min: int = 30  # mails from one address that nothing proves; beyond, they are held
    inbound_day: int = 200
    inbound_open: int = 20  # open tickets of such an address
    staff_10min: int = 30  # mails to one agent; beyond, one digest with all of them
