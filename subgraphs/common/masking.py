"""What a client must not see of an error: everything that was not written for clients."""

from typing import Any
from uuid import uuid4

import structlog
from graphql import ExecutionResult, GraphQLError
from strawberry.extensions import MaskErrors

from subgraphs.common.outages import is_outage

_log = structlog.get_logger(__name__)

UNAVAILABLE = "SERVICE_UNAVAILABLE"
"""The code that says: not now, ask again. Routers ask elsewhere upon it, and spare who answers so."""


def is_unexpected(error: GraphQLError) -> bool:
    """Whether the error came from an exception that nobody wrote for clients."""
    return error.original_error is not None and not isinstance(error.original_error, GraphQLError)


class MaskUnexpectedErrors(MaskErrors):
    """Replaces an unexpected error's message by an error id, and logs the cause under that id.

    Where a store is away, the error says so; and a reply with nothing else to say has no `data`, which tells it from
    one that was answered in part.
    """

    def __init__(self) -> None:
        super().__init__(should_mask_error=is_unexpected)

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        """The error as a client may see it."""
        error_id = uuid4().hex
        away = is_outage(error.original_error)
        event = "a store is away" if away else "unexpected error"
        _log.error(event, error_id=error_id, path=error.path, exc_info=error.original_error)
        message = (
            "The store behind this cannot be reached just now; ask again in a moment."
            if away
            else "Something went wrong here; the log tells more under this error id."
        )
        code = UNAVAILABLE if away else "INTERNAL_SERVER_ERROR"
        extensions = {"code": code, "errorId": error_id}
        return GraphQLError(message, nodes=error.nodes, path=error.path, extensions=extensions)

    def mask(self, result: ExecutionResult) -> None:
        """Changes a result into what a client may see of it."""
        self._process_result(result)

    def _process_result(self, result: Any) -> None:
        super()._process_result(result)
        errors = getattr(result, "errors", None)
        if errors and all(_code(error) == UNAVAILABLE for error in errors) and _is_empty(result.data):
            result.data = None


def _code(error: GraphQLError) -> object:
    return (error.extensions or {}).get("code")


def _is_empty(data: Any) -> bool:
    """Whether no root field has anything; `_entities` has a list."""
    values = (data or {}).values()
    return all(value is None or (isinstance(value, list) and not any(value)) for value in values)
