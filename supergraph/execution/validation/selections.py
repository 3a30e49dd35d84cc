"""The quick look at what one definition selects: fields, fragments, directives, and the values in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

from graphql import (
    ArgumentNode,
    DirectiveLocation,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLCompositeType,
    GraphQLInputField,
    GraphQLInputType,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    SelectionNode,
    SelectionSetNode,
    Undefined,
    ValueNode,
    VariableNode,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
)
from graphql.utilities import validate_input_literal

from supergraph.execution.validation.facts import Arguments, Doubtful, Facts

LOCATIONS: Mapping[type[SelectionNode], DirectiveLocation] = {
    FieldNode: DirectiveLocation.FIELD,
    InlineFragmentNode: DirectiveLocation.INLINE_FRAGMENT,
    FragmentSpreadNode: DirectiveLocation.FRAGMENT_SPREAD,
}


class Usage(NamedTuple):
    """A variable where a value of that type is expected; `default` is what stands there without one."""

    name: str
    type: GraphQLInputType
    default: Any


class Selections:
    """What one definition selects: `spreads`, the fragments; `usages`, the variables; how many selection `sets`."""

    def __init__(self, facts: Facts, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self.spreads: set[str] = set()
        self.usages: list[Usage] = []
        self._facts = facts
        self._fragments = fragments
        self.sets = 0

    def look(self, parent: GraphQLCompositeType, selection_set: SelectionSetNode) -> None:
        """Look at all that is selected on a type; raises `Doubtful` where it is not plainly valid."""
        self.sets += 1
        for node in selection_set.selections:
            if node.directives:
                self._directives(node.directives, LOCATIONS[type(node)])
            if isinstance(node, FieldNode):
                self._field(parent, node)
            elif isinstance(node, FragmentSpreadNode):
                self._spread(parent, node.name.value)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                inner = self._facts.narrowed(parent, condition.name.value) if condition else parent
                self.look(inner, node.selection_set)

    def value(self, node: ValueNode, type_: GraphQLInputType, default: Any = Undefined) -> None:
        """Look at a value where one of that type is expected."""
        if not isinstance(node, VariableNode):
            validate_input_literal(node, type_, _doubt)
        self._variables(node, type_, default)

    def _field(self, parent: GraphQLCompositeType, node: FieldNode) -> None:
        facts = self._facts.field(parent, node.name.value)
        if node.arguments or facts.arguments.required:
            self._arguments(node.arguments or (), facts.arguments)
        if (facts.below is None) is not (node.selection_set is None):
            raise Doubtful
        if facts.below is not None and node.selection_set is not None:
            self.look(facts.below, node.selection_set)

    def _spread(self, parent: GraphQLCompositeType, name: str) -> None:
        fragment = self._fragments.get(name)
        if fragment is None:
            raise Doubtful
        self._facts.narrowed(parent, fragment.type_condition.name.value)
        self.spreads.add(name)

    def _directives(self, nodes: Sequence[DirectiveNode], location: DirectiveLocation) -> None:
        if len({node.name.value for node in nodes}) < len(nodes):
            raise Doubtful
        for node in nodes:
            facts = self._facts.directive(node.name.value)
            if location not in facts.locations:
                raise Doubtful
            self._arguments(node.arguments or (), facts.arguments)

    def _arguments(self, nodes: Sequence[ArgumentNode], arguments: Arguments) -> None:
        names = {node.name.value for node in nodes}
        if len(names) < len(nodes) or not arguments.required <= names <= arguments.known.keys():
            raise Doubtful
        for node in nodes:
            argument = arguments.known[node.name.value]
            self.value(node.value, argument.type, _default(argument))

    def _variables(self, node: ValueNode, type_: GraphQLInputType, default: Any = Undefined) -> None:
        """Note the variables in a value, which fits its type otherwise."""
        if isinstance(node, VariableNode):
            self.usages.append(Usage(node.name.value, type_, default))
        elif isinstance(node, ListValueNode):
            self._items(node, _nullable(type_))
        elif isinstance(node, ObjectValueNode):
            self._input_fields(node, _nullable(type_))

    def _items(self, node: ListValueNode, type_: GraphQLInputType) -> None:
        if not is_list_type(type_):
            raise Doubtful
        for item in node.values:
            self._variables(item, type_.of_type)

    def _input_fields(self, node: ObjectValueNode, type_: GraphQLInputType) -> None:
        """Look at an object; it may stand for a list of one."""
        while is_list_type(type_):
            type_ = _nullable(type_.of_type)
        if not is_input_object_type(type_) or type_.is_one_of:
            raise Doubtful
        if len({field.name.value for field in node.fields}) < len(node.fields):
            raise Doubtful
        for field in node.fields:
            definition = type_.fields[field.name.value]
            self._variables(field.value, definition.type, _default(definition))


def _default(definition: GraphQLArgument | GraphQLInputField) -> Any:
    """What stands in a place where nothing is given."""
    return definition.default_value if definition.default is None else definition.default


def _nullable(type_: GraphQLInputType) -> GraphQLInputType:
    return type_.of_type if is_non_null_type(type_) else type_


def _doubt(*_: object) -> NoReturn:
    raise Doubtful
