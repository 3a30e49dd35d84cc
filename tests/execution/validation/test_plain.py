"""The quick look clears a document only where graphql-core's rules find nothing, and most that are valid."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from random import Random

import pytest
from graphql import GraphQLSchema, GraphQLSyntaxError, parse, validate
from hypothesis import given, settings
from hypothesis import strategies as st

from supergraph.composition import read
from supergraph.execution.options import Options
from supergraph.execution.validation import RULES, Validation
from supergraph.execution.validation.facts import Facts
from supergraph.execution.validation.plain import is_plainly_valid
from tests.execution.library import LIBRARY
from tests.execution.shop import SHOP
from tests.execution.validation.documents import SCHEMA, VALID, changed
from tests.federation.federated import federate
from tests.federation.operations import operations
from tests.federation.test_cases import cases, federation

FACTS = Facts(SCHEMA)
PARTS = {"shop": SHOP, "library": LIBRARY}
SCHEMA_FOLDER = Path(__file__).parents[3] / "schema"

WRONG = {
    "ExecutableDefinitionsRule": "{ named { id } } type Film { id: ID }",
    "KnownOperationTypesRule": "mutation { x }",
    "UniqueOperationNamesRule": "query A { named { id } } query A { named { id } }",
    "LoneAnonymousOperationRule": "{ named { id } } query A { named { id } }",
    "SingleFieldSubscriptionsRule": "subscription { dropped renamed { id } }",
    "KnownTypeNamesRule": "query ($a: Nothing) { count(n: $a) }",
    "FragmentsOnCompositeTypesRule": "{ named { ... on Int { id } } }",
    "VariablesAreInputTypesRule": "query ($a: Film) { count(n: $a) }",
    "ScalarLeafsRule": "{ named { id { x } } film(id: 1) }",
    "FieldsOnCorrectTypeRule": "{ found { name } }",
    "UniqueFragmentNamesRule": "{ named { ...A } } fragment A on Node { id } fragment A on Node { id }",
    "KnownFragmentNamesRule": "{ named { ...A } }",
    "NoUnusedFragmentsRule": "{ named { id } } fragment A on Node { id }",
    "PossibleFragmentSpreadsRule": "{ film(id: 1) { ...A ... on Label { year } } } fragment A on Actor { id }",
    "NoFragmentCyclesRule": "{ named { ...A } } fragment A on Node { ...B } fragment B on Node { id ...A }",
    "UniqueVariableNamesRule": "query ($a: Int, $a: Int) { count(n: $a) }",
    "NoUndefinedVariablesRule": "{ count(n: $a) }",
    "NoUnusedVariablesRule": "query ($a: Int) { count }",
    "KnownDirectivesRule": "{ named @nothing { id } ... @tagged(as: 1) { count } }",
    "UniqueDirectivesPerLocationRule": "{ count @skip(if: true) @skip(if: true) }",
    "DeferStreamDirectiveOnRootField": "mutation { ... @defer { drop(ids: 1) } }",
    "DeferStreamDirectiveOnValidOperationsRule": "subscription { renamed { ... @defer { id } } }",
    "DeferStreamDirectiveLabel": '{ ... @defer(label: "a") { count } ... @defer(label: "a") { count } }',
    "StreamDirectiveOnListField": "{ film(id: 1) @stream { id } }",
    "KnownArgumentNamesRule": "{ count(m: 1) @skip(if: true, n: 1) }",
    "UniqueArgumentNamesRule": "{ count(n: 1, n: 1) }",
    "ValuesOfCorrectTypeRule": "{ count(n: 1.5) films(filter: {range: {to: 1}}, genre: NONE) { id } }",
    "ProvidedRequiredArgumentsRule": "{ film { id @tagged } }",
    "VariablesInAllowedPositionRule": "query ($a: ID, $b: [ID]) { film(id: $a) { id } films(ids: $b) { id } }",
    "OverlappingFieldsCanBeMergedRule": "{ named { id ...A } named { id: name } } fragment A on Named { x: id }",
    "UniqueInputFieldNamesRule": "{ films(filter: {tags: [], tags: []}) { id } }",
    "MaxIntrospectionDepthRule": "{ __schema { types " + "{ fields { type " * 3 + "{ fields { name" + " }" * 10,
    "OneOfVariables": "query ($a: ID) { picked(by: {id: $a}) { id } }",
}  # fmt: skip
"""For each rule something that it is against."""

ONE_SCHEMA = "KnownOperationTypesRule", "StreamDirectiveOnListField"
"""Rules against what only another schema can ask for."""


@cache
def api_of(name: str) -> GraphQLSchema:
    return federate(PARTS[name]).supergraph.api


def told(schema: GraphQLSchema, text: str, *, options: Options | None = None) -> list[str]:
    return [str(error) for error in Validation(schema, options or Options()).errors(parse(text))]


def in_the_rules_words(schema: GraphQLSchema, text: str) -> list[str]:
    return [str(each) for each in validate(schema, parse(text), RULES, max_errors=5, hide_suggestions=True)]


def clears(text: str) -> bool:
    return is_plainly_valid(FACTS, parse(text))


def test_each_rule_has_something_that_it_is_against() -> None:
    assert [rule.__name__ for rule in RULES] == list(WRONG)


@pytest.mark.parametrize("rule", WRONG)
def test_what_a_rule_is_against_is_told_in_its_words(rule: str) -> None:
    assert not clears(WRONG[rule])
    assert told(SCHEMA, WRONG[rule]) == in_the_rules_words(SCHEMA, WRONG[rule])


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_finds_what_it_is_against(rule: type) -> None:
    if rule.__name__ not in ONE_SCHEMA:
        assert validate(SCHEMA, parse(WRONG[rule.__name__]), [rule])


@given(st.randoms(use_true_random=False))
@settings(max_examples=400, deadline=None)
def test_whatever_is_changed_in_a_document_the_errors_are_those_of_the_rules(random: Random) -> None:
    text = changed(random)
    assert told(SCHEMA, text) == in_the_rules_words(SCHEMA, text)


@pytest.mark.parametrize("name", PARTS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_operation_is_judged_as_the_rules_do(name: str, data: st.DataObject) -> None:
    api = api_of(name)
    text = data.draw(operations(api, names=("id", "name", "x", "y"))).text
    assert told(api, text) == in_the_rules_words(api, text)


def test_of_the_changed_documents_many_are_valid_and_most_of_those_are_cleared() -> None:
    found = Counter(
        (clears(text), not in_the_rules_words(SCHEMA, text)) for text in map(_changed, range(400))
    )
    assert found[True, False] == 0
    assert found[True, True] > 15
    assert found[False, False] > 100


def _changed(seed: int) -> str:
    return changed(Random(seed))  # noqa: S311 - the same in every run


def test_what_every_case_asks_for_is_judged_as_the_rules_do() -> None:
    for behaviour, case in (each.values for each in cases()):
        api = federation(behaviour, Options()).engine.supergraph.api
        try:
            parse(case["query"], allow_empty_selection_sets=False)
        except GraphQLSyntaxError:
            continue
        assert told(api, case["query"]) == in_the_rules_words(api, case["query"]), case["claim"]


def test_the_shops_operations_are_cleared() -> None:
    facts = Facts(read((SCHEMA_FOLDER / "supergraph.graphql").read_text()).api)
    files = sorted((SCHEMA_FOLDER / "operations").glob("*.graphql"))
    assert [file.stem for file in files if not is_plainly_valid(facts, parse(file.read_text()))] == []


def test_the_valid_documents_are_valid() -> None:
    assert [text for text in VALID if in_the_rules_words(SCHEMA, text)] == []


def test_a_document_of_many_selection_sets_is_left_to_the_rules() -> None:
    def nested(levels: int) -> str:
        return "{ named { id } " + "... { " * levels + "count" + " }" * levels + " }"

    assert clears(nested(150))
    assert not clears(" ".join(f"query Q{number} {nested(100)}" for number in range(2)))


def test_fields_that_the_rules_would_compare_very_often_are_left_to_them() -> None:
    assert clears("{" + " count" * 100 + "}")
    assert not clears("{" + " count" * 101 + "}")


def test_fragments_that_spread_each_other_are_looked_at_once() -> None:
    links = [f"fragment F{n} on Film {{ id a{n}: sequel {{ ...F{n + 1} }} ...F{n + 1} }}" for n in range(60)]
    text = f"{{ film(id: 1) {{ ...F0 }} }} {' '.join(links)} fragment F60 on Film {{ id }}"
    assert told(SCHEMA, text) == in_the_rules_words(SCHEMA, text)
