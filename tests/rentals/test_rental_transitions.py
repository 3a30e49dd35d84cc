"""What time does to a rental: told once each, and a lost box is charged."""

from subgraphs.rentals.service.transitions import tell_transitions
from tests.rentals.conftest import ADA, BAMBI, CLUE, MANAGER, Desk


async def look(desk: Desk) -> int:
    """What the worker does every few seconds."""
    return await tell_transitions(desk.database, desk.now)


async def transitions(desk: Desk) -> list[str]:
    """What was told of rentals, renting left out."""
    return [kind for kind in await desk.told() if kind.startswith("rental.") and kind != "rental.rented"]


async def test_a_rental_in_time_is_left_alone(either_desk: Desk) -> None:
    await either_desk.rented(BAMBI)
    either_desk.pass_days(7)
    assert await look(either_desk) == 0


async def test_a_rental_that_becomes_overdue_is_told_once(either_desk: Desk) -> None:
    desk = either_desk
    await desk.rented(BAMBI)
    desk.pass_days(8)
    assert [await look(desk), await look(desk)] == [1, 0]
    assert await transitions(desk) == ["rental.overdue"]


async def test_being_overdue_books_nothing(desk: Desk) -> None:
    await desk.rented(BAMBI)
    desk.pass_days(8)
    await look(desk)
    assert await desk.balance() == 229


async def test_a_lost_box_is_told_once_and_charged_its_replacement(either_desk: Desk) -> None:
    desk = either_desk
    await desk.rented(BAMBI)
    for _ in range(4):
        desk.pass_days(8)
        await look(desk)
    assert await transitions(desk) == ["rental.overdue", "rental.lost"]
    assert await desk.balance() == 229 + 2300


async def test_a_box_that_nobody_looked_after_is_told_overdue_before_it_is_told_lost(desk: Desk) -> None:
    await desk.rented(BAMBI)
    desk.pass_days(40)
    await look(desk)
    assert await transitions(desk) == ["rental.overdue", "rental.lost"]


async def test_a_box_on_its_way_back_is_never_overdue(desk: Desk) -> None:
    await desk.send_back(await desk.rented(BAMBI))
    desk.pass_days(14)
    assert await look(desk) == 0


async def test_a_box_that_never_arrives_is_lost_after_twice_its_loan_time(either_desk: Desk) -> None:
    desk = either_desk
    rental = await desk.rented(BAMBI)
    desk.pass_days(7)
    await desk.send_back(rental)
    desk.pass_days(15)
    assert [await look(desk), await look(desk)] == [1, 0]
    assert await transitions(desk) == ["rental.sent_back", "rental.lost"]
    assert await desk.balance() == 229 + 2300
    seen = await desk.ask(
        "query($id: ID!) { rental(id: $id) { status copy { status } } }", ADA, id=rental["id"]
    )
    assert seen["rental"] == {"status": "LOST", "copy": {"status": "LOST"}}


async def test_the_late_fee_of_a_box_lost_on_its_way_is_a_part_of_its_replacement(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    desk.pass_days(9)
    await desk.send_back(rental)
    desk.pass_days(40)
    await look(desk)
    (seen,) = (
        await desk.ask(
            "query($id: ID!) { rental(id: $id) { ledger { kind memo amount { amountMinor } } } }",
            ADA,
            id=rental["id"],
        )
    ).values()
    assert [(entry["kind"], entry["amount"]["amountMinor"], entry["memo"]) for entry in seen["ledger"]] == [
        ("RENTAL_CHARGE", 229, "DVD for 7 days"),
        ("LATE_FEE", 230, "2 days late"),
        ("REPLACEMENT", 2300 - 230, "Lost on its way back"),
    ]


async def test_a_box_lost_on_its_way_that_turns_up_stands_on_the_shelf_again(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    await desk.send_back(rental)
    desk.pass_days(40)
    await look(desk)
    answer = await desk.take_in(rental)
    assert (answer["rental"]["status"], answer["rental"]["copy"]["status"]) == ("RETURNED", "AVAILABLE")
    assert await desk.balance() == 229 + 2300


async def test_who_has_been_let_off_a_late_fee_pays_no_replacement_either(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    desk.pass_days(9)
    sent = (await desk.send_back(rental))["rental"]
    waiver = {
        "rentalId": rental["id"],
        "expectedVersion": sent["version"],
        "reason": "Post",
        "idempotencyKey": "w",
    }
    waive = "mutation($input: WaiveLateFeeInput!) { waiveLateFee(input: $input) { errors { __typename } } }"
    assert (await desk.ask(waive, MANAGER, input=waiver))["waiveLateFee"]["errors"] == []
    desk.pass_days(40)
    await look(desk)
    assert await desk.balance() == 229


async def test_a_lost_box_that_comes_back_is_charged_no_second_time(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    desk.pass_days(40)
    await look(desk)
    await desk.take_in(rental)
    assert await desk.balance() == 229 + 2300


async def test_a_lost_film_makes_room_for_another(desk: Desk) -> None:
    for _ in range(3):
        await desk.rented(BAMBI)
    desk.pass_days(40)
    await desk.stock(CLUE)
    assert (await desk.rent(CLUE))["errors"] == []


async def test_a_transition_is_one_version_on(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    desk.pass_days(8)
    await look(desk)
    assert (await desk.take_in(rental))["rental"]["version"] == rental["version"] + 2
