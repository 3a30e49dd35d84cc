"""`@override`, with and without label."""

from __future__ import annotations

from tests.planning.cases import calls, federation

CASE = federation(
    old='type Query { u: U } type U @key(fields: "id") { id: ID! name: String @shareable age: Int }',
    new="""
        type U @key(fields: "id") {
          id: ID! name: String @override(from: "old") age: Int @override(from: "old", label: "percent(5)")
        }
    """,
)


def test_an_overridden_field_is_taken_from_its_new_owner() -> None:
    assert calls(CASE.plan("{ u { name } }")) == [["old"], ["new"]]


def test_a_labelled_override_counts_while_its_label_is_active() -> None:
    assert calls(CASE.plan("{ u { age } }")) == [["old"]]
    assert calls(CASE.plan("{ u { age } }", labels=frozenset({"percent(5)"}))) == [["old"], ["new"]]
