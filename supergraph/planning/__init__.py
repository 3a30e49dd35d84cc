"""Planning: an operation on a supergraph to the query plan that answers it."""

from supergraph.planning.errors import OperationTooComplexError, PlanningError, UnreachableFieldError
from supergraph.planning.normalizing import normalize
from supergraph.planning.operation import Operation
from supergraph.planning.permissions import Permissions
from supergraph.planning.planner import plan
from supergraph.planning.printing import print_plan
from supergraph.planning.query_plan import QueryPlan

__all__ = [
    "Operation",
    "OperationTooComplexError",
    "Permissions",
    "PlanningError",
    "QueryPlan",
    "UnreachableFieldError",
    "normalize",
    "plan",
    "print_plan",
]
