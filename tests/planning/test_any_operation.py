"""Whatever is asked, a plan is sound: random operations over the audit's more difficult supergraphs."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from supergraph.composition import read
from supergraph.model import Supergraph
from supergraph.planning import normalize, plan
from tests.federation.operations import operations
from tests.planning.plan_checker import problems
from tests.planning.subgraph_sdl import SubgraphSdl

AUDIT = Path(__file__).parents[2].parent / "shared" / "federation-audit"
SUITES = (
    "abstract-types",
    "complex-entity-call",
    "include-skip",
    "keys-mashup",
    "nested-provides",
    "parent-entity-call-complex",
    "requires-requires",
    "requires-with-argument-conflict",
    "requires-with-fragments",
    "simple-interface-object",
    "union-intersection",
)

pytestmark = pytest.mark.needs("shared")


@cache
def suite(name: str) -> tuple[Supergraph, dict[str, SubgraphSdl]]:
    content: dict[str, Any] = json.loads((AUDIT / f"{name}.json").read_text())
    return read(content["supergraph"]), {
        each["name"]: SubgraphSdl(each["sdl"]) for each in content["subgraphs"]
    }


@pytest.mark.parametrize("name", SUITES)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_any_operation_is_planned_soundly(name: str, data: st.DataObject) -> None:
    supergraph, subgraphs = suite(name)
    drawn = data.draw(operations(supergraph.api, names=("id", "name", "x", "y"), depth=4))
    document = parse(drawn.text)
    assume(not validate(supergraph.api, document))
    made = plan(supergraph, normalize(supergraph, document))
    assert problems(made, subgraphs, supergraph.schema) == []


def test_the_checker_notices_a_fetch_that_does_not_wait() -> None:
    supergraph, subgraphs = suite("requires-requires")
    content = json.loads((AUDIT / "requires-requires.json").read_text())
    documents = (parse(test["query"]) for test in content["tests"])
    made = next(
        each
        for document in documents
        if (each := plan(supergraph, normalize(supergraph, document))).steps > 2
    )
    hasty = tuple(replace(fetch, after=frozenset[int]()) for fetch in made.fetches)
    broken = replace(made, fetches=hasty)
    assert any("does not wait" in problem for problem in problems(broken, subgraphs, supergraph.schema))
