"""Taking a film home: the price shown is the price charged, and every way in which it is refused."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from subgraphs.common.caller import Caller
from subgraphs.rentals.models import AccountRow, CopyRow, LedgerRow, RentalRow
from subgraphs.rentals.offers import Seal
from tests.rentals.conftest import ADA, ALIEN, BAMBI, BEN, CLUE, KIM, RENT, Desk


async def test_a_rented_film_costs_what_its_offer_said(desk: Desk) -> None:
    await desk.stock(BAMBI)
    (offer,) = await desk.offers(BAMBI)
    answer = await desk.rent(token=offer["token"])
    assert answer["errors"] == []
    assert answer["rental"]["price"]["amountMinor"] == offer["price"]["amountMinor"]
    assert await desk.balance() == offer["price"]["amountMinor"]


async def test_a_rented_film_is_due_when_the_stores_day_ends(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    assert (rental["status"], rental["dueAt"]) == ("ACTIVE", "2026-05-12T03:59:59Z")


async def test_the_copy_is_on_loan_and_the_charge_in_the_ledger(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    assert rental["copy"]["status"] == "ON_LOAN"
    assert [(entry["kind"], entry["memo"]) for entry in rental["ledger"]] == [
        ("RENTAL_CHARGE", "DVD for 7 days")
    ]


async def test_renting_tells_of_the_rental_and_of_the_stock(desk: Desk) -> None:
    await desk.rented(BAMBI)
    assert await desk.told() == ["rental.rented", "availability.changed"]


def refusal(answer: dict[str, Any]) -> dict[str, Any]:
    """The one error of a payload without a rental."""
    assert answer["rental"] is None
    (error,) = answer["errors"]
    return error


async def nothing_has_changed(desk: Desk) -> bool:
    """Whether no rental, entry or message came of it."""
    return (await desk.rows(RentalRow), await desk.rows(LedgerRow), await desk.told()) == (0, 0, [])


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda _: "", id="empty"),
        pytest.param(lambda _: "an.offer.token", id="garbage"),
        pytest.param(lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"), id="signature"),
        pytest.param(lambda token: token.replace("test.", "other."), id="key id"),
        pytest.param(lambda token: "x" * 5000 + token, id="too long"),
    ],
)
async def test_a_token_that_we_did_not_seal_opens_nothing(desk: Desk, spoil: Any) -> None:
    await desk.stock(BAMBI)
    (offer,) = await desk.offers(BAMBI)
    error = refusal(await desk.rent(token=spoil(offer["token"])))
    assert (error["__typename"], error["path"]) == ("OfferInvalid", ["input", "offerToken"])
    assert await nothing_has_changed(desk)


async def test_another_shops_seal_opens_nothing(desk: Desk) -> None:
    await desk.stock(BAMBI)
    (offer,) = await desk.offers(BAMBI)
    desk.seal = Seal({"test": b"x" * 32})
    assert refusal(await desk.rent(token=offer["token"]))["code"] == "OFFER_INVALID"


async def test_a_discounted_offer_is_the_members_alone(desk: Desk) -> None:
    await desk.stock(BAMBI)
    (offer,) = await desk.offers(BAMBI, BEN)
    assert refusal(await desk.rent(token=offer["token"], caller=ADA))["code"] == "OFFER_INVALID"


async def test_an_offer_without_a_discount_is_anybodys(desk: Desk) -> None:
    await desk.stock(BAMBI)
    (offer,) = await desk.offers(BAMBI, ADA)
    assert (await desk.rent(token=offer["token"], caller=BEN))["errors"] == []


async def test_an_offer_expires(desk: Desk) -> None:
    await desk.stock(BAMBI)
    (offer,) = await desk.offers(BAMBI)
    desk.now += timedelta(minutes=30)
    assert refusal(await desk.rent(token=offer["token"]))["code"] == "OFFER_EXPIRED"
    assert await nothing_has_changed(desk)


async def test_an_offer_is_good_for_fifteen_minutes_at_least(desk: Desk) -> None:
    await desk.stock(BAMBI)
    desk.now += timedelta(minutes=14, seconds=59)
    (offer,) = await desk.offers(BAMBI)
    desk.now += timedelta(minutes=15)
    assert (await desk.rent(token=offer["token"]))["errors"] == []


async def test_the_last_copy_gone_says_when_the_next_is_due(desk: Desk) -> None:
    await desk.stock(BAMBI)
    (offer,) = await desk.offers(BAMBI)
    first = await desk.rent(token=offer["token"])
    error = refusal(await desk.rent(token=offer["token"], caller=BEN))
    assert (error["code"], error["nextDueAt"]) == ("OUT_OF_STOCK", first["rental"]["dueAt"])


async def test_a_member_has_no_more_films_out_than_the_tier_allows(desk: Desk) -> None:
    for _ in range(3):
        await desk.rented(BAMBI)
    await desk.stock(CLUE)
    error = refusal(await desk.rent(CLUE))
    assert (error["code"], error["limit"]) == ("RENTAL_LIMIT_REACHED", 3)


async def test_a_box_counts_until_the_counter_has_it(desk: Desk) -> None:
    rentals = [await desk.rented(BAMBI) for _ in range(3)]
    await desk.send_back(rentals[0])
    await desk.stock(CLUE)
    assert refusal(await desk.rent(CLUE))["code"] == "RENTAL_LIMIT_REACHED"
    await desk.take_in(rentals[0])
    assert (await desk.rent(CLUE))["errors"] == []


@pytest.mark.parametrize(
    "caller",
    [
        pytest.param(KIM, id="fifteen"),
        pytest.param(Caller(KIM.subject, tier="STANDARD"), id="of unknown age"),
    ],
)
async def test_a_film_goes_out_only_to_who_is_old_enough(desk: Desk, caller: Caller) -> None:
    await desk.stock(ALIEN)
    error = refusal(await desk.rent(ALIEN, caller))
    assert (error["code"], error["certification"], error["minimumAge"]) == ("AGE_RESTRICTED", "R", 17)
    assert await nothing_has_changed(desk)


async def test_a_child_may_take_a_film_for_everybody(desk: Desk) -> None:
    await desk.stock(BAMBI)
    assert (await desk.rent(BAMBI, KIM))["errors"] == []


async def test_who_owes_more_than_the_credit_limit_takes_nothing_home(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    desk.pass_days(40)
    await desk.take_in(rental)
    owed = await desk.balance()
    await desk.stock(CLUE)
    error = refusal(await desk.rent(CLUE))
    assert (error["code"], error["balance"]["amountMinor"]) == ("CREDIT_LIMIT_REACHED", owed)


async def test_a_repeated_request_gives_the_same_rental(desk: Desk) -> None:
    await desk.stock(BAMBI, copies=2)
    (offer,) = await desk.offers(BAMBI)
    answers = [await desk.rent(token=offer["token"], key="again") for _ in range(2)]
    assert answers[0]["rental"]["id"] == answers[1]["rental"]["id"]
    assert await desk.rows(RentalRow) == 1


async def test_a_key_with_another_offer_is_refused(desk: Desk) -> None:
    await desk.stock(BAMBI)
    await desk.stock(CLUE)
    await desk.rent(BAMBI, key="again")
    assert refusal(await desk.rent(CLUE, key="again"))["code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_a_key_means_the_first_request_for_a_day_and_another_one_after_it(either_desk: Desk) -> None:
    await either_desk.stock(BAMBI, copies=2)
    await either_desk.rent(BAMBI, key="again")
    either_desk.pass_days(0.9)
    assert refusal(await either_desk.rent(BAMBI, key="again"))["code"] == "IDEMPOTENCY_KEY_REUSED"
    either_desk.pass_days(0.2)
    (offer,) = await either_desk.offers(BAMBI)
    answers = [await either_desk.rent(token=offer["token"], key="again") for _ in range(2)]
    assert [answer["errors"] for answer in answers] == [[], []]
    assert answers[0]["rental"] == answers[1]["rental"]


async def test_another_members_same_key_is_another_request(desk: Desk) -> None:
    await desk.stock(BAMBI, copies=2)
    answers = [await desk.rent(BAMBI, caller, key="again") for caller in (ADA, BEN)]
    assert answers[0]["rental"]["id"] != answers[1]["rental"]["id"]


async def test_a_refused_request_may_be_sent_again_with_its_key(desk: Desk) -> None:
    await desk.stock(BAMBI)
    (offer,) = await desk.offers(BAMBI)
    first = (await desk.rent(token=offer["token"], caller=BEN))["rental"]
    assert refusal(await desk.rent(token=offer["token"], key="again"))["code"] == "OUT_OF_STOCK"
    await desk.take_in(first)
    assert (await desk.rent(token=offer["token"], key="again"))["errors"] == []


@pytest.mark.parametrize("key", ["", "k" * 201, "\n"])
async def test_an_unusable_key_is_bad_input(desk: Desk, key: str) -> None:
    values = {"offerToken": "any", "idempotencyKey": key}
    assert await desk.refused(RENT, ADA, input=values) == "BAD_USER_INPUT"


async def test_nobody_rents_without_signing_in(desk: Desk) -> None:
    values = {"offerToken": "any", "idempotencyKey": "key"}
    assert await desk.refused(RENT, input=values) == "UNAUTHENTICATED"


async def test_a_closed_account_takes_nothing_home(desk: Desk) -> None:
    await desk.stock(BAMBI)
    async with desk.database.transaction() as session:
        await session.execute(update(AccountRow).values(closed_at=desk.now))
    assert refusal(await desk.rent(BAMBI))["code"] == "OFFER_INVALID"


async def test_a_copy_taken_out_of_service_is_not_rented(desk: Desk) -> None:
    await desk.stock(BAMBI)
    (offer,) = await desk.offers(BAMBI)
    async with desk.database.transaction() as session:
        await session.execute(update(CopyRow).values(on_shelf=False, retired_at=desk.now))
    error = refusal(await desk.rent(token=offer["token"]))
    assert (error["code"], error["nextDueAt"]) == ("OUT_OF_STOCK", None)
