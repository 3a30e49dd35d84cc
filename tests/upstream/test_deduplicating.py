"""Identical reads in flight are one, and nobody can tell but by counting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from supergraph.upstream import (
    Member,
    Pool,
    PooledUpstream,
    SubgraphReply,
    SubgraphRequest,
    SubgraphTimeout,
    SubgraphUnreachable,
)
from tests.upstream.gated import Gated, settled, until

READ = SubgraphRequest("movies", b'{"query":"{a}"}', {"authorization": "ada"}, timeout=30)
WRITE = SubgraphRequest("users", b'{"query":"mutation{a}"}', repeatable=False)

Fetch = asyncio.Task[SubgraphReply]


class Shared:
    """An upstream that shares reads; the test gives the replies. What was begun is cancelled at the end."""

    def __init__(self) -> None:
        self.gated = Gated()
        pools = {name: Pool([Member("", self.gated)]) for name in ("movies", "users")}
        self.upstream = PooledUpstream(pools, flights={})
        self.begun: list[Fetch] = []

    async def begin(self, request: SubgraphRequest = READ) -> Fetch:
        fetch = asyncio.create_task(self.upstream.fetch(request))
        self.begun.append(fetch)
        await settled()
        return fetch

    async def aclose(self) -> None:
        for fetch in self.begun:
            fetch.cancel()
        await asyncio.gather(*self.begun, return_exceptions=True)


@pytest.fixture
async def shared() -> AsyncIterator[Shared]:
    async with aclosing(Shared()) as shared:
        yield shared


async def test_identical_reads_in_flight_are_sent_once_and_share_the_reply(shared: Shared) -> None:
    fetches = [await shared.begin() for _ in range(3)]
    shared.gated.reply(0, a=1)

    replies = await asyncio.gather(*fetches)

    assert len(shared.gated.sent) == 1
    assert replies[0] == SubgraphReply({"a": 1})
    assert all(reply is replies[0] for reply in replies)


@pytest.mark.parametrize(
    "other",
    [
        replace(READ, subgraph="users"),
        replace(READ, body=b'{"query":"{b}"}'),
        replace(READ, headers={"authorization": "clive"}),
        replace(READ, headers={}),
        replace(READ, headers={**READ.headers, "accept-language": "de"}),
    ],
    ids=["subgraph", "body", "identity", "nobody", "header"],
)
async def test_reads_that_differ_are_sent_each(shared: Shared, other: SubgraphRequest) -> None:
    await shared.begin(READ)
    await shared.begin(other)

    assert [(sent.subgraph, sent.body, sent.headers) for sent in shared.gated.sent] == [
        (request.subgraph, request.body, request.headers) for request in (READ, other)
    ]


async def test_identical_mutations_are_sent_each(shared: Shared) -> None:
    await shared.begin(WRITE)
    await shared.begin(WRITE)

    assert shared.gated.sent == [WRITE, WRITE]


async def test_a_read_after_a_reply_is_sent_again(shared: Shared) -> None:
    first = await shared.begin()
    shared.gated.reply(0)
    await first
    await shared.begin()

    assert len(shared.gated.sent) == 2


async def test_a_failure_is_everybodys_who_waits_and_nobodys_after(shared: Shared) -> None:
    fetches = [await shared.begin() for _ in range(2)]
    shared.gated.fail(0, SubgraphUnreachable("movies", "refused"))

    outcomes = await asyncio.gather(*fetches, return_exceptions=True)
    await shared.begin()

    assert [type(outcome) for outcome in outcomes] == [SubgraphUnreachable] * 2
    assert len(shared.gated.sent) == 2


async def test_a_waiter_that_is_cancelled_takes_nothing_from_the_others(shared: Shared) -> None:
    first, second = await shared.begin(), await shared.begin()
    first.cancel()
    await settled()
    shared.gated.reply(0, a=1)

    assert await second == SubgraphReply({"a": 1})
    assert first.cancelled()
    assert shared.gated.cancelled == []


async def test_the_flight_is_cancelled_with_its_last_waiter(shared: Shared) -> None:
    for fetch in (await shared.begin(), await shared.begin()):
        fetch.cancel()

    await until(lambda: shared.gated.cancelled == [0])


async def test_nobody_joins_a_flight_that_was_cancelled(shared: Shared) -> None:
    left = await shared.begin()
    left.cancel()
    await asyncio.wait({left})
    stays = await shared.begin()
    shared.gated.reply(1, a=1)

    assert await stays == SubgraphReply({"a": 1})


async def test_a_waiter_whose_time_is_over_leaves_alone(shared: Shared) -> None:
    patient = await shared.begin()
    hasty = await shared.begin(replace(READ, timeout=-1.0))

    with pytest.raises(SubgraphTimeout):
        await hasty
    shared.gated.reply(0, a=1)
    assert await patient == SubgraphReply({"a": 1})


async def test_who_has_much_more_time_than_a_flight_does_not_join_it(shared: Shared) -> None:
    await shared.begin(replace(READ, timeout=10))
    await shared.begin(replace(READ, timeout=25))

    assert [sent.timeout for sent in shared.gated.sent] == [10, 25]


async def test_a_flight_has_the_time_of_its_first_waiter(shared: Shared) -> None:
    fetches = [await shared.begin(replace(READ, timeout=time)) for time in (10, 15, None)]

    assert [sent.timeout for sent in shared.gated.sent] == [10, None]
    assert not any(fetch.done() for fetch in fetches)


async def test_a_read_does_not_join_one_sent_before_a_mutation_ended_elsewhere(shared: Shared) -> None:
    before = await shared.begin()
    write = await shared.begin(WRITE)
    during = await shared.begin()
    shared.gated.reply(1)
    await write
    after = await shared.begin()
    shared.gated.reply(2, a="new")
    shared.gated.reply(0, a="old")

    assert (await after).data == {"a": "new"}
    assert (await before).data == (await during).data == {"a": "old"}


async def test_a_read_joins_one_sent_after_the_mutation_ended(shared: Shared) -> None:
    await shared.begin()
    write = await shared.begin(WRITE)
    shared.gated.reply(1)
    await write
    await shared.begin()
    await shared.begin()

    assert len(shared.gated.sent) == 3


async def test_an_old_flight_that_lands_leaves_its_successor_to_be_joined(shared: Shared) -> None:
    await shared.begin()
    write = await shared.begin(WRITE)
    shared.gated.reply(1)
    await write
    await shared.begin()
    shared.gated.reply(0)
    await settled()
    await shared.begin()

    assert len(shared.gated.sent) == 3


@pytest.mark.parametrize("how", ["fails", "is cancelled"])
async def test_a_mutation_that_gives_no_reply_may_have_been_executed(shared: Shared, how: str) -> None:
    await shared.begin()
    write = await shared.begin(WRITE)
    if how == "fails":
        shared.gated.fail(1, SubgraphUnreachable("users", "broke"))
    else:
        write.cancel()
    await asyncio.wait({write})
    await shared.begin()

    assert len(shared.gated.sent) == 3


async def test_who_was_sent_an_event_does_not_read_what_was_before_it(shared: Shared) -> None:
    await shared.begin()
    async with aclosing(shared.upstream.subscribe(SubgraphRequest("movies", b"s"))) as events:
        shared.gated.events.put_nowait(SubgraphReply({"changed": 1}))
        assert await anext(events) == SubgraphReply({"changed": 1})
        await shared.begin()

    assert len(shared.gated.sent) == 2


Step = tuple[str, int]
ACTIONS = ["read", "read", "write", "answer", "leave"]
STEPS = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 3)), min_size=8, max_size=20)


@settings(max_examples=40, deadline=None)
@example([("read", 0), ("write", 0), ("answer", 1), ("read", 0)])
@given(STEPS)
def test_whatever_the_order_a_read_sees_every_write_that_ended_before_it_began(steps: list[Step]) -> None:
    asyncio.run(_interleaved(steps))


async def _interleaved(steps: list[Step]) -> None:
    history = _History()
    for action, which in steps:
        await history.take(action, which)
    await history.answer_all()
    for fetch, writes in history.began.items():
        if not fetch.cancelled():
            assert (fetch.result().data or {})["writes"] >= writes


class _History:
    """Fetches in an order. A request may be answered with what the subgraph held as it arrived, no older."""

    def __init__(self) -> None:
        self.shared = Shared()
        self.began: dict[Fetch, int] = {}
        self._writes = 0
        self._held: list[int] = []
        self._unanswered: list[int] = []

    async def take(self, action: str, which: int) -> None:
        if action == "read":
            self.began[await self.shared.begin()] = self._writes
        elif action == "write":
            await self.shared.begin(WRITE)
        elif action == "answer" and self._unanswered:
            self._answer(self._unanswered.pop(which % len(self._unanswered)))
        elif action == "leave" and self.shared.begun:
            self.shared.begun[which % len(self.shared.begun)].cancel()
        await settled()
        arrived = range(len(self._held), len(self.shared.gated.sent))
        self._held += [self._writes for _ in arrived]
        self._unanswered += arrived

    async def answer_all(self) -> None:
        for number in self._unanswered:
            self._answer(number)
        await asyncio.gather(*self.shared.begun, return_exceptions=True)

    def _answer(self, number: int) -> None:
        if number not in self.shared.gated.cancelled:
            self._writes += not self.shared.gated.sent[number].repeatable
            self.shared.gated.reply(number, writes=self._held[number])
