"""Bytes to GraphQL requests."""

import pytest

from supergraph.server.refusal import HttpRefusal
from supergraph.server.request import GraphQLRequest, request_of_query_string, requests_of_json


def test_a_json_body_gives_query_operation_variables_and_extensions() -> None:
    body = b'{"query": "query A { a }", "operationName": "A", "variables": {"x": 1}, "extensions": {"y": 2}}'

    assert requests_of_json(body) == GraphQLRequest("query A { a }", "A", {"x": 1}, {"y": 2})


def test_members_that_are_null_count_as_left_out() -> None:
    body = b'{"query": "{a}", "operationName": null, "variables": null, "extensions": null}'

    assert requests_of_json(body) == GraphQLRequest("{a}")


def test_members_that_the_specification_does_not_know_are_ignored() -> None:
    assert requests_of_json(b'{"query": "{a}", "id": 7}') == GraphQLRequest("{a}")


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (b"{", "BAD_REQUEST", "The body is not JSON"),
        (b"", "BAD_REQUEST", "The body is not JSON"),
        (b"\xff", "BAD_REQUEST", "The body is not JSON"),
        (b"[" * 2000, "BAD_REQUEST", "The body is not JSON"),
        (b'"query"', "BAD_REQUEST", "must be a JSON object"),
        (b"null", "BAD_REQUEST", "must be a JSON object"),
        (b'[{"query": "{a}"}]', "BATCHING_NOT_ENABLED", "one operation a request"),
        (b"{}", "BAD_REQUEST", "`query` is missing"),
        (b'{"query": ""}', "BAD_REQUEST", "`query` is missing"),
        (b'{"query": 1}', "BAD_REQUEST", "`query` must be a string"),
        (b'{"query": "{a}", "operationName": {}}', "BAD_REQUEST", "`operationName` must be a string or null"),
        (b'{"query": "{a}", "variables": "{}"}', "BAD_REQUEST", "`variables` must be an object or null"),
        (b'{"query": "{a}", "variables": []}', "BAD_REQUEST", "`variables` must be an object or null"),
        (b'{"query": "{a}", "extensions": 0}', "BAD_REQUEST", "`extensions` must be an object or null"),
    ],
)
def test_a_malformed_body_is_refused_with_what_is_wrong(body: bytes, code: str, message: str) -> None:
    with pytest.raises(HttpRefusal) as refusal:
        requests_of_json(body)

    assert refusal.value.status == 400
    assert refusal.value.code == code
    assert message in refusal.value.message


def test_a_query_string_gives_the_same_request() -> None:
    query_string = b"query=query%20A%7Ba%7D&operationName=A&variables=%7B%22x%22%3A1%7D&extensions="

    assert request_of_query_string(query_string) == GraphQLRequest("query A{a}", "A", {"x": 1})


@pytest.mark.parametrize(
    ("query_string", "message"),
    [
        (b"", "`query` is missing"),
        (b"query=%7Ba%7D&query=%7Bb%7D", "given twice"),
        (b"query=%7Ba%7D&variables=x", "`variables` is not JSON"),
        (b"query=%7Ba%7D&variables=1", "`variables` must be an object"),
        (b"query=%ff", "URL-encoded UTF-8"),
        (b"&".join(b"a%d=1" % number for number in range(17)), "at most 16 parameters"),
    ],
)
def test_a_malformed_query_string_is_refused_with_what_is_wrong(query_string: bytes, message: str) -> None:
    with pytest.raises(HttpRefusal) as refusal:
        request_of_query_string(query_string)

    assert refusal.value.status == 400
    assert message in refusal.value.message
