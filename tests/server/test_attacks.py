"""What attackers send, to a router as it is by default, on a real socket: refused before any subgraph is asked."""

import gzip
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


def nested(levels: int) -> str:
    return "{ secretFilm " + "{ next " * levels + "{ name }" + " }" * levels + " }"


FRAGMENT_BOMB = "{ secretFilm { ...f0 } }" + "".join(
    f" fragment f{n} on Film {{ a: next {{ ...f{n + 1} }} b: next {{ ...f{n + 1} }} }}" for n in range(30)
)
CIRCLE = "{ secretFilm { ...a } } fragment a on Film { next { ...b } } fragment b on Film { next { ...a } }"


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        pytest.param(
            body("{" + " ".join(f"a{n}: hello" for n in range(4_000)) + "}"), 400, "MAX_", id="aliases"
        ),
        pytest.param(body("{" + "hello " * 14_000 + "}"), 400, "MAX_", id="one field very often"),
        pytest.param(body(nested(60)), 400, "MAX_DEPTH_LIMIT", id="deep nesting"),
        pytest.param(body("{" * 3_000), 400, "GRAPHQL_PARSE_FAILED", id="bare braces"),
        pytest.param(body("{ hello(name: " + "[" * 14_000), 400, "GRAPHQL_PARSE_FAILED", id="bare brackets"),
        pytest.param(body(CIRCLE), 400, "GRAPHQL_VALIDATION_FAILED", id="fragments in a circle"),
        pytest.param(
            body(FRAGMENT_BOMB + " fragment f30 on Film { name }"), 400, "MAX_", id="a fragment bomb"
        ),
        pytest.param(
            body("{ hello " + "@skip(if: false) " * 2_000 + "}"), 400, "MAX_DIRECTIVES", id="directives"
        ),
        pytest.param(body("{ hello " + "@a " * 2_000 + "}"), 400, "MAX_DIRECTIVES", id="unknown directives"),
        pytest.param(
            body("{ hello }" + " " * 10 + "#" + "a" * 3_000_000), 413, "REQUEST_TOO_LARGE", id="3 MB"
        ),
        pytest.param(body("{" + "hello " * 16_000 + "}"), 400, "GRAPHQL_PARSE_FAILED", id="tokens"),
        pytest.param(
            body("query (" + " ".join(f"$a{n}: Int" for n in range(300)) + ") { hello }"),
            400,
            "MAX_VARIABLES_LIMIT",
            id="variables",
        ),
        pytest.param(
            b'{"query": "{ hello }", "variables": {"a": ' + b"[" * 400_000, 400, "BAD_REQUEST", id="deep JSON"
        ),
        pytest.param(
            b"[" + b",".join([body("mutation { count }")] * 1_000) + b"]",
            400,
            "BATCHING_NOT_ENABLED",
            id="a batch",
        ),
        pytest.param(
            body("{ __schema { types { name } } }"), 400, "GRAPHQL_VALIDATION_FAILED", id="introspection"
        ),
        pytest.param(
            body("{ _service { sdl } }"), 400, "GRAPHQL_VALIDATION_FAILED", id="a subgraph's schema"
        ),
        pytest.param(
            body('{ _entities(representations: [{__typename: "Film"}]) { __typename } }'),
            400,
            "GRAPHQL_VALIDATION_FAILED",
            id="a subgraph's entities",
        ),
        pytest.param(body("{ hello }", variables=[1]), 400, "BAD_REQUEST", id="variables that are a list"),
    ],
)
async def test_a_document_that_is_made_to_hurt_is_refused_and_nothing_is_fetched(
    client: httpx2.AsyncClient, subgraph: Subgraph, sent: bytes, status: int, code: str
) -> None:
    response = await client.post("/graphql", content=sent, headers=JSON)

    assert response.status_code == status
    assert response.json()["errors"][0]["extensions"]["code"].startswith(code)
    assert "data" not in response.json()
    assert subgraph.asked == []


async def test_a_body_that_would_grow_is_not_unpacked(client: httpx2.AsyncClient, subgraph: Subgraph) -> None:
    packed = gzip.compress(body("{ hello }" + " " * 100_000_000))
    response = await client.post("/graphql", content=packed, headers={**JSON, "content-encoding": "gzip"})

    assert len(packed) < 1_000_000
    assert response.status_code == 415
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
    for sent in (body("{" * 3_000), body(nested(60)), b"\xff\xfe", b"", b"null", b"[" * 100_000):
        assert (await client.post("/graphql", content=sent, headers=JSON)).status_code == 400

    assert (await client.post("/graphql", content=body("{ hello }"), headers=JSON)).json() == {
        "data": {"hello": "Hello"}
    }
