"""What operations may cost, and what is told of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from supergraph.execution.costs.amounts import Amount, evaluated
from supergraph.execution.costs.estimating import Estimating
from supergraph.execution.costs.measuring import measured
from supergraph.execution.costs.weights import Weights
from supergraph.execution.refusal import refused_because
from supergraph.model import Supergraph
from supergraph.planning.operation import Operation

ESTIMATED = "COST_ESTIMATED_TOO_EXPENSIVE"
ACTUAL = "COST_ACTUAL_TOO_EXPENSIVE"
OK = "COST_OK"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CostPolicy:
    """What an operation may cost (`most`, None: anything), and how long a list is thought to be that says nothing.

    Unless `enforced`, an operation that costs more is executed, and told of in the log.
    """

    most: int | None = None
    list_size: int = 10
    enforced: bool = True


class OperationCosts:
    """Reckons what operations on a supergraph cost, and refuses those that cost too much."""

    def __init__(self, supergraph: Supergraph, policy: CostPolicy) -> None:
        self._policy = policy
        self._weights = Weights(supergraph)
        self._estimating = Estimating(self._weights, policy.list_size, strict=policy.enforced)

    def compiled(self, operation: Operation) -> Amount:
        """The estimate of an operation, ready for variables."""
        return self._estimating.operation(operation)

    def admitted(self, operation: Operation, estimate: Amount, values: Mapping[str, Any]) -> int:
        """What the operation is thought to cost with these variables.

        Raises `RequestRefused` (COST_ESTIMATED_TOO_EXPENSIVE) where that is more than it may.
        """
        cost, most = evaluated(estimate, values), self._policy.most
        if most is None or cost <= most:
            return cost
        if self._policy.enforced:
            raise refused_because(
                ESTIMATED,
                f"The operation is estimated to cost {cost:,}, and may cost {most:,}: select less, "
                "or ask for shorter lists.",
            )
        logger.warning(
            "%s: operation %s is estimated to cost %d of %d", ESTIMATED, operation.name, cost, most
        )
        return cost

    def report(
        self, operation: Operation, estimated: int, data: Mapping[str, Any] | None, values: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """What was estimated and what it was, for `extensions.cost`; `result` says what of it was too much."""
        most = self._policy.most
        actual = measured(self._weights, operation, data, values)
        result = OK
        if most is not None and actual > most:
            result = ACTUAL
            logger.warning("%s: operation %s cost %d of %d", ACTUAL, operation.name, actual, most)
        elif most is not None and estimated > most:
            result = ESTIMATED
        report = {"estimated": estimated, "actual": actual, "result": result}
        return report if most is None else {**report, "max": most}
