"""What a subgraph's own directives say of a field beyond its definition: that it is part of a key, that it may be
shared, that it is provided on some path, or that something else needs it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from supergraph.composition.subgraphs.field_sets import Coordinate, fields_reached, parse_context_value
from supergraph.composition.subgraphs.schema import FieldDefinition, SubgraphSchema, TypeDefinition
from supergraph.composition.subgraphs.type_references import named_type
from supergraph.composition.subgraphs.walk import arguments_of, fields_of


@dataclass(frozen=True)
class Usage:
    """The fields of one subgraph by what its keys, requirements and provisions do with them."""

    subgraph: SubgraphSchema

    @cached_property
    def keys(self) -> frozenset[Coordinate]:
        """Fields that are part of a key."""
        return frozenset(
            coordinate
            for definition in self.subgraph.types.values()
            for key in definition.applied("key")
            for coordinate in fields_reached(self.subgraph, definition.name, key.text("fields"))
        )

    @cached_property
    def required(self) -> frozenset[Coordinate]:
        """Fields that another field `@requires`."""
        return frozenset(
            coordinate
            for definition, field in fields_of(self.subgraph)
            for requires in field.applied("requires")
            for coordinate in fields_reached(self.subgraph, definition.name, requires.text("fields"))
        )

    @cached_property
    def read_from_contexts(self) -> frozenset[Coordinate]:
        """Fields that an argument takes `@fromContext`, of the types that set the context."""
        setters = [
            (context.text("name"), definition.name)
            for definition in self.subgraph.types.values()
            for context in definition.applied("context")
        ]
        return frozenset(
            coordinate
            for _, _, argument in arguments_of(self.subgraph)
            for reading in argument.applied("fromContext")
            if (parsed := parse_context_value(reading.text("field") or ""))
            for context, setter in setters
            if context == parsed[0]
            for coordinate in fields_reached(self.subgraph, setter, parsed[1])
        )

    @cached_property
    def provided(self) -> frozenset[Coordinate]:
        """Fields that another field `@provides`."""
        return frozenset(
            coordinate
            for _, field in fields_of(self.subgraph)
            for provides in field.applied("provides")
            for coordinate in fields_reached(self.subgraph, named_type(field.type), provides.text("fields"))
        )

    @cached_property
    def by_interface(self) -> frozenset[Coordinate]:
        """Fields that an object type must have for an interface."""
        return frozenset(
            (definition.name, name)
            for definition in self.subgraph.types.values()
            for interface in definition.interfaces
            if (implemented := self.subgraph.types.get(interface))
            for name in implemented.fields
        )

    @cached_property
    def used(self) -> frozenset[Coordinate]:
        """Fields that something in the subgraph needs, even where the field is resolved elsewhere."""
        return self.keys | self.required | self.provided | self.read_from_contexts | self.by_interface

    def is_shareable(self, definition: TypeDefinition, field: FieldDefinition) -> bool:
        """Whether other subgraphs may resolve the field too."""
        coordinate = (definition.name, field.name)
        return field.has("shareable") or coordinate in self.keys or coordinate in self.provided

    def is_fully_external(self, definition: TypeDefinition, field: FieldDefinition) -> bool:
        """Whether the subgraph resolves the field on no path at all."""
        return field.external and (definition.name, field.name) not in self.provided
