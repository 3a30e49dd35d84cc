"""The shop's own operations take no more than they have to, and their plans read well."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from graphql import parse
from syrupy.assertion import SnapshotAssertion

from supergraph.composition import read
from supergraph.planning import QueryPlan, normalize, plan, print_plan
from tests.planning.plan_checker import problems
from tests.planning.subgraph_sdl import SubgraphSdl

SCHEMA = Path(__file__).parents[2] / "schema"
LEAST = {
    "BrowsePage": (3, 2),
    "FilmPage": (3, 2),
    "MyRentals": (3, 3),
    "MyShelf": (5, 3),
    "CounterScan": (1, 1),
    "RentMovie": (2, 2),
}
"""Fetches and steps that each operation needs."""

operations = pytest.mark.parametrize("name", LEAST)
supergraph = cache(lambda: read((SCHEMA / "supergraph.graphql").read_text()))


@cache
def planned(name: str) -> QueryPlan:
    document = parse((SCHEMA / "operations" / f"{name}.graphql").read_text())
    return plan(supergraph(), normalize(supergraph(), document))


@operations
def test_an_operation_takes_no_more_fetches_and_steps_than_it_needs(name: str) -> None:
    assert (len(planned(name).fetches), planned(name).steps) == LEAST[name]


@operations
def test_an_operation_is_planned_soundly(name: str) -> None:
    subgraphs = {
        each: SubgraphSdl((SCHEMA / f"{each}.graphql").read_text()) for each in supergraph().subgraphs
    }
    assert problems(planned(name), subgraphs, supergraph().schema) == []


@operations
def test_a_plan_reads_well(name: str, snapshot: SnapshotAssertion) -> None:
    assert print_plan(planned(name)) == snapshot


def test_an_explanation_reads_well(snapshot: SnapshotAssertion) -> None:
    document = parse((SCHEMA / "operations" / "CounterScan.graphql").read_text())
    explained = plan(supergraph(), normalize(supergraph(), document), explain=True)
    assert print_plan(explained) == snapshot


def test_the_example_in_the_docs_is_what_an_explanation_says() -> None:
    page = (SCHEMA.parent / "docs" / "planning.md").read_text()
    example = page.split("<!-- explained -->\n```text\n")[1].partition("```")[0]
    document = parse((SCHEMA / "operations" / "BrowsePage.graphql").read_text())
    explained = print_plan(plan(supergraph(), normalize(supergraph(), document), explain=True))
    assert set(example.splitlines()) <= set(explained.splitlines())
