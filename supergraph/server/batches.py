"""Several operations in one HTTP request."""

from __future__ import annotations

import asyncio

from supergraph.execution import Caller, RequestRefused
from supergraph.planning.query_plan import OperationKind
from supergraph.server.operations import Operations, ResponseMap, refusal_or_failure
from supergraph.server.refusal import HttpRefusal
from supergraph.server.request import Batch, GraphQLRequest


async def answer_batch(operations: Operations, batch: Batch, caller: Caller) -> list[ResponseMap]:
    """The responses to a batch, in its order; one that is refused or fails harms no other, and each is charged.

    Queries are answered side by side. Where there is a mutation among them all are answered one after another,
    so that whoever reads after writing in one batch sees what was written.
    """
    if await _writes(operations, batch):
        return [await _answer(operations, request, caller) for request in batch]
    return await asyncio.gather(*(_answer(operations, request, caller) for request in batch))


async def _writes(operations: Operations, batch: Batch) -> bool:
    for request in batch:
        try:
            prepared = await operations.prepare(request)
        except (HttpRefusal, RequestRefused):
            continue  # told when it is answered
        if prepared.kind is OperationKind.MUTATION:
            return True
    return False


async def _answer(operations: Operations, request: GraphQLRequest, caller: Caller) -> ResponseMap:
    try:
        prepared = await operations.prepare(request)
        if prepared.kind is OperationKind.SUBSCRIPTION:
            return _REFUSED_SUBSCRIPTION
        return await operations.execute(await operations.admit(prepared, request, caller), caller)
    except Exception as error:  # noqa: BLE001 - told by its kind
        return refusal_or_failure(error)


_REFUSED_SUBSCRIPTION: ResponseMap = {
    "errors": [
        {
            "message": "A subscription cannot be part of a batch: send it alone.",
            "extensions": {"code": "BATCHING_SUBSCRIPTION_UNSUPPORTED"},
        }
    ]
}
