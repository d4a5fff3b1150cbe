"""The body's bytes → the tree of its parts, by the standard library's parser on a leash.

That parser has no bounds of its own: it recurses into every container and every attached message, and takes quadratic
time to find a boundary among many semicolons. It asks the node that it fills for both, so the node says no: beyond
`limits.depth` nothing is a container, an attached message stays the bytes that it is (what somebody else wrote is not
read here, and an .eml must be exact to be verified), and beyond `limits.parts` the parser is stopped; what it has read
until then is the tree.
"""

from __future__ import annotations

from email.message import Message as Tree
from email.parser import BytesParser
from email.policy import compat32
from typing import Any

from parsing.limits import Limits
from parsing.message import Defect
from parsing.parameters import boundary, parameters


def parse(data: bytes, limits: Limits) -> tuple[Tree, tuple[Defect, ...]]:
    """The tree of at most `limits.parts` nodes, and a defect when there were more."""
    nodes: list[Node] = []

    def node(policy: Any = compat32) -> Node:
        if len(nodes) > limits.parts:
            raise _EnoughError
        nodes.append(Node(policy, limits))
        return nodes[-1]

    try:
        return BytesParser(node).parsebytes(data), ()
    except _EnoughError:  # the first node of all is a probe of the parser's
        return nodes[1], (Defect("structure", f"more than {limits.parts} parts", "the rest stands in the raw message"),)
    finally:
        for one in nodes:
            one.parsed = True


class _EnoughError(Exception):
    """There are more parts than anybody wants to see."""


class Node(Tree):
    """A part that knows its limits. A class because the library's parser asks its nodes, and asks nobody else."""

    def __init__(self, policy: Any, limits: Limits) -> None:
        super().__init__(policy)
        self.limits = limits
        self.depth = 0
        self.parsed = False

    def set_raw(self, name: str, value: Any) -> None:
        """A field: `limits.fields` of them, each cut before mail-parser takes it apart in its own way."""
        if len(self) < self.limits.fields:
            super().set_raw(name, value[: self.limits.decoded_field])

    def attach(self, payload: Any) -> None:
        """A part of this part."""
        payload.depth = self.depth + 1
        super().attach(payload)

    def get_content_type(self) -> str:
        """The type; to the parser at work attached messages and the fields of a report are text, kept as they stand."""
        kind = super().get_content_type()
        return kind if self.parsed or not kind.startswith("message/") else "text/plain"

    def get_boundary(self, failobj: Any = None) -> Any:
        """The boundary exactly as it is written (RFC 2046 section 5.1.1), unless this node may be no container."""
        found = boundary(str(self.get("content-type", "")), self.limits)
        return found if found and self.depth < self.limits.depth else failobj

    def get_param(self, param: str, failobj: Any = None, header: str = "content-type", unquote: bool = True) -> Any:
        """A parameter, decoded, in linear time."""
        return parameters(str(self.get(header, "")), self.limits).get(param.lower(), failobj)
