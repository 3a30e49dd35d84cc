"""Several operations in one HTTP request."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from supergraph.execution import Caller, Prepared
from supergraph.planning.query_plan import OperationKind
from supergraph.server.limiting.rate_limits import RateLimited, Standings
from supergraph.server.operations import Operations, ResponseMap, refusal_or_failure
from supergraph.server.request import Batch, GraphQLRequest


@dataclass(frozen=True, slots=True)
class Answer:
    """The response to one operation, and how its caller stands with the quotas that it was charged to."""

    response: ResponseMap
    standings: Standings = ()


async def answer_batch(operations: Operations, batch: Batch, caller: Caller) -> list[Answer]:
    """The answers to a batch, in its order; one that is refused or fails harms no other, and each is charged.

    Queries are answered side by side. Where there is a mutation among them all are answered one after another,
    so that whoever reads after writing in one batch sees what was written.
    """
    prepared = [(request, await _prepare(operations, request, caller)) for request in batch]
    if any(isinstance(each, Prepared) and each.kind is OperationKind.MUTATION for _, each in prepared):
        return [await _answer(operations, request, each, caller) for request, each in prepared]
    return await asyncio.gather(*(_answer(operations, request, each, caller) for request, each in prepared))


async def _prepare(operations: Operations, request: GraphQLRequest, caller: Caller) -> Prepared | Answer:
    """The operation, or the answer that tells why there is none."""
    try:
        return await operations.prepare(request, caller)
    except Exception as error:  # noqa: BLE001 - told by its kind
        return _refused(error)


async def _answer(
    operations: Operations, request: GraphQLRequest, prepared: Prepared | Answer, caller: Caller
) -> Answer:
    if not isinstance(prepared, Prepared):
        return prepared
    if prepared.kind is OperationKind.SUBSCRIPTION:
        return Answer(_REFUSED_SUBSCRIPTION)
    try:
        admitted = await operations.admit(prepared, request, caller)
    except Exception as error:  # noqa: BLE001 - told by its kind
        return _refused(error)
    try:
        return Answer(await operations.execute(admitted, caller), admitted.standings)
    except Exception as error:  # noqa: BLE001 - told by its kind
        return Answer(refusal_or_failure(error), admitted.standings)


def _refused(error: Exception) -> Answer:
    return Answer(refusal_or_failure(error), error.standings if isinstance(error, RateLimited) else ())


_REFUSED_SUBSCRIPTION: ResponseMap = {
    "errors": [
        {
            "message": "A subscription cannot be part of a batch: send it alone.",
            "extensions": {"code": "BATCHING_SUBSCRIPTION_UNSUPPORTED"},
        }
    ]
}
