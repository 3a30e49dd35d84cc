"""Compressed bodies between router and subgraph, over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import orjson
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from supergraph.upstream import (
    Codings,
    DirectUpstream,
    Endpoint,
    HttpTransport,
    ReplyTooLarge,
    SubgraphReply,
    SubgraphRequest,
    SubgraphUnreachable,
)
from supergraph.upstream.codings import ENCODERS, decode

ALL = ("zstd", "br", "gzip")


async def echo(request: Request) -> Response:
    """Says what came, and in which coding; answers in the first coding that is accepted."""
    body, coding = await request.body(), request.headers.get("content-encoding", "")
    query = orjson.loads(decode(coding, body, 10_000_000) if coding else body)["query"]
    accepted = request.headers["accept-encoding"].split(", ")[0]
    reply = orjson.dumps({"data": {"length": len(query), "sent": coding, "accepted": accepted}})
    if accepted in ENCODERS:
        return Response(ENCODERS[accepted](reply), headers={"content-encoding": accepted})
    return Response(reply)


async def bomb(request: Request) -> Response:
    coding = request.headers["accept-encoding"].split(", ")[0]
    return Response(ENCODERS[coding](bytes(50_000_000)), headers={"content-encoding": coding})


async def strange(_request: Request) -> Response:
    return Response(b"{}", headers={"content-encoding": "rot13"})


async def events(request: Request) -> Response:
    coding = request.headers["accept-encoding"].split(", ")[0]
    stream = b'event: next\ndata: {"data":{"n":1}}\n\nevent: complete\ndata:\n\n'

    async def pieces() -> AsyncIterator[bytes]:
        encoded = ENCODERS[coding](stream)
        for at in range(0, len(encoded), 7):
            yield encoded[at : at + 7]

    return StreamingResponse(pieces(), media_type="text/event-stream", headers={"content-encoding": coding})


@pytest.fixture
def app() -> Starlette:
    handlers = (echo, bomb, strange, events)
    app = Starlette(routes=[Route(f"/{each.__name__}", each, methods=["POST"]) for each in handlers])
    app.state.ended = asyncio.Event()
    return app


@pytest.fixture
async def over_http(http_address: str) -> AsyncIterator[tuple[HttpTransport, str]]:
    async with HttpTransport() as transport:
        yield transport, http_address


def request(length: int = 10) -> SubgraphRequest:
    return SubgraphRequest("movies", orjson.dumps({"query": "x" * length}))


Http = tuple[HttpTransport, str]


def upstream(
    over_http: Http, path: str, *accepted: str, sent: str = "", limit: int = 1_000_000
) -> DirectUpstream:
    transport, address = over_http
    codings = Codings(accepted, sent, smallest=100)
    endpoint = Endpoint(f"{address}/{path}", transport, limit=limit, codings=codings)
    return DirectUpstream({"movies": endpoint})


@pytest.mark.parametrize("coding", ALL)
async def test_a_reply_is_read_in_each_coding(over_http: Http, coding: str) -> None:
    reply = await upstream(over_http, "echo", coding).fetch(request())
    assert reply.data == {"length": 10, "sent": "", "accepted": coding}
    assert "content-encoding" not in reply.headers


async def test_no_coding_is_asked_for_where_none_is_accepted(over_http: Http) -> None:
    reply = await upstream(over_http, "echo").fetch(request())
    assert reply.data == {"length": 10, "sent": "", "accepted": "identity"}


@pytest.mark.parametrize(("length", "coding"), [(10, ""), (100, "gzip")])
async def test_large_requests_are_sent_in_the_configured_coding(
    over_http: Http, length: int, coding: str
) -> None:
    reply = await upstream(over_http, "echo", sent="gzip").fetch(request(length))
    assert reply.data == {"length": length, "sent": coding, "accepted": "identity"}


@pytest.mark.parametrize("coding", ALL)
async def test_a_bomb_is_a_reply_that_is_too_large(over_http: Http, coding: str) -> None:
    with pytest.raises(ReplyTooLarge):
        await upstream(over_http, "bomb", coding).fetch(request())


async def test_a_coding_that_was_not_asked_for_is_refused(over_http: Http) -> None:
    with pytest.raises(SubgraphUnreachable, match="rot13"):
        await upstream(over_http, "strange", "gzip").fetch(request())


@pytest.mark.parametrize("coding", ALL)
async def test_events_are_read_in_each_coding(over_http: Http, coding: str) -> None:
    replies = upstream(over_http, "events", coding).subscribe(request())
    assert [reply async for reply in replies] == [SubgraphReply({"n": 1})]
