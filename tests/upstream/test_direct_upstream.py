"""From a GraphQL request to a reply, or to the error that says why there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from supergraph.upstream import (
    DirectUpstream,
    Endpoint,
    FunctionTransport,
    MalformedReply,
    ReplyTooLarge,
    SubgraphError,
    SubgraphReply,
    SubgraphRequest,
    SubgraphStatus,
    SubgraphTimeout,
    SubgraphUnreachable,
    Transport,
    TransportError,
    TransportRequest,
    TransportResponse,
)

REQUEST = SubgraphRequest("movies", b'{"query":"{a}"}', {"authorization": "router"})


def upstream(
    body: bytes = b'{"data":{"a":1}}',
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    limit: int = 1_000,
) -> DirectUpstream:
    async def answer(_request: TransportRequest) -> TransportResponse:
        return TransportResponse(status, headers or {}, body)

    return DirectUpstream({"movies": Endpoint("http://movies", FunctionTransport(answer), limit=limit)})


async def test_a_reply_is_data_errors_and_extensions() -> None:
    body = b'{"data":{"a":null},"errors":[{"message":"no"}],"extensions":{"cost":1}}'
    reply = await upstream(body).fetch(REQUEST)
    assert reply == SubgraphReply({"a": None}, [{"message": "no"}], {"cost": 1})


async def test_a_request_has_the_headers_of_graphql_over_http_the_endpoints_and_its_own() -> None:
    seen: list[TransportRequest] = []

    async def answer(request: TransportRequest) -> TransportResponse:
        seen.append(request)
        return TransportResponse(200, {}, b'{"data":{}}')

    endpoint = Endpoint("http://movies/graphql", FunctionTransport(answer), headers={"x-zone": "a"})
    await DirectUpstream({"movies": endpoint}).fetch(REQUEST)
    assert (seen[0].method, seen[0].url, seen[0].body) == ("POST", endpoint.url, REQUEST.body)
    assert seen[0].headers == {
        "content-type": "application/json",
        "accept": "application/graphql-response+json, application/json;q=0.9",
        "x-zone": "a",
        "authorization": "router",
    }


@pytest.mark.parametrize(
    ("left", "repeatable", "told"), [(2.5, True, "2500"), (None, True, "30000"), (2.5, False, None)]
)
async def test_a_subgraph_is_told_how_long_a_query_may_take(
    left: float | None, repeatable: bool, told: str | None
) -> None:
    seen: list[TransportRequest] = []

    async def answer(request: TransportRequest) -> TransportResponse:
        seen.append(request)
        return TransportResponse(200, {}, b'{"data":{}}')

    endpoint = Endpoint("http://movies", FunctionTransport(answer), timeout_header="x-time")
    request = SubgraphRequest("movies", b"", {"x-time": "from a client"}, repeatable, left)
    await DirectUpstream({"movies": endpoint}).fetch(request)
    assert seen[0].headers["x-time"] == (told or "from a client")


async def test_an_unknown_subgraph_is_unreachable() -> None:
    with pytest.raises(SubgraphUnreachable, match="no endpoint is configured"):
        await DirectUpstream({}).fetch(REQUEST)


async def test_a_transport_error_names_the_subgraph() -> None:
    async def answer(_request: TransportRequest) -> TransportResponse:
        raise TransportError("refused")

    with pytest.raises(SubgraphUnreachable, match="movies: refused") as raised:
        await DirectUpstream({"movies": Endpoint("", FunctionTransport(answer))}).fetch(REQUEST)
    assert raised.value.code == "SUBREQUEST_HTTP_ERROR"


@pytest.mark.parametrize(("granted", "left"), [(0.01, None), (30.0, 0.01), (30.0, -1.0)])
async def test_a_late_reply_is_a_timeout(granted: float, left: float | None) -> None:
    async def answer(_request: TransportRequest) -> TransportResponse:
        await asyncio.sleep(30)
        raise AssertionError

    slow = DirectUpstream({"movies": Endpoint("", FunctionTransport(answer), timeout=granted)})
    with pytest.raises(SubgraphTimeout) as raised:
        await slow.fetch(SubgraphRequest("movies", b"", timeout=left))
    assert raised.value.code == "SUBGRAPH_REQUEST_TIMEOUT"


async def test_a_status_that_is_no_success_is_an_error() -> None:
    with pytest.raises(SubgraphStatus, match="503") as raised:
        await upstream(b"try later", status=503).fetch(REQUEST)
    assert (raised.value.status, raised.value.code) == (503, "SUBREQUEST_HTTP_ERROR")


async def test_data_under_a_status_that_is_no_success_is_not_believed() -> None:
    with pytest.raises(SubgraphStatus):
        await upstream(status=500).fetch(REQUEST)


async def test_graphql_errors_say_more_than_their_status() -> None:
    reply = await upstream(b'{"errors":[{"message":"no"}]}', status=400).fetch(REQUEST)
    assert reply == SubgraphReply(None, [{"message": "no"}])


MALFORMED = [
    b"",
    b"<html>",
    b"[]",
    b"{}",
    b'{"data":1}',
    b'{"data":null}',
    b'{"data":null,"errors":[]}',
    b'{"data":{},"errors":{}}',
    b'{"data":{},"errors":[1]}',
    b'{"data":{},"errors":[{"message":1}]}',
]


@pytest.mark.parametrize("body", MALFORMED)
async def test_a_body_that_is_no_graphql_reply_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedReply) as raised:
        await upstream(body).fetch(REQUEST)
    assert raised.value.code == "SUBREQUEST_MALFORMED_RESPONSE"


async def test_a_body_beyond_the_endpoints_limit_is_too_large() -> None:
    with pytest.raises(ReplyTooLarge, match="more than 5 bytes"):
        await upstream(limit=5).fetch(REQUEST)


EVENTS = {"content-type": "text/event-stream; charset=utf-8"}
NEXT = b'event: next\ndata: {"data":{"n":1}}\n\n'
COMPLETE = b"event: complete\ndata:\n\n"


async def replies(upstream: DirectUpstream) -> list[SubgraphReply]:
    return [reply async for reply in upstream.subscribe(REQUEST)]


async def test_each_event_is_a_reply_until_the_stream_is_complete() -> None:
    stream = b": ping\n\n" + NEXT + NEXT + COMPLETE + NEXT
    assert await replies(upstream(stream, headers=EVENTS)) == [SubgraphReply({"n": 1})] * 2


async def test_a_refused_subscription_is_one_reply_with_errors() -> None:
    refused = upstream(b'{"errors":[{"message":"no"}]}', headers={"content-type": "application/json"})
    assert await replies(refused) == [SubgraphReply(None, [{"message": "no"}])]


async def test_a_stream_that_breaks_off_is_an_error_after_what_came() -> None:
    stream = upstream(NEXT, headers=EVENTS).subscribe(REQUEST)
    assert await anext(stream) == SubgraphReply({"n": 1})
    with pytest.raises(MalformedReply, match="without `complete`"):
        await anext(stream)


async def test_an_event_beyond_the_limit_is_too_large() -> None:
    with pytest.raises(ReplyTooLarge):
        await replies(upstream(NEXT, headers=EVENTS, limit=10))


async def test_events_come_through_each_transport(reached: tuple[Transport, str]) -> None:
    transport, url = reached
    events = DirectUpstream({"movies": Endpoint(f"{url}/events", transport)})
    assert await replies(events) == [SubgraphReply({"n": 1}), SubgraphReply({"n": 2})]


async def test_every_error_has_a_code_that_clients_may_see() -> None:
    def below(error: type[SubgraphError]) -> set[type[SubgraphError]]:
        return {error, *(each for child in error.__subclasses__() for each in below(child))}

    assert {error.code for error in below(SubgraphError)} == {
        "SUBREQUEST_HTTP_ERROR",
        "SUBGRAPH_REQUEST_TIMEOUT",
        "SUBREQUEST_MALFORMED_RESPONSE",
        "SUBGRAPH_CIRCUIT_BREAKER_REJECTED",
    }
