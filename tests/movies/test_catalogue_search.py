"""What a search finds and in which order, the same on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgraphs.movies.artwork import artwork
from subgraphs.movies.models import CreditKind
from subgraphs.movies.service.adding import NewCredit, NewFilm, add_films
from subgraphs.movies.spelling import MOST_SPELLINGS, one_letter_apart, similar_words
from subgraphs.movies.wording import slug
from tests.databases import Template
from tests.movies.conftest import NOW, Catalogue, served

FOUND = "query ($s: String, $first: Int! = 20, $after: String, $sort: MovieSort) {"
FOUND += " movies(search: $s, first: $first, after: $after, sort: $sort) {"
FOUND += " totalCount edges { node { name } } pageInfo { endCursor hasNextPage } } }"
PEOPLE = "query ($s: String!, $first: Int! = 20, $after: String) { people(search: $s, first: $first, after: $after) {"
PEOPLE += " edges { node { name } } pageInfo { endCursor hasNextPage } } }"


def film(
    name: str, *people: str, year: int = 2001, original: str | None = None, synopsis: str = ""
) -> NewFilm:
    """A film with so much of it as a search can see."""
    movie_id = f"mov_{slug(name)}"
    palette, layout = artwork(movie_id)
    return NewFilm(
        id=movie_id,
        slug=f"{slug(name)}-{year}",
        name=name,
        original_name=original,
        synopsis=synopsis,
        release_year=year,
        genres=(),
        credits=tuple(NewCredit(CreditKind.CAST, person) for person in people),
        palette=tuple(palette),
        layout=layout,
    )


ZEPHYRS = [
    film("The White Zephyr"),
    film("Borrowed Rooms", "Zephyr Quillon", year=1990),
    film("Rented Rooms", "Zephyr Quillon", year=1999),
    film("Zephyr Rising"),
    film("Kites", synopsis="On the coast a zephyr carries what the postman will not."),
    film("The Zephyr"),
    film("Señal Perdida", "Ágnes Wyxberg", original="Verlorenes Xylosignal"),
]


@pytest.fixture
async def catalogue(seeded: Template, tmp_path: Path) -> AsyncIterator[Catalogue]:
    """The demo catalogue with some films more, of words that no other has."""
    async with served(await seeded.to_change(tmp_path), tmp_path) as catalogue:
        await add(catalogue, ZEPHYRS)
        yield catalogue


async def add(catalogue: Catalogue, films: list[NewFilm]) -> None:
    """Puts films into the catalogue."""
    async with catalogue.database.transaction() as session:
        await add_films(session, films, NOW)


async def found(catalogue: Catalogue, search: str) -> list[str]:
    """The names of the films that a search finds, best first."""
    edges = (await catalogue.data(FOUND, s=search))["movies"]["edges"]
    return [edge["node"]["name"] for edge in edges]


async def people(catalogue: Catalogue, search: str) -> list[str]:
    """The names of the people whom a search finds, best first."""
    edges = (await catalogue.data(PEOPLE, s=search))["people"]["edges"]
    return [edge["node"]["name"] for edge in edges]


async def test_exact_names_come_first_then_beginnings_then_names_then_people_then_synopses(
    catalogue: Catalogue,
) -> None:
    assert await found(catalogue, "zephyr") == [
        "The Zephyr",
        "Zephyr Rising",
        "The White Zephyr",
        "Rented Rooms",
        "Borrowed Rooms",
        "Kites",
    ]


@pytest.mark.parametrize(
    ("search", "name"),
    [
        ("senal perdida", "Señal Perdida"),
        ("ZÉPHYR RÏSING", "Zephyr Rising"),
        ("verlorenes", "Señal Perdida"),
        ("agnes wyxberg", "Señal Perdida"),
        ("zephyr ris", "Zephyr Rising"),
        ("quillon borrowed", "Borrowed Rooms"),
        ("coast postman", "Kites"),
    ],
)
async def test_every_word_may_stand_in_any_field_begun_and_without_accents(
    catalogue: Catalogue, search: str, name: str
) -> None:
    assert (await found(catalogue, search))[0] == name


@pytest.mark.parametrize(
    ("search", "name"),
    [
        ("zehpyr rising", "Zephyr Rising"),
        ("zephr rising", "Zephyr Rising"),
        ("zephyyr risinng", "Zephyr Rising"),
        ("xephyr rising", "Zephyr Rising"),
        ("wixberg", "Señal Perdida"),
        ("xylosgnal", "Señal Perdida"),
        ("coast posman", "Kites"),
    ],
)
async def test_a_word_with_one_letter_wrong_is_understood(
    catalogue: Catalogue, search: str, name: str
) -> None:
    assert (await found(catalogue, search))[0] == name


async def test_a_mistyped_search_ranks_by_the_same_order(catalogue: Catalogue) -> None:
    assert await found(catalogue, "zephyt") == [
        "The Zephyr",
        "Zephyr Rising",
        "The White Zephyr",
        "Rented Rooms",
        "Borrowed Rooms",
        "Kites",
    ]


async def test_what_is_found_as_it_was_typed_is_not_mixed_with_other_spellings(catalogue: Catalogue) -> None:
    await add(catalogue, [film("The Zephyt")])
    assert await found(catalogue, "zephyt") == ["The Zephyt"]


async def test_two_letters_wrong_are_another_word(catalogue: Catalogue) -> None:
    assert await found(catalogue, "zaphyt rising") == []


async def test_a_retired_film_hides_no_other_spelling(catalogue: Catalogue) -> None:
    await add(catalogue, [film("The Zephyt")])
    await catalogue.data(
        "mutation ($id: ID!) { retireMovie(input: {id: $id, expectedVersion: 1}) { movie { id } } }",
        id="mov_the-zephyt",
    )
    assert (await found(catalogue, "zephyt"))[0] == "The Zephyr"


@pytest.mark.parametrize("key", ["RELEVANCE", "NAME", "RELEASE_DATE", "RUNTIME"])
async def test_the_pages_of_a_mistyped_search_stay_with_what_the_first_understood(
    catalogue: Catalogue, key: str
) -> None:
    sort = {"key": key, "direction": "ASC"}
    whole = (await catalogue.data(FOUND, s="zephyt", sort=sort))["movies"]
    page = (await catalogue.data(FOUND, s="zephyt", sort=sort, first=2))["movies"]
    await add(catalogue, [film("The Zephyt", year=1890)])
    after = page["pageInfo"]["endCursor"]
    rest = (await catalogue.data(FOUND, s="zephyt", sort=sort, after=after))["movies"]
    seen = [edge["node"]["name"] for edge in page["edges"] + rest["edges"]]
    assert [name for name in seen if name != "The Zephyt"] == [
        edge["node"]["name"] for edge in whole["edges"]
    ]


async def test_a_search_counts_what_all_its_pages_hold(catalogue: Catalogue) -> None:
    counts = [
        (await catalogue.data(FOUND, s=search, first=1))["movies"]["totalCount"]
        for search in ("zephyr", "zephyt")
    ]
    assert counts == [6, 6]


@pytest.mark.parametrize("search", ["quillon", "zephyr quil", "quilon", "QUÍLLON"])
async def test_a_person_is_found_by_each_part_of_their_name(catalogue: Catalogue, search: str) -> None:
    assert await people(catalogue, search) == ["Zephyr Quillon"]


async def test_people_of_exactly_that_name_come_first_then_those_that_begin_so(catalogue: Catalogue) -> None:
    await add(catalogue, [film("More Rooms", "Anna Quillon", "Quillon Aster", "Quillon", "Bert Quillonsson")])
    assert await people(catalogue, "quillon") == [
        "Quillon",
        "Quillon Aster",
        "Anna Quillon",
        "Bert Quillonsson",
        "Zephyr Quillon",
    ]


@pytest.mark.parametrize("search", ["quillon", "quilllon"])
async def test_people_are_read_page_by_page(catalogue: Catalogue, search: str) -> None:
    await add(catalogue, [film("More Rooms", *(f"{name} Quillon" for name in ("Anna", "Bert", "Cleo")))])
    seen, after, more = [], None, True
    while more:
        page = (await catalogue.data(PEOPLE, s=search, first=2, after=after))["people"]
        seen += [edge["node"]["name"] for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert seen == ["Anna Quillon", "Bert Quillon", "Cleo Quillon", "Zephyr Quillon"]


async def test_a_search_costs_three_statements_with_its_count_and_one_more_when_mistyped(
    catalogue: Catalogue,
) -> None:
    costs = [len(await catalogue.statements(FOUND, s=search)) for search in ("zephyr", "zephyt")]
    assert costs == [3, 4]


def one_letter_others(word: str) -> list[str]:
    """Every word that one letter makes of a word, with the letter e."""
    places = range(len(word))
    changed = {word[:at] + "e" + word[at + 1 :] for at in places}
    shorter = {word[:at] + word[at + 1 :] for at in places}
    longer = {word[:at] + "e" + word[at:] for at in range(len(word) + 1)}
    swapped = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}
    return sorted((changed | shorter | longer | swapped) - {word})


@pytest.mark.parametrize("word", ["quillon", "rooms", "xylosignal", "zephyr"])
async def test_no_word_of_one_letter_difference_is_missed(catalogue: Catalogue, word: str) -> None:
    async with catalogue.database.read() as session:
        similar = await similar_words(session, one_letter_others(word))
    assert [typed for typed, others in similar.items() if word not in others] == []
    assert max(len(others) for others in similar.values()) <= MOST_SPELLINGS


WORDS = st.text("abc", min_size=1, max_size=6)


@given(WORDS, WORDS)
def test_one_letter_apart_is_what_inserting_leaving_out_changing_or_swapping_reaches(
    one: str, other: str
) -> None:
    places = range(len(one))
    reached = {one[:at] + letter + one[at + 1 :] for at in places for letter in "abc"}
    reached |= {one[:at] + one[at + 1 :] for at in places}
    reached |= {one[:at] + letter + one[at:] for at in range(len(one) + 1) for letter in "abc"}
    reached |= {one[:at] + one[at + 1] + one[at] + one[at + 2 :] for at in range(len(one) - 1)}
    assert one_letter_apart(one, other) == (other in reached - {one})
