"""When plans are compiled, and what can be seen of it."""

from __future__ import annotations

import pytest

from supergraph.execution import ANYONE, Options
from tests.federation.federated import Part, federate

SDL = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
type Query { film(id: ID): Film }
type Film @key(fields: "id") { id: ID! title: String year: Int }
"""
FILM = {
    "Film": [{"id": "f1", "title": "Duel", "year": 1971}],
    "Query": {"film": {"$ref": "Film", "id": "f1"}},
}
QUERY = "query ($long: Boolean!) { film { title year @include(if: $long) } }"


@pytest.mark.parametrize(("after", "compiled"), [(0, 3), (2, 1), (None, 0)])
async def test_a_plan_is_compiled_once_it_was_run_so_often(after: int | None, compiled: int) -> None:
    federated = federate({"films": Part(SDL, FILM)}, Options(compile_after=after))
    for _ in range(3):
        await federated.answer(QUERY, {"long": True})
    assert federated.engine.programs(federated.engine.prepare(QUERY), ANYONE).compiled == compiled


async def test_each_outcome_of_conditions_has_a_program() -> None:
    federated = federate({"films": Part(SDL, FILM)}, Options(compile_after=0))
    answers = [(await federated.answer(QUERY, {"long": long})).data for long in (True, False, True)]
    whole = {"film": {"title": "Duel", "year": 1971}}
    assert answers == [whole, {"film": {"title": "Duel"}}, whole]


async def test_a_name_that_is_python_is_a_name_and_no_more() -> None:
    federated = federate({"films": Part(SDL, FILM)}, Options(compile_after=0))
    query = "{ None: film { raise: title __import__: year id: id } }"
    assert (await federated.answer(query)).data == {"None": {"raise": "Duel", "__import__": 1971, "id": "f1"}}


PEOPLE = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
type Person @key(fields: "code") { code: Code! name: String }
scalar Code
"""
FILMS = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
type Query { films: [Film] }
type Film { title: String director: Person }
type Person @key(fields: "code") { code: Code! }
scalar Code
"""


def directed_by(*codes: object) -> dict[str, Part]:
    """Films by directors with these keys; each person's name is the key as Python has it."""
    films = [{"title": f"film {number}", "director": {"code": code}} for number, code in enumerate(codes)]
    people = [{"code": code, "name": repr(code)} for code in codes]
    return {"films": Part(FILMS, {"Query": {"films": films}}), "people": Part(PEOPLE, {"Person": people})}


async def test_an_entity_that_stands_in_many_places_is_shaped_once() -> None:
    federated = federate(directed_by("agnes", "akira", "agnes"), Options(compile_after=0))
    data = (await federated.answer("{ films { title director { code name } } }")).data
    assert data is not None
    directors = [film["director"] for film in data["films"]]
    assert [director["name"] for director in directors] == ["'agnes'", "'akira'", "'agnes'"]
    assert directors[0] is directors[2]
    assert directors[0] is not directors[1]


async def test_keys_that_python_takes_for_equal_and_json_does_not_are_asked_for_apart() -> None:
    federated = federate(directed_by(1, True, "1", 1), Options(compile_after=0))
    await federated.answer("{ films { director { code name } } }")
    (asked,) = federated.subgraphs["people"].requests
    (representations,) = asked["variables"].values()
    assert [repr(each["code"]) for each in representations] == ["1", "True", "'1'"]
