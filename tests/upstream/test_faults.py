"""What counts against an endpoint, what for it, and what for neither."""

import pytest

from supergraph.upstream import (
    MalformedReply,
    ReplyTooLarge,
    SubgraphCircuitOpen,
    SubgraphReply,
    SubgraphStatus,
    SubgraphTimeout,
    SubgraphUnreachable,
)
from supergraph.upstream.faults import is_fault
from tests.upstream.scripted import Outcome


def refused(code: object, data: dict[str, object] | None = None) -> SubgraphReply:
    return SubgraphReply(data, [{"message": "no", "extensions": {"code": code}}])


@pytest.mark.parametrize(
    "outcome",
    [
        SubgraphUnreachable("movies", "refused"),
        SubgraphStatus("movies", 500),
        SubgraphStatus("movies", 503),
        SubgraphStatus("movies", 429),
        SubgraphTimeout("movies", 1.0),
        MalformedReply("movies", "is HTML"),
        refused("SERVICE_UNAVAILABLE"),
        refused("GATEWAY_TIMEOUT"),
    ],
    ids=repr,
)
def test_it_is_a_fault(outcome: Outcome) -> None:
    assert is_fault(outcome) is True


@pytest.mark.parametrize(
    "outcome",
    [
        SubgraphReply({"a": 1}),
        refused("INTERNAL_SERVER_ERROR", data={"a": None}),
        refused("BAD_USER_INPUT"),
        refused(["INTERNAL_SERVER_ERROR"]),
        SubgraphReply(None, [{"message": "no"}]),
        SubgraphReply(None, [*refused("INTERNAL_SERVER_ERROR").errors, {"message": "no", "extensions": 1}]),
    ],
    ids=repr,
)
def test_it_is_an_answer(outcome: Outcome) -> None:
    assert is_fault(outcome) is False


@pytest.mark.parametrize(
    "outcome",
    [
        SubgraphStatus("movies", 404),
        SubgraphTimeout("movies", 0.9),
        ReplyTooLarge("movies", "too large"),
        SubgraphCircuitOpen("movies", "open"),
    ],
    ids=repr,
)
def test_it_says_nothing(outcome: Outcome) -> None:
    assert is_fault(outcome) is None


def test_what_a_single_client_may_provoke_is_a_fault_only_where_that_is_wished() -> None:
    outcome = refused("INTERNAL_SERVER_ERROR")
    assert is_fault(outcome) is False
    assert is_fault(outcome, frozenset({"INTERNAL_SERVER_ERROR"})) is True
