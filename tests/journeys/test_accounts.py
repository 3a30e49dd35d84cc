"""Somebody becomes a member."""

import asyncio

import jwt
import pytest

from tests.journeys.conftest import (
    ACTIVATE,
    ACTIVATION,
    PASSPHRASE,
    REGISTER,
    SIGN_IN,
    Business,
    Client,
    command,
    new_person,
)

STATUS = "query ($token: String!) { registration(statusToken: $token) { status handle } }"


async def test_a_registration_is_accepted_mailed_and_activated(visitor: Client, business: Business) -> None:
    person = new_person()
    accepted = await visitor.payload(REGISTER, input=person)
    assert accepted["registration"]["status"] in ("ACCEPTED", "AWAITING_ACTIVATION")
    found = ACTIVATION.search(business.mail_to(person["email"]))
    assert found
    status = await visitor.payload(STATUS, token=accepted["statusToken"])
    assert status == {"status": "AWAITING_ACTIVATION", "handle": person["handle"]}
    session = (await visitor.payload(ACTIVATE, input={"token": found[1]}))["session"]
    assert session["user"]["handle"] == person["handle"]
    assert (await visitor.payload(STATUS, token=accepted["statusToken"]))["status"] == "ACTIVE"


async def test_a_member_signs_in_and_is_the_viewer(visitor: Client) -> None:
    ada = await visitor.sign_in("ada")
    viewer = (await ada.data("{ viewer { id handle roles membership { tier } } }"))["viewer"]
    assert viewer == {
        "id": ada.user_id,
        "handle": "ada",
        "roles": ["CUSTOMER"],
        "membership": {"tier": "PLUS"},
    }


@pytest.mark.parametrize(("handle", "password"), [("ada", "wrong"), ("nobody-at-all", PASSPHRASE)])
async def test_wrong_credentials_get_the_same_answer_whoever_exists(
    visitor: Client, handle: str, password: str
) -> None:
    payload = await visitor.payload(SIGN_IN, input={"handle": handle, "password": password})
    assert payload == {"session": None, "errors": [{"code": "INVALID_CREDENTIALS"}]}


@pytest.mark.full
async def test_a_key_can_be_rotated_while_people_are_signed_in_and_nobody_is_refused(
    visitor: Client, business: Business
) -> None:
    before = await visitor.sign_in("ada")
    rotated = command(business, "users", "rotate-key").stdout
    signers: list[str] = []
    for _ in range(60):
        after = await visitor.sign_in("ada")
        signers.append(jwt.get_unverified_header(after.token)["kid"])
        for client in (before, after):
            assert (await client.data("{ viewer { handle } }"))["viewer"] == {"handle": "ada"}
        if f"New key: {signers[-1]}\n" in rotated:
            break
        await asyncio.sleep(0.5)
    assert [*dict.fromkeys(signers)] == [signers[0], signers[-1]]
    assert signers[0] != signers[-1]


async def test_a_taken_handle_is_refused(visitor: Client) -> None:
    payload = await visitor.payload(REGISTER, input=new_person(handle="ada"))
    assert [error["code"] for error in payload["errors"]] == ["HANDLE_TAKEN"]


async def test_a_film_goes_onto_the_watchlist_and_off_again(member: Client) -> None:
    film = (await member.data('{ movie(slug: "alien-1979") { id } }'))["movie"]["id"]
    add = """mutation ($input: AddToWatchlistInput!) { addToWatchlist(input: $input) {
      item { title { id name onWatchlist } } errors { ... on UserError { code } } } }"""
    added = await member.payload(add, input={"titleId": film})
    assert added["item"]["title"] == {"id": film, "name": "Alien", "onWatchlist": True}
    remove = """mutation ($input: RemoveFromWatchlistInput!) { removeFromWatchlist(input: $input) {
      errors { ... on UserError { code } } } }"""
    await member.payload(remove, input={"titleId": film})
    assert (await member.data('{ movie(slug: "alien-1979") { onWatchlist } }'))["movie"][
        "onWatchlist"
    ] is False


async def test_a_review_changes_the_rating_that_everybody_sees(member: Client, visitor: Client) -> None:
    query = '{ movie(slug: "the-matrix-1999") { id rating { count histogram } } }'
    before = (await visitor.data(query))["movie"]
    write = """mutation ($input: WriteReviewInput!) { writeReview(input: $input) {
      review { score author { handle } title { name } } errors { ... on UserError { code } } } }"""
    payload = await member.payload(write, input={"titleId": before["id"], "score": 9, "headline": "Yes"})
    assert payload["review"]["title"] == {"name": "The Matrix"}
    after = (await visitor.data(query))["movie"]["rating"]
    assert after["count"] == before["rating"]["count"] + 1
    assert after["histogram"][8] == before["rating"]["histogram"][8] + 1
