"""While a subgraph is down, what others resolve too is asked of them."""

from __future__ import annotations

from supergraph.composition import SubgraphSource, compose, read
from supergraph.execution import ANYONE, Engine
from supergraph.upstream import DirectUpstream

LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@shareable"])\n'


def engine(down: list[frozenset[str]]) -> Engine:
    sources = [SubgraphSource(name, "", LINK + "type Query { a: Int @shareable }") for name in ("one", "two")]
    sdl = compose(sources).supergraph_sdl
    assert sdl is not None
    return Engine(read(sdl), DirectUpstream({}), down=lambda: down[0])


def test_an_operation_is_planned_once_for_each_set_of_subgraphs_that_are_down() -> None:
    down = [frozenset[str]()]
    planning = engine(down)
    prepared = planning.prepare("{ a }")
    plans = []
    for now in ((), ("one",), (), ("one",)):
        down[0] = frozenset(now)
        plans.append(planning.plan(prepared, ANYONE))
    assert [plan.fetches[0].subgraph for plan in plans[:2]] == ["one", "two"]
    assert plans[2] is plans[0]
    assert plans[3] is plans[1]


def test_the_plans_of_one_operation_are_bounded_in_number() -> None:
    down = [frozenset[str]()]
    planning = engine(down)
    prepared = planning.prepare("{ a }")
    for number in range(100):
        down[0] = frozenset({str(number)})
        planning.plan(prepared, ANYONE)
    assert len(prepared.normalized.plans) == 16
