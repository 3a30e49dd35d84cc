"""The passes in their order."""

from __future__ import annotations

from graphql import DocumentNode, FragmentDefinitionNode

from supergraph.model import Supergraph
from supergraph.planning.normalizing.expanding import Expansion
from supergraph.planning.normalizing.introspection import split_introspection
from supergraph.planning.normalizing.merging import merge
from supergraph.planning.normalizing.requirements import requirements_of
from supergraph.planning.normalizing.selecting import select_operation
from supergraph.planning.operation import Operation
from supergraph.planning.query_plan import OperationKind
from supergraph.planning.schema_types import api_types


def normalize(supergraph: Supergraph, document: DocumentNode, operation_name: str | None = None) -> Operation:
    """Normalise one operation of a document that is valid against the API schema.

    Raises `PlanningError` where the document has no such operation, and `OperationTooComplexError` where its
    fragments expand beyond the planner's bound.
    """
    definition = select_operation(document, operation_name)
    fragments = {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    root = supergraph.api.get_root_type(definition.operation)
    assert root is not None, "validated: the schema has this root type"  # noqa: S101
    expansion = Expansion(api_types(supergraph), fragments)
    selections = merge(expansion, root.name, definition.selection_set)
    return Operation(
        kind=OperationKind(definition.operation.value),
        name=definition.name.value if definition.name else None,
        variables=tuple(definition.variable_definitions or ()),
        selections=selections,
        introspection=split_introspection(expansion, root.name, definition),
        requirements=requirements_of(supergraph, selections),
    )
