"""Operations from files, and their plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graphql import GraphQLSyntaxError, OperationDefinitionNode, parse

from supergraph.execution import Engine, GraphQLErrorObject, RequestRefused
from supergraph.model import Supergraph
from supergraph.planning import PlanningError, QueryPlan, plan
from supergraph.upstream import DirectUpstream


class CannotPlan(Exception):
    """An operation has no plan; each line of the message says where and why."""


@dataclass(frozen=True, slots=True)
class PlannedOperation:
    """An operation, by the name that it has or by its file's, and how it is answered."""

    name: str
    plan: QueryPlan


class OperationPlanner:
    """Plans operations for a caller who may see everything."""

    def __init__(self, supergraph: Supergraph) -> None:
        self._supergraph = supergraph
        self._engine = Engine(supergraph, DirectUpstream({}))

    def plan_all(self, text: str, file: str, *, explain: bool = False) -> list[PlannedOperation]:
        """Plans each operation of a document.

        Raises:
            CannotPlan: the document is not valid against the supergraph, or an operation has no plan.
        """
        return [self.plan(text, file, name, explain=explain) for name in _operation_names(text) or [None]]

    def plan(self, text: str, file: str, name: str | None, *, explain: bool = False) -> PlannedOperation:
        """Plans one operation of a document, its only one where `name` is None.

        Raises:
            CannotPlan: there is no such operation, it is not valid, or it has no plan.
        """
        try:
            prepared = self._engine.prepare(text, name)
            query_plan = plan(self._supergraph, prepared.operation, explain=explain)
        except RequestRefused as refusal:
            raise CannotPlan(_lines(file, refusal.errors)) from refusal
        except PlanningError as error:
            raise CannotPlan(f"{file}: {error}") from error
        return PlannedOperation(name or file, query_plan)


def _operation_names(text: str) -> list[str]:
    """The names of the document's operations; none where it cannot be read, which preparing it will say."""
    try:
        definitions = parse(text, no_location=True).definitions
    except GraphQLSyntaxError:
        return []
    operations = [node for node in definitions if isinstance(node, OperationDefinitionNode)]
    return [operation.name.value for operation in operations if operation.name]


def _lines(file: str, errors: Sequence[GraphQLErrorObject]) -> str:
    return "\n".join(f"{file}{_place(error)}: {error['message']}" for error in errors)


def _place(error: GraphQLErrorObject) -> str:
    locations = error.get("locations")
    return f":{locations[0]['line']}:{locations[0]['column']}" if locations else ""
