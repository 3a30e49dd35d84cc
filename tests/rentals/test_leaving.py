"""Who may leave: the counter's word, against whoever rents at the same instant. On both databases."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from subgraphs.common.caller import Caller
from subgraphs.common.ids import derived_id
from subgraphs.common.messages import Message
from subgraphs.rentals.books import BOOKS
from subgraphs.rentals.events import CLOSING_CONFIRMED, CLOSING_REFUSED
from subgraphs.rentals.models import AccountRow, LedgerRow, Outbox, RentalRow
from subgraphs.rentals.service.projections import hear
from subgraphs.rentals.service.transitions import tell_transitions
from tests.rentals.conftest import ADA, BAMBI, NOON, Desk
from tests.rentals.test_counter_contention import members

ROUNDS = 15


def asked(caller: Caller = ADA, closing: str = "clo_1") -> Message:
    """That somebody asks to leave."""
    who = str(caller.subject)
    return Message(
        derived_id("msg", f"{who}/{closing}"), "user.closing", who, {"id": who, "closingId": closing}, NOON
    )


async def answers(desk: Desk) -> list[tuple[str, dict[str, Any]]]:
    """What the counter has said of closings, oldest first."""
    kinds = (CLOSING_CONFIRMED, CLOSING_REFUSED)
    async with desk.database.read() as session:
        rows = await session.scalars(select(Outbox).where(Outbox.kind.in_(kinds)).order_by(Outbox.sequence))
        return [(row.kind, row.payload) for row in rows]


async def is_closed(desk: Desk, caller: Caller = ADA) -> bool:
    async with desk.database.read() as session:
        return (await session.get_one(AccountRow, caller.subject)).closed_at is not None


async def pay_all(desk: Desk) -> None:
    await desk.pay(await desk.balance())


async def test_who_has_nothing_and_owes_nothing_may_leave(either_desk: Desk) -> None:
    desk = either_desk
    await hear(desk.database, asked(), desk.now)
    assert await answers(desk) == [(CLOSING_CONFIRMED, {"userId": ADA.subject, "closingId": "clo_1"})]
    assert await is_closed(desk)


async def test_who_has_a_film_may_not(either_desk: Desk) -> None:
    desk = either_desk
    await desk.rented(BAMBI)
    await hear(desk.database, asked(), desk.now)
    told = {"userId": ADA.subject, "closingId": "clo_1", "openRentals": 1, "balanceMinor": 229}
    assert await answers(desk) == [(CLOSING_REFUSED, told)]
    assert not await is_closed(desk)


async def test_who_owes_something_may_not(either_desk: Desk) -> None:
    desk = either_desk
    await desk.take_in(await desk.rented(BAMBI))
    await hear(desk.database, asked(), desk.now)
    ((kind, told),) = await answers(desk)
    assert (kind, told["openRentals"], told["balanceMinor"]) == (CLOSING_REFUSED, 0, 229)


async def test_a_box_on_its_way_back_is_still_out(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    await desk.send_back(rental)
    await pay_all(desk)
    await hear(desk.database, asked(), desk.now)
    ((kind, told),) = await answers(desk)
    assert (kind, told["openRentals"]) == (CLOSING_REFUSED, 1)


async def test_a_loss_that_is_not_booked_yet_keeps_an_account_open(desk: Desk) -> None:
    await desk.rented(BAMBI)
    await pay_all(desk)
    desk.pass_days(30)
    await hear(desk.database, asked(), desk.now)
    assert [kind for kind, _ in await answers(desk)] == [CLOSING_REFUSED]


async def test_who_has_paid_for_a_lost_film_may_leave_and_nobody_finds_fault(either_desk: Desk) -> None:
    desk = either_desk
    await desk.rented(BAMBI)
    desk.pass_days(30)
    await tell_transitions(desk.database, desk.now)
    await pay_all(desk)
    await hear(desk.database, asked(), desk.now)
    assert [kind for kind, _ in await answers(desk)] == [CLOSING_CONFIRMED]
    assert BOOKS.faults is not None
    async with desk.database.read() as session:
        assert await BOOKS.faults(session) == []


async def test_nothing_goes_out_to_who_may_leave(either_desk: Desk) -> None:
    desk = either_desk
    await desk.stock(BAMBI)
    (offer,) = await desk.offers(BAMBI)
    await hear(desk.database, asked(), desk.now)
    assert (await desk.rent(token=offer["token"]))["errors"][0]["code"] == "OFFER_INVALID"


async def test_who_was_refused_rents_on_and_may_ask_again(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    await hear(desk.database, asked(), desk.now)
    second = await desk.rented(BAMBI)
    for each in (rental, second):
        await desk.take_in(each)
    await pay_all(desk)
    await hear(desk.database, asked(closing="clo_2"), desk.now)
    assert [(kind, told["closingId"]) for kind, told in await answers(desk)] == [
        (CLOSING_REFUSED, "clo_1"),
        (CLOSING_CONFIRMED, "clo_2"),
    ]


async def test_a_question_that_comes_again_is_answered_once(either_desk: Desk) -> None:
    desk = either_desk
    await asyncio.gather(*(hear(desk.database, asked(), desk.now) for _ in range(5)))
    assert len(await answers(desk)) == 1


async def test_a_closed_account_is_confirmed_whenever_it_is_asked_for(desk: Desk) -> None:
    await hear(desk.database, asked(), desk.now)
    first = (await account_of(desk)).closed_at
    desk.pass_days(1)
    await hear(desk.database, asked(closing="clo_2"), desk.now)
    assert [kind for kind, _ in await answers(desk)] == [CLOSING_CONFIRMED] * 2
    assert (await account_of(desk)).closed_at == first


async def account_of(desk: Desk) -> AccountRow:
    async with desk.database.read() as session:
        return await session.get_one(AccountRow, ADA.subject)


async def test_what_fails_before_it_is_committed_is_answered_when_it_comes_again(
    either_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = either_desk

    def dies(*_: Any) -> None:
        raise ConnectionError("the store is gone")

    with monkeypatch.context() as broken:
        broken.setattr("subgraphs.rentals.service.closing.tell_closing_confirmed", dies)
        with pytest.raises(ConnectionError):
            await hear(desk.database, asked(), desk.now)
    assert await answers(desk) == []
    await hear(desk.database, asked(), desk.now)
    assert [kind for kind, _ in await answers(desk)] == [CLOSING_CONFIRMED]


@pytest.mark.parametrize("first", ["renting", "closing"])
async def test_of_renting_and_closing_at_one_instant_only_one_comes_to_pass(
    either_desk: Desk, first: str
) -> None:
    desk, everybody = either_desk, members(ROUNDS)
    await open_accounts(desk, everybody)
    await desk.stock(BAMBI, copies=ROUNDS)
    (offer,) = await desk.offers(BAMBI)

    async def both(caller: Caller) -> str:
        rent = desk.rent(token=offer["token"], caller=caller)
        close = hear(desk.database, asked(caller), desk.now)
        together: list[Awaitable[Any]] = [rent, close] if first == "renting" else [close, rent]
        rented = (await asyncio.gather(*together))[together.index(rent)]["errors"] == []
        assert await is_closed(desk, caller) is not rented
        return "rented" if rented else "closed"

    outcomes = Counter(await asyncio.gather(*(both(caller) for caller in everybody)))
    said = Counter(kind for kind, _ in await answers(desk))
    assert said == +Counter({CLOSING_CONFIRMED: outcomes["closed"], CLOSING_REFUSED: outcomes["rented"]})
    assert await left_with_something(desk) == 0


async def open_accounts(desk: Desk, everybody: Iterable[Caller]) -> None:
    """So that there is a row to lock; the one who makes it would have it for themselves anyway."""
    rows = [{"id": caller.subject, "tier": "STANDARD", "version": 1} for caller in everybody]
    async with desk.database.transaction() as session:
        await session.execute(insert(AccountRow), rows)


async def left_with_something(desk: Desk) -> int:
    """How many closed accounts have a film out, or owe something."""
    closed = select(AccountRow.id).where(AccountRow.closed_at.is_not(None))
    films = select(func.count()).where(RentalRow.account_id.in_(closed), RentalRow.returned_at.is_(None))
    debts = select(func.count()).where(LedgerRow.account_id.in_(closed))
    async with desk.database.read() as session:
        return (await session.execute(films)).scalar_one() + (await session.execute(debts)).scalar_one()
