"""The HTTP application around a subgraph's schema: gate, GraphQL, probe."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.requests import HTTPConnection
from strawberry.fastapi import BaseContext, GraphQLRouter
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL

from subgraphs.common.caller import ANONYMOUS, Caller
from subgraphs.common.deadline import Deadline
from subgraphs.common.federation import SubgraphSchema
from subgraphs.common.gate import Gate, TokenReader
from subgraphs.common.ordinary_requests import OrdinaryRequests
from subgraphs.common.tracing import TracedRequests, Tracing

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
OPEN_PATHS = frozenset({"/health"})


def create_app(
    schema: SubgraphSchema,
    context: Callable[[Caller], BaseContext],
    lifespan: Lifespan,
    reader: TokenReader,
    tracing: Tracing,
    open_paths: frozenset[str] = frozenset(),
) -> FastAPI:
    """A subgraph's application: GraphQL at `/graphql` behind the gate, `GET /health` before it.

    `context` makes the context of one request from its caller; `lifespan` opens and closes the stores.
    """

    @asynccontextmanager
    async def traced_lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with lifespan(app):
            yield
        await tracing.close()

    app = FastAPI(lifespan=traced_lifespan, openapi_url=None, docs_url=None, redoc_url=None)

    async def request_context(connection: HTTPConnection) -> BaseContext:
        return context(connection.scope.get("caller", ANONYMOUS))

    graphql: GraphQLRouter[Any, None] = GraphQLRouter(
        schema,
        graphql_ide=None,
        allow_queries_via_get=False,
        context_getter=request_context,
        subscription_protocols=(GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL),
    )
    app.include_router(graphql, prefix="/graphql")

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    app.add_middleware(OrdinaryRequests, schema=schema, context=context)
    app.add_middleware(Deadline)
    app.add_middleware(Gate, reader=reader, open_paths=OPEN_PATHS | open_paths)
    app.add_middleware(TracedRequests, tracing=tracing)
    return app
