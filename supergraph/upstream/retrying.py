"""Which requests are sent once more, and how many."""

from __future__ import annotations

from collections.abc import Callable

from supergraph.upstream.errors import SubgraphError, SubgraphStatus, SubgraphTimeout, SubgraphUnreachable

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
        if self._tokens < self._most:
            self._tokens = min(self._most, self._tokens + self._share)

    def withdraw(self) -> bool:
        """Take a retry, if there is one."""
        # Ten times a tenth is a little less than one in binary.
        if self._tokens < 1 - 1e-9:
            return False
        self._tokens -= 1
        return True


class Retries:
    """Lets a query that failed be sent once more, up to so many `attempts`.

    Only what another try can mend: no connection, no reply in time, a status of 502, 503 or 504. Only while
    there is time, and while the subgraph's budget lasts, so that an outage is not made worse.
    """

    def __init__(self, attempts: int = 2, budget: Callable[[], RetryBudget] = RetryBudget) -> None:
        self._attempts = attempts
        self._new_budget = budget
        self._budgets: dict[str, RetryBudget] = {}

    def sent(self, subgraph: str) -> None:
        """Note a query that is sent for the first time."""
        if self._attempts > 1:
            (self._budgets.get(subgraph) or self._budget(subgraph)).deposit()

    def allow(self, subgraph: str, error: SubgraphError, attempts: int, left: float) -> bool:
        """Take a retry for a query that failed after so many attempts and has so many seconds left, if it may be."""
        if attempts >= self._attempts or left < SHORTEST_TIME_LEFT_S or not _mendable(error):
            return False
        return self._budget(subgraph).withdraw()

    def _budget(self, subgraph: str) -> RetryBudget:
        budget = self._budgets.get(subgraph)
        if budget is None:
            budget = self._budgets[subgraph] = self._new_budget()
        return budget


def _mendable(error: SubgraphError) -> bool:
    if isinstance(error, SubgraphStatus):
        return error.status in {502, 503, 504}
    return isinstance(error, SubgraphUnreachable | SubgraphTimeout)
