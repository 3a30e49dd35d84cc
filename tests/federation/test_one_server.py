"""The cases once more, before one server over the same data: what they expect must be what GraphQL itself gives."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from supergraph.execution import Options
from tests.federation.federated import monolith
from tests.federation.subgraph import DataSubgraph
from tests.federation.test_cases import Case, cases, federation

COMPARABLE = (
    "alias-nulls",
    "aliases",
    "conditions",
    "conditions-and-requirements",
    "fragments",
    "malformed-replies",
    "mutation-steps",
    "null-propagation",
    "operation-names",
    "subgraph-errors",
    "typenames",
    "variables",
)
"""The behaviours that are no other in one server: their objects have an `id`, and their parts know the same of them."""

ROUTER_ONLY = {"down", "faults", "refused", "events", "options", "operation", "caller", "xfail"}


def comparable() -> Iterator[Any]:
    """The cases in which no subgraph fails and nothing is particular to a router."""
    for param in cases():
        behaviour, case = param.values
        if behaviour in COMPARABLE and ROUTER_ONLY.isdisjoint(case):
            yield param


@cache
def one_server(behaviour: str) -> DataSubgraph:
    federated = federation(behaviour, Options())
    return monolith(federated.supergraph, federated.parts)


@pytest.mark.parametrize(("behaviour", "case"), list(comparable()))
def test_one_server_answers_as_the_case_says(behaviour: str, case: Case) -> None:
    server = one_server(behaviour)
    server.renew()
    answer = server.execute(case["query"], case.get("variables"))
    assert answer["data"] == case["data"]
    paths = [error["path"] for error in answer.get("errors", ())]
    assert sorted(paths, key=str) == sorted((error[0] for error in case.get("errors", ())), key=str)
