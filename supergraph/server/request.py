"""Bytes -> GraphQL request (GraphQL over HTTP, section "Request")."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import orjson

from supergraph.server.refusal import HttpRefusal, NotWellFormed, bad_request

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
    query = _text(members, "query")
    document_id = _text(members, "documentId")
    extensions = _map(members, "extensions")
    if query is None and document_id is None and "persistedQuery" not in extensions:
        raise NotWellFormed("`query` is missing: it holds the GraphQL document.")
    return GraphQLRequest(
        query or "", _text(members, "operationName"), _map(members, "variables"), extensions, document_id
    )


def _text(members: dict[str, Any], name: str) -> str | None:
    value = members.get(name)
    if value is not None and not isinstance(value, str):
        raise _wrong_type(name, "a string" if name == "query" else "a string or null")
    return value or None


def _map(members: dict[str, Any], name: str) -> Mapping[str, Any]:
    value = members.get(name)
    if value is None:
        return NOTHING
    if not isinstance(value, dict):
        raise _wrong_type(name, "an object or null")
    return value


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


def _wrong_type(name: str, wanted: str) -> HttpRefusal:
    return NotWellFormed(f"`{name}` must be {wanted}.")
