"""Fourth pass: introspection set apart, as an operation that the API schema answers by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    NameNode,
    Node,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    print_ast,
    visit,
)

from supergraph.planning.normalizing.expanding import UNCONDITIONAL, Expansion, Selected
from supergraph.planning.normalizing.merging import INTROSPECTION_FIELDS
from supergraph.planning.query_plan import Condition


def split_introspection(expansion: Expansion, root: str, operation: OperationDefinitionNode) -> str:
    """The text of an operation with the root's `__schema` and `__type` alone; empty where there are none."""
    selections = tuple(
        _conditional(selected)
        for selected in expansion.expand(root, [(operation.selection_set, UNCONDITIONAL)])
        if selected.node.name.value in INTROSPECTION_FIELDS
    )
    return print_ast(_document(operation, selections, expansion.fragments)) if selections else ""


def _conditional(selected: Selected) -> SelectionNode:
    selection: SelectionNode = FieldNode(
        alias=selected.node.alias,
        name=selected.node.name,
        arguments=selected.node.arguments,
        directives=(),
        selection_set=selected.node.selection_set,
    )
    for condition in sorted(selected.conditions):
        selection = InlineFragmentNode(
            directives=(_directive(condition),), selection_set=SelectionSetNode(selections=(selection,))
        )
    return selection


def _directive(condition: Condition) -> DirectiveNode:
    variable = VariableNode(name=NameNode(value=condition.variable))
    return DirectiveNode(
        name=NameNode(value="include" if condition.value else "skip"),
        arguments=(ArgumentNode(name=NameNode(value="if"), value=variable),),
    )


def _document(
    operation: OperationDefinitionNode,
    selections: tuple[SelectionNode, ...],
    fragments: Mapping[str, FragmentDefinitionNode],
) -> DocumentNode:
    used = _Used(fragments, selections)
    alone = OperationDefinitionNode(
        operation=operation.operation,
        name=operation.name,
        variable_definitions=tuple(
            node
            for node in operation.variable_definitions or ()
            if node.variable.name.value in used.variables
        ),
        directives=(),
        selection_set=SelectionSetNode(selections=selections),
    )
    return DocumentNode(definitions=(alone, *(fragments[name] for name in used.fragments)))


class _Used(Visitor):
    """The variables and fragments that a selection uses, through other fragments too."""

    def __init__(
        self, fragments: Mapping[str, FragmentDefinitionNode], selections: Iterable[SelectionNode]
    ) -> None:
        super().__init__()
        self.variables: set[str] = set()
        self.fragments: dict[str, None] = {}
        self._all = fragments
        self._waiting: list[Node] = list(selections)
        while self._waiting:
            visit(self._waiting.pop(), self)

    def enter(self, node: Node, *_: object) -> None:
        if isinstance(node, VariableNode):
            self.variables.add(node.name.value)
        elif isinstance(node, FragmentSpreadNode) and node.name.value not in self.fragments:
            self.fragments[node.name.value] = None
            self._waiting.append(self._all[node.name.value])
