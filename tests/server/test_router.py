"""The whole router: which path is answered by what, and who is told of whom."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx2
import jwt
import pytest
from starlette.types import ASGIApp

from supergraph.configuration import Configuration, ConfigurationError
from supergraph.model import Supergraph
from supergraph.server.router import Router, create_router
from supergraph.upstream import Endpoint, FunctionTransport, TransportRequest, TransportResponse
from tests.server.test_identity import Issuer

KEY = "a key of thirty-two bytes or more"
IDENTITY = {
    "access_tokens": {"key_set": {"subgraph": "local"}, "issuer": "users", "audience": "supergraph"},
    "internal_tokens": True,
}


class Subgraph:
    """Answers whatever it is asked, and remembers with which headers; it is the tokens' issuer too."""

    def __init__(self) -> None:
        self.issuer = Issuer()
        self.headers: Mapping[str, str] = {}

    async def __call__(self, request: TransportRequest) -> TransportResponse:
        if request.method == "GET":
            assert request.url == "http://local/.well-known/jwks.json"
            return TransportResponse(200, {}, await self.issuer.key_set())
        self.headers = request.headers
        return TransportResponse(200, {"content-type": "application/json"}, b'{"data": {"hello": "Hello"}}')


@pytest.fixture
def subgraph() -> Subgraph:
    return Subgraph()


@pytest.fixture
def router(supergraph: Supergraph, subgraph: Subgraph) -> Callable[..., Router]:
    """A router with these values in its configuration."""

    def with_values(folder: Path = Path(), **values: Any) -> Router:
        transport = FunctionTransport(subgraph)
        endpoints = {"local": Endpoint("http://local/graphql", transport)}
        return create_router(Configuration.of(values, folder), supergraph, endpoints, transport)

    return with_values


Client = Callable[[ASGIApp], httpx2.AsyncClient]
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


async def ask(client: httpx2.AsyncClient, query: str = "{ hello }", **headers: str) -> httpx2.Response:
    return await client.post("/graphql", json={"query": query}, headers=headers)


async def test_probes_say_alive_and_ready(router: Callable[..., Router], client_of: Client) -> None:
    client = client_of(router())

    assert (await client.get("/health")).json() == {"status": "ok"}
    assert (await client.get("/ready")).json() == {"status": "ready", "generation": 1}


async def test_a_closing_router_is_alive_but_not_ready(
    router: Callable[..., Router], client_of: Client
) -> None:
    app = router()
    app.closing.set()
    client = client_of(app)

    assert (await client.get("/health")).status_code == 200
    assert (await client.get("/ready")).status_code == 503


@pytest.mark.parametrize("path", ["/health", "/ready"])
async def test_probes_may_ask_for_the_status_alone(
    router: Callable[..., Router], client_of: Client, path: str
) -> None:
    assert (await client_of(router()).head(path)).status_code == 200


async def test_a_plain_router_has_no_page_no_plans_and_no_introspection(
    router: Callable[..., Router], client_of: Client
) -> None:
    client = client_of(router())

    assert (await client.get("/")).status_code == 404
    assert (await client.get("/graphql", headers=BROWSER)).status_code == 403
    assert (await client.post("/graphql/plan", json={"query": "{ hello }"})).status_code == 404
    assert "data" not in (await ask(client, "{ __schema { types { name } } }")).json()


async def test_a_browser_gets_graphiql_where_a_program_gets_graphql(
    router: Callable[..., Router], client_of: Client
) -> None:
    client = client_of(router(graphiql=True))

    page = await client.get("/graphql", headers=BROWSER)

    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert (await ask(client)).json() == {"data": {"hello": "Hello"}}


async def test_examples_are_the_operations_of_the_folders_with_their_variables(
    router: Callable[..., Router], client_of: Client, tmp_path: Path
) -> None:
    for name, text in {
        "first/b.graphql": "{ hello }",
        "second/a.graphql": "query A { hello }",
        "second/a.json": "{}",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    client = client_of(router(tmp_path, graphiql=True, operations=["first", "second"]))

    assert (await client.get("/graphql/examples")).json() == [
        {"query": "{ hello }", "variables": ""},
        {"query": "query A { hello }", "variables": "{}"},
    ]


async def test_the_plan_of_an_operation_is_text(router: Callable[..., Router], client_of: Client) -> None:
    client = client_of(router(graphiql=True))

    answer = (await client.post("/graphql/plan", json={"query": "{ hello }"})).json()

    assert answer["text"].startswith("query: 1 fetch in 1 step\n")


async def test_an_operation_without_plan_has_errors_with_their_place(
    router: Callable[..., Router], client_of: Client
) -> None:
    client = client_of(router(graphiql=True))

    answer = (await client.post("/graphql/plan", json={"query": "{ nothing }"})).json()

    assert answer["errors"][0]["locations"] == [{"line": 1, "column": 3}]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"json": {"query": "{ hello }".ljust(2_000)}}, 413),
        ({"content": b'{"query": "{ hello }"}', "headers": {"content-type": "text/plain"}}, 415),
        ({"json": {"query": 1}}, 400),
        ({"json": ["{ hello }"]}, 400),
    ],
)
async def test_what_is_no_request_for_a_plan_is_refused(
    router: Callable[..., Router], client_of: Client, sent: dict[str, Any], status: int
) -> None:
    client = client_of(router(graphiql=True, limits={"body_bytes": 1_000}))

    response = await client.post("/graphql/plan", **sent)

    assert response.status_code == status
    assert response.json()["errors"][0]["extensions"]["code"]


async def test_a_plan_for_a_token_that_does_not_hold_is_refused(
    router: Callable[..., Router], client_of: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPERGRAPH_INTERNAL_KEY", KEY)
    client = client_of(router(graphiql=True, identity=IDENTITY))

    headers = {"authorization": "Bearer forged"}
    response = await client.post("/graphql/plan", json={"query": "{ hello }"}, headers=headers)

    assert response.status_code == 401
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_the_built_client_is_served_for_every_path_without_a_file(
    router: Callable[..., Router], client_of: Client, tmp_path: Path
) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").write_text("<h1>The shop</h1>")
    (tmp_path / "dist" / "main.js").write_text("start()")
    client = client_of(router(tmp_path, client="dist"))

    assert (await client.get("/")).text == "<h1>The shop</h1>"
    assert (await client.get("/films/heat")).text == "<h1>The shop</h1>"
    assert (await client.get("/main.js")).text == "start()"
    assert (await client.get("/other.js")).status_code == 404
    assert (await client.get("/../supergraph.yaml")).status_code == 404


@pytest.mark.parametrize("settings", [{}, {"demo": True}])
async def test_the_client_is_told_its_settings_and_what_only_dev_adds_is_none_of_them(
    router: Callable[..., Router], client_of: Client, tmp_path: Path, settings: dict[str, Any]
) -> None:
    dev = {"client_settings": {"only": "in development"}}
    client = client_of(router(tmp_path, client="dist", client_settings=settings, dev=dev))

    response = await client.get("/client.json")

    assert response.json() == settings
    assert response.headers["cache-control"] == "no-store"


async def test_a_client_that_is_not_built_is_told_of_on_its_page(
    router: Callable[..., Router], client_of: Client, tmp_path: Path
) -> None:
    page = await client_of(router(tmp_path, client="dist")).get("/")

    assert page.status_code == 200
    assert "make setup" in page.text


async def test_what_a_client_sends_as_identity_does_not_reach_a_subgraph(
    router: Callable[..., Router], client_of: Client, subgraph: Subgraph
) -> None:
    await ask(client_of(router()), authorization="Bearer a.b.c", cookie="a=b", **{"x-user-id": "usr_1"})

    assert {"authorization", "cookie", "x-user-id"}.isdisjoint(subgraph.headers)


async def test_a_subgraph_is_told_who_asks_in_a_token_for_it(
    router: Callable[..., Router], client_of: Client, subgraph: Subgraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPERGRAPH_INTERNAL_KEY", KEY)
    client = client_of(router(identity=IDENTITY))
    told = []

    for headers in ({}, {"authorization": f"Bearer {subgraph.issuer.token()}"}):
        assert (await ask(client, **headers)).status_code == 200
        token = subgraph.headers["authorization"].removeprefix("Bearer ")
        told.append(jwt.decode(token, KEY, ["HS256"], audience="local", issuer="router").get("sub"))

    assert told == [None, "usr_1"]


@pytest.mark.parametrize("changed", [{"exp": 1000}, {"aud": "another"}, {"iss": "another"}], ids=str)
async def test_a_token_that_does_not_hold_is_a_401_and_nothing_is_fetched(
    router: Callable[..., Router],
    client_of: Client,
    subgraph: Subgraph,
    monkeypatch: pytest.MonkeyPatch,
    changed: dict[str, Any],
) -> None:
    monkeypatch.setenv("SUPERGRAPH_INTERNAL_KEY", KEY)
    client = client_of(router(identity=IDENTITY))

    response = await ask(client, authorization=f"Bearer {subgraph.issuer.token(**changed)}")

    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert subgraph.headers == {}


@pytest.mark.parametrize(
    ("identity", "message"),
    [
        (IDENTITY, "set SUPERGRAPH_INTERNAL_KEY to a secret of 32 bytes or more"),
        (
            {"access_tokens": {**IDENTITY["access_tokens"], "key_set": {"subgraph": "users"}}},  # pyright: ignore[reportGeneralTypeIssues] - it is a mapping
            "identity.access_tokens.key_set.subgraph: the supergraph has no subgraph 'users'",
        ),
    ],
)
def test_a_configuration_that_cannot_work_is_refused_at_the_start(
    router: Callable[..., Router], identity: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message.replace(".", r"\.")):
        router(identity=identity)


async def test_other_origins_may_not_call(router: Callable[..., Router], client_of: Client) -> None:
    client = client_of(router())

    preflight = await client.options(
        "/graphql", headers={"origin": "https://evil.example", "access-control-request-method": "POST"}
    )
    answer = await ask(client, origin="https://evil.example")

    assert preflight.status_code == 405
    assert "access-control-allow-origin" not in answer.headers


async def test_an_origin_that_is_listed_may_call(router: Callable[..., Router], client_of: Client) -> None:
    client = client_of(router(cors={"origins": ["https://shop.example"]}))
    asked = {
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type, authorization",
    }

    for origin, allowed in (("https://shop.example", 200), ("https://evil.example", 400)):
        preflight = await client.options("/graphql", headers={"origin": origin, **asked})
        assert preflight.status_code == allowed
    assert (await ask(client, origin="https://shop.example")).headers[
        "access-control-allow-origin"
    ] == "https://shop.example"


async def test_a_body_over_the_configured_limit_is_refused(
    router: Callable[..., Router], client_of: Client
) -> None:
    body = b'{"query": "{ hello }"}'
    client = client_of(router(limits={"body_bytes": len(body)}))
    json = {"content-type": "application/json"}

    assert (await client.post("/graphql", content=body, headers=json)).status_code == 200
    assert (await client.post("/graphql", content=body + b" ", headers=json)).status_code == 413
