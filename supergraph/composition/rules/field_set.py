"""What can be wrong with a field set, whatever directive it is for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
    print_ast,
)

from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.rules.argument_values import is_value_of
from supergraph.composition.subgraphs.field_sets import parse_field_set
from supergraph.composition.subgraphs.schema import (
    Directive,
    FieldDefinition,
    SubgraphSchema,
    TypeDefinition,
)
from supergraph.composition.subgraphs.type_references import is_required, named_type, text
from supergraph.model import TypeKind


@dataclass(frozen=True, slots=True)
class Selected:
    """A field that a field set selects: where, what is below it, and whether an ancestor in it is external."""

    parent: TypeDefinition
    field: FieldDefinition
    node: FieldNode
    below_external: bool


class FieldSetRule:
    """The rule for one application of `@key`, `@requires` or `@provides` on one element of a subgraph.

    `allows_arguments` says whether fields with arguments may be selected.
    """

    def __init__(
        self, subgraph: SubgraphSchema, where: str, directive: Directive, *, allows_arguments: bool
    ) -> None:
        self.subgraph = subgraph
        self.where = where
        self.directive = directive
        self.allows_arguments = allows_arguments
        self.selected: list[Selected] = []

    def errors(self, parent: str) -> Iterator[CompositionError]:
        """Faults of the field set on a type; afterwards `selected` holds the fields that it selects."""
        value = self.directive.arguments.get("fields")
        if not isinstance(value, StringValueNode):
            yield self.error(
                "INVALID_FIELDS_TYPE", "is no string", 'Write the fields as a string: "id name".'
            )
            return
        try:
            selections = parse_field_set(value.value)
        except GraphQLSyntaxError as fault:
            yield self.error(
                "INVALID_FIELDS",
                f"cannot be read: {fault.message.rstrip('.')}",
                'Write the names of fields, with a space between: "id name".',
            )
            return
        yield from self._selections(selections, parent, below_external=False)

    def error(self, code: str, fault: str, advice: str) -> CompositionError:
        """An error of the directive's family of codes (`KEY_` and the rest)."""
        name = self.directive.name
        written = self.directive.text("fields")
        shown = f'@{name}(fields: "{written}")' if written is not None else f"@{name}"
        return CompositionError(
            f"{name.upper()}_{code}",
            f"{shown} on {self.where}: it {fault}.",
            (place_of(self.subgraph.name, self.directive.node),),
            advice,
        )

    def _selections(
        self, selections: SelectionSetNode, parent: str, *, below_external: bool
    ) -> Iterator[CompositionError]:
        for selection in selections.selections:
            if selection.directives:
                yield self.error(
                    "DIRECTIVE_IN_FIELDS_ARG", "has a directive in it", "Leave directives out of field sets."
                )
            yield from self._selection(selection, parent, below_external=below_external)

    def _selection(
        self, selection: SelectionNode, parent: str, *, below_external: bool
    ) -> Iterator[CompositionError]:
        if isinstance(selection, InlineFragmentNode):
            yield from self._fragment(selection, parent, below_external=below_external)
        elif isinstance(selection, FieldNode):
            yield from self._field(selection, parent, below_external=below_external)
        elif isinstance(selection, FragmentSpreadNode):
            yield self.error("INVALID_FIELDS", "spreads a named fragment", "Use inline fragments.")

    def _fragment(
        self, node: InlineFragmentNode, parent: str, *, below_external: bool
    ) -> Iterator[CompositionError]:
        within = node.type_condition.name.value if node.type_condition else parent
        known = self.subgraph.types.get(within)
        if known is None or not known.is_composite:
            yield self.error(
                "INVALID_FIELDS",
                f"has a fragment on {within}, which is no composite type here",
                "Name an object, interface or union type of this subgraph.",
            )
            return
        yield from self._selections(node.selection_set, within, below_external=below_external)

    def _field(self, node: FieldNode, parent: str, *, below_external: bool) -> Iterator[CompositionError]:
        name = node.name.value
        if name == "__typename":
            return
        definition = self.subgraph.types[parent]
        field = definition.fields.get(name)
        if field is None:
            yield self.error(
                "INVALID_FIELDS",
                f"selects {name}, which {parent} does not have in this subgraph",
                "Define the field (as @external where another subgraph resolves it), or leave it out.",
            )
            return
        if node.alias is not None:
            yield self.error("INVALID_FIELDS", f"gives {name} an alias", "Leave aliases out of field sets.")
        self.selected.append(Selected(definition, field, node, below_external))
        yield from self._arguments(definition, field, node)
        yield from self._below(node, field, below_external=below_external or field.external)

    def _arguments(
        self, parent: TypeDefinition, field: FieldDefinition, node: FieldNode
    ) -> Iterator[CompositionError]:
        coordinate = f"{parent.name}.{field.name}"
        given = {argument.name.value for argument in node.arguments or ()}
        for name in sorted(given - field.arguments.keys()):
            yield self.error(
                "INVALID_FIELDS",
                f"gives {coordinate} an argument {name}, which it does not take",
                "Leave it out.",
            )
        for name, argument in field.arguments.items():
            if self.allows_arguments and name not in given and is_required(argument.type, argument.default):
                yield self.error(
                    "INVALID_FIELDS",
                    f"selects {coordinate} without its argument {name}",
                    f"Write {name}: and a value.",
                )
        for argument in node.arguments or ():
            taken = field.arguments.get(argument.name.value)
            if taken is not None and not is_value_of(argument.value, taken.type, self.subgraph):
                given_value = print_ast(argument.value)
                yield self.error(
                    "INVALID_FIELDS",
                    f"gives {coordinate}({taken.name}:) the value {given_value}, and it takes {text(taken.type)}",
                    f"Write a constant of type {text(taken.type)}.",
                )
        if field.arguments and not self.allows_arguments:
            yield self.error(
                "FIELDS_HAS_ARGS",
                f"selects {parent.name}.{field.name}, which takes arguments",
                "Select fields without arguments.",
            )

    def _below(
        self, node: FieldNode, field: FieldDefinition, *, below_external: bool
    ) -> Iterator[CompositionError]:
        target = self.subgraph.types.get(named_type(field.type))
        composite = target is not None and target.is_composite
        if composite != bool(node.selection_set):
            fault = (
                "without selecting fields of it" if composite else "with a selection, and it has no fields"
            )
            yield self.error(
                "INVALID_FIELDS",
                f"selects {field.name} {fault}",
                'Select fields of objects, interfaces and unions, as in "x { id }", and none of scalars and enums.',
            )
        elif target is not None and node.selection_set:
            yield from self._selections(node.selection_set, target.name, below_external=below_external)


def missing_external(rule: FieldSetRule) -> Iterator[CompositionError]:
    """Leaves that the subgraph resolves anyway: they need be neither provided nor required."""
    for selected in rule.selected:
        if selected.node.selection_set or selected.below_external:
            continue
        if not _is_external(rule.subgraph, selected):
            yield rule.error(
                "FIELDS_MISSING_EXTERNAL",
                f"selects {selected.parent.name}.{selected.field.name}, which is not @external",
                "Mark the field @external where another subgraph resolves it; else leave it out.",
            )


def _is_external(subgraph: SubgraphSchema, selected: Selected) -> bool:
    """On an interface the field counts as external where it is so on some implementer."""
    if selected.field.external:
        return True
    if selected.parent.kind is not TypeKind.INTERFACE:
        return False
    implementers = (subgraph.types[name] for name in subgraph.possible_types(selected.parent.name))
    return any(
        implementer.fields[selected.field.name].external
        for implementer in implementers
        if selected.field.name in implementer.fields
    )
