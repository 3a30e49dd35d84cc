"""The upstream that asks once more where a query failed."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace

from supergraph.upstream.errors import SubgraphError, SubgraphStatus, SubgraphTimeout, SubgraphUnreachable
from supergraph.upstream.request import SubgraphReply, SubgraphRequest, Upstream

SHORTEST_TIME_LEFT_S = 0.05


class RetryBudget:
    """How many retries there may be: each request adds `share` of a token, up to `most`; a retry takes one.

    It begins empty, so there are never more retries than that share of the requests.
    """

    def __init__(self, share: float = 0.1, most: float = 10.0) -> None:
        self._share = share
        self._most = most
        self._tokens = 0.0

    def deposit(self) -> None:
        """Note a request."""
        self._tokens = min(self._most, self._tokens + self._share)

    def withdraw(self) -> bool:
        """Take a retry, if there is one."""
        # Ten times a tenth is a little less than one in binary.
        if self._tokens < 1 - 1e-9:
            return False
        self._tokens -= 1
        return True


class RetryingUpstream:
    """Sends a query that failed once more, to an endpoint that it was not sent to where there is one.

    Only what another try can mend: no connection, no reply in time, a status of 502, 503 or 504. Only while
    there is time, and while the subgraph's budget lasts, so that an outage is not made worse. Mutations and
    subscriptions are sent once.
    """

    def __init__(
        self,
        upstream: Upstream,
        *,
        attempts: int = 2,
        budget: Callable[[], RetryBudget] = RetryBudget,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._upstream = upstream
        self._attempts = attempts
        self._new_budget = budget
        self._budgets: dict[str, RetryBudget] = {}
        self._clock = clock

    async def fetch(self, request: SubgraphRequest) -> SubgraphReply:
        """Send a query, more than once where it fails, or a mutation; raises the last `SubgraphError`."""
        if not request.repeatable:
            return await self._upstream.fetch(request)
        budget = self._budget(request.subgraph)
        budget.deposit()
        until = None if request.timeout is None else self._clock() + request.timeout
        for _ in range(self._attempts - 1):
            try:
                return await self._upstream.fetch(request)
            except SubgraphError as error:
                left = None if until is None else until - self._clock()
                if not _mendable(error) or (left is not None and left < SHORTEST_TIME_LEFT_S):
                    raise
                if not budget.withdraw():
                    raise
                request = replace(request, timeout=left, avoid=request.avoid | {error.endpoint})
        return await self._upstream.fetch(request)

    def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphReply]:
        """Send a subscription, once; raises `SubgraphError`."""
        return self._upstream.subscribe(request)

    def _budget(self, subgraph: str) -> RetryBudget:
        if subgraph not in self._budgets:
            self._budgets[subgraph] = self._new_budget()
        return self._budgets[subgraph]


def _mendable(error: SubgraphError) -> bool:
    if isinstance(error, SubgraphStatus):
        return error.status in {502, 503, 504}
    return isinstance(error, SubgraphUnreachable | SubgraphTimeout)
