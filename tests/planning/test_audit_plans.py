"""Every query of the public federation gateway audit is planned soundly, against the subgraphs' own SDL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

from supergraph.composition import read
from supergraph.model import Supergraph
from supergraph.planning import UnreachableFieldError, normalize, plan
from tests.planning.plan_checker import problems
from tests.planning.subgraph_sdl import SubgraphSdl

AUDIT = Path(__file__).parents[2].parent / "shared" / "federation-audit"
UNREACHABLE = {
    ("corrupted-supergraph-node-id", 0),
    ("corrupted-supergraph-node-id", 5),
    ("non-resolvable-interface-object", 1),
}
"""Whatever a router does, no subgraph can answer these: the audit expects an error and no data."""

pytestmark = pytest.mark.needs("shared")


@cache
def suite(name: str) -> dict[str, Any]:
    return json.loads((AUDIT / f"{name}.json").read_text())


@cache
def supergraph_of(name: str) -> Supergraph:
    return read(suite(name)["supergraph"])


@cache
def subgraphs_of(name: str) -> dict[str, SubgraphSdl]:
    return {each["name"]: SubgraphSdl(each["sdl"]) for each in suite(name)["subgraphs"]}


def cases() -> Iterator[tuple[str, int]]:
    for path in sorted(AUDIT.glob("*.json")):
        content = json.loads(path.read_text())
        if isinstance(content.get("supergraph"), str):
            for number, test in enumerate(content["tests"]):
                if not validate(read(content["supergraph"]).api, parse(test["query"])):
                    yield path.stem, number


@pytest.mark.parametrize(("name", "number"), [case for case in cases() if case not in UNREACHABLE])
def test_an_audit_query_is_planned_soundly(name: str, number: int) -> None:
    supergraph = supergraph_of(name)
    document = parse(suite(name)["tests"][number]["query"])
    made = plan(supergraph, normalize(supergraph, document))
    assert problems(made, subgraphs_of(name), supergraph.schema) == []


@pytest.mark.parametrize(("name", "number"), [case for case in cases() if case not in UNREACHABLE])
def test_an_audit_query_is_planned_soundly_around_each_subgraph(name: str, number: int) -> None:
    supergraph = supergraph_of(name)
    operation = normalize(supergraph, parse(suite(name)["tests"][number]["query"]))
    for avoided in supergraph.subgraphs:
        made = plan(supergraph, operation, avoid=frozenset({avoided}))
        assert problems(made, subgraphs_of(name), supergraph.schema) == []


@pytest.mark.parametrize(("name", "number"), sorted(UNREACHABLE))
def test_an_audit_query_that_nobody_can_answer_is_refused(name: str, number: int) -> None:
    supergraph = supergraph_of(name)
    operation = normalize(supergraph, parse(suite(name)["tests"][number]["query"]))
    with pytest.raises(UnreachableFieldError):
        plan(supergraph, operation)
