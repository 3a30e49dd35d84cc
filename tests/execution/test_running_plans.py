"""What the interpreter does with a plan, whoever made it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from supergraph.execution.request import Caller
from supergraph.planning.query_plan import Condition
from supergraph.upstream import TransportError
from tests.execution.hand_written import PLAN, Bench, entities

USERS = {"data": {"users": [{"id": "1", "name": "Ada"}, {"id": "2", "name": "Bob"}]}}
REVIEWS = entities(
    {"reviews": [{"stars": 5, "author": {"id": "1"}}, {"stars": 1, "author": {"id": "1"}}]}, {"reviews": []}
)
AUTHORS = entities({"name": "Ada"})


@pytest.fixture
def bench() -> Bench:
    return Bench()


def paths(errors: Any) -> list[list[str | int]]:
    return [error.get("path") for error in errors]


async def test_the_response_has_the_clients_names_and_order(bench: Bench) -> None:
    response = await bench.run(PLAN, {"accounts": [USERS, AUTHORS], "reviews": [REVIEWS]})
    assert response.as_dict() == {
        "data": {
            "people": [
                {
                    "id": "1",
                    "fullName": "Ada",
                    "reviews": [
                        {"stars": 5, "author": {"name": "Ada"}},
                        {"stars": 1, "author": {"name": "Ada"}},
                    ],
                },
                {"id": "2", "fullName": "Bob", "reviews": []},
            ]
        }
    }


async def test_an_entity_is_asked_for_once_however_often_it_stands(bench: Bench) -> None:
    await bench.run(PLAN, {"accounts": [USERS, AUTHORS], "reviews": [REVIEWS]})
    assert bench.requests["accounts"][1]["variables"] == {
        "representations": [{"__typename": "User", "id": "1"}]
    }


async def test_an_object_without_its_key_is_not_asked_for(bench: Bench) -> None:
    users = {"data": {"users": [{"id": None, "name": "Ada"}, None, {"id": "2", "name": "Bob"}]}}
    await bench.run(PLAN, {"accounts": [users], "reviews": [entities({"reviews": []})]})
    assert bench.requests["reviews"][0]["variables"]["representations"] == [{"__typename": "User", "id": "2"}]


async def test_a_fetch_with_nothing_to_ask_for_is_not_sent(bench: Bench) -> None:
    response = await bench.run(PLAN, {"accounts": [{"data": {"users": []}}], "reviews": []})
    assert (response.data, bench.requests["reviews"]) == ({"people": []}, [])


async def test_a_subgraph_that_is_down_blanks_what_it_owns_and_nothing_else(bench: Bench) -> None:
    response = await bench.run(PLAN, {"accounts": [USERS], "reviews": [TransportError("refused")]})
    assert response.data == {
        "people": [
            {"id": "1", "fullName": "Ada", "reviews": None},
            {"id": "2", "fullName": "Bob", "reviews": None},
        ]
    }
    assert paths(response.errors) == [["people", 0, "reviews"], ["people", 1, "reviews"]]


async def test_an_outage_has_one_id_under_which_its_cause_is_reported(bench: Bench) -> None:
    response = await bench.run(PLAN, {"accounts": [USERS], "reviews": [TransportError("10.0.0.7 refused")]})
    assert {error["extensions"]["errorId"] for error in response.errors} == {"id-0"}
    assert [(error_id, str(cause)) for error_id, _, cause in bench.masked] == [
        ("id-0", "reviews: 10.0.0.7 refused")
    ]
    assert "10.0.0.7" not in str(response.errors)


async def test_an_error_of_an_entity_shows_at_each_place_where_the_entity_stands(bench: Bench) -> None:
    failed = {
        "data": {"_entities": [{"name": None}]},
        "errors": [
            {"message": "hidden", "path": ["_entities", 0, "name"], "extensions": {"code": "FORBIDDEN"}}
        ],
    }
    response = await bench.run(PLAN, {"accounts": [USERS, failed], "reviews": [REVIEWS]})
    assert paths(response.errors) == [
        ["people", 0, "reviews", 0, "author", "name"],
        ["people", 0, "reviews", 1, "author", "name"],
    ]


async def test_an_error_below_a_null_keeps_its_whole_path_in_the_clients_names(bench: Bench) -> None:
    failed = {
        "data": {"users": [None, {"id": "2", "name": "Bob"}]},
        "errors": [{"message": "no name", "path": ["users", 0, "name"], "extensions": {"code": "X"}}],
    }
    response = await bench.run(PLAN, {"accounts": [failed], "reviews": [entities({"reviews": []})]})
    assert paths(response.errors) == [["people", 0, "fullName"]]


async def test_what_hangs_on_an_outage_further_up_says_so_too(bench: Bench) -> None:
    reviews = {
        "data": {"_entities": [{"reviews": [{"stars": 5, "author": {"id": None}}]}, None]},
        "errors": [
            {
                "message": "no",
                "path": ["_entities", 0, "reviews", 0, "author", "id"],
                "extensions": {"code": "X"},
            }
        ],
    }
    response = await bench.run(PLAN, {"accounts": [USERS], "reviews": [reviews]})
    assert [(error["path"], error["extensions"]["code"]) for error in response.errors] == [
        (["people", 0, "reviews", 0, "author", "name"], "X")
    ]


async def test_an_entity_that_its_owner_does_not_know_is_null_without_an_error(bench: Bench) -> None:
    response = await bench.run(PLAN, {"accounts": [USERS, entities(None)], "reviews": [REVIEWS]})
    assert response.data is not None
    assert response.data["people"][0]["reviews"][0] == {"stars": 5, "author": {"name": None}}
    assert response.errors == []


async def test_a_null_rises_to_the_nearest_place_that_may_be_null(bench: Bench) -> None:
    reviews = entities({"reviews": [{"stars": 5, "author": None}]}, {"reviews": []})
    response = await bench.run(PLAN, {"accounts": [USERS], "reviews": [reviews]})
    assert response.data is not None
    assert [user["reviews"] for user in response.data["people"]] == [None, []]
    assert [(error["message"], error["path"]) for error in response.errors] == [
        ("Cannot return null for non-nullable field Review.author.", ["people", 0, "reviews", 0, "author"])
    ]


MALFORMED = {
    "not JSON": b"<html>",
    "no reply": {"result": 1},
    "data is a list": {"data": []},
    "errors are texts": {"data": None, "errors": ["no"]},
    "nothing": {"data": None},
    "no entities": {"data": {}},
    "entities are no list": {"data": {"_entities": {"reviews": []}}},
    "no entity at all": entities(),
    "entities that are no objects": entities(1, "two"),
}


@pytest.mark.parametrize("reply", MALFORMED.values(), ids=MALFORMED.keys())
async def test_a_malformed_reply_blanks_the_fields_it_serves(bench: Bench, reply: Any) -> None:
    response = await bench.run(PLAN, {"accounts": [USERS], "reviews": [reply]})
    assert response.data == {
        "people": [
            {"id": "1", "fullName": "Ada", "reviews": None},
            {"id": "2", "fullName": "Bob", "reviews": None},
        ]
    }
    assert {error["extensions"]["code"] for error in response.errors} == {"SUBREQUEST_MALFORMED_RESPONSE"}


async def test_too_few_entities_blank_those_that_are_missing(bench: Bench) -> None:
    response = await bench.run(PLAN, {"accounts": [USERS], "reviews": [entities({"reviews": []})]})
    assert response.data is not None
    assert [user["reviews"] for user in response.data["people"]] == [[], None]
    assert paths(response.errors) == [["people", 1, "reviews"]]


async def test_extra_entities_are_ignored(bench: Bench) -> None:
    reviews = entities({"reviews": []}, {"reviews": []}, {"reviews": [{"stars": 9}]})
    response = await bench.run(PLAN, {"accounts": [USERS], "reviews": [reviews]})
    assert response.data is not None
    assert [user["reviews"] for user in response.data["people"]] == [[], []]


WRONG_VALUES = {
    "a leaf of another kind": ({"stars": "5", "author": {"id": "1"}}, ["stars"]),
    "a boolean for a number": ({"stars": True, "author": {"id": "1"}}, ["stars"]),
    "a number beyond 32 bits": ({"stars": 2**31, "author": {"id": "1"}}, ["stars"]),
    "a field that is missing": ({"author": {"id": "1"}}, ["stars"]),
    "an object for a leaf": ({"stars": {}, "author": {"id": "1"}}, ["stars"]),
}


@pytest.mark.parametrize(("review", "below"), WRONG_VALUES.values(), ids=WRONG_VALUES.keys())
async def test_a_value_that_does_not_fit_its_type_is_an_error_there(
    bench: Bench, review: Any, below: list[str]
) -> None:
    reviews = entities({"reviews": [review]}, {"reviews": []})
    response = await bench.run(PLAN, {"accounts": [USERS, AUTHORS], "reviews": [reviews]})
    assert response.data is not None
    assert response.data["people"][0]["reviews"] == [{"stars": None, "author": {"name": "Ada"}}]
    assert paths(response.errors) == [["people", 0, "reviews", 0, *below]]


async def test_a_list_where_an_object_should_be_is_an_error_there(bench: Bench) -> None:
    response = await bench.run(
        PLAN, {"accounts": [{"data": {"users": {"id": "1"}}}], "reviews": [entities(None)]}
    )
    assert (response.data, paths(response.errors)) == ({"people": None}, [["people"]])


async def test_an_integral_float_is_an_int(bench: Bench) -> None:
    reviews = entities({"reviews": [{"stars": 4.0, "author": {"id": "1"}}]}, {"reviews": []})
    response = await bench.run(PLAN, {"accounts": [USERS, AUTHORS], "reviews": [reviews]})
    assert response.data is not None
    assert response.data["people"][0]["reviews"][0]["stars"] == 4


async def test_an_error_that_no_null_shows_is_told_without_a_path(bench: Bench) -> None:
    users = {**USERS, "errors": [{"message": "The cache is cold.", "extensions": {"code": "COLD"}}]}
    response = await bench.run(PLAN, {"accounts": [users, AUTHORS], "reviews": [REVIEWS]})
    assert response.errors == [{"message": "The cache is cold.", "extensions": {"code": "COLD"}}]


async def test_replies_are_not_changed(bench: Bench) -> None:
    shared = {"users": [{"id": "1", "name": "Ada"}]}
    before = str(shared)
    await bench.run(PLAN, {"accounts": [{"data": shared}, AUTHORS], "reviews": [REVIEWS]})
    assert str(shared) == before


async def test_each_subgraph_is_sent_the_callers_headers_for_it(bench: Bench) -> None:
    asked: list[str] = []

    def headers(subgraph: str) -> dict[str, str]:
        asked.append(subgraph)
        return {}

    await bench.run(
        PLAN, {"accounts": [USERS, AUTHORS], "reviews": [REVIEWS]}, caller=Caller(headers=headers)
    )
    assert asked == ["accounts", "reviews", "accounts"]


async def test_a_fetch_whose_guard_fails_is_not_sent(bench: Bench) -> None:
    guard = frozenset({frozenset({Condition("reviews", value=True)})})
    guarded = replace(PLAN, fetches=(PLAN.fetches[0], replace(PLAN.fetches[1], guard=guard), PLAN.fetches[2]))
    await bench.run(guarded, {"accounts": [USERS], "reviews": []}, variables={"reviews": False})
    assert bench.requests["reviews"] == []


async def test_a_fetch_is_sent_only_the_variables_that_it_names(bench: Bench) -> None:
    first = replace(PLAN.fetches[0], variables=("first", "absent"))
    plan = replace(PLAN, fetches=(first,))
    await bench.run(plan, {"accounts": [{"data": {"users": []}}]}, variables={"first": 2, "other": 1})
    assert bench.requests["accounts"] == [{"query": first.document, "variables": {"first": 2}}]
