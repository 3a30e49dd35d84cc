"""`@authenticated`, `@requiresScopes` and `@policy`: what a caller may not see is never fetched."""

from __future__ import annotations

import pytest
from graphql import parse

from supergraph.model import Authorization
from supergraph.planning import Permissions, normalize
from supergraph.planning.query_plan import Denial, FieldShape, QueryPlan
from tests.planning.cases import calls, federation

CASE = federation(
    a="""
        type Query { me: User open: String notes: [Note] @authenticated }
        type User @key(fields: "id") {
          id: ID! name: String
          email: String @authenticated
          salary: Int @requiresScopes(scopes: [["hr", "read"], ["admin"]])
          grade: Grade
          file: String @policy(policies: [["audit"]])
        }
        interface Note { text: String }
        type Memo implements Note { text: String }
        type Secret implements Note @requiresScopes(scopes: [["spy"]]) { text: String }
        enum Grade @authenticated { A B }
    """,
    b='type User @key(fields: "id") { id: ID! debts: Int @authenticated }',
)
ANYBODY = Permissions()
SIGNED_IN = Permissions(authenticated=True)


def user(plan: QueryPlan) -> dict[str, FieldShape]:
    shape = plan.shape.fields["Query"][0].shape
    assert shape is not None
    return {field.response_key: field for field in shape.fields["User"]}


def test_a_denied_field_is_not_fetched_and_says_why() -> None:
    plan = CASE.plan("{ me { name email } }", ANYBODY)
    assert plan.fetches[0].document == "{me{name}}"
    assert user(plan)["email"].denied == Denial("User.email", "authenticated")


def test_nothing_is_denied_where_permissions_are_not_enforced() -> None:
    assert user(CASE.plan("{ me { name email } }"))["email"].denied is None


def test_a_subgraph_that_only_has_denied_fields_is_not_called() -> None:
    assert calls(CASE.plan("{ me { name debts } }", ANYBODY)) == [["a"]]
    assert calls(CASE.plan("{ me { name debts } }", SIGNED_IN)) == [["a"], ["b"]]


def test_a_denied_root_field_calls_nobody() -> None:
    assert CASE.plan("{ notes { text } }", ANYBODY).fetches == ()


@pytest.mark.parametrize(
    ("scopes", "allowed"), [({"hr"}, False), ({"hr", "read"}, True), ({"admin"}, True), (set(), False)]
)
def test_one_list_of_scopes_must_be_granted_in_full(scopes: set[str], allowed: bool) -> None:
    plan = CASE.plan("{ me { name salary } }", Permissions(authenticated=True, scopes=frozenset(scopes)))
    assert (user(plan)["salary"].denied is None) is allowed


def test_a_policy_must_have_been_found_to_hold() -> None:
    assert user(CASE.plan("{ me { file } }", SIGNED_IN))["file"].denied == Denial(
        "User.file", "policy", (("audit",),)
    )
    granted = Permissions(policies=frozenset({"audit"}))
    assert user(CASE.plan("{ me { file } }", granted))["file"].denied is None


def test_a_rule_on_a_fields_type_counts_for_the_field() -> None:
    assert user(CASE.plan("{ me { name grade } }", ANYBODY))["grade"].denied == Denial(
        "Grade", "authenticated"
    )


def test_a_rule_on_an_object_type_counts_for_its_objects_only() -> None:
    plan = CASE.plan("{ notes { __typename text } }", SIGNED_IN)
    shape = plan.shape.fields["Query"][0].shape
    assert shape is not None
    denied = {name: fields[1].denied is not None for name, fields in shape.fields.items()}
    assert denied == {"Memo": False, "Secret": True}
    assert "Secret" not in plan.fetches[0].document


def test_the_rules_that_an_operation_touches_are_known_before_it_is_planned() -> None:
    operation = normalize(CASE.supergraph, parse("{ me { name email grade } }"))
    rule = Authorization(authenticated=True)
    assert operation.requirements == {"User.email": rule, "Grade": rule}
