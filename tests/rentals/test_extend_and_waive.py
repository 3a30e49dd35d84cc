"""More time for a member, and a fee let go by the manager; each with its refusals."""

from typing import Any

import pytest

from subgraphs.common.caller import Caller
from tests.rentals.conftest import ADA, BAMBI, BEN, CLERK, MANAGER, RENTAL, Desk

ERRORS = (
    "errors { __typename ... on UserError { code message path } ... on VersionConflict { currentVersion } }"
)
EXTEND = f"mutation($input: ExtendRentalInput!) {{ extendRental(input: $input) {{ rental {{ {RENTAL} }} {ERRORS} }} }}"
WAIVE = f"mutation($input: WaiveLateFeeInput!) {{ waiveLateFee(input: $input) {{ rental {{ {RENTAL} }} {ERRORS} }} }}"


async def extend(desk: Desk, rental: dict[str, Any], caller: Caller = ADA, **values: Any) -> dict[str, Any]:
    """What `extendRental` answers, asked with the version that the rental was seen in."""
    defaults = {
        "rentalId": rental["id"],
        "expectedVersion": rental["version"],
        "idempotencyKey": desk.key(),
    }
    return (await desk.ask(EXTEND, caller, input=defaults | values))["extendRental"]


async def waive(
    desk: Desk, rental: dict[str, Any], caller: Caller = MANAGER, **values: Any
) -> dict[str, Any]:
    """What `waiveLateFee` answers, asked with the version that the rental was seen in."""
    defaults = {
        "rentalId": rental["id"],
        "expectedVersion": rental["version"],
        "reason": "The bus broke down.",
        "idempotencyKey": desk.key(),
    }
    return (await desk.ask(WAIVE, caller, input=defaults | values))["waiveLateFee"]


async def late(desk: Desk) -> dict[str, Any]:
    """A rental that came back three days late."""
    rental = await desk.rented(BAMBI)
    desk.pass_days(10)
    return (await desk.take_in(rental))["rental"]


def refusal(answer: dict[str, Any]) -> dict[str, Any]:
    """The one error of a payload without a rental."""
    assert answer["rental"] is None
    (error,) = answer["errors"]
    return error


async def test_an_extended_rental_is_due_two_days_later(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    extended = (await extend(desk, rental))["rental"]
    assert (rental["dueAt"], extended["dueAt"]) == ("2026-05-12T03:59:59Z", "2026-05-14T03:59:59Z")
    assert (extended["extensionsUsed"], extended["version"]) == (1, rental["version"] + 1)


async def test_extending_costs_nothing_and_is_told(desk: Desk) -> None:
    await extend(desk, await desk.rented(BAMBI))
    assert await desk.balance() == 229
    assert (await desk.told())[2:] == ["rental.extended", "availability.changed"]


async def test_extended_days_are_not_late(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    await extend(desk, rental)
    desk.pass_days(9)
    assert (await desk.take_in(rental))["rental"]["lateFee"] is None


async def test_a_third_extension_is_refused(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    for _ in range(2):
        rental = (await extend(desk, rental))["rental"]
    error = refusal(await extend(desk, rental))
    assert (error["code"], error["path"]) == ("EXTENSION_REFUSED", ["input", "rentalId"])


async def test_an_overdue_rental_is_not_extended(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    desk.pass_days(8)
    assert "OVERDUE" in refusal(await extend(desk, rental))["message"]


async def test_a_rental_whose_box_is_on_its_way_is_not_extended(desk: Desk) -> None:
    rental = (await desk.send_back(await desk.rented(BAMBI)))["rental"]
    assert refusal(await extend(desk, rental))["code"] == "EXTENSION_REFUSED"


async def test_an_extension_of_what_has_changed_meanwhile_is_a_conflict(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    await extend(desk, rental)
    error = refusal(await extend(desk, rental))
    assert (error["code"], error["currentVersion"]) == ("VERSION_CONFLICT", rental["version"] + 1)


@pytest.mark.parametrize("caller", [BEN, CLERK], ids=["another member", "staff"])
async def test_anothers_rental_is_not_found(desk: Desk, caller: Caller) -> None:
    assert refusal(await extend(desk, await desk.rented(BAMBI), caller))["code"] == "NOT_FOUND"


async def test_a_repeated_extension_extends_once(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    answers = [await extend(desk, rental, idempotencyKey="again") for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[1]["rental"]["extensionsUsed"] == 1


async def test_the_key_of_another_extension_is_refused(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    await extend(desk, rental, idempotencyKey="again")
    error = refusal(await extend(desk, rental, idempotencyKey="again", expectedVersion=9))
    assert error["code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_nobody_extends_without_signing_in(desk: Desk) -> None:
    values = {"rentalId": "ren_1", "expectedVersion": 1, "idempotencyKey": "key"}
    assert await desk.refused(EXTEND, input=values) == "UNAUTHENTICATED"


async def test_a_waived_fee_is_no_longer_owed(desk: Desk) -> None:
    rental = await late(desk)
    waived = (await waive(desk, rental))["rental"]
    assert waived["ledger"][2] == {
        "kind": "WAIVER",
        "memo": "The bus broke down.",
        "amount": {"amountMinor": -345},
    }
    assert (waived["lateFee"]["waived"], waived["version"]) == (True, rental["version"] + 1)
    assert await desk.balance() == 229


async def test_a_waiver_is_told(desk: Desk) -> None:
    await waive(desk, await late(desk))
    assert (await desk.told())[-1] == "rental.fee_waived"


async def test_a_replacement_fee_can_be_waived_too(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    desk.pass_days(40)
    await waive(desk, (await desk.take_in(rental))["rental"])
    assert await desk.balance() == 229


async def test_a_fee_is_waived_once(desk: Desk) -> None:
    waived = (await waive(desk, await late(desk)))["rental"]
    error = refusal(await waive(desk, waived))
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "rentalId"])
    assert await desk.balance() == 229


async def test_a_fee_that_still_grows_is_not_waived(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    desk.pass_days(9)
    assert "still grows" in refusal(await waive(desk, rental))["message"]


async def test_where_nothing_was_late_there_is_nothing_to_waive(desk: Desk) -> None:
    returned = (await desk.take_in(await desk.rented(BAMBI)))["rental"]
    assert refusal(await waive(desk, returned))["code"] == "INVALID_INPUT"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 401, "a\nb"])
async def test_a_waiver_needs_a_reason_that_can_be_read(desk: Desk, reason: str) -> None:
    error = refusal(await waive(desk, await late(desk), reason=reason))
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "reason"])


async def test_a_waiver_of_what_has_changed_meanwhile_is_a_conflict(desk: Desk) -> None:
    rental = await late(desk)
    error = refusal(await waive(desk, rental, expectedVersion=rental["version"] - 1))
    assert (error["code"], error["currentVersion"]) == ("VERSION_CONFLICT", rental["version"])


async def test_a_waiver_of_no_rental_is_not_found(desk: Desk) -> None:
    answer = await waive(desk, {"id": "ren_none", "version": 1})
    assert refusal(answer)["code"] == "NOT_FOUND"


async def test_a_repeated_waiver_waives_once(desk: Desk) -> None:
    rental = await late(desk)
    answers = [await waive(desk, rental, idempotencyKey="again") for _ in range(2)]
    assert answers[0] == answers[1]
    assert await desk.balance() == 229


async def test_the_key_of_another_waiver_is_refused(desk: Desk) -> None:
    rental = await late(desk)
    await waive(desk, rental, idempotencyKey="again")
    error = refusal(await waive(desk, rental, idempotencyKey="again", reason="Another."))
    assert error["code"] == "IDEMPOTENCY_KEY_REUSED"


@pytest.mark.parametrize("caller", [ADA, CLERK], ids=["the renter", "a clerk"])
async def test_only_a_manager_waives(desk: Desk, caller: Caller) -> None:
    values = {"rentalId": "ren_1", "expectedVersion": 1, "reason": "Please.", "idempotencyKey": "key"}
    assert await desk.refused(WAIVE, caller, input=values) == "FORBIDDEN"
