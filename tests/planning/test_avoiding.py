"""A subgraph that is to be avoided is asked for that alone which no other resolves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from supergraph.planning import print_plan
from tests.planning.cases import calls, federation, fetch_from

A = frozenset({"a"})
CASE = federation(
    a="""
        type Query { films: [Film] @shareable hall: Hall place: Place @shareable }
        type Film @key(fields: "id") { id: ID! title: String @shareable price: Int }
        type Hall { name: String place: Place }
        type Place @shareable { street: String city: String }
    """,
    b="""
        type Query { films: [Film] @shareable place: Place @shareable }
        type Film @key(fields: "id") { id: ID! title: String @shareable year: Int }
        type Place @shareable { street: String city: String }
    """,
    c="""
        type Query { best: Film }
        type Film @key(fields: "id") { id: ID! stars: Int }
    """,
)


def test_what_another_subgraph_resolves_too_is_asked_there() -> None:
    assert calls(CASE.plan("{ films { title } place { city } }", avoid=A)) == [["b"]]


def test_what_no_other_resolves_is_asked_of_it_all_the_same_and_nothing_else() -> None:
    plan = CASE.plan("{ films { title price } }", avoid=A)
    assert calls(plan) == [["b"], ["a"]]
    assert "title" not in fetch_from(plan, "a").document


def test_an_entity_that_a_third_gives_is_completed_by_the_other_owner() -> None:
    plan = CASE.plan("{ best { title stars price } }", avoid=A)
    assert calls(plan) == [["c"], ["a", "b"]]
    assert "title" not in fetch_from(plan, "a").document


def test_what_cannot_be_had_from_others_at_one_place_stays_there_and_goes_elsewhere_at_another() -> None:
    plan = CASE.plan("{ hall { place { street } } place { city } }", avoid=A)
    assert calls(plan) == [["a", "b"]]
    assert "street" in fetch_from(plan, "a").document
    assert "city" not in fetch_from(plan, "a").document


def test_a_key_still_leads_from_it_to_the_others() -> None:
    case = federation(
        a='type Query { film: Film } type Film @key(fields: "id") { id: ID! title: String @shareable }',
        b="""
            type Query { films: [Film] }
            type Film @key(fields: "id") { id: ID! title: String @shareable year: Int }
        """,
    )
    assert calls(case.plan("{ film { year } films { title } }", avoid=A)) == [["a", "b"], ["b"]]


def test_where_no_other_owner_exists_the_plan_is_the_usual_one() -> None:
    query = "{ hall { name } }"
    assert print_plan(CASE.plan(query, avoid=A)) == print_plan(CASE.plan(query))


def test_a_subgraph_that_is_not_there_is_avoided_at_no_cost() -> None:
    query = "{ films { title price } }"
    assert print_plan(CASE.plan(query, avoid=frozenset({"z"}))) == print_plan(CASE.plan(query))


def test_where_all_owners_are_avoided_the_plan_is_the_usual_one() -> None:
    query = "{ films { title } }"
    assert print_plan(CASE.plan(query, avoid=frozenset("abc"))) == print_plan(CASE.plan(query))


def test_an_explained_plan_says_that_a_subgraph_is_avoided() -> None:
    plan = print_plan(CASE.plan("{ films { title } }", avoid=A, explain=True))
    assert "is not asked for what others resolve too, while it is down" in plan


FIELDS = (
    "films { title }",
    "films { id price }",
    "films { year }",
    "hall { place { city } }",
    "place { street }",
)


@given(
    fields=st.lists(st.sampled_from([*FIELDS, "best { title price stars year }"]), min_size=1, unique=True),
    avoid=st.frozensets(st.sampled_from("abc")),
)
def test_whatever_is_avoided_the_plan_is_sound(fields: list[str], avoid: frozenset[str]) -> None:
    CASE.plan("{ " + " ".join(fields) + " }", avoid=avoid)
