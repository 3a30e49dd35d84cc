"""What pages of other sites may do with the router, by CORS, by links, and by names of their own, on a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from supergraph.server.closing import Closing
from supergraph.server.graphql_transport_ws import SUBPROTOCOL
from supergraph.server.telemetry import serving_operators
from tests.server.test_attacks import Subgraph, router_before

Served = Callable[[ASGIApp, Closing], AbstractAsyncContextManager[str]]
Called = Callable[..., AbstractAsyncContextManager[httpx2.AsyncClient]]

QUERY = {"query": "{ hello }"}
SHOP, EVIL = "https://shop.example", "https://evil.example"
LISTED = {"origins": [SHOP], "headers": ["x-tenant"]}
HELLO = {"data": {"hello": "Hello"}}


@pytest.fixture
def subgraph() -> Subgraph:
    return Subgraph()


@pytest.fixture
def called(served: Served, subgraph: Subgraph) -> Called:
    """Serves a router that is configured so, and calls it."""

    @asynccontextmanager
    async def call(**values: Any) -> AsyncIterator[httpx2.AsyncClient]:
        router = router_before(subgraph, **values)
        async with (
            served(router, router.closing) as address,
            httpx2.AsyncClient(base_url=f"http://{address}", timeout=30) as client,
        ):
            yield client

    return call


async def preflight(
    client: httpx2.AsyncClient, origin: str, headers: str = "content-type"
) -> httpx2.Response:
    asking = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": headers,
    }
    return await client.request("OPTIONS", "/graphql", headers=asking)


async def test_by_default_no_page_of_another_origin_may_send_anything(called: Called) -> None:
    async with called() as client:
        response = await preflight(client, SHOP)

    assert response.status_code == 405
    assert not [name for name in response.headers if name.startswith("access-control-")]


async def test_a_listed_origin_may_ask_and_read(called: Called) -> None:
    async with called(cors=LISTED) as client:
        allowed = await preflight(
            client, SHOP, "authorization, content-type, x-tenant, apollo-require-preflight"
        )
        answered = await client.post("/graphql", json=QUERY, headers={"origin": SHOP})

    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == SHOP
    assert allowed.headers["access-control-allow-methods"] == "GET, POST"
    assert allowed.headers["access-control-max-age"] == "600"
    assert answered.json() == HELLO
    assert answered.headers["access-control-allow-origin"] == SHOP
    assert "retry-after" in answered.headers["access-control-expose-headers"]
    assert "origin" in answered.headers["vary"].lower()


@pytest.mark.parametrize(
    ("origin", "headers"), [(EVIL, "content-type"), ("http://shop.example", "content-type"), (SHOP, "x-role")]
)
async def test_another_origin_and_a_header_that_is_not_named_are_refused(
    called: Called, origin: str, headers: str
) -> None:
    async with called(cors=LISTED) as client:
        response = await preflight(client, origin, headers)

    assert response.status_code == 400


async def test_an_origin_that_is_not_listed_may_not_read(called: Called) -> None:
    async with called(cors=LISTED) as client:
        response = await client.post("/graphql", json=QUERY, headers={"origin": EVIL})

    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(("credentials", "told"), [(False, None), (True, "true")])
async def test_cookies_go_along_only_where_that_is_configured(
    called: Called, *, credentials: bool, told: str | None
) -> None:
    async with called(cors={**LISTED, "credentials": credentials}) as client:
        asked = await preflight(client, SHOP)
        answered = await client.post("/graphql", json=QUERY, headers={"origin": SHOP})

    assert asked.headers.get("access-control-allow-credentials") == told
    assert answered.headers.get("access-control-allow-credentials") == told


@pytest.mark.parametrize(
    ("values", "headers", "status"),
    [
        ({}, {}, 403),
        ({}, {"content-type": "text/plain"}, 403),
        ({}, {"apollo-require-preflight": "1"}, 200),
        ({}, {"content-type": "application/json"}, 200),
        ({"csrf_prevention": False}, {}, 200),
    ],
)
async def test_a_link_is_followed_only_with_a_header_that_no_page_can_send_unasked(
    called: Called, subgraph: Subgraph, values: dict[str, Any], headers: dict[str, str], status: int
) -> None:
    async with called(**values) as client:
        response = await client.get("/graphql", params=QUERY, headers=headers)

    assert response.status_code == status
    assert len(subgraph.asked) == (1 if status == 200 else 0)


INTROSPECTION = {"query": "{ __schema { queryType { name } } }"}


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        ({"introspection": True}, {"data": {"__schema": {"queryType": {"name": "Query"}}}}),
        ({"introspection": False}, None),
        ({}, None),
    ],
)
async def test_the_schema_is_told_only_where_introspection_is_on(
    called: Called, subgraph: Subgraph, values: dict[str, Any], answer: dict[str, Any] | None
) -> None:
    async with called(**values) as client:
        response = (await client.post("/graphql", json=INTROSPECTION)).json()

    if answer is None:
        assert {error["extensions"]["code"] for error in response["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}
        assert "data" not in response
    else:
        assert response == answer
    assert subgraph.asked == []


EVERYWHERE = "0.0.0.0"  # noqa: S104 - it is only configured so
REBOUND = "rebound.evil.example:4000"


async def test_a_page_whose_name_leads_to_this_machine_gets_nothing_of_a_router_on_loopback(
    called: Called, subgraph: Subgraph
) -> None:
    async with called(graphiql=True) as client:
        headers = {"host": REBOUND, "origin": f"http://{REBOUND}"}
        asked = await client.post("/graphql", json=QUERY, headers=headers)
        page = await client.get("/", headers=headers)
        planned = await client.post("/graphql/plan", json=QUERY, headers=headers)
        probed = await client.get("/health", headers=headers)

    assert [response.status_code for response in (asked, page, planned)] == [403] * 3
    assert asked.json()["errors"][0]["extensions"] == {"code": "HOST_NOT_ALLOWED"}
    assert "`allowed_hosts`" in asked.json()["errors"][0]["message"]
    assert probed.status_code == 200
    assert subgraph.asked == []


async def test_such_a_page_opens_no_websocket_either(called: Called) -> None:
    async with called() as client:
        address = client.base_url.netloc.decode()
        page = f"rebound.evil.example:{client.base_url.port}"
        with pytest.raises(InvalidStatus) as refused:
            async with connect(
                f"ws://{page}/graphql",
                host="127.0.0.1",
                port=client.base_url.port,
                origin=f"http://{page}",  # pyright: ignore[reportArgumentType] - a string by another name
                subprotocols=[Subprotocol(SUBPROTOCOL)],
            ):
                pytest.fail(f"{address} must not take it")

    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:4000", "127.0.0.1:4000", "127.1.2.3", "[::1]:4000", "shop.localhost"]
)
async def test_every_name_of_this_machine_is_good(called: Called, host: str) -> None:
    async with called() as client:
        assert (await client.post("/graphql", json=QUERY, headers={"host": host})).json() == HELLO


@pytest.mark.parametrize(
    ("values", "host", "status"),
    [
        ({"allowed_hosts": ["shop.example"]}, "Shop.Example:443", 200),
        ({"allowed_hosts": ["shop.example"]}, "shop.example.evil.example", 403),
        ({"allowed_hosts": ["shop.example"]}, "api.shop.example", 403),
        ({"allowed_hosts": ["*.shop.example"]}, "api.shop.example", 200),
        ({"allowed_hosts": ["*.shop.example"]}, "evilshop.example", 403),
        ({"allowed_hosts": ["shop.example"], "host": EVERYWHERE}, "evil.example", 403),
        ({"allowed_hosts": ["*"]}, "evil.example", 200),
        ({"host": EVERYWHERE}, "shop.example", 200),
        ({"trusted_proxies": ["127.0.0.1"]}, "shop.example", 200),
    ],
)
async def test_a_router_is_called_by_the_names_that_are_configured(
    called: Called, values: dict[str, Any], host: str, status: int
) -> None:
    async with called(**values) as client:
        response = await client.post("/graphql", json=QUERY, headers={"host": host})

    assert response.status_code == status


async def test_such_a_page_learns_nothing_from_what_is_for_operators(subgraph: Subgraph) -> None:
    router = router_before(subgraph, telemetry={"metrics": True, "port": 0})
    async with (
        serving_operators(router.configuration.telemetry, router.telemetry) as port,
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        by_page = await client.get("/metrics", headers={"host": REBOUND})
        by_operator = await client.get("/metrics")

    assert by_page.status_code == 403
    assert by_operator.status_code == 200
