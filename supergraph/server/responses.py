"""Any operation as a sequence of responses, for the protocols that stream."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any
from uuid import uuid4

import structlog

from supergraph.execution import Caller, Engine, RequestRefused
from supergraph.planning.query_plan import OperationKind
from supergraph.server.request import GraphQLRequest

ResponseMap = Mapping[str, Any]
"""The response map of the GraphQL specification (7.1); one without `data` says that nothing was executed."""

_log = structlog.get_logger(__name__)


async def responses(engine: Engine, request: GraphQLRequest, caller: Caller) -> AsyncGenerator[ResponseMap]:
    """The one response of a query or mutation, or those to a subscription's events.

    A refusal or failure is the last response.
    """
    try:
        prepared = engine.prepare(request.query, request.operation_name)
        if prepared.kind is not OperationKind.SUBSCRIPTION:
            yield (await engine.execute(prepared, request.variables, caller)).as_dict()
            return
        async with aclosing(engine.subscribe(prepared, request.variables, caller)) as events:
            async for response in events:
                yield response.as_dict()
    except RequestRefused as refusal:
        yield refusal.as_dict()
    except Exception:  # noqa: BLE001 - logged, and masked under the log's error id
        yield internal_error()


def internal_error() -> ResponseMap:
    """The response to a fault of the router itself, while it is being handled: logged under the id it carries."""
    error_id = uuid4().hex
    _log.exception("a request failed inside the router", error_id=error_id)
    extensions = {"code": "INTERNAL_SERVER_ERROR", "errorId": error_id}
    message = "The router failed; its log says why, under this error id."
    return {"errors": [{"message": message, "extensions": extensions}]}
