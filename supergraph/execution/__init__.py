"""From a query plan to a response.

`Engine` prepares an operation once and executes it often:

    prepared = engine.prepare(query, operation_name)
    response = await engine.execute(prepared, variables, caller)
"""

from supergraph.execution.costs import CostPolicy
from supergraph.execution.engine import Engine
from supergraph.execution.errors import Cause, Report
from supergraph.execution.options import Options
from supergraph.execution.prepared import Prepared
from supergraph.execution.request import ANYONE, Caller, GraphQLErrorObject, RequestRefused, Response
from supergraph.execution.run import Answered
from supergraph.execution.variables import Variables

__all__ = [
    "ANYONE",
    "Answered",
    "Caller",
    "Cause",
    "CostPolicy",
    "Engine",
    "GraphQLErrorObject",
    "Options",
    "Prepared",
    "Report",
    "RequestRefused",
    "Response",
    "Variables",
]
