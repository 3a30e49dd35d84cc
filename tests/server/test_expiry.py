"""A stream ends with the access token that opened it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager

import httpx2
import pytest
from starlette.types import ASGIApp
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from supergraph.execution import Caller
from supergraph.server.callers import Callers
from supergraph.server.closing import Closing
from supergraph.server.graphql_over_http import GraphQLOverHttp, HttpOptions
from supergraph.server.graphql_transport_ws import SUBPROTOCOL, GraphQLTransportWs
from supergraph.server.operations import Operations
from tests.server.local_upstream import LocalUpstream, until

Served = Callable[[ASGIApp, Closing], AbstractAsyncContextManager[str]]
ENDLESS = {"query": "subscription { numbers(to: 0) }"}


class ShortLived(Callers):
    """Everybody's token ends soon."""

    def __init__(self) -> None:
        super().__init__(None, None)

    def stranger(self, address: str | None) -> Caller | None:  # noqa: ARG002 - as its base has it
        return None

    async def caller(
        self,
        authorization: bytes | None,  # noqa: ARG002 - as its base has it
        address: str | None = None,  # noqa: ARG002
        headers: Iterable[tuple[bytes, bytes]] = (),  # noqa: ARG002
    ) -> Caller:
        return Caller(expires_at=time.time() + 0.2)


@pytest.mark.parametrize("accept", ["text/event-stream", "multipart/mixed;subscriptionSpec=1.0"])
async def test_a_stream_ends_without_completion_so_that_its_client_comes_with_a_new_token(
    operations: Operations, upstream: LocalUpstream, served: Served, accept: str
) -> None:
    app = GraphQLOverHttp(operations, ShortLived(), Closing(), HttpOptions())
    async with served(app, Closing()) as address, httpx2.AsyncClient() as client:
        headers = {"accept": accept}
        response = await client.post(f"http://{address}/graphql", json=ENDLESS, headers=headers)

    assert response.status_code == 200
    assert response.headers["content-type"].startswith(accept.partition(";")[0])
    assert "complete" not in response.text
    assert not response.text.endswith("--\r\n")
    await until(lambda: upstream.subscribed == 0)


async def test_a_connection_is_closed_with_a_code_upon_which_clients_connect_again(
    operations: Operations, upstream: LocalUpstream, served: Served
) -> None:
    app = GraphQLTransportWs(operations, ShortLived(), Closing(), origins=())
    async with (
        served(app, Closing()) as address,
        connect(f"ws://{address}/graphql", subprotocols=[Subprotocol(SUBPROTOCOL)]) as connection,
    ):
        await connection.send(json.dumps({"type": "connection_init"}))
        await connection.recv()
        await connection.send(json.dumps({"id": "1", "type": "subscribe", "payload": ENDLESS}))
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(connection.recv(), 5)

    assert connection.close_code == 4403
    await until(lambda: upstream.subscribed == 0)
