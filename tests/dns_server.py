"""A name server of the tests' own on 127.0.0.1: what it knows it answers, the rest does not exist; it can be silent."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from tests.running import HOST, free_port


@dataclass
class NameServer(asyncio.DatagramProtocol):
    """`names` maps (name, type) to records as a zone file writes them; a record "SILENCE" is no answer at all."""

    names: Mapping[tuple[str, str], list[str]]
    port: int = 0
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        key = (question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype))
        self.asked[key] += 1
        records = self.names.get(key)
        if records == ["SILENCE"]:
            return
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if records is None and not any(name == key[0] for name, _ in self.names):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        if records == ["SERVFAIL"]:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif records:
            answer.answer.append(dns.rrset.from_text_list(question.name, 300, "IN", key[1], records))
        self.transport.sendto(answer.to_wire(), addr)


@asynccontextmanager
async def name_server(names: Mapping[tuple[str, str], list[str]]) -> AsyncIterator[NameServer]:
    """A running one, on a free port."""
    server = NameServer(names, free_port())
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: server, local_addr=(HOST, server.port)
    )
    try:
        yield server
    finally:
        transport.close()


def txt(text: str) -> list[str]:
    """One TXT record in pieces of at most 255 octets."""
    pieces = [text[at : at + 250] for at in range(0, len(text), 250)]
    return [" ".join(f'"{piece}"' for piece in pieces)]
