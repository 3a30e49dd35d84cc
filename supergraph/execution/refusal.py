"""From what graphql-core and planning complain of to a refused request."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from graphql import GraphQLError

from supergraph.execution.request import GraphQLErrorObject, RequestRefused
from supergraph.planning import OperationTooComplexError, PlanningError

logger = logging.getLogger(__name__)


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
        error_id = secrets.token_hex(8)
        found_by = {"error_id": error_id}
        logger.exception("error %s: an operation cannot be planned: %s", error_id, error, extra=found_by)  # noqa: TRY401 - the cause stands in the line too
        raise RequestRefused([_not_planned(error_id)]) from error


def _not_planned(error_id: str) -> GraphQLErrorObject:
    message = "The operation cannot be planned; the router's log says why, under this error id."
    return {"message": message, "extensions": {"code": "QUERY_PLANNING_FAILED", "errorId": error_id}}
