"""What a fetch costs on its way, and what becomes of those who wait."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from types import FrameType

import pytest

from supergraph.upstream import (
    DirectUpstream,
    Endpoint,
    EndpointChannel,
    HttpTransport,
    Member,
    Pool,
    PooledUpstream,
    Retries,
    RetryBudget,
    SubgraphReply,
    SubgraphRequest,
    SubgraphTimeout,
    SubgraphUnreachable,
    Turns,
)
from supergraph.upstream.deadlines import SLOTS_PER_S
from tests.upstream.gated import Gated, settled
from tests.upstream.http_server import OK, Server, serving

REPLY = OK.replace(b"content-length: 2\r\n\r\n{}", b'content-length: 16\r\n\r\n{"data":{"a":1}}')
READ = SubgraphRequest("movies", b'{"query":"{a}"}', {"authorization": "ada"}, timeout=30)
WRITE = replace(READ, body=b'{"query":"mutation{a}"}', repeatable=False)


@asynccontextmanager
async def asking(server: Server, *, turns: Turns | None = None) -> AsyncIterator[PooledUpstream]:
    """Asks this server over HTTP, with all that the router has on the way."""
    async with serving(server) as url, HttpTransport() as transport:
        endpoint = Endpoint(url, transport, timeout=10, turns=turns, timeout_header="x-time")
        pools = {"movies": Pool([Member(url, EndpointChannel(endpoint))])}
        yield PooledUpstream(pools, retries=Retries(), flights={})


async def test_fetches_over_a_kept_connection_make_no_tasks_and_share_the_timers_of_their_slots(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server, made = Server(REPLY), list[str]()
    loop = asyncio.get_running_loop()

    def counted(name: str) -> None:
        usual = getattr(loop, name)

        def count(*args: object, **kwargs: object) -> object:
            made.append(name)
            return usual(*args, **kwargs)

        monkeypatch.setattr(loop, name, count)

    async with asking(server, turns=Turns(10)) as upstream:
        await upstream.fetch(READ)
        counted("create_task")
        counted("call_at")
        began = time.monotonic()
        for _ in range(50):
            await upstream.fetch(READ)
        slots = int((time.monotonic() - began) * SLOTS_PER_S) + 2
        monkeypatch.undo()

    assert "create_task" not in made
    assert made.count("call_at") <= slots
    assert (server.connections, len(server.requests)) == (1, 51)


async def test_a_fetch_over_a_kept_connection_takes_few_calls() -> None:
    calls = Counter[str]()

    def count(frame: FrameType, event: str, _given: object) -> None:
        if event == "call" and "/supergraph/upstream/" in frame.f_code.co_filename:
            calls[frame.f_code.co_qualname] += 1

    async with asking(Server(REPLY), turns=Turns(10)) as upstream:
        await upstream.fetch(READ)
        sys.setprofile(count)
        try:
            await upstream.fetch(READ)
        finally:
            sys.setprofile(None)

    assert sum(calls.values()) <= 54, calls
    assert max(calls.values()) <= 2


async def test_a_fetch_leaves_nothing_that_only_the_garbage_collector_would_free() -> None:
    async with asking(Server(REPLY), turns=Turns(10)) as upstream:
        await upstream.fetch(READ)
        gc.collect()
        gc.disable()
        try:
            for _ in range(20):
                await upstream.fetch(READ)
            freed = gc.collect()
        finally:
            gc.enable()

    assert freed < 20


@pytest.mark.parametrize("turns", [None, Turns(1)], ids=["unbounded", "one at a time"])
async def test_fetches_over_kept_connections_end_one_and_all(turns: Turns | None) -> None:
    server = Server(REPLY)
    async with asking(server, turns=turns) as upstream:
        for _ in range(3):
            reads = [replace(READ, body=b'{"query":"{a%d}"}' % number) for number in range(20)]
            replies = await asyncio.gather(*map(upstream.fetch, reads))
            assert [reply.data for reply in replies] == [{"a": 1}] * 20
    assert server.connections == (1 if turns else 20)


async def test_a_reply_in_many_packets_is_one_reply() -> None:
    server = Server(*(REPLY[index : index + 1] for index in range(len(REPLY))))
    async with asking(server) as upstream:
        for _ in range(2):
            assert (await upstream.fetch(READ)).data == {"a": 1}
    assert server.connections == 1


async def test_a_mutation_does_not_go_over_a_connection_that_the_server_has_closed() -> None:
    server = Server(REPLY, closes=True)
    async with asking(server) as upstream:
        for _ in range(3):
            assert (await upstream.fetch(WRITE)).data == {"a": 1}
            await server.ended.wait()
            server.ended.clear()
    assert (server.connections, len(server.requests)) == (3, 3)


async def test_a_mutation_whose_connection_breaks_is_sent_once() -> None:
    server = Server(closes=True)
    async with asking(server) as upstream:
        with pytest.raises(SubgraphUnreachable):
            await upstream.fetch(WRITE)
    assert len(server.requests) == 1


async def test_a_fetch_whose_time_is_over_takes_its_connection_along_and_gives_its_turn() -> None:
    server = Server()
    async with asking(server, turns=Turns(1)) as upstream, asyncio.timeout(10):
        with pytest.raises(SubgraphTimeout) as raised:
            await upstream.fetch(replace(READ, timeout=0.05))
        await server.ended.wait()
        server.pieces = (REPLY,)
        assert (await upstream.fetch(READ)).data == {"a": 1}
    assert raised.value.seconds == 0.05


async def test_without_time_left_nothing_is_sent() -> None:
    server = Server(REPLY)
    async with asking(server) as upstream:
        with pytest.raises(SubgraphTimeout):
            await upstream.fetch(replace(READ, timeout=-1.0))
    assert not server.requests


async def test_the_last_who_waits_takes_the_connection_along() -> None:
    server = Server()
    async with asking(server) as upstream, asyncio.timeout(10):
        fetches = [asyncio.create_task(upstream.fetch(READ)) for _ in range(3)]
        while not server.requests:  # noqa: ASYNC110 - the server is in this loop too
            await asyncio.sleep(0)
        for fetch in fetches:
            fetch.cancel()
        await server.ended.wait()
    assert len(server.requests) == 1


async def test_a_header_that_cannot_be_sent_fails_its_request_alone() -> None:
    server = Server(REPLY)
    async with asking(server, turns=Turns(1)) as upstream:
        with pytest.raises(SubgraphUnreachable, match="cannot be sent"):
            await upstream.fetch(replace(READ, headers={"x": "1\r\ny: 2"}))
        assert (await upstream.fetch(READ)).data == {"a": 1}
    assert len(server.requests) == 1


async def test_a_request_that_cannot_be_written_is_joined_by_nobody_and_leaves_no_trace() -> None:
    server = Server(REPLY)
    async with asking(server, turns=Turns(1)) as upstream:
        unwritable = replace(READ, headers={"x": 1})  # pyright: ignore[reportArgumentType] - a fault of our own
        for _ in range(2):
            with pytest.raises(TypeError):
                await asyncio.wait_for(upstream.fetch(unwritable), 10)
        assert (await upstream.fetch(READ)).data == {"a": 1}


def shared(gated: Gated) -> PooledUpstream:
    def budget() -> RetryBudget:
        saved = RetryBudget(share=1.0)
        saved.deposit()
        return saved

    return PooledUpstream({"movies": Pool([Member("", gated)])}, retries=Retries(budget=budget), flights={})


async def test_a_failure_while_several_wait_is_sent_again_once_for_all() -> None:
    gated = Gated()
    upstream = shared(gated)
    fetches = [asyncio.create_task(upstream.fetch(READ)) for _ in range(3)]
    await settled()
    gated.fail(0, SubgraphUnreachable("movies", "refused"))
    await settled()
    assert len(gated.sent) == 2
    assert (gated.sent[0].avoid, gated.sent[1].avoid) == (frozenset(), frozenset({""}))
    gated.reply(1, a=1)

    assert [await fetch for fetch in fetches] == [SubgraphReply({"a": 1})] * 3


async def test_a_failure_that_many_are_told_keeps_nothing_of_them() -> None:
    server = Server(b"no HTTP\r\n\r\n")
    async with asking(server) as upstream:
        told = await asyncio.gather(*(upstream.fetch(READ) for _ in range(5)), return_exceptions=True)
    (error,) = {id(each): each for each in told}.values()
    assert isinstance(error, SubgraphUnreachable)
    depth, traceback = 0, error.__traceback__
    while traceback is not None:
        depth, traceback = depth + 1, traceback.tb_next
    assert depth <= 3


async def test_who_comes_while_a_query_is_sent_again_joins_it() -> None:
    gated = Gated()
    upstream = shared(gated)
    first = asyncio.create_task(upstream.fetch(READ))
    await settled()
    gated.fail(0, SubgraphUnreachable("movies", "refused"))
    second = asyncio.create_task(upstream.fetch(READ))
    await settled()
    gated.reply(1, a=1)

    assert await first is await second
    assert len(gated.sent) == 2


async def test_the_first_may_be_cancelled_while_its_query_is_sent_again() -> None:
    gated = Gated()
    upstream = shared(gated)
    first, second = (asyncio.create_task(upstream.fetch(READ)) for _ in range(2))
    await settled()
    first.cancel()
    gated.fail(0, SubgraphUnreachable("movies", "refused"))
    await settled()
    gated.reply(1, a=1)

    assert (await second).data == {"a": 1}
    assert first.cancelled()
    assert gated.cancelled == []


async def test_a_fault_of_our_own_is_raised_as_it_is() -> None:
    gated = Gated()
    fetch = asyncio.create_task(shared(gated).fetch(READ))
    await settled()
    gated.fail(0, LookupError("a bug"))

    with pytest.raises(LookupError, match="a bug"):
        await fetch


async def test_an_unknown_subgraph_is_unreachable() -> None:
    with pytest.raises(SubgraphUnreachable, match="no endpoint is configured"):
        await DirectUpstream({}).fetch(READ)
