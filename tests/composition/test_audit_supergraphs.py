"""The public audit's subgraphs, composed by us and by others."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from supergraph.composition import SubgraphSource, api_sdl, compose

pytestmark = pytest.mark.needs("shared")


def subgraphs_of(suite: Path) -> tuple[SubgraphSource, ...]:
    subgraphs = json.loads(suite.read_text())["subgraphs"]
    return tuple(SubgraphSource(one["name"], one["url"], one["sdl"]) for one in subgraphs)


def test_a_suite_composes(suite: Path) -> None:
    assert compose(subgraphs_of(suite)).errors == ()


def test_a_suite_shows_clients_what_the_audit_s_supergraph_shows(
    suite: Path, meaning: Callable[..., set]
) -> None:
    ours = compose(subgraphs_of(suite)).supergraph_sdl or ""
    theirs = json.loads(suite.read_text())["supergraph"]
    assert meaning(api_sdl(ours), descriptions=False) == meaning(api_sdl(theirs), descriptions=False)


@pytest.mark.needs("node")
def test_a_suite_is_the_supergraph_that_apollo_composes(
    suite: Path, oracle: Callable[..., dict], meaning: Callable[..., set]
) -> None:
    ours = compose(subgraphs_of(suite)).supergraph_sdl or ""
    assert meaning(ours) == meaning(oracle("apollo", subgraphs_of(suite))["supergraph"])
