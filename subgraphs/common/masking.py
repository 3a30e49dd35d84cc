"""What a client must not see of an error: everything that was not written for clients."""

from uuid import uuid4

import structlog
from graphql import GraphQLError
from strawberry.extensions import MaskErrors

_log = structlog.get_logger(__name__)


def is_unexpected(error: GraphQLError) -> bool:
    """Whether the error came from an exception that nobody wrote for clients."""
    return error.original_error is not None and not isinstance(error.original_error, GraphQLError)


class MaskUnexpectedErrors(MaskErrors):
    """Replaces an unexpected error's message by an error id, and logs the cause under that id."""

    def __init__(self) -> None:
        super().__init__(should_mask_error=is_unexpected)

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        """The error as a client may see it."""
        error_id = uuid4().hex
        _log.error("unexpected error", error_id=error_id, path=error.path, exc_info=error.original_error)
        return GraphQLError(
            "Something went wrong here; the log tells more under this error id.",
            nodes=error.nodes,
            path=error.path,
            extensions={"code": "INTERNAL_SERVER_ERROR", "errorId": error_id},
        )
