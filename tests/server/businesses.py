"""Subgraphs on real sockets, and a router in front of them: what tests of outages start from."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Protocol

import httpx2
from graphql import GraphQLSchema, build_schema, execute, parse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from supergraph.composition import SubgraphSource, compose, read
from supergraph.configuration import Configuration
from supergraph.model import Supergraph
from supergraph.server.endpoints import http_endpoints, outside
from supergraph.server.parts import Parts
from supergraph.server.router import Router, create_router
from supergraph.upstream import AsgiTransport, Endpoint
from tests.upstream.conftest import listening

LINK = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])
"""
DIRECTIVES = """
directive @key(fields: String!) repeatable on OBJECT
directive @shareable repeatable on OBJECT | FIELD_DEFINITION
scalar _Any
"""


class Application(Protocol):
    """A subgraph as an application, and its schema."""

    sdl: str
    app: Any


class Subgraph:
    """A subgraph whose root fields have fixed values, and `entities` fields by their type's name.

    `mode` is `well`, `failing` (status 503) or `silent` (it takes requests and never answers). Its errors carry the
    `code`, where there is one.
    """

    def __init__(
        self, sdl: str, root: Mapping[str, Any], entities: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        self.sdl = LINK + sdl
        self.mode = "well"
        self.code = ""
        self.asked: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
        self._root = dict(root)
        self._entities = entities or {}
        self._schema = _executable(sdl, self._entities)
        self.app = Starlette(
            routes=[
                Route("/graphql", self._answer, methods=["POST"]),
                Route("/health", self._health, methods=["GET"]),
            ]
        )

    async def _health(self, _request: Request) -> Response:
        return Response(status_code=200 if self.mode == "well" else 503)

    async def _answer(self, request: Request) -> Response:
        body = await request.json()
        self.asked.append(body)
        self.headers.append(dict(request.headers))
        if self.mode == "failing":
            return Response(status_code=503)
        if self.mode == "silent":
            await asyncio.wait_for(asyncio.Event().wait(), 20)
        return JSONResponse(self._execute(body))

    def _execute(self, body: dict[str, Any]) -> dict[str, Any]:
        def entities(_info: Any, representations: list[dict[str, Any]]) -> list[dict[str, Any]]:
            return [{**each, **self._entities[each["__typename"]]} for each in representations]

        root = {**self._root, "_entities": entities}
        result = execute(self._schema, parse(body["query"]), root, variable_values=body.get("variables"))
        assert not isinstance(result, asyncio.Future)
        for error in result.errors or ():  # pyright: ignore[reportAttributeAccessIssue]
            error.extensions = {"code": self.code} if self.code else {}
        return result.formatted  # pyright: ignore[reportAttributeAccessIssue, reportReturnType] - no resolver is asynchronous


def _executable(sdl: str, entities: Mapping[str, Any]) -> GraphQLSchema:
    text = DIRECTIVES + sdl
    if entities:
        text += f"union _Entity = {' | '.join(entities)}\n"
        text += "extend type Query { _entities(representations: [_Any!]!): [_Entity]! }"
    return build_schema(text)


def composed(subgraphs: Mapping[str, Application]) -> Supergraph:
    """The supergraph of these subgraphs."""
    sources = [SubgraphSource(name, "", subgraph.sdl) for name, subgraph in subgraphs.items()]
    sdl = compose(sources).supergraph_sdl
    assert sdl is not None
    return read(sdl)


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Business:
    """A router on a socket, and a client of it."""

    def __init__(self, router: Router, client: httpx2.AsyncClient) -> None:
        self.router = router
        self.client = client

    async def ask(self, query: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        response = await self.client.post("/graphql", json={"query": query}, headers=headers)
        return response.json()


Served = Callable[..., Any]


@asynccontextmanager
async def running(
    served: Served,
    subgraphs: Mapping[str, Application],
    *,
    dead: tuple[str, ...] = (),
    in_process: tuple[str, ...] = (),
    at: Mapping[str, dict[str, Any]] | None = None,
    **values: Any,
) -> AsyncIterator[Business]:
    """The subgraphs, but for the dead ones, and the router; `at` says how they are configured beside their URL.

    Those `in_process` are asked without a socket.
    """
    async with AsyncExitStack() as stack:
        where: dict[str, dict[str, Any]] = {}
        for name, subgraph in subgraphs.items():
            if name in dead:
                address = f"http://127.0.0.1:{free_port()}"
            else:
                address = await stack.enter_async_context(listening(subgraph.app))
            where[name] = {"url": f"{address}/graphql"}
        for name, configured in (at or {}).items():
            where[name] = {**where[name], **configured}
            if "urls" in configured:
                del where[name]["url"]
        configuration = Configuration.of({"subgraphs": where, **values})
        graph, parts = composed(subgraphs), Parts()
        endpoints = http_endpoints(configuration, graph, parts)
        for name in in_process:
            endpoints[name] = Endpoint(endpoints[name].url, AsgiTransport(subgraphs[name].app))
        router = create_router(configuration, graph, endpoints, outside(configuration, parts), parts=parts)
        address = await stack.enter_async_context(served(router, router.closing))
        limits = httpx2.Limits(max_connections=None)
        client = httpx2.AsyncClient(base_url=f"http://{address}", timeout=60, limits=limits)
        yield Business(router, await stack.enter_async_context(client))
        for part in parts.without(Parts()):
            if aclose := getattr(part, "aclose", None):
                await aclose()
