"""What is sent again, how often, and where to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from supergraph.upstream import (
    MalformedReply,
    Member,
    Pool,
    PooledUpstream,
    Retries,
    RetryBudget,
    SubgraphCircuitOpen,
    SubgraphError,
    SubgraphReply,
    SubgraphRequest,
    SubgraphStatus,
    SubgraphTimeout,
)
from tests.upstream.clock import Clock
from tests.upstream.scripted import WELL, Outcome, Scripted, asking, unreachable

READ = SubgraphRequest("movies", b'{"query":"{a}"}', timeout=10)


def saved(tokens: int = 1) -> Callable[[], RetryBudget]:
    def budget() -> RetryBudget:
        saved = RetryBudget()
        for _ in range(10 * tokens):
            saved.deposit()
        return saved

    return budget


def timed(script: Scripted, clock: Clock) -> PooledUpstream:
    pools = {"movies": Pool([Member("", script)])}
    return PooledUpstream(pools, retries=Retries(budget=saved()), clock=clock)


def then_well(outcome: Outcome) -> Scripted:
    outcomes = iter([outcome])
    return Scripted(lambda: next(outcomes, WELL))


@pytest.mark.parametrize(
    "error",
    [
        unreachable(),
        SubgraphTimeout("movies", 2),
        *(SubgraphStatus("movies", each) for each in (502, 503, 504)),
    ],
    ids=repr,
)
async def test_a_query_that_failed_is_sent_again(error: SubgraphError) -> None:
    script = then_well(error)

    assert await asking(script, retries=Retries(budget=saved())).fetch(READ) == WELL
    assert len(script.asked) == 2


@pytest.mark.parametrize(
    "error",
    [
        SubgraphStatus("movies", 400),
        SubgraphStatus("movies", 429),
        SubgraphStatus("movies", 500),
        MalformedReply("movies", "is HTML"),
        SubgraphCircuitOpen("movies", "open"),
    ],
    ids=repr,
)
async def test_what_another_try_does_not_mend_is_not_sent_again(error: SubgraphError) -> None:
    script = then_well(error)
    with pytest.raises(type(error)):
        await asking(script, retries=Retries(budget=saved())).fetch(READ)

    assert len(script.asked) == 1


async def test_a_mutation_is_sent_once() -> None:
    script = then_well(unreachable())
    with pytest.raises(SubgraphError):
        await asking(script, retries=Retries(budget=saved())).fetch(replace(READ, repeatable=False))

    assert len(script.asked) == 1


async def test_a_retry_has_the_time_that_is_left() -> None:
    clock = Clock()
    script = Scripted()

    def late() -> Outcome:
        clock.now += 7
        return unreachable() if len(script.asked) == 1 else WELL

    script.outcome = late
    await timed(script, clock).fetch(READ)

    assert [request.timeout for request in script.asked] == [10, 3]


async def test_without_time_left_nothing_is_sent_again() -> None:
    clock = Clock()

    def late() -> Outcome:
        clock.now += 9.99
        return unreachable()

    script = Scripted(late)
    with pytest.raises(SubgraphError):
        await timed(script, clock).fetch(READ)

    assert len(script.asked) == 1


async def test_a_retry_goes_to_another_endpoint() -> None:
    bad, good = Scripted(unreachable), Scripted()
    pool = Pool([Member("a", bad), Member("b", good)], lambda members, count: members[:count])
    upstream = PooledUpstream({"movies": pool}, retries=Retries(budget=saved()))

    assert await upstream.fetch(READ) == WELL
    assert (len(bad.asked), len(good.asked)) == (1, 1)


@pytest.mark.parametrize("attempts", [2, 5])
async def test_where_everything_fails_a_subgraph_is_sent_a_tenth_more_and_no_more(attempts: int) -> None:
    script = Scripted(unreachable)
    upstream = asking(script, retries=Retries(attempts))
    for _ in range(1_000):
        with pytest.raises(SubgraphError):
            await upstream.fetch(READ)

    assert len(script.asked) == 1_100


async def test_what_was_saved_in_good_times_is_limited() -> None:
    script = Scripted()
    upstream = asking(script, retries=Retries())
    for _ in range(1_000):
        await upstream.fetch(READ)
    script.outcome = unreachable
    script.asked.clear()
    for _ in range(100):
        with pytest.raises(SubgraphError):
            await upstream.fetch(READ)

    # 10 were saved, so the first of 100 requests adds nothing; the others earn 9 more.
    assert len(script.asked) == 100 + 10 + 9


async def test_one_subgraphs_budget_is_not_spent_by_another() -> None:
    script = Scripted(unreachable)
    upstream = asking(script, "movies", "users", retries=Retries(budget=saved()))
    for subgraph in ("movies", "users"):
        with pytest.raises(SubgraphError):
            await upstream.fetch(replace(READ, subgraph=subgraph))

    assert [request.subgraph for request in script.asked] == ["movies", "movies", "users", "users"]


async def test_a_subscription_is_sent_once() -> None:
    script = Scripted()

    assert [reply async for reply in asking(script, retries=Retries()).subscribe(READ)] == [
        SubgraphReply({"a": 1})
    ]
    assert len(script.asked) == 1
