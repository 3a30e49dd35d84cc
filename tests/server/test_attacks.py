"""What attackers send, to a router as it is by default, on a real socket: refused before any subgraph is asked."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp

from supergraph.composition import SubgraphSource, compose, read
from supergraph.configuration import Configuration
from supergraph.server.closing import Closing
from supergraph.server.router import Router, create_router
from supergraph.upstream import Endpoint, FunctionTransport, TransportRequest, TransportResponse

Served = Callable[[ASGIApp, Closing], AbstractAsyncContextManager[str]]

SDL = """
type Query { hello(name: String): String secretFilm: Film }
type Mutation { count: Int }
type Film { name: String next: Film }
"""
JSON = {"content-type": "application/json", "accept": "application/graphql-response+json"}


class Subgraph:
    """Answers what the test says, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[TransportRequest] = []
        self.answer: dict[str, Any] = {"data": {"hello": "Hello"}}

    async def __call__(self, request: TransportRequest) -> TransportResponse:
        self.asked.append(request)
        return TransportResponse(200, {"content-type": "application/json"}, json.dumps(self.answer).encode())


@pytest.fixture
def subgraph() -> Subgraph:
    return Subgraph()


@pytest.fixture
async def client(subgraph: Subgraph, served: Served) -> AsyncIterator[httpx2.AsyncClient]:
    router = router_before(subgraph)
    async with (
        served(router, router.closing) as address,
        httpx2.AsyncClient(base_url=f"http://{address}", timeout=30) as client,
    ):
        yield client


def router_before(subgraph: Subgraph, **values: Any) -> Router:
    sdl = compose([SubgraphSource("films", "http://films/graphql", SDL)]).supergraph_sdl
    assert sdl is not None
    transport = FunctionTransport(subgraph)
    endpoints = {"films": Endpoint("http://films/graphql", transport)}
    return create_router(Configuration.of(values), read(sdl), endpoints, transport)


def body(query: str, **others: Any) -> bytes:
    return json.dumps({"query": query, **others}).encode()


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("{ __schema { types { name } } }", id="the schema"),
        pytest.param('{ __type(name: "Film") { fields { name } } }', id="a type"),
        pytest.param("{ _service { sdl } }", id="a subgraph's schema"),
        pytest.param(
            '{ _entities(representations: [{__typename: "Film"}]) { __typename } }',
            id="a subgraph's entities",
        ),
    ],
)
async def test_what_is_no_part_of_the_api_is_refused_and_nothing_is_fetched(
    client: httpx2.AsyncClient, subgraph: Subgraph, query: str
) -> None:
    response = await client.post("/graphql", content=body(query), headers=JSON)

    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert subgraph.asked == []


MUTATION = "mutation { count }"


@pytest.mark.parametrize(
    ("method", "content_type", "sent", "status"),
    [
        pytest.param("GET", None, {"params": {"query": MUTATION}}, 403, id="a link"),
        pytest.param(
            "GET", "application/json", {"params": {"query": MUTATION}}, 405, id="a link with a header"
        ),
        pytest.param("POST", "text/plain", {"content": body(MUTATION)}, 415, id="text"),
        pytest.param("POST", None, {"data": {"query": MUTATION}}, 415, id="a form"),
        pytest.param("POST", None, {"files": {"operations": body(MUTATION)}}, 415, id="a form with files"),
        pytest.param("POST", "application/graphql", {"content": MUTATION.encode()}, 415, id="a document"),
        pytest.param("POST", None, {"content": body(MUTATION)}, 415, id="no type"),
        pytest.param("PUT", "application/json", {"content": body(MUTATION)}, 405, id="another method"),
    ],
)
async def test_what_a_page_of_another_site_can_send_changes_nothing(
    client: httpx2.AsyncClient,
    subgraph: Subgraph,
    method: str,
    content_type: str | None,
    sent: dict[str, Any],
    status: int,
) -> None:
    headers = {"origin": "https://evil.example"} | ({"content-type": content_type} if content_type else {})
    response = await client.request(method, "/graphql", headers=headers, **sent)

    assert response.status_code == status
    assert "access-control-allow-origin" not in response.headers
    assert subgraph.asked == []


@pytest.mark.parametrize(
    "query",
    [
        "{ secretFilms { name } }",
        "{ secretFilm { nam } }",
        "{ hello(nam: 1) }",
        "{ hello ... on Filn { name } }",
    ],
)
async def test_a_wrong_guess_helps_nobody_to_a_right_one(client: httpx2.AsyncClient, query: str) -> None:
    response = await client.post("/graphql", content=body(query), headers=JSON)

    assert response.status_code == 400
    assert "Did you mean" not in response.text
    assert "secretFilm " not in response.text.replace("secretFilms", "")


@pytest.mark.parametrize("extensions", [{}, {"code": "GRAPHQL_VALIDATION_FAILED"}, {"code": "ODD"}], ids=str)
async def test_a_subgraphs_error_makes_no_suggestion_either(
    client: httpx2.AsyncClient, subgraph: Subgraph, extensions: dict[str, Any]
) -> None:
    message = 'Cannot query field "helo" on type "Query". Did you mean "secretFilm"?'
    extensions = {**extensions, "suggestions": ["secretFilm"], "stacktrace": ["at films.py:1"]}
    subgraph.answer = {"data": None, "errors": [{"message": message, "extensions": extensions}]}
    response = await client.post("/graphql", content=body("{ hello }"), headers=JSON)

    assert len(response.json()["errors"]) == 1
    assert "secretFilm" not in response.text
    assert "films.py" not in response.text


async def test_nobody_gets_a_trace_of_a_subgraph_by_asking_for_it(
    client: httpx2.AsyncClient, subgraph: Subgraph
) -> None:
    subgraph.answer = {"data": {"hello": "Hello"}, "extensions": {"ftv1": "a trace", "debug": "a query plan"}}
    asking = {"apollo-federation-include-trace": "ftv1", "x-debug": "1", "supergraph-expose-cost": "true"}
    response = await client.post("/graphql", content=body("{ hello }"), headers={**JSON, **asking})

    assert response.json() == {"data": {"hello": "Hello"}}
    assert not {"apollo-federation-include-trace", "x-debug"} & set(subgraph.asked[0].headers)


async def test_a_document_is_not_remembered_under_a_hash_that_is_not_its_own(
    client: httpx2.AsyncClient, subgraph: Subgraph
) -> None:
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": "a" * 64}}
    poisoned = await client.post("/graphql", content=body("{ hello }", extensions=persisted), headers=JSON)
    asked = await client.post("/graphql", json={"extensions": persisted}, headers=JSON)

    assert poisoned.json()["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_HASH_MISMATCH"
    assert asked.json()["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    assert subgraph.asked == []


async def test_no_answer_may_be_kept_by_a_cache_on_the_way(client: httpx2.AsyncClient) -> None:
    for query in ("{ hello }", "{ nothing }"):
        response = await client.post("/graphql", content=body(query), headers=JSON)

        assert response.headers["cache-control"] == "no-store"


async def test_very_many_errors_are_a_short_list(client: httpx2.AsyncClient, subgraph: Subgraph) -> None:
    refused = await client.post(
        "/graphql", content=body("{" + " ".join(f"x{n}" for n in range(90)) + "}"), headers=JSON
    )
    subgraph.answer = {
        "data": {"hello": None},
        "errors": [
            {"message": f"m{n}", "path": ["hello"], "extensions": {"code": "ODD"}} for n in range(5_000)
        ],
    }
    answered = await client.post("/graphql", content=body("{ hello }"), headers=JSON)

    assert len(refused.json()["errors"]) < 10
    assert len(answered.json()["errors"]) <= 101
    assert answered.json()["errors"][-1]["extensions"]["code"] == "TOO_MANY_ERRORS"


async def test_after_all_this_the_router_answers_as_before(client: httpx2.AsyncClient) -> None:
    for sent in (body("{" * 3_000), b"\xff\xfe", b"", b"null", b"[" * 100_000):
        assert (await client.post("/graphql", content=sent, headers=JSON)).status_code == 400

    assert (await client.post("/graphql", content=body("{ hello }"), headers=JSON)).json() == {
        "data": {"hello": "Hello"}
    }
