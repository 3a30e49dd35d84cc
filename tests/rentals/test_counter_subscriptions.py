"""Watching the counter: what changes is seen, across processes, and nobody sees another's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from subgraphs.common.caller import ANONYMOUS, Caller
from subgraphs.common.database import Database
from subgraphs.rentals.events import BALANCE_CHANGED, tell_availability
from subgraphs.rentals.feed import Feed
from subgraphs.rentals.models import Outbox
from subgraphs.rentals.schema import schema
from subgraphs.rentals.service.transitions import tell_transitions
from tests.rentals.conftest import ADA, ALIEN, BAMBI, BEN, CLUE, Desk

AVAILABILITY = """subscription($ids: [ID!]!) { availabilityChanged(movieIds: $ids) {
    id availability { copiesAvailable copiesTotal } } }"""
RENTALS = "subscription { rentalChanged { id status version ledger { kind } } }"


class Watch:
    """What a subscription yields."""

    def __init__(self) -> None:
        self._seen: asyncio.Queue[Any] = asyncio.Queue()

    async def look(self, results: Any) -> None:
        """Takes in what the subscription yields, as long as it does."""
        async for result in results:
            self._seen.put_nowait(result)

    async def next(self) -> dict[str, Any]:
        """The next value."""
        result = await asyncio.wait_for(self._seen.get(), 5)
        assert not result.errors, result.errors
        return next(iter(result.data.values()))

    async def is_quiet(self) -> bool:
        """Whether nothing comes for a while, twenty times as long as the feed's pause."""
        await asyncio.sleep(0.1)
        return self._seen.empty()


@asynccontextmanager
async def watching(
    desk: Desk, document: str, caller: Caller = ANONYMOUS, **variables: Any
) -> AsyncIterator[Watch]:
    """A subscription that has begun."""
    results: Any = await schema.subscribe(document, variables, context_value=desk.context(caller))
    watch = Watch()
    looking = asyncio.create_task(watch.look(results))
    await begun(desk.feed, desk.feed.subscribers + 1)
    yield watch
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
    await results.aclose()


async def begun(feed: Feed, number: int) -> None:
    """Waits until so many subscribe."""
    for _ in range(1000):
        if feed.subscribers == number:
            return
        await asyncio.sleep(0.002)
    raise TimeoutError("the subscription did not begin")


async def test_renting_and_returning_change_a_films_availability(either_desk: Desk) -> None:
    desk = either_desk
    await desk.stock(BAMBI, copies=2)
    async with watching(desk, AVAILABILITY, ids=[BAMBI, CLUE]) as watch:
        rental = (await desk.rent(BAMBI))["rental"]
        assert await watch.next() == {"id": BAMBI, "availability": {"copiesAvailable": 1, "copiesTotal": 2}}
        await desk.take_in(rental)
        assert await watch.next() == {"id": BAMBI, "availability": {"copiesAvailable": 2, "copiesTotal": 2}}


async def test_films_that_nobody_asked_for_are_not_heard_of(desk: Desk) -> None:
    async with watching(desk, AVAILABILITY, ids=[CLUE]) as watch:
        await desk.rented(BAMBI)
        assert await watch.is_quiet()


async def test_what_was_before_is_not_told_again(desk: Desk) -> None:
    await desk.rented(BAMBI)
    async with watching(desk, AVAILABILITY, ids=[BAMBI]) as watch:
        assert await watch.is_quiet()


async def test_a_member_sees_each_of_their_rentals_changes(desk: Desk) -> None:
    async with watching(desk, RENTALS, ADA) as watch:
        rental = await desk.rented(BAMBI)
        seen = [await watch.next()]
        desk.pass_days(8)
        await tell_transitions(desk.database, desk.now)
        seen.append(await watch.next())
        await desk.send_back(rental)
        seen.append(await watch.next())
        await desk.take_in(rental)
        seen.append(await watch.next())
    assert [(one["status"], one["version"]) for one in seen] == [
        ("ACTIVE", 1),
        ("OVERDUE", 2),
        ("RETURNING", 3),
        ("RETURNED", 4),
    ]


async def test_each_change_is_shown_with_what_is_true_then(desk: Desk) -> None:
    async with watching(desk, RENTALS, ADA) as watch:
        rental = await desk.rented(BAMBI)
        await watch.next()
        desk.pass_days(9)
        await desk.take_in(rental)
        assert (await watch.next())["ledger"] == [{"kind": "RENTAL_CHARGE"}, {"kind": "LATE_FEE"}]


async def test_nobody_sees_anothers_rentals(desk: Desk) -> None:
    async with watching(desk, RENTALS, BEN) as watch:
        await desk.rented(BAMBI, ADA)
        assert await watch.is_quiet()


async def test_a_change_made_by_another_process_is_seen(desk: Desk) -> None:
    elsewhere = Desk(Database(str(desk.database.engine.url)))
    async with watching(desk, AVAILABILITY, ids=[BAMBI]) as watch:
        await elsewhere.rented(BAMBI)
        assert (await watch.next())["id"] == BAMBI
    await elsewhere.database.close()


async def test_two_subscribers_see_the_same_change(desk: Desk) -> None:
    await desk.stock(BAMBI)
    async with (
        watching(desk, AVAILABILITY, ids=[BAMBI]) as one,
        watching(desk, AVAILABILITY, ids=[BAMBI]) as two,
    ):
        await desk.rent(BAMBI)
        assert await one.next() == await two.next()


async def test_a_slow_subscriber_holds_one_entry_a_film(desk: Desk) -> None:
    def stock_and_rentals(message: Outbox) -> str | None:
        return None if message.kind == BALANCE_CHANGED else message.aggregate

    async with desk.feed.subscribe(stock_and_rentals) as subscriber:
        await desk.stock(BAMBI)
        for _ in range(5):
            await desk.take_in((await desk.rent(BAMBI))["rental"])
        await asyncio.sleep(0.1)
        taken = {await subscriber.take() for _ in range(len(subscriber))}
    assert BAMBI in taken
    assert len(taken) == 6


async def test_nothing_is_read_when_nobody_watches(desk: Desk) -> None:
    async with watching(desk, AVAILABILITY, ids=[BAMBI]):
        assert desk.feed.is_following
    await begun(desk.feed, 0)
    assert not desk.feed.is_following


@pytest.mark.needs("postgresql")
async def test_a_transaction_that_ends_after_a_later_one_is_heard_too(postgresql_desk: Desk) -> None:
    desk = postgresql_desk
    async with desk.feed.subscribe(lambda message: message.aggregate) as subscriber:
        async with desk.database.transaction() as slow:
            tell_availability(slow, ALIEN, desk.now)
            await slow.flush()
            async with desk.database.transaction() as quick:
                tell_availability(quick, BAMBI, desk.now)
            assert await asyncio.wait_for(subscriber.take(), 5) == BAMBI
        assert await asyncio.wait_for(subscriber.take(), 5) == ALIEN


async def test_an_outage_does_not_end_the_feed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = iter([OSError("gone")])
    unseen = Feed._unseen

    async def failing(self: Feed) -> Any:
        for failure in failures:
            raise failure
        return await unseen(self)

    monkeypatch.setattr(Feed, "_unseen", failing)
    async with watching(desk, AVAILABILITY, ids=[BAMBI]) as watch:
        await desk.rented(BAMBI)
        assert (await watch.next())["id"] == BAMBI


@pytest.mark.parametrize("count", [0, 51])
async def test_too_many_films_or_none_are_bad_input(desk: Desk, count: int) -> None:
    assert await first_code(desk, AVAILABILITY, ids=[BAMBI] * count) == "BAD_USER_INPUT"


async def test_rentals_are_watched_only_by_who_is_signed_in(desk: Desk) -> None:
    assert await first_code(desk, RENTALS) == "UNAUTHENTICATED"


async def first_code(desk: Desk, document: str, **variables: Any) -> str:
    """The code of the error that a subscription begins with."""
    results: Any = await schema.subscribe(document, variables, context_value=desk.context(ANONYMOUS))
    result = await anext(results)
    return result.errors[0].extensions["code"]
