"""Leaving the shop: whatever else happens at that instant, nobody gets away with a film or a debt."""

import asyncio
from typing import Any

from tests.journeys.staging import Stage, ask, key, stage
from tests.journeys.test_renting import new_film_with_copies, offer

__all__ = ["stage"]

MINE = "{ viewer { closing { refusals { __typename } } } }"
AT_ONCE = 6


async def ending(client: Any) -> str:
    """How a request to leave ends: the account is closed, or stays open with a reason."""
    for _ in range(200):
        viewer = (await client.data(MINE))["viewer"]
        if viewer is None:
            return "closed"
        if viewer["closing"] is None or viewer["closing"]["refusals"] is not None:
            return "open"
        await asyncio.sleep(0.05)
    raise AssertionError("the counter has not answered")


async def test_who_rents_and_leaves_at_one_instant_does_one_of_the_two(stage: Stage) -> None:
    slug = await new_film_with_copies(stage.clerk, AT_ONCE)
    leavers = [await stage.person() for _ in range(AT_ONCE)]
    tokens = [(await offer(client, slug))["token"] for client, _ in leavers]

    async def both(number: int) -> tuple[bool, str]:
        client, said = leavers[number]
        rent = ask(client, "rentMovie", offerToken=tokens[number], **key())
        close = ask(client, "closeAccount", password=said["password"])
        rented, closed = await asyncio.gather(rent, close)
        refused = {error["code"] for error in closed["errors"]}
        assert refused <= {"RENTALS_OUTSTANDING", "BALANCE_OUTSTANDING"}
        end = await ending(client)
        assert end == "closed" if closed["closed"] else True
        return rented["errors"] == [], end

    outcomes = await asyncio.gather(*(both(number) for number in range(AT_ONCE)))
    assert set(outcomes) <= {(True, "open"), (False, "closed")}
    left = await stage.business.rows(
        "rentals",
        "SELECT count(*) FROM rentals JOIN accounts ON accounts.id = rentals.account_id "
        "WHERE closed_at IS NOT NULL AND returned_at IS NULL",
    )
    assert left == [(0,)]


async def test_an_account_with_nothing_out_is_closed_in_one_request(stage: Stage) -> None:
    client, said = await stage.person()
    payload = await ask(client, "closeAccount", password=said["password"])
    assert (payload["closed"], payload["closing"], payload["errors"]) == (True, None, [])
    refused = await ask(stage.visitor, "signIn", handle=said["handle"], password=said["password"])
    assert refused["errors"][0]["code"] == "INVALID_CREDENTIALS"
