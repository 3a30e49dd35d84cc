"""What composition costs grows with the graph, and no faster."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from supergraph.composition import Composition, SubgraphSource, compose
from supergraph.composition.reading import read
from supergraph.composition.satisfiability import Satisfiability, satisfiability

LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])\n'
)


def related_entities(types: int) -> list[SubgraphSource]:
    """Entities in three of five subgraphs each, with two keys that lead on in a chain, and references among them."""
    return [
        SubgraphSource(
            f"s{owner}",
            f"http://s{owner}",
            f"{LINK} type Query {{ start{owner}: [E{owner}] }}"
            + " ".join(
                f'type E{number} @key(fields: "id") {entity(number, owner, types)}'
                for number in range(types)
                if owner in owners(number)
            ),
        )
        for owner in range(5)
    ]


def owners(number: int) -> tuple[int, int, int]:
    """The subgraph that starts from an entity, then those that know it by its keys."""
    return number % 5, (number + 1) % 5, (number + 2) % 5


def entity(number: int, owner: int, types: int) -> str:
    step = owners(number).index(owner)
    second = '@key(fields: "code") ' if step else ""
    code = "code: ID! @shareable " if step else ""
    others = [(number + 5) % types, (7 * number // 5 * 5 + number % 5) % types]
    links = " ".join(f"link{step}{each}: [E{other}!]" for each, other in enumerate(others))
    return f"{second}{{ id: ID! @shareable {code} own{step}: Int {links} }}"


def alike(owners: int, sdl: Callable[[int], str]) -> list[SubgraphSource]:
    """So many subgraphs, each with this SDL of its own number."""
    return [
        SubgraphSource(f"s{owner}", f"http://s{owner}", f"{LINK} {sdl(owner)}") for owner in range(owners)
    ]


def nodes(types: int) -> list[SubgraphSource]:
    """Three subgraphs that know all types, each of which leads to the one interface of all."""

    def sdl(owner: int) -> str:
        return "type Query { node: Node @shareable } interface Node { id: ID! }" + " ".join(
            f'type N{number} implements Node @key(fields: "id") {{ id: ID! link{owner}: Node }}'
            for number in range(types)
        )

    return alike(3, sdl)


def members(types: int) -> list[SubgraphSource]:
    """Three subgraphs that know all types, each of which leads to the one union of all."""

    def sdl(owner: int) -> str:
        union = " | ".join(f"N{number}" for number in range(types))
        return f"type Query {{ any: U @shareable }} union U = {union}" + " ".join(
            f' type N{number} @key(fields: "id") {{ id: ID! link{owner}: U }}' for number in range(types)
        )

    return alike(3, sdl)


def implementers(types: int) -> list[SubgraphSource]:
    """Six subgraphs which all know the types, each under one interface."""

    def sdl(owner: int) -> str:
        interface = f"interface I {{ id: ID! x{owner}: Int link: I }}"
        return f"type Query {{ items: [I] @shareable }} {interface}" + " ".join(
            f'type M{number} implements I @key(fields: "id") {{ id: ID! x{owner}: Int link: I @shareable }}'
            for number in range(types)
        )

    return alike(6, sdl)


def calls_to(step: Callable[[], Composition | Satisfiability]) -> int:
    """The Python calls that a step takes, which must find nothing wrong."""
    calls = 0

    def count(_: FrameType, event: str, __: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        found = step()
    finally:
        sys.setprofile(None)
    assert found.errors == ()
    return calls


def calls_to_compose(subgraphs: list[SubgraphSource]) -> int:
    compose(subgraphs)  # what is worked out once for all compositions
    return calls_to(lambda: compose(subgraphs))


def calls_to_walk(subgraphs: list[SubgraphSource]) -> int:
    sdl = compose(subgraphs).supergraph_sdl
    assert sdl is not None
    supergraph = read(sdl)
    return calls_to(lambda: satisfiability(supergraph))


def test_thrice_as_many_implementers_cost_less_than_thrice_as_much() -> None:
    assert calls_to_compose(implementers(30)) < 2.52 * calls_to_compose(implementers(10))


@pytest.mark.parametrize("graph", [related_entities, nodes, members])
def test_four_times_as_many_types_cost_less_than_four_times_as_much(
    graph: Callable[[int], list[SubgraphSource]],
) -> None:
    assert calls_to_compose(graph(80)) < 4 * calls_to_compose(graph(20))


@pytest.mark.parametrize("graph", [related_entities, nodes, members])
def test_walking_all_that_clients_may_ask_costs_the_same_a_type(
    graph: Callable[[int], list[SubgraphSource]],
) -> None:
    assert calls_to_walk(graph(80)) < 4 * calls_to_walk(graph(20))
