"""What an operation costs, by `@cost` and `@listSize`: estimated before it is executed, measured after.

Meaning as Federation 2.9 has it. An object costs 1, a scalar or enum nothing, a mutation 10 more than a query; `@cost`
on a field counts in place of its type's, and a list costs its size times what an item of it costs. Arguments cost
their own weights once, input objects 1 and what is in them. Where a place may have several types the dearest
counts. A negative weight makes its own field cheaper, down to nothing, and never what stands beside it.
"""

from supergraph.execution.costs.amounts import LARGEST, Amount, evaluated
from supergraph.execution.costs.estimating import Estimating
from supergraph.execution.costs.measuring import measured
from supergraph.execution.costs.policy import CostPolicy, OperationCosts
from supergraph.execution.costs.weights import Weights

__all__ = [
    "LARGEST",
    "Amount",
    "CostPolicy",
    "Estimating",
    "OperationCosts",
    "Weights",
    "evaluated",
    "measured",
]
