"""A plan without the values that a client wrote into its document, for whoever may see the plan and not those."""

from __future__ import annotations

from dataclasses import replace

from graphql import (
    FloatValueNode,
    IntValueNode,
    StringValueNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

from supergraph.planning.query_plan import Fetch, QueryPlan


def redact(plan: QueryPlan) -> QueryPlan:
    """The plan with `"..."` for each text and 0 for each number in its fetches' documents."""
    return replace(plan, fetches=tuple(_redacted(fetch) for fetch in plan.fetches), introspection="")


def _redacted(fetch: Fetch) -> Fetch:
    return replace(fetch, document=print_ast(visit(parse(fetch.document), _Redactor())))


class _Redactor(Visitor):
    def enter_string_value(self, *_: object) -> StringValueNode:
        return StringValueNode(value="...", block=False)

    def enter_int_value(self, *_: object) -> IntValueNode:
        return IntValueNode(value="0")

    def enter_float_value(self, *_: object) -> FloatValueNode:
        return FloatValueNode(value="0.0")
