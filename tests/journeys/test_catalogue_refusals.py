"""Each answer that the catalogue gives its staff, as it comes through the router."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.journeys.conftest import Client

CREATE = """mutation ($input: CreateMovieInput!) { createMovie(input: $input) {
  movie { id name version synopsis collection { name } } errors { __typename ... on UserError { code path } } } }"""
UPDATE = """mutation ($input: UpdateMovieInput!) { updateMovie(input: $input) {
  movie { name version synopsis runtimeMinutes } errors { __typename ... on UserError { code path } } } }"""
RETIRE = """mutation ($input: RetireMovieInput!) { retireMovie(input: $input) {
  movie { retiredAt } errors { __typename ... on UserError { code path }
    ... on VersionConflict { currentVersion } } } }"""
COLLECT = """mutation ($input: CreateCollectionInput!) { createCollection(input: $input) {
  collection { id name version } errors { __typename ... on UserError { code path } } } }"""
RENAME = """mutation ($input: RenameCollectionInput!) { renameCollection(input: $input) {
  collection { name version } errors { __typename ... on UserError { code path } } } }"""
WATCH = """mutation ($input: AddToWatchlistInput!) { addToWatchlist(input: $input) {
  errors { ... on UserError { code } } } }"""
WAITS = 200


def new_film(**changes: Any) -> dict[str, Any]:
    """A film that nobody has put in before."""
    film = {
        "name": f"Counter {uuid4().hex[:8]}",
        "releaseDate": "2026-03-06",
        "certification": "PG",
        "genres": ["Drama"],
        "synopsis": "A clerk finds a tape.",
        "runtimeMinutes": 101,
        "idempotencyKey": uuid4().hex,
    }
    return film | changes


async def refusals(client: Client, mutation: str, **given: Any) -> list[tuple[str, list[str]]]:
    """What a mutation is refused for."""
    payload = await client.payload(mutation, input=given)
    return [(error["__typename"], error["path"]) for error in payload["errors"]]


async def test_a_field_given_as_null_is_cleared_and_one_left_out_stays(clerk: Client) -> None:
    movie = (await clerk.payload(CREATE, input=new_film()))["movie"]
    edit = {"id": movie["id"], "expectedVersion": 1, "synopsis": None}
    changed = (await clerk.payload(UPDATE, input=edit))["movie"]
    assert changed == {"name": movie["name"], "version": 2, "synopsis": None, "runtimeMinutes": 101}


async def test_a_repeated_request_makes_one_film_and_other_input_under_its_key_none(clerk: Client) -> None:
    film = new_film()
    first, again = [(await clerk.payload(CREATE, input=film))["movie"]["id"] for _ in range(2)]
    assert first == again
    other = film | {"name": "Another"}
    assert await refusals(clerk, CREATE, **other) == [("IdempotencyKeyReused", ["input", "idempotencyKey"])]


@pytest.mark.parametrize(
    ("mutation", "given", "refused"),
    [
        (CREATE, new_film(name=" "), ("InvalidInput", ["input", "name"])),
        (CREATE, new_film(genres=["Dramma"]), ("InvalidInput", ["input", "genres"])),
        (UPDATE, {"name": "X"}, ("NotFound", ["input", "id"])),
        (UPDATE, {"name": None}, ("InvalidInput", ["input", "name"])),
        (RETIRE, {}, ("NotFound", ["input", "id"])),
        (COLLECT, {"name": "!", "idempotencyKey": "c"}, ("InvalidInput", ["input", "name"])),
        (RENAME, {"name": "X"}, ("NotFound", ["input", "id"])),
    ],
)
async def test_a_mutation_that_cannot_be_says_which_input_is_meant(
    clerk: Client, mutation: str, given: dict[str, Any], refused: tuple[str, list[str]]
) -> None:
    nowhere = {} if mutation in (CREATE, COLLECT) else {"id": "mov_none", "expectedVersion": 1}
    assert await refusals(clerk, mutation, **nowhere, **given) == [refused]


async def test_who_retires_an_old_version_is_told_the_current_one(clerk: Client) -> None:
    movie = (await clerk.payload(CREATE, input=new_film()))["movie"]
    await clerk.payload(UPDATE, input={"id": movie["id"], "expectedVersion": 1, "name": "Newer"})
    payload = await clerk.payload(RETIRE, input={"id": movie["id"], "expectedVersion": 1})
    assert payload["errors"][0]["currentVersion"] == 2


@pytest.mark.parametrize("mutation", [CREATE, COLLECT])
async def test_a_member_may_not_change_the_catalogue(member: Client, mutation: str) -> None:
    given = new_film() if mutation == CREATE else {"name": "Mine", "idempotencyKey": "m"}
    answer = await member.ask(mutation, input=given)
    assert {error["extensions"]["code"] for error in answer["errors"]} <= {
        "UNAUTHORIZED_FIELD_OR_TYPE",
        "FORBIDDEN",
    }


async def test_a_collection_that_staff_make_can_hold_films_and_be_put_on_a_watchlist(
    clerk: Client, member: Client
) -> None:
    name = f"Trilogy {uuid4().hex[:8]}"
    made = (await clerk.payload(COLLECT, input={"name": name, "idempotencyKey": uuid4().hex}))["collection"]
    movie = (await clerk.payload(CREATE, input=new_film(collectionId=made["id"])))["movie"]
    assert movie["collection"]["name"] == name
    renamed = {"id": made["id"], "expectedVersion": 1, "name": f"{name} again"}
    assert (await clerk.payload(RENAME, input=renamed))["collection"]["version"] == 2
    for _ in range(WAITS):
        if (await member.payload(WATCH, input={"titleId": made["id"]}))["errors"] == []:
            return
        await asyncio.sleep(0.05)
    pytest.fail("users never hear of the collection")
