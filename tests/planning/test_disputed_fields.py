"""A field of a type that not all sharers of the field above know: a plan that is explained says whose doing it is."""

from __future__ import annotations

from graphql import parse

from supergraph.composition import SubgraphSource, compose, read
from supergraph.planning import normalize, plan
from supergraph.planning.printing import print_plan

LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])\n'
)
MOVIES = LINK + (
    'type Query { store: Store } type Store @key(fields: "id") { id: ID! item: Item @shareable }'
    " union Item = Sign | Film type Sign @shareable { text: String } type Film { title: String }"
)
GAMES = LINK + (
    'type Store @key(fields: "id") { id: ID! item: Item @shareable }'
    " union Item = Sign type Sign @shareable { text: String }"
)
QUERY = "{ store { item { ... on Sign { text } ... on Film { title } } } }"


def explained(movies: str, games: str) -> str:
    composed = compose(
        [SubgraphSource("movies", "http://m", movies), SubgraphSource("games", "http://g", games)]
    )
    assert composed.supergraph_sdl is not None
    supergraph = read(composed.supergraph_sdl)
    return print_plan(plan(supergraph, normalize(supergraph, parse(QUERY)), explain=True))


def test_an_explained_plan_says_who_does_not_know_the_type_of_a_disputed_field() -> None:
    text = explained(MOVIES, GAMES)
    assert "store.item.title (Film.title): nobody, it is null with an error" in text
    assert "store.item can be had of games too, where it is never a Film" in text


def test_a_field_is_not_disputed_by_a_subgraph_whose_key_may_be_null() -> None:
    movies = MOVIES.replace('"id") { id: ID!', '"id") @key(fields: "code") { id: ID! code: ID')
    games = GAMES.replace('"id") { id: ID!', '"code") { code: ID')
    assert "store.item.title (Film.title): movies in fetch 0" in explained(movies, games)
