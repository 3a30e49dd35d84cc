"""What one document may weigh."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import parse

from supergraph.execution import RequestRefused
from supergraph.execution.limits import OperationLimits, check_limits, check_values

LIMITS = OperationLimits(depth=3, root_fields=2, fields=5, aliases=2, directives=2, variables=1)


def code_of(query: str) -> str:
    with pytest.raises(RequestRefused) as refused:
        check_limits(parse(query), LIMITS)
    return refused.value.errors[0]["extensions"]["code"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ a { b { c { d } } } }", "MAX_DEPTH_LIMIT"),
        ("{ a b c }", "MAX_ROOT_FIELDS_LIMIT"),
        ("{ a { b c d e f } }", "MAX_FIELDS_LIMIT"),
        ("{ a { x: b y: b z: b } }", "MAX_ALIASES_LIMIT"),
        ("query @x { a @x b @x }", "MAX_DIRECTIVES_LIMIT"),
        ("{ a ... @x { b @x @x } }", "MAX_DIRECTIVES_LIMIT"),
        ("query ($a: Int, $b: Int) { a }", "MAX_VARIABLES_LIMIT"),
    ],
)
def test_an_operation_over_a_limit_is_refused_by_the_name_of_the_limit(query: str, code: str) -> None:
    assert code_of(query) == code


@pytest.mark.parametrize(
    "query",
    [
        "{ a { b { c } } }",
        "{ a b }",
        "{ a { b c d e } }",
        "{ a { x: b y: b } }",
        "query @x { a @x }",
        "query ($a: Int) { a }",
    ],
)
def test_an_operation_at_a_limit_is_not_refused(query: str) -> None:
    check_limits(parse(query), LIMITS)


@pytest.mark.parametrize(
    ("fragments", "code"),
    [
        ("fragment F on T { b { c { d } } }", "MAX_DEPTH_LIMIT"),
        ("fragment F on T { ...G ...G } fragment G on T { b c d }", "MAX_FIELDS_LIMIT"),
        ("fragment F on T { ...G x: b } fragment G on T { ... on T { y: b z: b } }", "MAX_ALIASES_LIMIT"),
    ],
)
def test_nothing_hides_in_fragments(fragments: str, code: str) -> None:
    assert code_of("{ a { ...F } } " + fragments) == code


def test_fragments_that_double_at_each_level_are_weighed_in_one_pass() -> None:
    chain = " ".join(f"fragment F{n} on T {{ ...F{n + 1} ...F{n + 1} }}" for n in range(100))

    assert code_of("{ a { ...F0 } } " + chain + " fragment F100 on T { b }") == "MAX_FIELDS_LIMIT"


@pytest.mark.parametrize("query", ["{ ...F } fragment F on T { ...F }", "{ ...None }"])
def test_a_fragment_that_validation_will_refuse_is_left_to_it(query: str) -> None:
    check_limits(parse(query), LIMITS)


def test_a_document_may_define_so_many_fragments_and_no_more() -> None:
    fragments = " ".join(f"fragment F{n} on T {{ a }}" for n in range(251))

    with pytest.raises(RequestRefused, match="251 fragments, and may have 250"):
        check_limits(parse("{ ...F0 } " + fragments), OperationLimits())


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"a": 1, "b": [1, 2]}, None),
        ({"a": [1, 2, 3], "b": 1}, "MAX_VARIABLE_VALUES_LIMIT"),
        ({"a": {"b": [1]}}, None),
        ({"a": {"b": [[1]]}}, "MAX_VARIABLE_DEPTH_LIMIT"),
        ({"a": {"b": [{"c": 1}]}}, "MAX_VARIABLE_DEPTH_LIMIT"),
    ],
)
def test_variables_are_counted_with_all_that_is_in_them(values: dict[str, Any], code: str | None) -> None:
    limits = OperationLimits(variable_values=4, variable_depth=3)
    if code is None:
        check_values(values, limits)
        return
    with pytest.raises(RequestRefused) as refused:
        check_values(values, limits)
    assert refused.value.errors[0]["extensions"]["code"] == code


def test_the_refusal_says_how_much_there_is_and_may_be() -> None:
    with pytest.raises(RequestRefused, match="The operation has 4 levels of fields, and may have 3"):
        check_limits(parse("{ a { b { c { d } } } }"), LIMITS)
