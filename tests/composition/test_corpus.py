"""Every rule and every code, as data: `corpus/` has a file a case."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from supergraph.composition import Composition, SubgraphSource, api_sdl, compose


@cache
def composition_of(subgraphs: tuple[SubgraphSource, ...]) -> Composition:
    return compose(subgraphs)


def verdict(codes: list[str]) -> str:
    return ", ".join(sorted(set(codes))) or "composes"


def test_a_case_gives_the_codes_that_it_expects(case: Any) -> None:
    composition = composition_of(case.subgraphs)
    assert verdict([error.code for error in composition.errors]) == case.expected


def test_a_composition_is_a_supergraph_or_errors_that_say_where_and_what_to_do(case: Any) -> None:
    composition = composition_of(case.subgraphs)
    assert (composition.supergraph_sdl is None) == bool(composition.errors)
    assert all(error.places and error.advice for error in composition.errors)


def test_the_order_of_the_subgraphs_does_not_matter(case: Any) -> None:
    backwards = compose(case.subgraphs[::-1])
    assert backwards.supergraph_sdl == composition_of(case.subgraphs).supergraph_sdl


@pytest.mark.needs("node")
@pytest.mark.parametrize("composer", ["apollo", "guild"])
def test_other_composers_give_the_same_verdict_where_no_reason_is_written(
    case: Any, composer: str, oracle: Callable[..., dict]
) -> None:
    said = getattr(case, composer)
    answer = oracle(composer, case.subgraphs)
    codes = [error["code"] or "crash" for error in answer["errors"]]
    assert verdict(codes) == ("composes" if said == "another API" else said)


@pytest.mark.needs("node")
def test_apollo_composes_the_same_supergraph_and_api(
    case: Any, oracle: Callable[..., dict], meaning: Callable[[str], set]
) -> None:
    ours, theirs = composition_of(case.subgraphs), oracle("apollo", case.subgraphs)
    if not (ours.supergraph_sdl and theirs["supergraph"]):
        assert "composes" not in {case.expected} & {case.apollo}
        return
    assert meaning(ours.supergraph_sdl) == meaning(theirs["supergraph"])
    assert meaning(api_sdl(ours.supergraph_sdl)) == meaning(theirs["api"])


@pytest.mark.needs("node")
def test_apollo_s_gateway_loads_what_composes(
    case: Any, oracle: Callable[..., dict], meaning: Callable[[str], set]
) -> None:
    sdl = composition_of(case.subgraphs).supergraph_sdl
    if sdl is None or case.apollo == "INVALID_GRAPHQL":
        assert case.expected != "composes" or case.apollo != "composes"
        return
    loaded = oracle("load", sdl)
    assert loaded["errors"] == []
    assert meaning(loaded["api"]) == meaning(api_sdl(sdl))


@pytest.mark.needs("node")
def test_hive_router_loads_what_composes(case: Any, other_router: Callable[..., dict]) -> None:
    sdl = composition_of(case.subgraphs).supergraph_sdl
    if sdl is None:
        assert case.expected != "composes"
        return
    assert other_router("hive", sdl, "{ __typename }")["errors"] == []


@pytest.mark.needs("node")
def test_apollo_gives_the_same_hints(case: Any, oracle: Callable[..., dict]) -> None:
    ours, theirs = composition_of(case.subgraphs), oracle("apollo", case.subgraphs)
    both_compose = bool(ours.supergraph_sdl and theirs["supergraph"])
    told = {hint.code for hint in ours.hints} if both_compose else set()
    assert told == (set(theirs["hints"]) if both_compose else set())


@pytest.mark.needs("node")
def test_guild_composes_the_same_api(
    case: Any, oracle: Callable[..., dict], meaning: Callable[[str], set]
) -> None:
    ours: Composition = composition_of(case.subgraphs)
    if case.guild != "composes" or not ours.supergraph_sdl:
        assert case.expected != "composes" or case.guild != case.expected
        return
    assert meaning(api_sdl(ours.supergraph_sdl)) == meaning(oracle("guild", case.subgraphs)["api"])
