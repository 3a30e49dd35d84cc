"""What the types of a supergraph's schema are: which are abstract, and what their fields lead to."""

from __future__ import annotations

from functools import cached_property, lru_cache

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
)

from supergraph.model import FieldSelection, FieldSet, Supergraph


class SchemaTypes:
    """The types of a schema that never changes, whichever subgraphs know them."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.roots = {
            root.name for root in (schema.query_type, schema.mutation_type, schema.subscription_type) if root
        }
        self._possible: dict[str, frozenset[str]] = {}
        self._composite_types: dict[tuple[str, str], str | None] = {}

    def possible(self, type_: str) -> frozenset[str]:
        """The object types that a value of this type can be in the whole supergraph.

        An interface that nobody implements (an `@interfaceObject` needs no implementer) stands for itself.
        """
        if type_ not in self._possible:
            named = self.schema.type_map[type_]
            members = self.schema.get_possible_types(named) if is_abstract_type(named) else (named,)
            self._possible[type_] = frozenset(member.name for member in members) or frozenset({type_})
        return self._possible[type_]

    def is_abstract(self, type_: str) -> bool:
        """Whether the type is an interface or a union in the supergraph."""
        return is_abstract_type(self.schema.type_map[type_])

    def is_serial(self, type_: str) -> bool:
        """Whether fields of the type are executed one after the other: the mutation root type's."""
        return self.schema.type_map[type_] is self.schema.mutation_type

    def composite_type(self, type_: str, field: str) -> str | None:
        """The type of a field's objects; None for a leaf."""
        if (type_, field) not in self._composite_types:
            named = self.schema.type_map[self.named_type(type_, field)]
            self._composite_types[type_, field] = named.name if is_composite_type(named) else None
        return self._composite_types[type_, field]

    def named_type(self, type_: str, field: str) -> str:
        """The innermost type of a field in the supergraph."""
        return get_named_type(self._output_type(type_, field)).name

    def field_type(self, type_: str, field: str) -> str:
        """The type of a field in the supergraph, as SDL text."""
        return str(self._output_type(type_, field))

    def is_never_null(self, type_: str, fields: FieldSet) -> bool:
        """Whether a field set's fields all must have values, by the supergraph's types (of lists: the list)."""
        return all(
            isinstance(each, FieldSelection)
            and (
                each.name == "__typename"
                or (
                    self.field_type(type_, each.name).endswith("!")
                    and self.is_never_null(self.named_type(type_, each.name), each.selections)
                )
            )
            for each in fields
        )

    def _output_type(self, type_: str, field: str) -> GraphQLOutputType:
        parent = self.schema.type_map[type_]
        if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            return parent.fields[field].type
        raise KeyError(f"{type_} has no fields")

    @cached_property
    def field_names(self) -> frozenset[str]:
        """The names of all fields; no canonical key may be one of another field."""
        types = self.schema.type_map.values()
        composites = [type_ for type_ in types if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)]
        return frozenset(name for type_ in composites for name in type_.fields)

    def fields(self, concrete: str) -> frozenset[str]:
        """The names of an object type's fields."""
        type_ = self.schema.type_map[concrete]
        return frozenset(type_.fields) if isinstance(type_, GraphQLObjectType) else frozenset()


# Two, because the next one is made ready while the last one answers.
@lru_cache(maxsize=2)
def api_types(supergraph: Supergraph) -> SchemaTypes:
    """The types that clients of a supergraph may see, looked into once for all operations."""
    return SchemaTypes(supergraph.api)
