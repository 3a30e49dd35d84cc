"""A GraphQL request to a subgraph, its reply, and the seam between them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

NOTHING: Mapping[str, str] = MappingProxyType({})

# Both are made for each fetch; to freeze them would make that several times dearer. So nobody changes one.


@dataclass(slots=True)
class SubgraphRequest:
    """One GraphQL request to the subgraph of this name. Nobody changes it.

    `body` is the encoded JSON object (`query`, `variables`). `headers` go with it, names in lower case.
    `repeatable` says that it is a query: sent twice, or shared between callers, it does no harm. `timeout`
    is how many seconds are left for it; None leaves that to the upstream. `fetch` is the number of the plan's
    fetch that it is for, for whoever observes. `trace_context` are headers that say in which trace it stands: no
    answer depends on them. `avoid` are the URLs of endpoints that failed it already.
    """

    subgraph: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True
    timeout: float | None = None
    fetch: int | None = None
    trace_context: Mapping[str, str] = field(default_factory=dict)
    avoid: frozenset[str] = frozenset()


@dataclass(slots=True)
class SubgraphReply:
    """What a subgraph answered: `data` and `errors` as they stand in its JSON, `headers` by names in lower case.

    A reply may be shared between requests, so nobody changes it. `errors` holds JSON objects that have a
    string `message`; nothing else about them is checked.
    """

    data: dict[str, Any] | None
    errors: Sequence[dict[str, Any]] = ()
    extensions: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, compare=False)


Outcome = SubgraphReply | Exception
"""What a request ended with; an exception that is no `SubgraphError` is a fault of our own."""

Ended = Callable[[Outcome], None]
"""Is told how a request ended. It raises nothing: others are told after it."""

GiveUp = Callable[[], None]
"""Gives a request up, or does nothing where it has ended. Nobody is told anything of it any more."""


class Upstream(Protocol):
    """Subgraphs by name."""

    def send(self, request: SubgraphRequest, ended: Ended) -> GiveUp:
        """Send a query or mutation, and tell how it ended, once; that may be before this returns."""
        ...

    def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphReply]:
        """Send a subscription, and give a reply for each event; raises `SubgraphError`, at any time.

        Closing the generator ends the subscription at the subgraph.
        """
        ...
