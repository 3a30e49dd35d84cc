"""What is refused before anything is executed, and with which words."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from supergraph.execution import ANYONE, Engine, Options, RequestRefused
from supergraph.execution.refusal import planning_refusals
from supergraph.planning import UnreachableFieldError
from supergraph.planning.query_plan import OperationKind
from supergraph.upstream import DirectUpstream
from tests.execution.shop import SHOP
from tests.federation.federated import federate

NEW = "query Q{} {{ me {{ name }} products {{ id name ... on Book {{ title author {{ id name }} }} }} }}"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return federate(SHOP).engine


def refusal(engine: Engine, query: str, name: str | None = None) -> tuple[Any, ...]:
    with pytest.raises(RequestRefused) as raised:
        engine.prepare(query, name)
    return raised.value.errors


def code(error: dict[str, Any]) -> str:
    return error["extensions"]["code"]


def test_a_document_that_does_not_parse_is_refused_with_its_place(engine: Engine) -> None:
    (error,) = refusal(engine, "{ me { name ")
    assert (code(error), error["locations"]) == ("GRAPHQL_PARSE_FAILED", [{"line": 1, "column": 13}])


@pytest.mark.parametrize(
    "query", ["{}", "{ me {} }", "{ me { ... on Person {} } }", "{ ...F } fragment F on Query {}"]
)
def test_a_selection_set_without_selections_does_not_parse(engine: Engine, query: str) -> None:
    (error,) = refusal(engine, query)
    assert (code(error), error["message"]) == (
        "GRAPHQL_PARSE_FAILED",
        "Syntax Error: Expected Name, found '}'.",
    )


def test_a_document_that_does_not_fit_the_schema_is_refused(engine: Engine) -> None:
    (error,) = refusal(engine, "{ me { nam } }")
    assert (code(error), error["message"]) == (
        "GRAPHQL_VALIDATION_FAILED",
        "Cannot query field 'nam' on type 'Person'.",
    )


def test_suggestions_are_made_only_where_they_are_allowed(engine: Engine) -> None:
    friendly = Engine(engine.supergraph, DirectUpstream({}), options=Options(suggestions=True))
    (error,) = refusal(friendly, "{ me { nam } }")
    assert "Did you mean" in error["message"]


@pytest.mark.parametrize("field", ["_entities(representations: [])", "_service"])
def test_the_federation_fields_are_not_the_clients(engine: Engine, field: str) -> None:
    assert code(refusal(engine, f"{{ {field} {{ __typename }} }}")[0]) == "GRAPHQL_VALIDATION_FAILED"


def test_what_the_api_hides_does_not_exist(engine: Engine) -> None:
    (error,) = refusal(engine, "{ __typename @include(if: GREY) }")
    assert code(error) == "GRAPHQL_VALIDATION_FAILED"


def test_a_long_document_is_refused_before_it_is_validated(engine: Engine) -> None:
    strict = Engine(engine.supergraph, DirectUpstream({}), options=Options(max_tokens=100))
    (error,) = refusal(strict, "{ me { " + "name " * 100 + "} }")
    assert code(error) == "GRAPHQL_PARSE_FAILED"


def test_a_deep_document_is_refused(engine: Engine) -> None:
    assert code(refusal(engine, "{ me " * 3_000)[0]) == "GRAPHQL_PARSE_FAILED"


def test_no_more_errors_are_listed_than_is_useful(engine: Engine) -> None:
    errors = refusal(engine, "{ " + " ".join(f"x{number}" for number in range(100)) + " }")
    assert len(errors) == 6
    assert "Too many" in errors[-1]["message"]


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ("query A { __typename } query B { __typename }", None, "several operations"),
        ("query A { __typename } query B { __typename }", "C", "no operation of the name"),
        ("{ __typename }", "", "no operation of the name"),
        ("fragment F on Person { id }", None, ""),
    ],
)
def test_an_operation_that_is_not_clear_is_refused(
    engine: Engine, query: str, name: str | None, words: str
) -> None:
    (error,) = refusal(engine, query, name)
    assert words in error["message"]
    assert code(error) in {"OPERATION_RESOLUTION_FAILURE", "GRAPHQL_VALIDATION_FAILED"}


def test_introspection_can_be_switched_off(engine: Engine) -> None:
    closed = Engine(engine.supergraph, DirectUpstream({}), options=Options(introspection=False))
    (error,) = refusal(closed, '{ __type(name: "Person") { name } }')
    assert code(error) == "GRAPHQL_VALIDATION_FAILED"


def test_the_name_and_kind_of_an_operation_are_known_before_it_is_executed(engine: Engine) -> None:
    prepared = engine.prepare("query A { __typename } query B { __typename }", "B")
    assert (prepared.name, prepared.kind) == ("B", OperationKind.QUERY)


def test_an_operation_is_prepared_once(engine: Engine) -> None:
    assert engine.prepare("{ me { id } }") is engine.prepare("{ me { id } }")


def test_operations_of_one_document_are_prepared_apart(engine: Engine) -> None:
    document = "query A { me { id } } query B { me { name } }"
    assert engine.prepare(document, "A") is not engine.prepare(document, "B")


def test_only_so_many_operations_are_kept(engine: Engine) -> None:
    small = Engine(engine.supergraph, DirectUpstream({}), options=Options(cache_size=2))
    first = small.prepare("{ a: __typename }")
    small.prepare("{ b: __typename }")
    small.prepare("{ c: __typename }")
    assert small.prepare("{ a: __typename }") is not first


VARIABLES = """
    query ($id: ID! = "b1", $first: Int, $flag: Boolean = true) {
      product(id: $id) { ... on Book { reviews(first: $first) { id } title @include(if: $flag) } }
    }
"""


@pytest.mark.parametrize(
    "variables",
    [{"id": None}, {"first": "many"}, {"first": 2**31}, {"flag": "yes"}, {"flag": None}, {"id": {"x": 1}}],
)
async def test_a_variable_that_does_not_fit_is_refused(engine: Engine, variables: dict[str, Any]) -> None:
    with pytest.raises(RequestRefused) as raised:
        await engine.execute(engine.prepare(VARIABLES), variables, ANYONE)
    assert code(raised.value.errors[0]) == "BAD_USER_INPUT"


def test_what_cannot_be_planned_is_masked_under_an_id_by_which_the_log_has_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(RequestRefused) as raised, planning_refusals():
        raise UnreachableFieldError(("Person.hidden",))

    (error,) = raised.value.errors
    assert code(error) == "QUERY_PLANNING_FAILED"
    assert "hidden" not in error["message"]
    (record,) = caplog.records
    assert "Person.hidden" in record.getMessage()
    assert record.__dict__["error_id"] == error["extensions"]["errorId"]


def test_a_new_operation_leaves_nothing_that_only_the_garbage_collector_can_free(engine: Engine) -> None:
    forgetful = Engine(engine.supergraph, DirectUpstream({}), options=Options(cache_size=1))
    forgetful.make_ready(NEW.format("Before"), None)
    gc.collect()
    gc.disable()
    try:
        for number in range(3):
            forgetful.make_ready(NEW.format(number), None)
        assert gc.collect() == 0
    finally:
        gc.enable()
