"""The shop's own three contracts: they compose, as others compose them, and what is checked in is current."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from supergraph.composition import Composition, SubgraphSource, api_sdl, compose

SCHEMA = Path(__file__).parents[2] / "schema"
PORTS = {"movies": 4001, "users": 4002, "rentals": 4003}
REFRESH = "schema/{} is not what the contracts compose to: run `.venv/bin/supergraph compose`."


@pytest.fixture(scope="module")
def contracts() -> tuple[SubgraphSource, ...]:
    return tuple(
        SubgraphSource(name, f"http://127.0.0.1:{port}/graphql", (SCHEMA / f"{name}.graphql").read_text())
        for name, port in PORTS.items()
    )


@pytest.fixture(scope="module")
def composition(contracts: tuple[SubgraphSource, ...]) -> Composition:
    return compose(contracts)


def test_the_contracts_compose_without_error(composition: Composition) -> None:
    assert composition.errors == ()


def test_the_contracts_give_no_hint(composition: Composition) -> None:
    assert composition.hints == ()


def test_the_supergraph_checked_in_is_current(composition: Composition) -> None:
    current = composition.supergraph_sdl == (SCHEMA / "supergraph.graphql").read_text()
    assert current, REFRESH.format("supergraph.graphql")


def test_the_api_checked_in_is_current(composition: Composition) -> None:
    current = api_sdl(composition.supergraph_sdl or "") == (SCHEMA / "api.graphql").read_text()
    assert current, REFRESH.format("api.graphql")


@pytest.mark.needs("node")
@pytest.mark.parametrize("composer", ["apollo", "guild"])
def test_another_composer_gives_the_same_supergraph_and_api(
    composer: str,
    contracts: tuple[SubgraphSource, ...],
    composition: Composition,
    oracle: Callable[..., dict],
    meaning: Callable[[str], set],
) -> None:
    theirs, ours = oracle(composer, contracts), composition.supergraph_sdl or ""
    assert theirs["errors"] == []
    assert meaning(ours) == meaning(theirs["supergraph"])
    assert meaning(api_sdl(ours)) == meaning(theirs["api"])
