"""First pass: the operation that is meant (GraphQL specification, 6.1 GetOperation)."""

from __future__ import annotations

from graphql import DocumentNode, OperationDefinitionNode

from supergraph.planning.errors import PlanningError


def select_operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """The operation of that name, or the only one where no name is given."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if name is None:
        if len(operations) == 1:
            return operations[0]
        raise PlanningError("Must provide operation name if query contains multiple operations.")
    for operation in operations:
        if operation.name and operation.name.value == name:
            return operation
    raise PlanningError(f"Unknown operation named '{name}'.")
