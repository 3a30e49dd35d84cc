"""Plans on one supergraph, and on the next."""

import pytest
from graphql import parse

from supergraph.composition import SubgraphSource, compose, read
from supergraph.planning import QueryPlan, normalize, plan
from supergraph.planning.likeness import alike

SDL = """
type Query { film: Film }
type Film { name: String, genre: Genre }
enum Genre { DRAMA, NOIR }
"""


def planned(sdl: str, query: str = "{ film { name genre } }") -> QueryPlan:
    composed = compose([SubgraphSource("films", "http://films/graphql", sdl)])
    assert composed.supergraph_sdl is not None
    supergraph = read(composed.supergraph_sdl)
    return plan(supergraph, normalize(supergraph, parse(query), None))


def test_a_plan_is_alike_where_what_it_asks_for_has_not_changed() -> None:
    assert alike(planned(SDL), planned(SDL + "extend type Query { more: Int }"))


@pytest.mark.parametrize(
    ("changed", "into"),
    [("name: String", "name: String!"), ("DRAMA, NOIR", "DRAMA"), ("name: String", "name: ID")],
)
def test_a_plan_is_not_alike_where_the_type_of_what_it_asks_for_has_changed(changed: str, into: str) -> None:
    assert not alike(planned(SDL), planned(SDL.replace(changed, into)))


def test_a_plan_is_not_alike_where_it_asks_for_something_else() -> None:
    assert not alike(planned(SDL), planned(SDL, "{ film { name } }"))
