"""What an operation selects, looked at once however often it is sent: each selection set as the columns of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    BREAK,
    DirectiveNode,
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    Visitor,
    visit,
)
from graphql.execution.collect_fields import (
    CollectedFields,
    FieldDetailsList,
    FragmentDetails,
    GroupedFieldSet,
)

from subgraphs.common.executing.shapes import OutOfOrder, Shape, shape_of
from subgraphs.common.plain_fields import Attribute, Method

KEPT_OPERATIONS = 500
"""Operations that a subgraph remembers; the router sends the same ones over and over."""
_KEPT = "selections"


@dataclass(frozen=True, slots=True, eq=False)
class SelectedField:
    """A field of a selection set: where it stands, and what its values come from and are to be."""

    parent: GraphQLObjectType
    field: GraphQLField
    details: FieldDetailsList
    resolve: Attribute | Method | None
    """None where the ordinary executor must ask."""
    shape: Shape
    varies: bool
    """Whether its arguments hang on variables."""

    @property
    def nodes(self) -> list[FieldNode]:
        """Its places in the document."""
        return [each.node for each in self.details]


class Selections:
    """What was found out about the selection sets of an operation; lists of details are known by their identity."""

    def __init__(self) -> None:
        self.root: GroupedFieldSet | None = None
        self.collected: dict[tuple[GraphQLObjectType, int], tuple[FieldDetailsList, CollectedFields]] = {}
        self.fields: dict[int, SelectedField] = {}
        self.columns: dict[tuple[GraphQLObjectType, int], Mapping[str, SelectedField]] = {}
        self.types: dict[tuple[str, type], GraphQLObjectType] = {}
        self.arguments: dict[SelectedField, Mapping[str, Any]] = {}


def selections_of(
    schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDetails]
) -> Selections:
    """What is known of an operation's selections; nothing, where these hang on variables."""
    kept: dict[int, tuple[OperationDefinitionNode, Selections | None]]
    kept = schema.extensions.setdefault(_KEPT, {})
    if id(operation) not in kept:
        shared = None if _hangs_on_variables(operation, fragments) else Selections()
        kept[id(operation)] = operation, shared  # the operation too, so that nothing else can have its id
        if len(kept) > KEPT_OPERATIONS:
            del kept[next(iter(kept))]
    return kept[id(operation)][1] or Selections()


def select(schema: GraphQLSchema, parent: GraphQLObjectType, details: FieldDetailsList) -> SelectedField:
    """A field of a selection set.

    Raises:
        OutOfOrder: there is no such field.
    """
    node = details[0].node
    field = schema.get_field(parent, node.name.value)
    if field is None:
        raise OutOfOrder
    resolve = field.resolve if isinstance(field.resolve, Attribute | Method) else None
    return SelectedField(
        parent, field, details, resolve, shape_of(field.type), _has_variables(node.arguments)
    )


def _hangs_on_variables(operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDetails]) -> bool:
    """Whether other values of variables may select other fields."""
    definitions = [each.definition for each in fragments.values()]
    return any(each.variable_definitions for each in definitions) or any(
        _found(_VariableConditions(), each) for each in (operation, *definitions)
    )


def _has_variables(nodes: Iterable[Node] | None) -> bool:
    return any(_found(_Variables(), node) for node in nodes or ())


class _Variables(Visitor):
    """Looks for a variable."""

    found = False

    def enter_variable(self, *_: Any) -> Any:
        self.found = True
        return BREAK


class _VariableConditions(Visitor):
    """Looks for a directive that hangs on a variable."""

    found = False

    def enter_directive(self, node: DirectiveNode, *_: Any) -> Any:
        self.found = _has_variables(node.arguments)
        return BREAK if self.found else None


def _found(looking: _Variables | _VariableConditions, node: Node) -> bool:
    visit(node, looking)
    return looking.found
