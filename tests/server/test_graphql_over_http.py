"""GraphQL over HTTP: media types, statuses, methods, and every malformed request."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp

from supergraph.server.callers import Callers
from supergraph.server.closing import Closing
from supergraph.server.graphql_over_http import GraphQLOverHttp, HttpOptions
from supergraph.server.operations import Operations
from tests.server.local_upstream import LocalUpstream

JSON = "application/json; charset=utf-8"
GRAPHQL_RESPONSE = "application/graphql-response+json; charset=utf-8"
Served = Callable[[ASGIApp, Closing], AbstractAsyncContextManager[str]]

PREFLIGHTED = {"apollo-require-preflight": "1"}


@pytest.fixture
def endpoint(operations: Operations) -> GraphQLOverHttp:
    return GraphQLOverHttp(operations, Callers(None, None), Closing(), HttpOptions(body_limit=10_000))


@pytest.fixture
def client(
    endpoint: GraphQLOverHttp, client_of: Callable[[ASGIApp], httpx2.AsyncClient]
) -> httpx2.AsyncClient:
    return client_of(endpoint)


async def post(client: httpx2.AsyncClient, accept: str, **members: Any) -> httpx2.Response:
    return await client.post("/graphql", json=members, headers={"accept": accept})


def code_of(response: httpx2.Response) -> str:
    return response.json()["errors"][0]["extensions"]["code"]


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/json", JSON),
        ("application/graphql-response+json", GRAPHQL_RESPONSE),
        ("*/*", JSON),
        ("application/graphql-response+json, application/json;q=0.9, text/event-stream", GRAPHQL_RESPONSE),
    ],
)
async def test_a_query_is_answered_in_the_media_type_that_was_asked_for(
    client: httpx2.AsyncClient, accept: str, content_type: str
) -> None:
    response = await post(
        client, accept, query="query($n: String) { hello(name: $n) }", variables={"n": "Ida"}
    )

    assert response.status_code == 200
    assert response.headers["content-type"] == content_type
    assert response.json() == {"data": {"hello": "Hello, Ida"}}


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "{ hello }", "operationName": "Other"}, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": "query($n: String!) { hello(name: $n) }"}, "BAD_USER_INPUT"),
        ({"query": "query($n: String) { hello(name: $n) }", "variables": {"n": 1}}, "BAD_USER_INPUT"),
    ],
)
@pytest.mark.parametrize(
    ("accept", "status"), [("application/json", 200), ("application/graphql-response+json", 400)]
)
async def test_a_request_that_is_not_executed_has_no_data_and_the_status_of_its_media_type(
    client: httpx2.AsyncClient, members: dict[str, Any], code: str, accept: str, status: int
) -> None:
    response = await post(client, accept, **members)

    assert response.status_code == status
    assert "data" not in response.json()
    assert code_of(response) == code


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_an_error_in_execution_stands_beside_the_data(client: httpx2.AsyncClient, accept: str) -> None:
    response = await post(client, accept, query="{ hello broken }")

    assert response.status_code == 200
    assert response.json()["data"] == {"hello": "Hello, you", "broken": None}
    assert response.json()["errors"][0]["path"] == ["broken"]


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"{", {}, 400, "BAD_REQUEST"),
        (b"", {}, 400, "BAD_REQUEST"),
        (b"[]", {}, 400, "BATCHING_NOT_ENABLED"),
        (b'{"query": 7}', {}, 400, "BAD_REQUEST"),
        (b"{}", {"content-type": "text/plain"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"a=b", {"content-type": "application/x-www-form-urlencoded"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"", {"content-type": "multipart/form-data; boundary=x"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"{}", {"content-type": ""}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"{}", {"content-type": "application/json; charset=utf-16"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"{}", {"content-encoding": "gzip"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"{}", {"accept": "text/plain"}, 406, "NOT_ACCEPTABLE"),
        (b'{"query": "{ hello }", "x": "' + b"y" * 10_000 + b'"}', {}, 413, "REQUEST_TOO_LARGE"),
        (b'{"query": "subscription { numbers(to: 1) }"}', {}, 406, "NOT_ACCEPTABLE"),
    ],
)
async def test_a_malformed_request_is_refused_with_its_status_and_code(
    client: httpx2.AsyncClient, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    sent = {"content-type": "application/json", "accept": "application/json", **headers}
    response = await client.post("/graphql", content=content, headers=sent)

    assert (response.status_code, code_of(response)) == (status, code)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
async def test_other_methods_are_not_allowed(client: httpx2.AsyncClient, method: str) -> None:
    response = await client.request(method, "/graphql")

    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"


async def test_a_query_may_be_sent_by_get(client: httpx2.AsyncClient) -> None:
    params = {"query": "query($n: String) { hello(name: $n) }", "variables": '{"n": "Ida"}'}
    response = await client.get("/graphql", params=params, headers=PREFLIGHTED)

    assert response.json() == {"data": {"hello": "Hello, Ida"}}


async def test_a_mutation_by_get_is_not_executed(client: httpx2.AsyncClient, upstream: LocalUpstream) -> None:
    response = await client.get("/graphql", params={"query": "mutation { count }"}, headers=PREFLIGHTED)

    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert upstream.counted == 0


@pytest.mark.parametrize("headers", [{}, {"content-type": "text/plain"}, {"apollo-require-preflight": ""}])
async def test_a_get_that_any_page_could_send_is_refused(
    client: httpx2.AsyncClient, headers: dict[str, str]
) -> None:
    response = await client.get("/graphql", params={"query": "{ hello }"}, headers=headers)

    assert (response.status_code, code_of(response)) == (403, "CSRF_PREVENTION_FAILED")


@pytest.mark.parametrize(
    "headers", [PREFLIGHTED, {"x-apollo-operation-name": "A"}, {"content-type": "application/json"}]
)
async def test_a_get_that_a_browser_would_have_asked_for_is_answered(
    client: httpx2.AsyncClient, headers: dict[str, str]
) -> None:
    response = await client.get("/graphql", params={"query": "{ hello }"}, headers=headers)

    assert response.status_code == 200


async def test_a_fault_of_the_router_is_masked_under_an_error_id(
    client: httpx2.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    response = await post(client, "application/json", query="{ crash }")

    error = response.json()["errors"][0]
    assert (response.status_code, error["extensions"]["code"]) == (500, "INTERNAL_SERVER_ERROR")
    assert "secret" not in response.text
    log = capsys.readouterr().out
    assert error["extensions"]["errorId"] in log
    assert "a secret of the router" in log


async def test_a_client_that_leaves_before_its_body_is_complete_is_not_answered(
    endpoint: GraphQLOverHttp,
) -> None:
    sent: list[Any] = []
    messages = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    await endpoint({"type": "http", "method": "POST", "headers": headers}, receive, send)

    assert sent == []


async def test_a_body_without_a_length_is_refused_while_it_is_read(
    endpoint: GraphQLOverHttp, served: Served
) -> None:
    async with served(endpoint, Closing()) as address:
        host, port = address.split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        for _ in range(11):
            writer.write(b"3e8\r\n" + b" " * 1000 + b"\r\n")
        await writer.drain()
        status = await reader.readline()
        writer.close()

    assert status == b"HTTP/1.1 413 Request Entity Too Large\r\n"


async def test_it_answers_over_a_real_socket(endpoint: GraphQLOverHttp, served: Served) -> None:
    async with served(endpoint, Closing()) as address, httpx2.AsyncClient() as client:
        response = await client.post(f"http://{address}/graphql", json={"query": "{ hello }"})

    assert response.json() == {"data": {"hello": "Hello, you"}}
