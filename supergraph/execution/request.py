"""Who asks, what they are answered, and how a request is refused."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from supergraph.planning.permissions import Permissions

GraphQLErrorObject = dict[str, Any]
"""A GraphQL error as JSON: `message`, then `locations`, `path` and `extensions` where they apply."""

NOTHING: Mapping[str, Any] = MappingProxyType({})


def no_headers(_subgraph: str) -> Mapping[str, str]:
    """Give no headers: for a router that passes nothing on."""
    return {}


class Caller(NamedTuple):
    """Who asks.

    `permissions` say which authorization directives the caller meets (None: none of them). `headers` gives
    what goes with each request to the subgraph of that name; names are in lower case. `labels` are the labels
    of progressive overrides that are on for this caller; those by percent (`percent(5)`) the engine draws itself.
    `heard`, where there is one, is told the response headers of each subgraph, by its name.
    `expires_at`, in seconds since the epoch, is when all this ends (None: never): a server ends the caller's
    subscriptions then. `patience` is how many seconds the caller waits for an answer, where that is less than
    what everybody has. `subject` is the user, and `address` where the caller calls from, for a server that limits
    either (None: not known).
    """

    permissions: Permissions | None = None
    headers: Callable[[str], Mapping[str, str]] = no_headers
    labels: frozenset[str] = frozenset()
    expires_at: float | None = None
    heard: Callable[[str, Mapping[str, str]], None] | None = None
    patience: float | None = None
    subject: str | None = None
    address: str | None = None

    def remaining(self) -> float | None:
        """Give the seconds until the caller's permission ends; None where it does not."""
        return None if self.expires_at is None else max(0.0, self.expires_at - time.time())


ANYONE = Caller()
"""A caller of whom nothing is known."""


class Response(NamedTuple):
    """What an operation is answered with, ready for JSON."""

    data: dict[str, Any] | None
    errors: Sequence[GraphQLErrorObject] = ()
    extensions: Mapping[str, Any] = NOTHING

    def as_dict(self) -> dict[str, Any]:
        """Give the response map of the GraphQL specification (7.1); empty entries are left out."""
        response: dict[str, Any] = {"errors": list(self.errors)} if self.errors else {}
        response["data"] = self.data
        if self.extensions:
            response["extensions"] = dict(self.extensions)
        return response


class RequestRefused(Exception):
    """The request is not executed: a GraphQL request error (specification 7.1.4).

    `errors` each carry `extensions.code`: GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED,
    OPERATION_RESOLUTION_FAILURE, BAD_USER_INPUT, or what planning refuses with. There is no `data`.
    """

    def __init__(self, errors: Sequence[GraphQLErrorObject]) -> None:
        super().__init__("; ".join(error["message"] for error in errors))
        self.errors = tuple(errors)

    def as_dict(self) -> dict[str, Any]:
        """Give the response map, which has errors only."""
        return {"errors": list(self.errors)}
