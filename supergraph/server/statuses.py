"""Which HTTP status a response has (GraphQL over HTTP, "Status codes").

What the caller may not ask is a 403. With `application/json` whatever else was understood as a request is a 200. With
`application/graphql-response+json` two profiles differ: `audit` says 200 where there is data and 400 where there is
none; `draft-2026`, the working draft, says 294 for data with errors, and 422 for what is well-formed JSON and cannot
be executed.
"""

from __future__ import annotations

from http import HTTPStatus

from supergraph.configuration import StatusProfile
from supergraph.execution import RequestRefused
from supergraph.execution.authorization import UNAUTHORIZED
from supergraph.server.media_types import MediaType
from supergraph.server.operations import ResponseMap
from supergraph.server.refusal import HttpRefusal, NotWellFormed

PARTIAL_SUCCESS = 294


def status_of_response(profile: StatusProfile, media_type: MediaType, response: ResponseMap) -> int:
    """The status of an operation that was executed."""
    if profile == "draft-2026" and media_type is MediaType.GRAPHQL_RESPONSE and "errors" in response:
        return PARTIAL_SUCCESS
    return HTTPStatus.OK


def status_of_request_errors(
    profile: StatusProfile, media_type: MediaType, refusal: RequestRefused
) -> HTTPStatus:
    """The status of a request that was understood, and is not executed."""
    code = refusal.errors[0]["extensions"]["code"]
    if code == UNAUTHORIZED:
        return HTTPStatus.FORBIDDEN
    if media_type is MediaType.JSON:
        return HTTPStatus.OK
    if profile == "audit" or code == "GRAPHQL_PARSE_FAILED":
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.UNPROCESSABLE_ENTITY


def status_of_refusal(profile: StatusProfile, refusal: HttpRefusal) -> HTTPStatus:
    """The status of what was not understood as a request."""
    if profile == "draft-2026" and isinstance(refusal, NotWellFormed):
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return refusal.status
