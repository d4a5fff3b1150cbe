"""Every number of this room: the most of anything that a mail may have before the rest is left in the raw message.

What is beyond a limit is never an error: it is not looked at, and a `Defect` of the message says so.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, decoded text in characters, times in seconds."""

    size: int = 25 * 2**20
    header_block: int = 256 * 2**10
    field: int = 64 * 2**10
    decoded_field: int = 8 * 2**10
    fields: int = 1000
    same_fields: int = 50
    junk_lines: int = 20
    charset_search: int = 16 * 2**10
    mailbox: int = 2048
    address_tokens: int = 10_240
    nested_comments: int = 5
    at_signs: int = 20
    name: int = 200
    line: int = 998
    identifier: int = 996
    garbled_sample: int = 64 * 2**10
    date: int = 128
    addresses: int = 200
    received: int = 50
    references: int = 20
    depth: int = 20
    parts: int = 500
    attachments: int = 100
    boundary: int = 2048
    filename: int = 255
    pieces: int = 100
    tnef_depth: int = 3
    signed_mails: int = 3
    elements: int = 100_000
    text: int = 2 * 2**20
    html: int = 2 * 2**20
    links: int = 5000
    reports: int = 50
    dkim_signatures: int = 5
    dkim_field: int = 8 * 2**10
    dkim_names: int = 200
    auth_results: int = 50
    arc_sets: int = 50
    dns_record: int = 4 * 2**10
    header_lines: int = 100
    header_line: int = 500
    trace: int = 50
    trace_field: int = 4 * 2**10
    spf_terms: int = 10
    spf_empty: int = 2
    spf_hosts: int = 10
    report_text: int = 2**20
    report_lines: int = 2000
    report_line: int = 1000
    report_words: int = 2000
    diagnostic: int = 500
    command_lines: int = 10
    command_chars: int = 200
    quotation_looks: int = 1000
    cpu: int = 10
    wall: int = 60
    memory: int = 512 * 2**20
