"""What time does to a rental: told once each, and a lost box is charged."""

from subgraphs.rentals.service.transitions import tell_transitions
from tests.rentals.conftest import BAMBI, CLUE, Desk


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


async def test_a_box_on_its_way_back_becomes_neither(desk: Desk) -> None:
    await desk.send_back(await desk.rented(BAMBI))
    desk.pass_days(40)
    assert await look(desk) == 0


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
