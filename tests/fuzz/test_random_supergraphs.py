"""A random supergraph answers random operations as the graph in one piece does that it was split from.

`make fuzz` does the same at length. The same worlds and operations come in every run.
"""

from __future__ import annotations

from functools import cache
from random import Random

import pytest
from graphql import parse
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from supergraph.planning import UnreachableFieldError, normalize, planner
from tests.fuzz.comparing import differences
from tests.fuzz.operation import Operation, Selection
from tests.fuzz.shrinking import shrink
from tests.fuzz.trial import Invalid, Trial

WORLDS = [f"world-{number}" for number in range(4)]


@cache
def trial(seed: str) -> Trial:
    return Trial(seed)


@pytest.mark.parametrize("seed", WORLDS)
@given(random=st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
async def test_any_operation_is_answered_as_in_one_piece(seed: str, random: Random) -> None:
    operation = trial(seed).draw(random)
    try:
        difference = await trial(seed).difference(operation)
    except Invalid:
        assume(False)
    else:
        assert difference is None, f"{operation.text} {operation.values}: {difference}"


def test_what_takes_many_retries_is_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    supergraph = trial("H3-29").supergraph
    operation = normalize(supergraph, parse(trial("H3-29").draw(Random("H3-29/107")).text))
    assert planner.plan(supergraph, operation).steps
    monkeypatch.setattr(planner, "MOST_RETRIED", planner.MOST_RETRIED // 2)
    with pytest.raises(UnreachableFieldError):
        planner.plan(supergraph, operation)


def test_a_seed_gives_the_same_world_split_in_the_same_way() -> None:
    assert Trial(WORLDS[0]).sdl == trial(WORLDS[0]).sdl


async def test_an_operation_shrinks_to_what_makes_the_difference() -> None:
    deep = Selection("a", selections=[Selection("b", arguments="(x: 1)"), Selection("c", alias="d")])
    operation = Operation("query", [Selection("e"), Selection(on="T", selections=[deep])])

    async def holds(smaller: Operation) -> bool:
        return "c" in smaller.text

    assert (await shrink(operation, holds)).text == "{ a { c } }".join(("query ", ""))


ERROR = {"message": "T.f fails: 1", "path": ["a"]}
UNTOLD = {"message": "T.f fails: 1"}


@pytest.mark.parametrize(
    ("expected", "data", "errors"),
    [
        ({"data": {"a": 1}}, {"a": 2}, []),
        ({"data": {"a": 1, "b": 2}}, {"b": 2, "a": 1}, []),
        ({"data": {"a": None}, "errors": [ERROR]}, {"a": None}, []),
        ({"data": {"a": None}}, {"a": None}, [ERROR]),
        ({"data": {"a": None}, "errors": [ERROR]}, {"a": None}, [ERROR, ERROR]),
        ({"data": {"a": None}, "errors": [ERROR]}, {"a": None}, [{**ERROR, "message": "other"}]),
        ({"data": {"a": None}, "errors": [{**ERROR, "path": ["a", "b"]}]}, {"a": None}, []),
        ({"data": {"a": 1}}, {"a": 1}, [UNTOLD]),
    ],
)
def test_a_difference_is_seen(expected: dict, data: dict, errors: list) -> None:
    assert differences(expected, data, errors, frozenset())


def test_an_error_of_a_required_field_may_be_told_without_a_path() -> None:
    assert differences({"data": {"a": 1}}, {"a": 1}, [UNTOLD], frozenset({"T.f"})) == []
