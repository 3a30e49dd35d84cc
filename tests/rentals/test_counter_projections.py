"""What the counter hears of films and members: once in effect, in any order."""

from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select

from subgraphs.common.ids import derived_id
from subgraphs.common.messages import Message
from subgraphs.rentals.books import BOOKS
from subgraphs.rentals.models import AccountRow, CopyRow, Idempotency, LedgerRow, MovieRow
from subgraphs.rentals.service.projections import hear
from tests.rentals.conftest import ADA, BAMBI, CLUE, NOON, Desk

DUMBO = derived_id("mov", "dumbo")
EVE = derived_id("usr", "eve")


def movie_message(kind: str, version: int, *, movie_id: str = DUMBO, **changes: Any) -> Message:
    """What the catalogue tells of a film."""
    payload = {
        "id": movie_id,
        "slug": "dumbo-1941",
        "name": "Dumbo",
        "certification": "G",
        "retired": kind == "movie.retired",
        "version": version,
    }
    return Message(derived_id("msg", f"{movie_id}/{version}"), kind, movie_id, payload | changes, NOON)


def user_message(kind: str, version: int, **changes: Any) -> Message:
    """What the users subgraph tells of a member."""
    payload = {"id": EVE, "tier": "PLUS", "version": version}
    return Message(f"msg_{kind}_{version}", kind, EVE, payload | changes, NOON)


async def movie_row(desk: Desk, movie_id: str = DUMBO) -> tuple[str, bool, int] | None:
    """Name, whether retired, and version of a film as the counter knows it."""
    async with desk.database.read() as session:
        row = await session.get(MovieRow, movie_id)
    return row and (row.name, row.retired, row.version)


async def account(desk: Desk, account_id: str = EVE) -> AccountRow:
    """A member's account."""
    async with desk.database.read() as session:
        return await session.get_one(AccountRow, account_id)


async def hear_all(desk: Desk, *messages: Message) -> None:
    """Takes the messages in, one after the other."""
    for message in messages:
        await hear(desk.database, message, desk.now)


async def test_a_film_that_is_created_can_get_copies(either_desk: Desk) -> None:
    await hear_all(either_desk, movie_message("movie.created", 1))
    assert await movie_row(either_desk) == ("Dumbo", False, 1)


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_in_whatever_order_news_comes_the_newest_holds(desk: Desk, order: tuple[int, ...]) -> None:
    news = [
        movie_message("movie.created", 1),
        movie_message("movie.renamed", 2, name="Dumbo!"),
        movie_message("movie.retired", 3, name="Dumbo!"),
    ]
    await hear_all(desk, *(news[place] for place in order))
    assert await movie_row(desk) == ("Dumbo!", True, 3)


async def test_a_retired_films_copies_leave_the_shelf(either_desk: Desk) -> None:
    desk = either_desk
    await desk.stock(BAMBI, copies=3)
    await desk.stock(CLUE)
    await hear_all(desk, movie_message("movie.retired", 2, movie_id=BAMBI))
    assert await desk.offers(BAMBI) == []
    assert len(await desk.offers(CLUE)) == 1
    assert await desk.told() == ["availability.changed"]


async def test_a_retired_films_copy_that_is_out_leaves_the_shelf_when_it_comes_back(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    await hear_all(desk, movie_message("movie.retired", 2, movie_id=BAMBI))
    returned = (await desk.take_in(rental))["rental"]
    assert (returned["status"], returned["copy"]["status"]) == ("RETURNED", "RETIRED")


async def test_a_copy_that_is_out_stays_on_loan_when_its_film_is_retired(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    await hear_all(desk, movie_message("movie.retired", 2, movie_id=BAMBI))
    (found,) = await desk.entities(
        "... on Copy { status }", {"__typename": "Copy", "barcode": rental["copy"]["barcode"]}
    )
    assert found == {"status": "ON_LOAN"}


async def test_a_message_heard_twice_takes_effect_once(either_desk: Desk) -> None:
    desk = either_desk
    retired = movie_message("movie.retired", 2, movie_id=BAMBI)
    await hear_all(desk, retired, retired)
    assert await desk.told() == ["availability.changed"]


async def test_a_member_who_opens_an_account_has_one_here(either_desk: Desk) -> None:
    await hear_all(either_desk, user_message("user.opened", 1))
    row = await account(either_desk)
    assert (row.tier, row.version) == ("PLUS", 1)


async def test_a_change_of_tier_is_followed_and_old_news_is_not(desk: Desk) -> None:
    await hear_all(
        desk,
        user_message("user.opened", 1),
        user_message("user.changed", 3, tier="PREMIER"),
        user_message("user.changed", 2, tier="STANDARD"),
    )
    assert (await account(desk)).tier == "PREMIER"


async def test_a_closed_account_keeps_its_ledger_and_no_more(either_desk: Desk) -> None:
    desk = either_desk
    await desk.rented(BAMBI)
    told = {"id": ADA.subject, "tier": "PREMIER", "version": 2}
    await hear_all(desk, Message("msg_1", "user.closed", ADA.subject or "", told, NOON))
    row = await account(desk, ADA.subject or "")
    assert (row.tier, row.closed_at) == ("STANDARD", desk.now)
    assert await desk.balance() == 229
    assert (await desk.rows(LedgerRow), await desk.rows(Idempotency)) == (1, 0)


async def test_late_news_of_a_closed_account_brings_nothing_back(desk: Desk) -> None:
    await hear_all(desk, user_message("user.closed", 2), user_message("user.changed", 3))
    row = await account(desk)
    assert (row.tier, row.closed_at) == ("STANDARD", desk.now)


async def test_a_message_that_makes_no_sense_changes_nothing(desk: Desk) -> None:
    await desk.stock(BAMBI)
    broken = Message("msg_1", "movie.retired", BAMBI, {"id": BAMBI}, NOON)
    with pytest.raises(KeyError):
        await hear(desk.database, broken, desk.now)
    async with desk.database.read() as session:
        assert await session.scalar(select(CopyRow.on_shelf)) is True


async def test_who_left_with_a_film_or_a_debt_is_found_out(either_desk: Desk) -> None:
    desk = either_desk
    await desk.rented(BAMBI)
    assert BOOKS.faults is not None
    async with desk.database.read() as session:
        assert await BOOKS.faults(session) == []
    told = {"id": ADA.subject, "tier": "STANDARD", "version": 2}
    await hear_all(desk, Message("msg_1", "user.closed", ADA.subject or "", told, NOON))
    async with desk.database.read() as session:
        assert await BOOKS.faults(session) == [
            f"account {ADA.subject}: closed, with 1 films out",
            f"account {ADA.subject}: closed, and owes 229 cents",
        ]
