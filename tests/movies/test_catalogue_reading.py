"""What can be looked up in the catalogue."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from subgraphs.common.caller import ANONYMOUS
from subgraphs.common.demo import collections, films
from subgraphs.common.ids import derived_id
from subgraphs.movies.wording import slug
from tests.databases import WHATEVER_THE_DATABASE, Template
from tests.movies.conftest import Catalogue, served

NAMES = (
    "query ($search: String, $filter: MovieFilter, $sort: MovieSort, $first: Int! = 100, $after: String) {"
)
NAMES += " movies(search: $search, filter: $filter, sort: $sort, first: $first, after: $after) {"
NAMES += " totalCount edges { node { name slug releaseYear runtimeMinutes } } pageInfo { hasNextPage endCursor } } }"
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
async def catalogue(seeded: Template, tmp_path: Path) -> AsyncIterator[Catalogue]:
    """The demo catalogue, which nobody here changes."""
    async with served(await seeded.to_look_at(), tmp_path) as catalogue:
        yield catalogue


async def names(catalogue: Catalogue, **variables: object) -> list[str]:
    """The names of the films that a list holds."""
    data = await catalogue.data(NAMES, **variables)
    return [edge["node"]["name"] for edge in data["movies"]["edges"]]


async def pages(catalogue: Catalogue, size: int, **variables: object) -> list[list[str]]:
    """A list read page by page: the slugs of each."""
    read, after = [], None
    while True:
        data = await catalogue.data(NAMES, first=size, after=after, **variables)
        read.append([edge["node"]["slug"] for edge in data["movies"]["edges"]])
        if not data["movies"]["pageInfo"]["hasNextPage"]:
            return read
        after = data["movies"]["pageInfo"]["endCursor"]


@pytest.mark.parametrize("key", ["NAME", "RELEASE_DATE", "RUNTIME"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_pages_hold_every_film_once_in_order(catalogue: Catalogue, key: str, direction: str) -> None:
    sort = {"key": key, "direction": direction}
    read = [slug for page in await pages(catalogue, 23, sort=sort) for slug in page]
    whole = [slug for page in await pages(catalogue, 100, sort=sort) for slug in page]
    assert read == whole
    assert sorted(read) == sorted(film.slug for film in films())


async def test_a_search_finds_a_film_by_its_title_without_its_accents(catalogue: Catalogue) -> None:
    accented = next(film for film in films() if not film.name.isascii())
    assert accented.name in await names(catalogue, search=accented.name)


async def test_a_search_finds_films_by_a_person(catalogue: Catalogue) -> None:
    film = films()[0]
    assert film.name in await names(catalogue, search=film.directors[0])


async def test_a_search_finds_a_film_by_the_beginning_of_a_word(catalogue: Catalogue) -> None:
    film = max(films(), key=lambda film: len(film.name.split()[0]))
    assert film.name in await names(catalogue, search=film.name[:5])


async def test_a_film_of_exactly_that_name_is_the_best_match(catalogue: Catalogue) -> None:
    film = next(film for film in films() if film.name == "Heat")
    assert (await names(catalogue, search="heat"))[0] == film.name


@pytest.mark.parametrize("search", ["", "   ", "!?", '"', "* OR", "NEAR(", "' & |", "%", "\\"])
async def test_no_search_text_breaks_the_list(catalogue: Catalogue, search: str) -> None:
    data = await catalogue.data(NAMES, search=search)
    assert len(data["movies"]["edges"]) == min(data["movies"]["totalCount"], 100)


async def test_a_filter_holds_in_all_that_is_given(catalogue: Catalogue) -> None:
    given = {
        "genres": ["Drama"],
        "certifications": ["R"],
        "releaseYear": {"gte": 1990, "lte": 2005},
        "runtimeMinutes": {"lte": 150},
    }
    wanted = {
        film.name
        for film in films()
        if "Drama" in film.genres
        and film.certification == "R"
        and 1990 <= film.release_date.year <= 2005
        and film.runtime_minutes <= 150
    }
    assert wanted
    assert set(await names(catalogue, filter=given)) == wanted


async def test_a_person_filter_finds_all_their_films(catalogue: Catalogue) -> None:
    director = films()[0].directors[0]
    data = await catalogue.data(
        "query ($name: String!) { people(search: $name) { edges { node { id name } } } }", name=director
    )
    person = next(edge["node"] for edge in data["people"]["edges"] if edge["node"]["name"] == director)
    found = await names(catalogue, filter={"personId": person["id"]})
    wanted = {
        film.name
        for film in films()
        if director in (*film.directors, *film.writers, *(name for name, _ in film.cast))
    }
    assert set(found) == wanted


async def test_a_film_page_shows_cast_in_billing_order(catalogue: Catalogue) -> None:
    film = films()[0]
    data = await catalogue.data(
        """query ($slug: String!) { movie(slug: $slug) { name directors { name } genres { name }
             credits(kind: CAST, first: 3) {
               totalCount edges { node { character billing person { name } movie { slug } } } } } }""",
        slug=film.slug,
    )
    shown = data["movie"]
    assert shown["directors"] == [{"name": name} for name in film.directors]
    assert shown["genres"] == [{"name": name} for name in film.genres]
    assert shown["credits"]["totalCount"] == len(film.cast)
    assert [edge["node"]["person"]["name"] for edge in shown["credits"]["edges"]] == [
        name for name, _ in film.cast[:3]
    ]


async def test_credits_are_read_page_by_page(catalogue: Catalogue) -> None:
    query = """query ($slug: String!, $after: String) { movie(slug: $slug) {
      credits(first: 2, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } } }"""
    film = films()[0]
    seen, after, more = [], None, True
    while more:
        page = (await catalogue.data(query, slug=film.slug, after=after))["movie"]["credits"]
        seen += [edge["node"]["id"] for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert len(seen) == len(set(seen)) == len(film.cast) + len(film.directors) + len(film.writers)


async def test_a_filmography_begins_with_the_latest_film(catalogue: Catalogue) -> None:
    data = await catalogue.data(
        "query ($id: ID!) { person(id: $id) { credits(first: 100) { edges { node { movie { releaseYear } } } } } }",
        id=derived_id("per", "steven-spielberg"),
    )
    years = [edge["node"]["movie"]["releaseYear"] for edge in data["person"]["credits"]["edges"]]
    assert years == sorted(years, reverse=True)
    assert len(years) > 1


async def test_a_collection_holds_its_films_the_oldest_first(catalogue: Catalogue) -> None:
    film = next(film for film in films() if film.collection)
    data = await catalogue.data(
        "query ($slug: String!) { movie(slug: $slug) { collection { name movies { name releaseYear } } } }",
        slug=film.slug,
    )
    collection = data["movie"]["collection"]
    assert collection["name"] == film.collection
    years = [movie["releaseYear"] for movie in collection["movies"]]
    assert years == sorted(years)


async def test_genres_list_their_films(catalogue: Catalogue) -> None:
    data = await catalogue.data("{ genres { name movies(first: 2) { totalCount edges { node { name } } } } }")
    counts = {genre["name"]: genre["movies"]["totalCount"] for genre in data["genres"]}
    assert counts == {
        name: sum(name in film.genres for film in films()) for film in films() for name in film.genres
    }


async def test_the_pages_of_a_genre_hold_each_of_its_films_once_by_name(catalogue: Catalogue) -> None:
    query = """query ($after: String) { genres { name movies(first: 7, after: $after) {
      edges { node { slug } } pageInfo { hasNextPage endCursor } } } }"""
    seen, after, more = [], None, True
    while more:
        genres = (await catalogue.data(query, after=after))["genres"]
        page = next(genre["movies"] for genre in genres if genre["name"] == "Western")
        seen += [edge["node"]["slug"] for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    listed = await pages(
        catalogue, 100, filter={"genres": ["Western"]}, sort={"key": "NAME", "direction": "ASC"}
    )
    assert len(seen) > 7
    assert [seen] == listed


@WHATEVER_THE_DATABASE
@pytest.mark.parametrize("first", [0, -1, 101, 10_000])
async def test_a_page_size_outside_1_to_100_is_bad_input(catalogue: Catalogue, first: int) -> None:
    answer = await catalogue.ask(NAMES, first=first)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


@WHATEVER_THE_DATABASE
@pytest.mark.parametrize("after", ["x", "bnVsbA", "WzFd", "W1tdLDJd"])
async def test_a_foreign_cursor_is_bad_input(catalogue: Catalogue, after: str) -> None:
    answer = await catalogue.ask(NAMES, after=after)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


@WHATEVER_THE_DATABASE
@pytest.mark.parametrize("arguments", ["", '(id: "mov_1", slug: "heat-1995")'])
async def test_a_film_is_asked_for_by_exactly_one_key(catalogue: Catalogue, arguments: str) -> None:
    answer = await catalogue.ask(f"{{ movie{arguments} {{ name }} }}")
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_anybody_may_read_the_catalogue(catalogue: Catalogue) -> None:
    answer = await catalogue.ask("{ movies(first: 1) { edges { node { name } } } }", ANONYMOUS)
    assert "errors" not in answer


async def test_without_a_token_nothing_is_answered(catalogue: Catalogue) -> None:
    answer = await catalogue.client.post("/graphql", json={"query": "{ genres { name } }"})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("size", [5, 50])
async def test_a_page_of_films_with_all_its_parts_costs_six_statements(
    catalogue: Catalogue, size: int
) -> None:
    query = """query ($first: Int!) { movies(first: $first) { totalCount edges { node { id name
      genres { name } directors { name } poster { layout }
      credits(kind: CAST, first: 3) { edges { node { person { name } } } } } } } }"""
    assert len(await catalogue.statements(query, first=size)) == 6


@pytest.mark.parametrize("size", [5, 50])
async def test_entities_of_films_cost_one_statement_whatever_their_number(
    catalogue: Catalogue, size: int
) -> None:
    query = """query ($films: [_Any!]!) { _entities(representations: $films) {
      ... on Movie { name releaseYear certification wholesaleCost { amountMinor } poster { palette } } } }"""
    wanted = [{"__typename": "Movie", "id": film.id} for film in films()[:size]]
    assert len(await catalogue.statements(query, films=wanted)) == 1


@pytest.mark.parametrize("size", [2, 50])
async def test_entities_of_people_with_their_films_cost_four_statements(
    catalogue: Catalogue, size: int
) -> None:
    query = """query ($people: [_Any!]!) { _entities(representations: $people) { ... on Person {
      name credits(first: 3) { totalCount edges { node { kind movie { name } } } } } } }"""
    names = dict.fromkeys(name for film in films() for name in film.directors)
    wanted = [{"__typename": "Person", "id": derived_id("per", slug(name))} for name in names][:size]
    assert len(await catalogue.statements(query, people=wanted)) == 4


@pytest.mark.parametrize("size", [2, 50])
async def test_a_page_of_people_with_their_films_costs_three_statements_more_than_the_search(
    catalogue: Catalogue, size: int
) -> None:
    bare = 'query ($first: Int!) { people(search: "john", first: $first) { edges { node { name } } } }'
    query = bare.replace("name", "name credits(first: 3) { totalCount edges { node { movie { name } } } }")
    search = len(await catalogue.statements(bare, first=size))
    assert len(await catalogue.statements(query, first=size)) == search + 3


@pytest.mark.parametrize("kind", ["Collection", "Title"])
@pytest.mark.parametrize("size", [1, 10])
async def test_entities_of_collections_with_their_films_cost_the_same_whatever_their_number(
    catalogue: Catalogue, kind: str, size: int
) -> None:
    query = """query ($some: [_Any!]!) { _entities(representations: $some) { ... on Collection {
      name movies { name genres { name } } } } }"""
    wanted = [{"__typename": kind, "id": collection.id} for collection in collections()[:size]]
    assert len(wanted) == size
    # A title may be a film, so it is looked for among films first.
    assert len(await catalogue.statements(query, some=wanted)) == {"Collection": 3, "Title": 4}[kind]


@pytest.mark.parametrize("size", [1, 50])
async def test_genres_with_a_page_of_films_each_cost_four_statements(catalogue: Catalogue, size: int) -> None:
    query = """query ($first: Int!) { genres { name movies(first: $first) {
      totalCount edges { node { name directors { name } } } } } }"""
    assert len(await catalogue.statements(query, first=size)) == 4


async def test_an_unknown_film_is_null_among_those_that_are_known(catalogue: Catalogue) -> None:
    film = films()[0]
    data = await catalogue.data(
        "query ($films: [_Any!]!) { _entities(representations: $films) { ... on Movie { name } } }",
        films=[
            {"__typename": "Movie", "id": "mov_none"},
            {"__typename": "Movie", "slug": film.slug},
        ],
    )
    assert data["_entities"] == [None, {"name": film.name}]


async def test_a_title_is_a_film_or_a_collection(catalogue: Catalogue) -> None:
    film = next(film for film in films() if film.collection)
    collection = (
        await catalogue.data("query ($id: ID!) { movie(id: $id) { collection { id } } }", id=film.id)
    )["movie"]["collection"]
    data = await catalogue.data(
        "query ($titles: [_Any!]!) { _entities(representations: $titles) { ... on Title { __typename name } } }",
        titles=[{"__typename": "Title", "id": film.id}, {"__typename": "Title", "id": collection["id"]}],
    )
    assert [title["__typename"] for title in data["_entities"]] == ["Movie", "Collection"]


async def test_one_bad_representation_spoils_no_other(catalogue: Catalogue) -> None:
    film = films()[0]
    answer = await catalogue.ask(
        "query ($films: [_Any!]!) { _entities(representations: $films) { ... on Movie { name } } }",
        films=[{"__typename": "Nothing"}, {"__typename": "Movie", "id": film.id}, {"id": film.id}],
    )
    assert answer["data"]["_entities"] == [None, {"name": film.name}, None]
    assert [error["path"] for error in answer["errors"]] == [["_entities", 0], ["_entities", 2]]
