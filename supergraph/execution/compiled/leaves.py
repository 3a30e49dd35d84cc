"""How a leaf is looked at in passing: a test in the line itself, and a call only where that fails."""

from __future__ import annotations

from graphql import GraphQLEnumType

from supergraph.execution.compiled.runtime import checked
from supergraph.execution.compiled.source import Source
from supergraph.execution.leaves import as_it_is
from supergraph.execution.shape_steps import TypeStep

_TESTS = {
    "Int": "({it}).__class__ is int and -2147483648 <= {name} <= 2147483647",
    "Float": "({it}).__class__ is float and {name} - {name} == 0.0",
    "String": "({it}).__class__ is str",
    "Boolean": "({it}).__class__ is bool",
    "ID": "({it}).__class__ is str",
}
"""By scalar, what holds for a value that is taken as it is; `it` binds the value to `name`."""


def leaf_expression(source: Source, step: TypeStep, value: str, name: str) -> str:
    """Give the expression that completes the leaf which the expression `value` gives, by way of `name`."""
    if step.serialize is as_it_is and step.nullable:
        return value
    check = source.bind("leaf", checked(step.serialize, nullable=step.nullable))
    test = _test(source, step)
    if not test:
        return f"{check}({value})"
    return f"({name} if {test.format(it=f'{name} := {value}', name=name)} else {check}({name}))"


def _test(source: Source, step: TypeStep) -> str:
    if isinstance(step.leaf, GraphQLEnumType):
        names = source.bind("names", frozenset(step.leaf.values))
        return f"({{it}}) in {names}"
    return "" if step.leaf is None or step.serialize is as_it_is else _TESTS.get(step.leaf.name, "")
