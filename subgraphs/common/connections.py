"""Relay connections over keyset pages.

A cursor holds the sort key of its row, so a page stays right while rows are inserted before it.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import orjson
import strawberry
from strawberry import federation as fed

from subgraphs.common.errors import BadUserInput

T = TypeVar("T")
N = TypeVar("N")
LARGEST_PAGE = 100


@fed.type(shareable=True)
class PageInfo:
    """Where a page stands in its connection."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None = strawberry.field(default=None)
    end_cursor: str | None = strawberry.field(default=None)


@strawberry.type
class Edge(Generic[T]):
    """One thing of a connection, and its place: `MovieEdge` for an `Edge[Movie]`."""

    cursor: str
    node: T


@strawberry.type
class Connection(Generic[T]):
    """One page of things: `PersonConnection` for a `Connection[Person]`."""

    edges: list[Edge[T]]
    page_info: PageInfo


@strawberry.type(name="Connection")
class CountedConnection(Generic[T]):
    """A connection that tells how long it is; `count` is asked only where the client asks."""

    edges: list[Edge[T]]
    page_info: PageInfo
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field
    async def total_count(self) -> int | None:
        """How many things there are on all pages together."""
        return await self.count()


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of rows with their cursors, and what its connection says about it."""

    rows: Sequence[T]
    cursors: Sequence[str]
    info: PageInfo

    def edges(self, node: Callable[[T], N]) -> list[Edge[N]]:
        """The page's edges, each row turned into its node."""
        pairs = zip(self.cursors, self.rows, strict=True)
        return [Edge(cursor=cursor, node=node(row)) for cursor, row in pairs]

    def connection(self, node: Callable[[T], N]) -> Connection[N]:
        """The page as a connection."""
        return Connection(edges=self.edges(node), page_info=self.info)

    def counted(self, node: Callable[[T], N], count: Callable[[], Awaitable[int]]) -> CountedConnection[N]:
        """The page as a connection that can be counted."""
        return CountedConnection(edges=self.edges(node), page_info=self.info, count=count)


def page_size(first: int) -> int:
    """Gives `first` back when it is 1 to 100.

    Raises:
        BadUserInput: it is not.
    """
    if not 1 <= first <= LARGEST_PAGE:
        raise BadUserInput(f"`first` must be 1 to {LARGEST_PAGE}, not {first}.")
    return first


def encode_cursor(*key: str | int | float | None) -> str:
    """The cursor of a row with this sort key."""
    return base64.urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")


def decode_cursor(cursor: str, length: int) -> list[str | int | float | None]:
    """The sort key that a cursor holds, `length` parts of it.

    Raises:
        BadUserInput: no cursor of this connection.
    """
    try:
        key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        key = None
    if not isinstance(key, list) or len(key) != length or not all(_is_sort_key(part) for part in key):
        raise BadUserInput("`after` is no cursor of this connection; pass an `endCursor` that it gave.")
    return key


def _is_sort_key(part: Any) -> bool:
    """PostgreSQL takes no NUL in text; no row has one either."""
    return not isinstance(part, list | dict) and not (isinstance(part, str) and "\0" in part)


def page_of(rows: Sequence[T], first: int, cursor: Callable[[T], str], *, after: str | None) -> Page[T]:
    """The page from `rows`, which were read with a limit of `first + 1` so as to see whether more follow."""
    kept = rows[:first]
    cursors = [cursor(row) for row in kept]
    info = PageInfo(
        has_next_page=len(rows) > first,
        has_previous_page=after is not None,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )
    return Page(kept, cursors, info)
