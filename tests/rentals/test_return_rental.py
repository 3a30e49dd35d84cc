"""Bringing a film back: late days stop when it is sent, and the shelf has it when the counter does."""

from typing import Any

import pytest
from sqlalchemy import select, text

from subgraphs.rentals.models import CopyRow, LedgerRow
from tests.rentals.conftest import ADA, BAMBI, BEN, CLERK, SEND_BACK, TAKE_IN, Desk


def refusal(answer: dict[str, Any]) -> dict[str, Any]:
    """The one error of a payload without a rental."""
    assert answer["rental"] is None
    (error,) = answer["errors"]
    return error


async def the_copy(desk: Desk) -> CopyRow:
    """The only copy that there is."""
    async with desk.database.read() as session:
        return (await session.scalars(select(CopyRow))).one()


async def test_a_box_sent_back_is_on_its_way(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    desk.pass_days(1)
    returning = (await desk.send_back(rental))["rental"]
    assert (returning["status"], returning["sentBackAt"]) == ("RETURNING", "2026-05-05T16:00:00Z")
    assert (returning["copy"]["status"], returning["returnedAt"]) == ("IN_TRANSIT", None)


async def test_a_box_taken_in_is_back_on_the_shelf(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    returned = (await desk.take_in(rental))["rental"]
    assert (returned["status"], returned["returnedAt"]) == ("RETURNED", "2026-05-04T16:00:00Z")
    assert returned["copy"]["status"] == "AVAILABLE"
    assert len(await desk.offers(BAMBI)) == 1


async def test_a_returned_rental_is_one_version_on(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    assert (await desk.take_in(rental))["rental"]["version"] == rental["version"] + 1


async def test_coming_back_in_time_costs_nothing_more(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    desk.pass_days(7)
    returned = (await desk.take_in(rental))["rental"]
    assert returned["lateFee"] is None
    assert [entry["kind"] for entry in returned["ledger"]] == ["RENTAL_CHARGE"]


async def test_a_late_return_books_its_fee(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    desk.pass_days(10)
    returned = (await desk.take_in(rental))["rental"]
    assert returned["lateFee"] == {
        "daysLate": 3,
        "waived": False,
        "accrued": {"amountMinor": 345},
        "perDay": {"amountMinor": 115},
        "cap": {"amountMinor": 2300},
    }
    assert returned["ledger"][1] == {
        "kind": "LATE_FEE",
        "memo": "3 days late",
        "amount": {"amountMinor": 345},
    }


async def test_late_days_stop_when_the_box_is_sent_back(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    desk.pass_days(9)
    sent = (await desk.send_back(rental))["rental"]
    desk.pass_days(5)
    returned = (await desk.take_in(rental))["rental"]
    assert sent["lateFee"]["daysLate"] == returned["lateFee"]["daysLate"] == 2
    assert await desk.balance() == 229 + 2 * 115


async def test_a_late_fee_in_the_open_grows_without_being_booked(desk: Desk) -> None:
    await desk.rented(BAMBI)
    desk.pass_days(9)
    selection = """... on User { balance { amountMinor }
        rentals { edges { node { status lateFee { accrued { amountMinor } } } } } }"""
    (user,) = await desk.entities(selection, {"__typename": "User", "id": ADA.subject}, caller=ADA)
    assert user is not None
    assert user["balance"] == {"amountMinor": 229}
    node = {"status": "OVERDUE", "lateFee": {"accrued": {"amountMinor": 230}}}
    assert user["rentals"]["edges"] == [{"node": node}]


async def test_a_lost_box_that_comes_back_has_cost_its_replacement(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    desk.pass_days(30)
    returned = (await desk.take_in(rental))["rental"]
    assert [entry["kind"] for entry in returned["ledger"]] == ["RENTAL_CHARGE", "REPLACEMENT"]
    assert (returned["status"], returned["copy"]["status"]) == ("RETURNED", "AVAILABLE")
    assert await desk.balance() == 229 + 2300


async def test_returning_tells_of_the_rental_and_of_the_stock(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    await desk.send_back(rental)
    await desk.take_in(rental)
    assert (await desk.told())[2:] == [
        "rental.sent_back",
        "availability.changed",
        "rental.returned",
        "availability.changed",
    ]


async def test_a_box_can_be_sent_back_once(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    await desk.send_back(rental)
    error = refusal(await desk.send_back(rental))
    assert (error["code"], error["path"], error["returnedAt"]) == (
        "ALREADY_RETURNED",
        ["input", "rentalId"],
        None,
    )


async def test_a_box_that_the_counter_has_cannot_be_sent_back(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    await desk.take_in(rental)
    assert refusal(await desk.send_back(rental))["returnedAt"] == "2026-05-04T16:00:00Z"


async def test_a_box_is_taken_in_once(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    await desk.take_in(rental)
    error = refusal(await desk.take_in(rental))
    assert (error["code"], error["path"]) == ("ALREADY_RETURNED", ["input", "barcode"])
    assert error["returnedAt"] == "2026-05-04T16:00:00Z"


async def test_a_box_that_never_went_out_cannot_come_back(desk: Desk) -> None:
    (barcode,) = await desk.stock(BAMBI)
    error = refusal(await desk.take_in({"copy": {"barcode": barcode}}))
    assert (error["code"], error["returnedAt"]) == ("ALREADY_RETURNED", None)


@pytest.mark.parametrize("barcode", ["999999", ""])
async def test_an_unknown_barcode_is_not_found(either_desk: Desk, barcode: str) -> None:
    error = refusal(await either_desk.take_in({"copy": {"barcode": barcode}}))
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "barcode"])


@pytest.mark.parametrize("rental_id", ["ren_none", ""])
async def test_an_unknown_rental_is_not_found(either_desk: Desk, rental_id: str) -> None:
    assert refusal(await either_desk.send_back({"id": rental_id}))["code"] == "NOT_FOUND"


@pytest.mark.parametrize("caller", [BEN, CLERK], ids=["another member", "staff"])
async def test_only_the_renter_sends_a_box_back(desk: Desk, caller: Any) -> None:
    rental = await desk.rented(BAMBI)
    error = refusal(await desk.send_back(rental, caller))
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "rentalId"])


async def test_a_repeated_return_gives_the_same_answer(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    answers = [await desk.take_in(rental, key="again") for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[1]["errors"] == []


async def test_a_repeated_sending_back_gives_the_same_answer(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    answers = [await desk.send_back(rental, key="again") for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[1]["errors"] == []


async def test_a_key_of_another_return_is_refused(desk: Desk) -> None:
    first, second = await desk.rented(BAMBI), await desk.rented(BAMBI)
    await desk.take_in(first, key="again")
    assert refusal(await desk.take_in(second, key="again"))["code"] == "IDEMPOTENCY_KEY_REUSED"
    await desk.send_back(second, key="again")
    assert refusal(await desk.send_back(first, key="again"))["code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_the_counter_notes_how_the_disc_looks(desk: Desk) -> None:
    await desk.take_in(await desk.rented(BAMBI), condition="WORN")
    assert (await the_copy(desk)).condition == "WORN"


async def test_without_a_word_a_disc_looks_as_it_did(desk: Desk) -> None:
    await desk.take_in(await desk.rented(BAMBI))
    assert (await the_copy(desk)).condition == "GOOD"


async def test_a_damaged_disc_leaves_the_shelf(desk: Desk) -> None:
    returned = await desk.take_in(await desk.rented(BAMBI), condition="DAMAGED")
    assert returned["rental"]["copy"]["status"] == "RETIRED"
    assert await desk.offers(BAMBI) == []


async def test_nobody_sends_back_without_signing_in(desk: Desk) -> None:
    values = {"rentalId": "ren_1", "idempotencyKey": "key"}
    assert await desk.refused(SEND_BACK, input=values) == "UNAUTHENTICATED"


@pytest.mark.parametrize("caller", [ADA, BEN])
async def test_members_take_nothing_in(desk: Desk, caller: Any) -> None:
    rental = await desk.rented(BAMBI)
    values = {"barcode": rental["copy"]["barcode"], "idempotencyKey": "key"}
    assert await desk.refused(TAKE_IN, caller, input=values) == "FORBIDDEN"


async def test_the_database_keeps_every_ledger_entry(either_desk: Desk) -> None:
    await either_desk.rented(BAMBI)
    for statement in ("UPDATE ledger SET amount = 0", "DELETE FROM ledger"):
        with pytest.raises(Exception, match="the ledger only grows"):
            async with either_desk.database.transaction() as session:
                await session.execute(text(statement))
    assert await either_desk.rows(LedgerRow) == 1
