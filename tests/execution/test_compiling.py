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
