"""Relay connections by keyset: a cursor holds the sort values of its row."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import msgspec
import strawberry

from arengo_core.errors import InvalidInputError

NodeT = TypeVar("NodeT")
PAGE_LIMIT = 100
DEFAULT_PAGE = 24


@strawberry.type
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool
    end_cursor: str | None = None


@strawberry.type
class Edge(Generic[NodeT]):
    """A node with its cursor."""

    node: NodeT
    cursor: str


@strawberry.type
class Connection(Generic[NodeT]):
    """A page of a list."""

    edges: list[Edge[NodeT]]
    page_info: PageInfo

    @strawberry.field(description="The nodes without their cursors.")
    def nodes(self) -> list[NodeT]:
        """The page's nodes."""
        return [edge.node for edge in self.edges]


def encode_cursor(*values: Any) -> str:
    """A cursor from a row's sort values."""
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode()


def decode_cursor(cursor: str | None, length: int) -> list[Any] | None:
    """The sort values in a cursor. InvalidInputError when it is not one of this list."""
    if cursor is None:
        return None
    try:
        values = msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=list[Any])
    except (ValueError, msgspec.DecodeError):
        values = []
    if len(values) != length:
        raise InvalidInputError("This cursor does not belong to this list.", field="after")
    return values


def page_size(first: int | None) -> int:
    """How many rows to give; 24 unless told, at most 100."""
    size = DEFAULT_PAGE if first is None else first
    if not 1 <= size <= PAGE_LIMIT:
        raise InvalidInputError("From 1 to {limit} can be asked.", field="first", limit=PAGE_LIMIT)
    return size


def connection_of(nodes: Sequence[NodeT], cursors: Sequence[str], size: int) -> Connection[NodeT]:
    """A page from one row more than asked, which tells whether there is a next one."""
    edges = [
        Edge(node=node, cursor=cursor)
        for node, cursor in zip(nodes[:size], cursors[:size], strict=True)
    ]
    return Connection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=len(nodes) > size, end_cursor=edges[-1].cursor if edges else None
        ),
    )
