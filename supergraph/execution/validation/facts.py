"""What a schema says of its fields and directives: worked out once for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from graphql import (
    DirectiveLocation,
    GraphQLArgument,
    GraphQLCompositeType,
    GraphQLOutputType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    is_required_argument,
)
from graphql.utilities import do_types_overlap

LEFT_TO_THE_RULES = frozenset({"defer", "stream"})
"""Directives with rules of their own."""


class Doubtful(Exception):
    """Something is wrong, or out of the ordinary: the rules are to say which."""


class Arguments(NamedTuple):
    """The arguments that something takes, and the names of those that it must be given."""

    known: Mapping[str, GraphQLArgument]
    required: frozenset[str]


class FieldFacts(NamedTuple):
    """A field's type, the composite type of its objects (None: it is a leaf), and its arguments."""

    type: GraphQLOutputType
    below: GraphQLCompositeType | None
    arguments: Arguments


class DirectiveFacts(NamedTuple):
    """Where a directive may stand, and its arguments."""

    locations: frozenset[DirectiveLocation]
    arguments: Arguments


class Facts:
    """The facts of one schema. Each of its methods raises `Doubtful` where the schema does not know what is meant."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._fields: dict[tuple[str, str], FieldFacts] = {}
        self._directives: dict[str, DirectiveFacts] = {}
        self._overlaps: dict[tuple[str, str], bool] = {}

    def field(self, parent: GraphQLCompositeType, name: str) -> FieldFacts:
        """The field of that name; one of introspection is out of the ordinary, but for `__typename`."""
        key = (parent.name, name)
        return self._fields.get(key) or self._fields.setdefault(key, self._field(parent, name))

    def directive(self, name: str) -> DirectiveFacts:
        """The directive of that name."""
        return self._directives.get(name) or self._directives.setdefault(name, self._directive(name))

    def composite(self, name: str) -> GraphQLCompositeType:
        """The object, interface or union type of that name."""
        type_ = self.schema.type_map.get(name)
        if not is_composite_type(type_):
            raise Doubtful
        return type_

    def narrowed(self, parent: GraphQLCompositeType, condition: str) -> GraphQLCompositeType:
        """The type of a fragment's condition, where an object of the parent's type may be of it."""
        type_ = self.composite(condition)
        key = (parent.name, condition)
        if key not in self._overlaps:
            self._overlaps[key] = do_types_overlap(self.schema, type_, parent)
        if not self._overlaps[key]:
            raise Doubtful
        return type_

    def _field(self, parent: GraphQLCompositeType, name: str) -> FieldFacts:
        field = self.schema.get_field(parent, name)
        named = get_named_type(field.type) if field else None
        if field is None or named is None or named.name.startswith("__"):
            raise Doubtful
        return FieldFacts(field.type, named if is_composite_type(named) else None, _arguments(field.args))

    def _directive(self, name: str) -> DirectiveFacts:
        directive = self.schema.get_directive(name)
        if directive is None or name in LEFT_TO_THE_RULES:
            raise Doubtful
        return DirectiveFacts(frozenset(directive.locations), _arguments(directive.args))


def _arguments(known: Mapping[str, GraphQLArgument]) -> Arguments:
    return Arguments(
        known, frozenset(name for name, argument in known.items() if is_required_argument(argument))
    )
