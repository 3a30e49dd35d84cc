"""A hostile operation is planned or refused soon, and never grows without bound."""

from __future__ import annotations

from time import process_time

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
SOON = 1.0
"""Seconds of processor time: several times what it takes, for slow machines."""


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


@pytest.mark.parametrize("query", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_operation_is_planned_or_refused_soon(query: str) -> None:
    document = parse(query)
    started = process_time()
    try:
        size = sum(
            len(fetch.document)
            for fetch in plan(CASE.supergraph, normalize(CASE.supergraph, document)).fetches
        )
    except OperationTooComplexError:
        size = 0
    assert process_time() - started < SOON
    assert size < 200_000


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
