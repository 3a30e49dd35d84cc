"""Literals, moved out of a document into variables: operations that differ in nothing else are one.

What is found valid with its literals is valid with variables of the same types in their places. So operations share
all that is made of one, and subgraphs get one text for all of them, which they need not read again either.

What stays where it is: a `null` of its own, what holds one of the client's variables, what has a custom scalar in it
(to a subgraph its literals may mean something else than its JSON), arguments of directives and of introspection, and
those of fields that some `@requires` or `@fromContext` asks for with arguments, with which the client's are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, count
from math import isfinite
from typing import Any, NamedTuple

import orjson
from graphql import (
    ArgumentNode,
    BooleanValueNode,
    DocumentNode,
    EnumValueNode,
    FieldNode,
    FloatValueNode,
    FragmentDefinitionNode,
    GraphQLCompositeType,
    GraphQLInputType,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NameNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    parse_type,
)

from supergraph.execution.document import name_of, parsed
from supergraph.execution.validation import Facts
from supergraph.execution.variables import Variables, member
from supergraph.model import FieldSet, FragmentSelection, Supergraph

STAYS: Any = object()
"""In place of a value: that it cannot be moved."""


_Place = tuple[GraphQLCompositeType, SelectionSetNode]
"""What is selected, and on which type."""


class _Literal(NamedTuple):
    """A literal that can be moved: where it stands in the text, what may be called like it, its type and its value."""

    start: int
    end: int
    name: str
    type: GraphQLInputType
    value: Any


@dataclass(frozen=True, slots=True)
class Lifted:
    """A document without its literals: `text` has variables in their places, which it does not define.

    `types` has what type each is of, as text; `values` what they are.
    """

    text: str
    types: Mapping[str, str]
    values: Variables

    def document(self, operation: OperationDefinitionNode) -> DocumentNode:
        """Parse it; the operation of this one's name defines the variables as its last ones."""
        document = parsed(self.text)
        own = tuple(_definition(name, type_) for name, type_ in self.types.items())
        return DocumentNode(
            definitions=tuple(
                replace(node, variable_definitions=(*(node.variable_definitions or ()), *own))
                if isinstance(node, OperationDefinitionNode) and name_of(node) == name_of(operation)
                else node
                for node in document.definitions
            ),
            loc=document.loc,
        )


class Literals:
    """Finds the literals of documents that are valid against one supergraph's API."""

    def __init__(self, supergraph: Supergraph, facts: Facts) -> None:
        self._facts = facts
        self._compared = frozenset(_asked_with_arguments(supergraph))

    def lift(self, document: DocumentNode, text: str, operation: OperationDefinitionNode) -> Lifted | None:
        """Move the literals out of a document, for the operation that is meant; None where there are none.

        None of them stands before the operation's own variables: errors tell where those are in the text.
        """
        begin = operation.loc.start if operation.loc and operation.variable_definitions else 0
        found = [each for each in self._found(document) if each.start >= begin]
        return _lifted(text, sorted(found), _defined(document)) if found else None

    def _found(self, document: DocumentNode) -> Iterator[_Literal]:
        waiting = list(self._roots(document))
        while waiting:
            parent, selection_set = waiting.pop()
            for node in selection_set.selections:
                if not isinstance(node, FieldNode):
                    waiting += self._in_fragment(parent, node)
                elif not (node.name.value.startswith("__") or parent.name.startswith("__")):
                    facts = self._facts.field(parent, node.name.value)
                    if node.arguments and node.name.value not in self._compared:
                        yield from _in_arguments(node.arguments, facts.arguments.known)
                    if facts.below and node.selection_set:
                        waiting.append((facts.below, node.selection_set))

    def _in_fragment(self, parent: GraphQLCompositeType, node: SelectionNode) -> Iterator[_Place]:
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            inner = self._facts.composite(condition.name.value) if condition else parent
            yield inner, node.selection_set

    def _roots(self, document: DocumentNode) -> Iterator[_Place]:
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                root = self._facts.schema.get_root_type(node.operation)
                if root is not None:
                    yield root, node.selection_set
            elif isinstance(node, FragmentDefinitionNode):
                yield self._facts.composite(node.type_condition.name.value), node.selection_set


def _asked_with_arguments(supergraph: Supergraph) -> Iterator[str]:
    """The names of the fields that what is required or taken from a context asks for with arguments."""
    for subgraph in supergraph.subgraphs.values():
        for type_ in subgraph.types.values():
            for field in type_.fields.values():
                yield from _with_arguments(field.requires)
                for each in field.context_arguments:
                    yield from _with_arguments(each.selection)


def _with_arguments(fields: FieldSet) -> Iterator[str]:
    for each in fields:
        if not isinstance(each, FragmentSelection) and each.arguments:
            yield each.name
        yield from _with_arguments(each.selections)


def _in_arguments(nodes: Iterable[ArgumentNode], known: Mapping[str, Any]) -> Iterator[_Literal]:
    for node in nodes:
        type_, found = known[node.name.value].type, list[_Literal]()
        value = _value(node.value, type_, found)
        yield from found
        if value is not STAYS:
            yield from _movable(node.name.value, node.value, type_, value)


def _movable(name: str, node: ValueNode, type_: GraphQLInputType, value: Any) -> Iterator[_Literal]:
    if value is not None and node.loc:
        yield _Literal(node.loc.start, node.loc.end, name, type_, value)


def _value(node: ValueNode, type_: GraphQLInputType, found: list[_Literal]) -> Any:
    """Give the value as JSON, or `STAYS`; in that case all that can be moved of what it holds was added to `found`."""
    if isinstance(node, VariableNode):
        return STAYS
    if isinstance(node, NullValueNode):
        return None
    type_ = type_.of_type if is_non_null_type(type_) else type_
    if is_list_type(type_):
        items = node.values if isinstance(node, ListValueNode) else (node,)
        values = [_value(item, type_.of_type, found) for item in items]
        return STAYS if STAYS in values else values
    if is_input_object_type(type_) and isinstance(node, ObjectValueNode):
        return _input_object(node, type_.fields, found)
    return _leaf(node, type_)


def _input_object(node: ObjectValueNode, known: Mapping[str, Any], found: list[_Literal]) -> Any:
    values = {each.name.value: _value(each.value, known[each.name.value].type, found) for each in node.fields}
    if STAYS not in values.values():
        return values
    for each in node.fields:
        name = each.name.value
        if values[name] is not STAYS:
            found += _movable(name, each.value, known[name].type, values[name])
    return STAYS


def _leaf(node: ValueNode, type_: GraphQLInputType) -> Any:
    if not isinstance(node, _WRITTEN):
        return STAYS
    if is_enum_type(type_):
        return node.value
    convert = _LEAVES.get(getattr(type_, "name", ""))
    return STAYS if convert is None else convert(node.value)


def _float(written: Any) -> Any:
    """A number as JSON can have it."""
    value = float(written)
    return value if isfinite(value) else STAYS


_WRITTEN = (BooleanValueNode, EnumValueNode, FloatValueNode, IntValueNode, StringValueNode)

_LEAVES: Mapping[str, Callable[[Any], Any]] = {
    "Boolean": bool,
    "Float": _float,
    "ID": str,
    "Int": int,
    "String": str,
}


def _defined(document: DocumentNode) -> set[str]:
    """The names of all variables that a document defines."""
    return {
        each.variable.name.value
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
        for each in node.variable_definitions or ()
    }


def _lifted(text: str, found: Iterable[_Literal], taken: set[str]) -> Lifted:
    """Put variables in place of literals, those that are alike one variable, called as what it is given to."""
    names: dict[tuple[str, bytes], str] = {}
    types: dict[str, str] = {}
    values: dict[str, Any] = {}
    pieces: list[str] = []
    end = 0
    for each in found:
        type_ = str(each.type)
        likeness = type_, orjson.dumps(each.value, option=orjson.OPT_SORT_KEYS)
        name = names.get(likeness)
        if name is None:
            names[likeness] = name = _free(each.name, taken)
            types[name], values[name] = type_, each.value
        pieces += (text[end : each.start], "$", name)
        end = each.end
    pieces.append(text[end:])
    members = {name: member(name, value) for name, value in values.items()}
    return Lifted("".join(pieces), types, Variables(values, members))


def _free(name: str, taken: set[str]) -> str:
    """Take a name like this one that no variable has."""
    free = next(
        each for each in chain((name,), (f"{name}_{number}" for number in count(2))) if each not in taken
    )
    taken.add(free)
    return free


def _definition(name: str, type_: str) -> VariableDefinitionNode:
    return VariableDefinitionNode(
        variable=VariableNode(name=NameNode(value=name)), type=parse_type(type_, no_location=True)
    )
