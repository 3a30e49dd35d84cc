"""From the bytes of a response to a GraphQL reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from supergraph.upstream.errors import MalformedReply, SubgraphStatus
from supergraph.upstream.request import NOTHING, SubgraphReply


def read_response(subgraph: str, status: int, headers: Mapping[str, str], body: bytes) -> SubgraphReply:
    """Read a whole response.

    A status that is no success is forgiven where the body is a GraphQL reply with errors: they say more.
    Raises `SubgraphStatus` and `MalformedReply`.
    """
    if 200 <= status < 300:
        return read_reply(subgraph, body, headers)
    try:
        reply = read_reply(subgraph, body, headers)
    except MalformedReply:
        raise SubgraphStatus(subgraph, status) from None
    if not reply.errors:
        raise SubgraphStatus(subgraph, status)
    return reply


def read_reply(subgraph: str, body: bytes | str, headers: Mapping[str, str] = NOTHING) -> SubgraphReply:
    """Read one GraphQL reply (GraphQL specification, 7.1); raises `MalformedReply`."""
    try:
        reply = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedReply(subgraph, f"the body is not JSON: {error}") from error
    return reply_of(subgraph, reply, headers)


def reply_of(subgraph: str, reply: Any, headers: Mapping[str, str] = NOTHING) -> SubgraphReply:
    """Take a JSON value as a GraphQL reply; raises `MalformedReply`."""
    if not isinstance(reply, dict) or not ("data" in reply or "errors" in reply):
        raise MalformedReply(subgraph, "the body is not a GraphQL reply: it has neither `data` nor `errors`")
    data = reply.get("data")
    if len(reply) == 1 and isinstance(data, dict):
        return SubgraphReply(data, (), NOTHING, headers)
    errors, extensions = reply.get("errors"), reply.get("extensions")
    if data is not None and not isinstance(data, dict):
        raise MalformedReply(subgraph, "`data` is not an object")
    if errors is not None:
        _check_errors(subgraph, errors)
    if data is None and not errors:
        raise MalformedReply(subgraph, "`data` is null without an error")
    return SubgraphReply(data, errors or (), extensions if isinstance(extensions, dict) else NOTHING, headers)


def _check_errors(subgraph: str, errors: Any) -> None:
    if not isinstance(errors, list):
        raise MalformedReply(subgraph, "`errors` is not a list")
    if not all(isinstance(error, dict) and isinstance(error.get("message"), str) for error in errors):
        raise MalformedReply(subgraph, "`errors` holds something that is not a GraphQL error")
