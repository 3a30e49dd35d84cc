"""A hostile operation is planned or refused soon, and never grows without bound."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from graphql import parse

from supergraph.planning import OperationTooComplexError, normalize, plan
from tests.planning.cases import federation

OWNERS = 8
CASE = federation(
    **{
        f"s{number}": f"""
            type Query {{ root: A @shareable }}
            type A @key(fields: "id") {{
              id: ID! a: A @shareable b: A @shareable f(x: Int): A @shareable x{number}: Int
            }}
        """
        for number in range(OWNERS)
    }
)
MOST_CALLS = 750_000
"""Python calls that a plan may cost: exact where a time would hang on the machine."""


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


def nested(depth: int, field: str = "a") -> str:
    return "{ root {" + f"{field} {{ x1 " * depth + "id" + "}" * depth + "} }"


def bushy(depth: int) -> str:
    selection = "id"
    for level in range(depth):
        selection = f"x{level % OWNERS} a {{ {selection} }} b {{ {selection} }}"
    return "{ root { " + selection + " } }"


def fragments(count: int, body: str) -> str:
    chain = " ".join(f"fragment F{i} on A {{ {body.replace('NEXT', f'...F{i + 1}')} }}" for i in range(count))
    return f"{chain} fragment F{count} on A {{ id }}"


VARIABLES = ", ".join(f"$v{number}: Boolean!" for number in range(20))
HOSTILE = {
    "ten thousand aliases of a leaf": "{ root {" + " ".join(f"a{i}: id" for i in range(10_000)) + "} }",
    "aliases of an object": "{ root {" + " ".join(f"a{i}: a {{ id }}" for i in range(1_500)) + "} }",
    "aliases with arguments": "{ root {" + " ".join(f"a{i}: f(x: {i}) {{ x1 }}" for i in range(900)) + "} }",
    "fragments that double at each level": "{ root { ...F0 } }" + fragments(30, "a { NEXT } b { NEXT }"),
    "fragments that repeat": "{ root { ...F0 } }" + fragments(60, "NEXT NEXT"),
    "fragments under conditions": f"query ({VARIABLES}) {{ root {{ ...F0 }} }}"
    + " ".join(
        f"fragment F{i} on A {{ ...F{i + 1} @include(if: $v{i}) ...F{i + 1} @skip(if: $v{i}) }}"
        for i in range(20)
    )
    + " fragment F20 on A { id }",
    "objects under conditions": f"query ({VARIABLES}) {{ root {{ ...F0 }} }}"
    + " ".join(
        f"fragment F{i} on A {{ a @include(if: $v{i}) {{ ...F{i + 1} }} a {{ ...F{i + 1} @skip(if: $v{i + 1}) }} }}"
        for i in range(15)
    )
    + " fragment F15 on A { id }",
    "deep nesting over shareable owners": nested(30),
    "too deep": nested(50),
    "a bush over shareable owners": bushy(8),
}


def planned_size(query: str) -> int:
    """Characters of all documents of the plan; 0 if the operation is refused."""
    try:
        made = plan(CASE.supergraph, normalize(CASE.supergraph, parse(query)))
    except OperationTooComplexError:
        return 0
    return sum(len(fetch.document) for fetch in made.fetches)


@pytest.mark.parametrize("query", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_operation_is_planned_or_refused_at_a_bounded_cost(query: str) -> None:
    planned_size("{ root { id } }")  # what is worked out once for a supergraph is not the operation's cost
    assert calls_of(lambda: planned_size(query)) < MOST_CALLS


@pytest.mark.parametrize("query", HOSTILE.values(), ids=HOSTILE.keys())
def test_the_plan_of_a_hostile_operation_has_a_bounded_size(query: str) -> None:
    assert planned_size(query) < 200_000


@pytest.mark.parametrize(
    ("query", "what"),
    [
        (HOSTILE["ten thousand aliases of a leaf"], "selections"),
        (HOSTILE["too deep"], "levels"),
        (HOSTILE["fragments that double at each level"], "places with objects"),
    ],
)
def test_a_refusal_says_which_bound_was_met(query: str, what: str) -> None:
    with pytest.raises(OperationTooComplexError, match=what):
        plan(CASE.supergraph, normalize(CASE.supergraph, parse(query)))
