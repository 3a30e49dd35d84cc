"""Bytes -> GraphQL request (GraphQL over HTTP, section "Request")."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import orjson

from supergraph.server.refusal import HttpRefusal, NotWellFormed, bad_request

MEMBERS = {"query": str, "operationName": str, "documentId": str, "variables": dict, "extensions": dict}
"""What a request has, and what it is where it is not null."""

NOTHING: Mapping[str, Any] = MappingProxyType({})


class GraphQLRequest(NamedTuple):
    """What a client asks: a document, which of its operations (None: its only one), and values for it.

    `query` is empty where the document is named and not sent: by `document_id`, or in the extensions.
    """

    query: str
    operation_name: str | None = None
    variables: Mapping[str, Any] = NOTHING
    extensions: Mapping[str, Any] = NOTHING
    document_id: str | None = None


Batch = list[GraphQLRequest]


def requests_of_json(body: bytes, largest_batch: int = 0) -> GraphQLRequest | Batch:
    """The request in a JSON body, or the requests in a list of up to `largest_batch` (0: none is taken).

    Members that the specification does not know are ignored.

    Raises:
        HttpRefusal: the body is no JSON, no object, a member has the wrong type, or the list is too long.
    """
    try:
        members = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise bad_request(f"The body is not JSON: {error}.") from error
    if not isinstance(members, list):
        return request_of(members)
    if largest_batch == 0:
        raise bad_request("Batching is not enabled: send one operation a request.", "BATCHING_NOT_ENABLED")
    if not 1 <= len(members) <= largest_batch:
        raise bad_request(f"A batch has 1 to {largest_batch} operations.", "BATCH_LIMIT_EXCEEDED")
    return [request_of(entry) for entry in members]


def request_of_query_string(query_string: bytes) -> GraphQLRequest:
    """The request in a URL; `variables` and `extensions` are JSON text there.

    Raises:
        HttpRefusal: a parameter is given twice, is no JSON where it must be, or has the wrong type.
    """
    members: dict[str, Any] = {}
    for name, value in _parameters(query_string):
        if name in members:
            raise bad_request(f"The parameter `{name}` is given twice.")
        members[name] = _json_parameter(name, value) if name in {"variables", "extensions"} else value
    return request_of(members)


def request_of(members: object) -> GraphQLRequest:
    """The request that these members of a JSON object make.

    Raises:
        HttpRefusal: it is no object, or a member has the wrong type.
    """
    if not isinstance(members, dict):
        raise NotWellFormed('The body must be a JSON object like {"query": "{ __typename }"}.')
    for name, value in members.items():
        if value is not None and name in MEMBERS and not isinstance(value, MEMBERS[name]):
            raise _wrong_type(name)
    member = members.get
    query, document_id = member("query"), member("documentId") or None
    extensions = member("extensions") or NOTHING
    if not query and document_id is None and "persistedQuery" not in extensions:
        raise NotWellFormed("`query` is missing: it holds the GraphQL document.")
    return GraphQLRequest(
        query or "", member("operationName") or None, member("variables") or NOTHING, extensions, document_id
    )


def _parameters(query_string: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=16
        )
    except ValueError as error:
        raise bad_request("The query string must be URL-encoded UTF-8 with at most 16 parameters.") from error


def _json_parameter(name: str, value: str) -> Any:
    if value == "":
        return None
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise bad_request(f"The parameter `{name}` is not JSON: {error}.") from error


def _wrong_type(name: str) -> HttpRefusal:
    kind = "a string" if MEMBERS[name] is str else "an object"
    wanted = kind if name == "query" else f"{kind} or null"
    return NotWellFormed(f"`{name}` must be {wanted}.")
