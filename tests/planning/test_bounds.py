"""A hostile operation is planned or refused soon, and never grows without bound."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType

import pytest
from graphql import DocumentNode, parse

from supergraph.planning import OperationTooComplexError, known_spots, normalize, plan
from tests.planning.cases import Case
from tests.planning.hostile import ALL_HOSTILE, CASE, HOSTILE, chains, hops

MOST_CALLS = 170_000
"""Python calls that a plan may cost: exact where a time would hang on the machine."""
MOST_CALLS_OF = {"interface objects, deeply nested": 240_000}
"""What is dearer still."""

MOST_CALLS_EXPLAINED = 255_000
"""Python calls that a plan may cost with its explanation."""

MOST_BYTES = 16_000_000
"""What planning may hold in memory at once, beside what is kept of a supergraph."""


@pytest.fixture(autouse=True)
def every_place_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no operation find what another one left behind: hostile ones come from many sides."""
    monkeypatch.setattr(known_spots, "MOST_KNOWN", -1)


def calls_of(work: Callable[[], object]) -> int:
    """How many Python functions are called while `work` is done."""
    calls = 0

    def count(_: FrameType, event: str, __: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


def planned_size(case: Case, document: DocumentNode, *, explain: bool = False) -> int:
    """Characters of all documents of the plan; 0 if the operation is refused."""
    try:
        made = plan(case.supergraph, normalize(case.supergraph, document), explain=explain)
    except OperationTooComplexError:
        return 0
    return sum(len(fetch.document) for fetch in made.fetches)


@pytest.mark.parametrize("name", ALL_HOSTILE)
def test_a_hostile_operation_is_planned_or_refused_at_a_bounded_cost(name: str) -> None:
    case, query = ALL_HOSTILE[name]
    document = parse(query)
    planned_size(case(), document)  # what is worked out once for a supergraph is not the operation's cost
    assert calls_of(lambda: planned_size(case(), document)) < MOST_CALLS_OF.get(name, MOST_CALLS)


@pytest.mark.parametrize("name", ALL_HOSTILE)
def test_to_explain_a_hostile_operation_has_a_bounded_cost(name: str) -> None:
    case, query = ALL_HOSTILE[name]
    document = parse(query)
    planned_size(case(), document)
    assert calls_of(lambda: planned_size(case(), document, explain=True)) < MOST_CALLS_EXPLAINED


@pytest.mark.parametrize(("case", "query"), ALL_HOSTILE.values(), ids=ALL_HOSTILE.keys())
def test_the_plan_of_a_hostile_operation_has_a_bounded_size(case: Callable[[], Case], query: str) -> None:
    assert planned_size(case(), parse(query)) < 200_000


def test_hostile_operations_hold_little_memory() -> None:
    peaks: dict[str, int] = {}
    for name, (case, query) in ALL_HOSTILE.items():
        document = parse(query)
        planned_size(case(), document)
        tracemalloc.start()
        planned_size(case(), document)
        peaks[name] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert {name: peak for name, peak in peaks.items() if peak >= MOST_BYTES} == {}


def test_a_chain_of_requirements_is_followed_to_its_end() -> None:
    assert chains(1).plan("{ t { f29 } }").steps == 30


def test_a_long_way_from_key_to_key_is_followed_beside_a_shorter_one() -> None:
    assert hops().plan("{ t { x46 x20 } }").steps == 47


@pytest.mark.parametrize(
    ("query", "what"),
    [
        (HOSTILE["ten thousand aliases of a leaf"], "selections"),
        (HOSTILE["too deep"], "levels"),
        (HOSTILE["fragments that double at each level"], "places with objects"),
        (HOSTILE["aliases with arguments"], "places with objects"),
        (HOSTILE["fragments within fragments"], "fragments within one another"),
    ],
)
def test_a_refusal_says_which_bound_was_met(query: str, what: str) -> None:
    with pytest.raises(OperationTooComplexError, match=what):
        plan(CASE.supergraph, normalize(CASE.supergraph, parse(query)))
