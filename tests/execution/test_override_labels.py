"""Labels of progressive overrides: which are on for a request, and that each has its plan."""

from __future__ import annotations

from supergraph.composition import SubgraphSource, compose, read
from supergraph.execution import ANYONE, Caller, Engine
from supergraph.execution.override_labels import OverrideLabels
from supergraph.model import Supergraph
from supergraph.upstream import DirectUpstream

LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@override"])\n'
OLD = LINK + 'type Query { film: Film } type Film @key(fields: "id") { id: ID! a: Int b: Int c: Int }'
NEW = LINK + (
    'type Film @key(fields: "id") { id: ID! a: Int @override(from: "old", label: "percent(5)")'
    ' b: Int @override(from: "old", label: "percent(20.5)") c: Int @override(from: "old", label: "beta") }'
)


def supergraph() -> Supergraph:
    composed = compose([SubgraphSource("old", "http://old", OLD), SubgraphSource("new", "http://new", NEW)])
    assert composed.supergraph_sdl is not None
    return read(composed.supergraph_sdl)


def active(drawn: float, *asked: str) -> frozenset[str]:
    return OverrideLabels(supergraph(), lambda: drawn).active(frozenset(asked))


def test_a_label_by_percent_is_on_for_its_share_of_requests() -> None:
    assert active(0.0499) == {"percent(5)", "percent(20.5)"}
    assert active(0.05) == {"percent(20.5)"}
    assert active(0.205) == frozenset()


def test_a_caller_has_the_labels_on_that_the_supergraph_knows() -> None:
    assert active(0.9, "beta", "gamma") == {"beta"}


def test_no_caller_has_a_percentage_on_by_its_name() -> None:
    assert active(0.9, "percent(5)") == frozenset()


def test_an_operation_is_planned_once_for_each_set_of_labels() -> None:
    engine = Engine(supergraph(), DirectUpstream({}), chance=lambda: 0.9)
    prepared = engine.prepare("{ film { c } }")
    beta = Caller(labels=frozenset({"beta"}))
    plans = [engine.plan(prepared, caller) for caller in (ANYONE, beta, ANYONE, beta)]
    assert [[fetch.subgraph for fetch in each.fetches] for each in plans[:2]] == [["old"], ["old", "new"]]
    assert plans[2:] == plans[:2]
    assert plans[2] is plans[0]
