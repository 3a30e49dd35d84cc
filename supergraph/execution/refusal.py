"""From what graphql-core and planning complain of to a refused request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from graphql import GraphQLError

from supergraph.execution.request import RequestRefused
from supergraph.planning import OperationTooComplexError, PlanningError


def refused(code: str, errors: Sequence[GraphQLError]) -> RequestRefused:
    """Give the refusal for these errors, with this code."""
    return RequestRefused([{**error.formatted, "extensions": {"code": code}} for error in errors])


def refused_because(code: str, message: str) -> RequestRefused:
    """Give the refusal for one reason that has no place in the document."""
    return RequestRefused([{"message": message, "extensions": {"code": code}}])


@contextmanager
def planning_refusals() -> Iterator[None]:
    """Turn what planning refuses into a refusal of the request."""
    try:
        yield
    except OperationTooComplexError as error:
        raise refused_because("OPERATION_TOO_COMPLEX", str(error)) from error
    except PlanningError as error:
        raise refused_because("QUERY_PLANNING_FAILED", str(error)) from error
