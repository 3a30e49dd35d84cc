"""Many at once: the last copy has one winner, limits hold, nothing is paid or told twice. On both databases."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from subgraphs.common.caller import Caller
from subgraphs.common.ids import derived_id
from subgraphs.rentals.models import CopyRow, LedgerRow, PaymentRow, RentalRow
from subgraphs.rentals.service.transitions import tell_transitions
from tests.rentals.conftest import ADA, BAMBI, Desk


def members(count: int) -> list[Caller]:
    """So many members."""
    return [
        Caller(derived_id("usr", f"member-{number}"), tier="STANDARD", birth_date=date(1990, 1, 1))
        for number in range(count)
    ]


CROWD = members(20)


def outcomes(answers: list[dict[str, Any]]) -> Counter[str]:
    """How many answers came to what: a rental, or the code of a refusal."""
    return Counter(answer["errors"][0]["code"] if answer["errors"] else "RENTED" for answer in answers)


async def open_rentals(desk: Desk) -> int:
    """How many rentals are open, each with a copy of its own off the shelf."""
    async with desk.database.read() as session:
        copies = await session.scalars(select(RentalRow.copy_id).where(RentalRow.returned_at.is_(None)))
        taken = set(await session.scalars(select(CopyRow.id).where(~CopyRow.on_shelf)))
        out = list(copies)
    assert set(out) == taken
    assert len(set(out)) == len(out)
    return len(out)


async def test_five_copies_go_to_five_of_fifty(either_desk: Desk) -> None:
    await five_of(either_desk, 50)


@pytest.mark.full
async def test_five_copies_go_to_five_of_two_hundred(either_desk: Desk) -> None:
    await five_of(either_desk, 200)


async def five_of(desk: Desk, crowd: int) -> None:
    """So many want one of five copies at once, each over a connection of the pool."""
    await desk.stock(BAMBI, copies=5)
    (offer,) = await desk.offers(BAMBI)
    answers = await asyncio.gather(
        *(desk.rent(token=offer["token"], caller=caller) for caller in members(crowd))
    )
    assert outcomes(answers) == {"RENTED": 5, "OUT_OF_STOCK": crowd - 5}
    assert await open_rentals(desk) == 5


async def test_twenty_who_want_the_last_copy_have_one_winner(either_desk: Desk) -> None:
    desk = either_desk
    await desk.stock(BAMBI)
    (offer,) = await desk.offers(BAMBI)
    answers = await asyncio.gather(*(desk.rent(token=offer["token"], caller=caller) for caller in CROWD))
    assert outcomes(answers) == {"RENTED": 1, "OUT_OF_STOCK": 19}
    assert await open_rentals(desk) == 1


async def test_ten_rents_of_one_member_at_once_do_not_pass_the_limit(either_desk: Desk) -> None:
    desk = either_desk
    await desk.stock(BAMBI, copies=10)
    (offer,) = await desk.offers(BAMBI)
    answers = await asyncio.gather(*(desk.rent(token=offer["token"]) for _ in range(10)))
    assert outcomes(answers) == {"RENTED": 3, "RENTAL_LIMIT_REACHED": 7}
    assert await open_rentals(desk) == 3


async def test_a_new_members_first_rents_at_once_do_not_pass_the_limit(either_desk: Desk) -> None:
    desk, stranger = either_desk, replace(ADA, subject=derived_id("usr", "not heard of yet"))
    await desk.stock(BAMBI, copies=6)
    (offer,) = await desk.offers(BAMBI, stranger)
    answers = await asyncio.gather(*(desk.rent(token=offer["token"], caller=stranger) for _ in range(6)))
    assert outcomes(answers) == {"RENTED": 3, "RENTAL_LIMIT_REACHED": 3}


async def test_one_request_sent_ten_times_at_once_rents_once(either_desk: Desk) -> None:
    desk = either_desk
    await desk.stock(BAMBI, copies=3)
    (offer,) = await desk.offers(BAMBI)
    answers = await asyncio.gather(*(desk.rent(token=offer["token"], key="same") for _ in range(10)))
    assert outcomes(answers) == {"RENTED": 10}
    assert len({answer["rental"]["id"] for answer in answers}) == await open_rentals(desk) == 1


async def test_a_box_sent_back_and_taken_in_at_once_is_charged_once(either_desk: Desk) -> None:
    desk = either_desk
    rental = await desk.rented(BAMBI)
    desk.pass_days(9)
    await asyncio.gather(desk.send_back(rental), *(desk.take_in(rental) for _ in range(4)))
    assert await desk.balance() == rental["price"]["amountMinor"] + 2 * 115
    assert await open_rentals(desk) == 0


async def test_payments_at_once_never_come_to_more_than_is_owed(either_desk: Desk) -> None:
    desk = either_desk
    rental = await desk.rented(BAMBI)
    price = rental["price"]["amountMinor"]
    answers = await asyncio.gather(*(desk.pay(price) for _ in range(8)))
    refused = Counter(answer["errors"][0]["code"] if answer["errors"] else "PAID" for answer in answers)
    assert refused == {"PAID": 1, "OVERPAYMENT": 7}
    assert await desk.balance() == 0


async def test_one_payment_sent_at_once_is_booked_once(either_desk: Desk) -> None:
    desk = either_desk
    await desk.rented(BAMBI)
    answers = await asyncio.gather(*(desk.pay(100, key="same") for _ in range(5)))
    assert [answer["errors"] for answer in answers] == [[]] * 5
    async with desk.database.read() as session:
        paid = await session.scalar(select(func.count()).where(LedgerRow.kind == "PAYMENT"))
    assert (paid, await desk.rows(PaymentRow)) == (1, 1)


async def test_workers_that_look_at_once_tell_of_a_loss_once(either_desk: Desk) -> None:
    desk = either_desk
    await desk.rented(BAMBI)
    desk.pass_days(30)
    await asyncio.gather(*(tell_transitions(desk.database, desk.now) for _ in range(4)))
    told = Counter(await desk.told())
    assert (told["rental.overdue"], told["rental.lost"]) == (1, 1)
    assert await desk.balance() == 229 + 2300


@pytest.mark.needs("postgresql")
async def test_a_copy_that_somebody_is_just_taking_is_passed_over(postgresql_desk: Desk) -> None:
    desk = postgresql_desk
    await desk.stock(BAMBI, copies=2)
    (offer,) = await desk.offers(BAMBI)
    async with desk.database.transaction() as session:
        await session.execute(select(CopyRow).order_by(CopyRow.id).limit(1).with_for_update())
        answer = await asyncio.wait_for(desk.rent(token=offer["token"]), 2)
    assert answer["errors"] == []
