"""Fields that not everybody may see, asked for over a real socket."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from supergraph.composition import SubgraphSource, compose, read
from supergraph.configuration import Configuration
from supergraph.server.closing import Closing
from supergraph.server.graphql_transport_ws import SUBPROTOCOL
from supergraph.server.router import create_router
from supergraph.upstream import Endpoint, FunctionTransport, TransportRequest, TransportResponse
from tests.server.test_identity import Issuer

Served = Callable[[ASGIApp, Closing], AbstractAsyncContextManager[str]]

SDL = """
extend schema @link(
  url: "https://specs.apollo.dev/federation/v2.9"
  import: ["@authenticated", "@requiresScopes", "@policy"]
)
type Query {
  open: String
  seen: String @authenticated
  stock: String @requiresScopes(scopes: [["stock:read"], ["admin"]])
  profits: String @policy(policies: [["reads_profits"]])
  shop: Shop
}
type Shop { name: String wages: String! @requiresScopes(scopes: [["wages:read"]]) }
"""
ALL = "{ open seen stock profits }"
CODE = "UNAUTHORIZED_FIELD_OR_TYPE"


class Subgraph:
    """Has a word for everything, issues tokens, and remembers what it was asked."""

    def __init__(self) -> None:
        self.issuer = Issuer()
        self.asked: list[str] = []

    async def __call__(self, request: TransportRequest) -> TransportResponse:
        if request.method == "GET":
            return TransportResponse(200, {}, await self.issuer.key_set())
        query = json.loads(request.body)["query"]
        self.asked.append(query)
        data: dict[str, Any] = {name: name for name in ("open", "seen", "stock", "profits") if name in query}
        if "shop" in query:
            data["shop"] = {"name": "Main", "wages": "low"}
        return TransportResponse(
            200, {"content-type": "application/json"}, json.dumps({"data": data}).encode()
        )


@pytest.fixture
def subgraph() -> Subgraph:
    return Subgraph()


Asking = Callable[..., AbstractAsyncContextManager[Callable[..., Any]]]


@pytest.fixture
def asking(subgraph: Subgraph, served: Served) -> Asking:
    """A router that treats what is unauthorized in this way, to be asked with these claims (none: anonymously)."""

    @asynccontextmanager
    async def on_socket(unauthorized: str = "withhold") -> AsyncIterator[Callable[..., Any]]:
        access = {
            "key_set": {"subgraph": "local"},
            "issuer": "users",
            "audience": "supergraph",
            "policies_claim": "policies",
        }
        values = {"identity": {"access_tokens": access, "unauthorized": unauthorized}}
        sdl = compose([SubgraphSource("local", "http://local/graphql", SDL)]).supergraph_sdl
        assert sdl is not None
        transport = FunctionTransport(subgraph)
        endpoints = {"local": Endpoint("http://local/graphql", transport)}
        router = create_router(Configuration.of(values), read(sdl), endpoints, transport)
        async with served(router, router.closing) as address, httpx2.AsyncClient() as client:

            async def ask(
                query: str, variables: Any = None, accept: str = "*/*", **claims: Any
            ) -> httpx2.Response:
                token = f"Bearer {subgraph.issuer.token(**claims)}"
                headers = {"accept": accept} | ({"authorization": token} if claims else {})
                body = {"query": query, "variables": variables}
                return await client.post(f"http://{address}/graphql", json=body, headers=headers)

            ask.address = address  # pyright: ignore[reportFunctionMemberAccess] - for those who speak otherwise
            yield ask

    return on_socket


@pytest.mark.parametrize(
    ("claims", "seen"),
    [
        pytest.param({}, ["open"], id="nobody"),
        pytest.param({"scope": ""}, ["open", "seen"], id="somebody"),
        pytest.param({"scope": "stock:read"}, ["open", "seen", "stock"], id="with a scope"),
        pytest.param({"scope": "admin"}, ["open", "seen", "stock"], id="with another that will do"),
        pytest.param({"scope": "stock:reads"}, ["open", "seen"], id="with a scope that begins alike"),
        pytest.param(
            {"scope": "", "policies": "reads_profits"}, ["open", "seen", "profits"], id="with a policy"
        ),
    ],
)
async def test_a_field_that_the_caller_may_not_see_is_null_with_a_code_and_never_fetched(
    asking: Asking, subgraph: Subgraph, claims: dict[str, Any], seen: list[str]
) -> None:
    async with asking() as ask:
        response = (await ask(ALL, **claims)).json()

    names = ["open", "seen", "stock", "profits"]
    assert response["data"] == {name: name if name in seen else None for name in names}
    assert [(error["path"], error["extensions"]["code"]) for error in response.get("errors", ())] == [
        ([name], CODE) for name in names if name not in seen
    ]
    assert not [name for name in names if name not in seen and name in subgraph.asked[0]]


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_where_it_is_so_configured_the_whole_request_is_refused_and_nothing_fetched(
    asking: Asking, subgraph: Subgraph, accept: str
) -> None:
    async with asking("refuse") as ask:
        response = await ask("{ open shop { name wages } stock }", accept=accept, scope="")

    assert response.status_code == 403
    assert "data" not in response.json()
    assert [error["message"] for error in response.json()["errors"]] == [
        "You are not authorized to see Shop.wages.",
        "You are not authorized to see Query.stock.",
    ]
    assert {error["extensions"]["code"] for error in response.json()["errors"]} == {CODE}
    assert subgraph.asked == []


async def test_a_request_is_not_refused_for_what_it_leaves_out(asking: Asking) -> None:
    query = "query ($staff: Boolean!) { open shop @include(if: $staff) { wages } }"
    async with asking("refuse") as ask:
        left_out = await ask(query, {"staff": False}, scope="")
        asked_for = await ask(query, {"staff": True}, scope="")
        allowed = await ask(query, {"staff": True}, scope="wages:read")

    assert left_out.json() == {"data": {"open": "open"}}
    assert asked_for.status_code == 403
    assert allowed.json() == {"data": {"open": "open", "shop": {"wages": "low"}}}


async def test_over_websocket_the_refusal_is_the_operations_error(asking: Asking, subgraph: Subgraph) -> None:
    async with (
        asking("refuse") as ask,
        connect(
            f"ws://{ask.address}/graphql",  # pyright: ignore[reportFunctionMemberAccess]
            subprotocols=[Subprotocol(SUBPROTOCOL)],
        ) as connection,
    ):
        await connection.send('{"type": "connection_init"}')
        await connection.recv()
        await connection.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": "{ seen }"}}))
        answer = json.loads(await connection.recv())

    assert (answer["type"], answer["payload"][0]["extensions"]["code"]) == ("error", CODE)
    assert subgraph.asked == []
