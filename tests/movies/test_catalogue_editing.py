"""What staff do to the catalogue, and how they are refused."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from subgraphs.common.caller import ANONYMOUS, Caller
from subgraphs.common.demo import films
from subgraphs.movies.models import MovieRow, Outbox
from tests.databases import WHATEVER_THE_DATABASE
from tests.movies.conftest import Catalogue

REFUSED = "errors { __typename ... on UserError { code path } }"
OVERTAKEN = "errors { __typename ... on UserError { code path } ... on VersionConflict { currentVersion } }"
FILM = "id slug name originalName synopsis releaseDate releaseYear runtimeMinutes certification version "
FILM += "retiredAt genres { name } collection { name } wholesaleCost { amountMinor currency } "
FILM += "credits { edges { node { kind character billing person { name } } } }"
CREATE = f"mutation ($input: CreateMovieInput!) {{ createMovie(input: $input) {{ movie {{ {FILM} }} {REFUSED} }} }}"
UPDATE = f"mutation ($input: UpdateMovieInput!) {{ updateMovie(input: $input) {{ movie {{ {FILM} }} {OVERTAKEN} }} }}"
RETIRE = f"mutation ($input: RetireMovieInput!) {{ retireMovie(input: $input) {{ movie {{ {FILM} }} {OVERTAKEN} }} }}"

NEW: dict[str, Any] = {
    "name": "The Night Counter",
    "releaseDate": "2026-03-06",
    "certification": "PG_13",
    "genres": ["Drama"],
    "synopsis": "A clerk finds a tape that was never returned.",
    "runtimeMinutes": 101,
    "credits": [
        {"personName": "Nora Nowhere", "kind": "DIRECTOR"},
        {"personName": "Ned Nowhere", "kind": "CAST", "character": "The Clerk", "billing": 1},
    ],
    "wholesaleCost": {"amountMinor": 1899, "currency": "USD"},
    "idempotencyKey": "key-1",
}


async def create(catalogue: Catalogue, **changes: Any) -> dict[str, Any]:
    """The payload of creating the new film, some of its input changed."""
    return (await catalogue.data(CREATE, input=NEW | changes))["createMovie"]


async def update(catalogue: Catalogue, movie: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The payload of changing a film as it was seen."""
    seen = {"id": movie["id"], "expectedVersion": movie["version"]}
    return (await catalogue.data(UPDATE, input=seen | changes))["updateMovie"]


async def events(catalogue: Catalogue) -> list[tuple[str, int]]:
    """What the outbox holds: kinds and versions."""
    async with catalogue.database.read() as session:
        rows = (await session.scalars(select(Outbox).order_by(Outbox.sequence))).all()
    return [(row.kind, row.payload["version"]) for row in rows]


async def test_a_created_film_is_found_by_all_it_has(catalogue: Catalogue) -> None:
    movie = (await create(catalogue))["movie"]
    assert movie["slug"] == "the-night-counter-2026"
    assert movie["wholesaleCost"] == {"amountMinor": 1899, "currency": "USD"}
    assert [edge["node"]["person"]["name"] for edge in movie["credits"]["edges"]] == [
        "Ned Nowhere",
        "Nora Nowhere",
    ]
    for search in ("night counter", "nowhere", "tape never returned"):
        data = await catalogue.data(
            "query ($s: String) { movies(search: $s) { edges { node { id } } } }", s=search
        )
        assert movie["id"] in [edge["node"]["id"] for edge in data["movies"]["edges"]]


async def shelf(catalogue: Catalogue, genre: str) -> list[str]:
    """The names of a genre's first hundred films."""
    data = await catalogue.data("{ genres { name movies(first: 100) { edges { node { name } } } } }")
    found = next(shown for shown in data["genres"] if shown["name"] == genre)
    return [edge["node"]["name"] for edge in found["movies"]["edges"]]


async def test_a_renamed_film_stands_by_its_new_name_among_the_films_of_its_genre(
    catalogue: Catalogue,
) -> None:
    movie = (await create(catalogue, name="AAA", genres=["Western"]))["movie"]
    assert (await shelf(catalogue, "Western"))[0] == "AAA"
    await update(catalogue, movie, name="ZZZ")
    assert (await shelf(catalogue, "Western"))[-1] == "ZZZ"


@pytest.mark.parametrize(
    ("sort", "change"),
    [("RELEASE_DATE", {"releaseDate": "1900-01-01"}), ("RUNTIME", {"runtimeMinutes": 1})],
)
async def test_a_film_that_changes_moves_in_every_order_of_its_genre(
    catalogue: Catalogue, sort: str, change: dict[str, Any]
) -> None:
    async def first() -> str:
        found = await catalogue.data(
            """query ($sort: MovieSort) { movies(first: 1, sort: $sort,
              filter: {genres: ["western"], runtimeMinutes: {gte: 1}}) { edges { node { name } } } }""",
            sort={"key": sort, "direction": "ASC"},
        )
        return found["movies"]["edges"][0]["node"]["name"]

    made = await create(
        catalogue, name="Newest", releaseDate="2030-01-01", runtimeMinutes=999, genres=["Western"]
    )
    assert await first() != "Newest"
    await update(catalogue, made["movie"], **change)
    assert await first() == "Newest"


async def test_a_film_that_gets_another_genre_leaves_the_films_of_the_old_one(catalogue: Catalogue) -> None:
    movie = (await create(catalogue, name="AAA", genres=["Western"]))["movie"]
    await update(catalogue, movie, name="AAB", genres=["Drama"])
    assert "AAB" in await shelf(catalogue, "Drama")
    assert not {"AAA", "AAB"} & set(await shelf(catalogue, "Western"))


async def test_a_retired_film_is_not_among_the_films_of_its_genre(catalogue: Catalogue) -> None:
    movie = (await create(catalogue, name="AAA", genres=["Western"]))["movie"]
    await catalogue.data(RETIRE, input={"id": movie["id"], "expectedVersion": movie["version"]})
    assert "AAA" not in await shelf(catalogue, "Western")


async def test_a_second_film_of_the_same_name_and_year_gets_a_slug_of_its_own(catalogue: Catalogue) -> None:
    await create(catalogue)
    second = await create(catalogue, idempotencyKey="key-2")
    assert second["movie"]["slug"] == "the-night-counter-2026-2"


async def test_the_same_request_again_gives_the_same_film(catalogue: Catalogue) -> None:
    first, second = await create(catalogue), await create(catalogue)
    assert first == second
    assert await events(catalogue) == [("movie.created", 1)]


async def test_the_same_request_at_the_same_instant_makes_one_film(catalogue: Catalogue) -> None:
    payloads = await asyncio.gather(*(create(catalogue) for _ in range(5)))
    assert len({payload["movie"]["id"] for payload in payloads}) == 1


async def test_a_key_used_with_other_input_is_refused(catalogue: Catalogue) -> None:
    await create(catalogue)
    payload = await create(catalogue, name="Another")
    assert payload["errors"][0]["__typename"] == "IdempotencyKeyReused"


@WHATEVER_THE_DATABASE
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "   "),
        ("name", "x" * 301),
        ("releaseDate", "1700-01-01"),
        ("runtimeMinutes", 0),
        ("runtimeMinutes", 99_999),
        ("genres", []),
        ("genres", ["Dramma"]),
        ("synopsis", "x" * 4001),
        ("synopsisSource", "example.org/page"),
        ("synopsisSource", "javascript:alert(1)"),
        ("synopsisSource", "https://example.org/a page"),
        ("synopsisSource", "https://[example.org"),
        ("synopsisSource", "https://example.org/" + "x" * 500),
        ("collectionId", "col_none"),
        ("name", "!?"),
        ("credits", [{"kind": "CAST"}]),
        ("credits", [{"kind": "CAST", "personName": "x" * 301}]),
        ("credits", [{"kind": "CAST", "personName": "Nora", "character": "x" * 301}]),
        ("credits", [{"kind": "CAST", "personName": "Nora", "billing": 0}]),
        ("credits", [{"kind": "CAST", "personId": "per_none"}]),
        ("credits", [{"kind": "CAST", "personId": "per_1", "personName": "Both"}]),
        ("wholesaleCost", {"amountMinor": -1, "currency": "USD"}),
        ("wholesaleCost", {"amountMinor": 10_000_001, "currency": "USD"}),
        ("wholesaleCost", {"amountMinor": 1, "currency": "dollars"}),
    ],
)
async def test_a_value_that_breaks_a_rule_is_refused_with_its_path(
    catalogue: Catalogue, field: str, value: Any
) -> None:
    payload = await create(catalogue, **{field: value})
    assert payload["movie"] is None
    assert [(error["__typename"], error["path"]) for error in payload["errors"]] == [
        ("InvalidInput", ["input", field])
    ]
    assert await events(catalogue) == []


async def test_a_refused_request_may_be_mended_under_the_same_key(catalogue: Catalogue) -> None:
    await create(catalogue, runtimeMinutes=0)
    assert (await create(catalogue))["errors"] == []


async def test_a_field_left_out_stays_and_a_field_given_as_null_is_cleared(catalogue: Catalogue) -> None:
    movie = (await create(catalogue))["movie"]
    changed = (await update(catalogue, movie, synopsis=None, runtimeMinutes=102))["movie"]
    assert changed == movie | {"synopsis": None, "runtimeMinutes": 102, "version": 2}


SOURCE = "https://example.org/the-night-counter"
OTHER_SOURCE = "https://example.org/elsewhere"


@pytest.mark.parametrize(
    ("change", "source"),
    [
        ({"synopsis": "In other words."}, None),
        ({"synopsis": None}, None),
        ({"synopsis": None, "synopsisSource": SOURCE}, None),
        ({"synopsis": "In other words.", "synopsisSource": SOURCE}, SOURCE),
        ({"synopsisSource": OTHER_SOURCE}, OTHER_SOURCE),
        ({"synopsisSource": None}, None),
        ({"synopsis": "A clerk finds a tape that was never returned."}, SOURCE),
        ({"runtimeMinutes": 100}, SOURCE),
    ],
)
async def test_a_synopsis_and_its_source_stay_together(
    catalogue: Catalogue, change: dict[str, Any], source: str | None
) -> None:
    movie = (await create(catalogue, synopsisSource=SOURCE))["movie"]
    assert (await update(catalogue, movie, **change))["errors"] == []
    found = await catalogue.data("query ($id: ID!) { movie(id: $id) { synopsisSource } }", id=movie["id"])
    assert found["movie"]["synopsisSource"] == source


async def test_a_name_cannot_be_cleared(catalogue: Catalogue) -> None:
    movie = (await create(catalogue))["movie"]
    payload = await update(catalogue, movie, name=None)
    assert payload["errors"][0] | {"code": ""} == {
        "__typename": "InvalidInput",
        "code": "",
        "path": ["input", "name"],
    }


async def test_of_two_clerks_who_change_the_same_version_one_wins(catalogue: Catalogue) -> None:
    movie = (await create(catalogue))["movie"]
    payloads = await asyncio.gather(
        update(catalogue, movie, name="First"), update(catalogue, movie, name="Second")
    )
    refusals = [payload["errors"] for payload in payloads if payload["errors"]]
    assert [(errors[0]["__typename"], errors[0]["currentVersion"]) for errors in refusals] == [
        ("VersionConflict", 2)
    ]


async def test_a_film_whose_maker_changed_only_a_person_is_found_by_that_person_only(
    catalogue: Catalogue,
) -> None:
    movie = (await create(catalogue))["movie"]
    await update(catalogue, movie, credits=[{"personName": "Xaver Wyxberg", "kind": "WRITER"}])
    query = "query ($s: String) { movies(search: $s) { edges { node { id } } } }"
    assert (await catalogue.data(query, s="wyxberg"))["movies"]["edges"] == [{"node": {"id": movie["id"]}}]
    assert (await catalogue.data(query, s="ned nowhere"))["movies"]["edges"] == []


async def test_films_of_one_name_made_at_the_same_instant_get_slugs_of_their_own(
    catalogue: Catalogue,
) -> None:
    payloads = await asyncio.gather(*(create(catalogue, idempotencyKey=f"key-{n}") for n in range(4)))
    assert len({payload["movie"]["slug"] for payload in payloads}) == 4
    people = [payload["movie"]["credits"]["edges"] for payload in payloads]
    assert all(edges == people[0] for edges in people)


async def test_people_whose_names_are_in_other_scripts_stay_apart(catalogue: Catalogue) -> None:
    names = ["宮崎 駿", "黒澤 明", "Иван Петров"]
    people = [{"personName": name, "kind": "WRITER"} for name in names]
    movie = (await create(catalogue, credits=people))["movie"]
    assert {edge["node"]["person"]["name"] for edge in movie["credits"]["edges"]} == set(names)


async def test_a_film_of_500_credits_costs_no_more_statements_than_one_of_two(catalogue: Catalogue) -> None:
    costs = [
        len(
            await catalogue.statements(
                CREATE,
                input=NEW
                | {
                    "name": f"A film of {count}",
                    "idempotencyKey": f"key-{count}",
                    "credits": [{"personName": f"Person {count} {n}", "kind": "CAST"} for n in range(count)],
                },
            )
        )
        for count in (2, 60)
    ]
    assert costs[0] == costs[1]


@pytest.mark.parametrize("mutation", [UPDATE, RETIRE])
async def test_of_many_clerks_at_once_exactly_one_wins_and_the_others_learn_the_version(
    catalogue: Catalogue, mutation: str
) -> None:
    movie = (await create(catalogue))["movie"]
    seen = {"id": movie["id"], "expectedVersion": 1}
    answers = await asyncio.gather(*(catalogue.data(mutation, input=seen) for _ in range(6)))
    payloads = [next(iter(answer.values())) for answer in answers]
    assert [payload["movie"]["version"] for payload in payloads if payload["movie"]] == [2]
    told = [payload["errors"][0]["currentVersion"] for payload in payloads if payload["errors"]]
    assert told == [2] * 5


async def test_a_retired_film_cannot_be_retired_by_an_old_version_nor_one_that_never_was(
    catalogue: Catalogue,
) -> None:
    movie = (await create(catalogue))["movie"]
    await update(catalogue, movie, name="Newer")
    for given, refused in (
        ({"id": movie["id"], "expectedVersion": 1}, "VersionConflict"),
        ({"id": "mov_none", "expectedVersion": 1}, "NotFound"),
    ):
        payload = (await catalogue.data(RETIRE, input=given))["retireMovie"]
        assert [error["__typename"] for error in payload["errors"]] == [refused]


async def test_events_of_a_film_come_in_the_order_of_its_versions_with_all_that_others_keep(
    catalogue: Catalogue,
) -> None:
    movie = (await create(catalogue))["movie"]
    movie = (await update(catalogue, movie, certification="R"))["movie"]
    movie = (await update(catalogue, movie, name="Day Counter"))["movie"]
    await catalogue.data(RETIRE, input={"id": movie["id"], "expectedVersion": movie["version"]})
    async with catalogue.database.read() as session:
        rows = (await session.scalars(select(Outbox).order_by(Outbox.sequence))).all()
    kept = [(row.kind, *(row.payload[key] for key in ("name", "certification", "retired"))) for row in rows]
    assert kept == [
        ("movie.created", "The Night Counter", "PG_13", False),
        ("movie.renamed", "The Night Counter", "R", False),
        ("movie.renamed", "Day Counter", "R", False),
        ("movie.retired", "Day Counter", "R", True),
    ]


async def test_an_unknown_film_is_not_found(catalogue: Catalogue) -> None:
    payload = await update(catalogue, {"id": "mov_none", "version": 1}, name="Nothing")
    assert payload["errors"][0]["__typename"] == "NotFound"


async def test_a_refused_update_changes_nothing(catalogue: Catalogue) -> None:
    movie = (await create(catalogue))["movie"]
    await update(catalogue, movie, name="Changed", collectionId="col_none")
    async with catalogue.database.read() as session:
        row = await session.get_one(MovieRow, movie["id"])
    assert (row.name, row.version) == (NEW["name"], 1)


async def test_others_hear_of_a_new_name_but_not_of_a_new_synopsis(catalogue: Catalogue) -> None:
    movie = (await create(catalogue))["movie"]
    movie = (await update(catalogue, movie, synopsis="Another."))["movie"]
    await update(catalogue, movie, name="Day Counter")
    assert await events(catalogue) == [("movie.created", 1), ("movie.renamed", 3)]


async def test_a_renamed_film_is_found_by_its_new_name_only(catalogue: Catalogue) -> None:
    movie = (await create(catalogue))["movie"]
    await update(catalogue, movie, name="Day Shift")
    query = "query ($s: String) { movies(search: $s) { edges { node { name } } } }"
    assert (await catalogue.data(query, s="night counter"))["movies"]["edges"] == []
    assert (await catalogue.data(query, s="day shift"))["movies"]["edges"] != []


async def test_a_retired_film_leaves_the_lists_and_stays_on_its_page(catalogue: Catalogue) -> None:
    film = films()[0]
    retired = (await catalogue.data(RETIRE, input={"id": film.id, "expectedVersion": 1}))["retireMovie"]
    assert retired["movie"]["retiredAt"] == "2026-05-01T12:00:00Z"
    data = await catalogue.data(
        """query ($slug: String!, $name: String) { movie(slug: $slug) { name retiredAt }
           movies(search: $name) { edges { node { slug } } } }""",
        slug=film.slug,
        name=film.name,
    )
    assert data["movie"]["retiredAt"] is not None
    assert film.slug not in [edge["node"]["slug"] for edge in data["movies"]["edges"]]
    assert await events(catalogue) == [("movie.retired", 2)]


@WHATEVER_THE_DATABASE
@pytest.mark.parametrize("caller", [ANONYMOUS, Caller("usr_1", scopes=frozenset({"rentals:read"}))])
async def test_without_the_scope_nothing_is_changed(catalogue: Catalogue, caller: Caller) -> None:
    answer = await catalogue.ask(CREATE, caller, input=NEW)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await events(catalogue) == []
