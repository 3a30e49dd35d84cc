"""The public audit's subgraphs, composed by us and by others."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from supergraph.composition import Composition, SubgraphSource, api_sdl, compose

NO_PLAN = "corrupted-supergraph-node-id"
"""The suite with an operation for which other planners find no way, whoever composed its supergraph."""

pytestmark = pytest.mark.needs("shared")


@cache
def subgraphs_of(suite: Path) -> tuple[SubgraphSource, ...]:
    subgraphs = json.loads(suite.read_text())["subgraphs"]
    return tuple(SubgraphSource(one["name"], one["url"], one["sdl"]) for one in subgraphs)


@cache
def composition_of(suite: Path) -> Composition:
    return compose(subgraphs_of(suite))


def test_a_suite_composes(suite: Path) -> None:
    assert composition_of(suite).errors == ()


def test_a_suite_shows_clients_what_the_audit_s_supergraph_shows(
    suite: Path, meaning: Callable[..., set]
) -> None:
    ours = composition_of(suite).supergraph_sdl or ""
    theirs = json.loads(suite.read_text())["supergraph"]
    assert meaning(api_sdl(ours), descriptions=False) == meaning(api_sdl(theirs), descriptions=False)


@pytest.mark.needs("node")
def test_a_suite_is_the_supergraph_that_apollo_composes(
    suite: Path, oracle: Callable[..., dict], meaning: Callable[..., set]
) -> None:
    ours = composition_of(suite).supergraph_sdl or ""
    assert meaning(ours) == meaning(oracle("apollo", subgraphs_of(suite))["supergraph"])


@pytest.mark.needs("node")
@pytest.mark.parametrize("router", ["hive", "apollo"])
def test_another_router_plans_with_our_supergraph_as_with_the_audit_s(
    suite: Path, router: str, other_router: Callable[..., dict]
) -> None:
    operation = json.loads(suite.read_text())["tests"][0]["query"]
    with_ours = other_router(router, composition_of(suite).supergraph_sdl, operation)
    with_theirs = other_router(router, json.loads(suite.read_text())["supergraph"], operation)
    assert (with_ours["plan"], with_ours["errors"]) == (with_theirs["plan"], with_theirs["errors"])
    assert (with_ours["plan"] is None) == (suite.stem == NO_PLAN)
