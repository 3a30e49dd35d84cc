"""The join specification: what `@join__type`, `@join__field` and the others say of each subgraph.

Versions 0.2 to 0.5 name every subgraph that knows a type. Version 0.1 names an owner instead (`@join__owner`),
leaves value types unmarked, and does not list the fields of keys, requirements and provisions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    GraphQLSyntaxError,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    NamedTypeNode,
    Node,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    TypeDefinitionNode,
    UnionTypeDefinitionNode,
    parse_type,
    print_ast,
)

from supergraph.composition.reading.errors import InvalidSupergraphError
from supergraph.composition.reading.field_set import parse_field_set
from supergraph.composition.reading.first_version import complete_first_version
from supergraph.composition.reading.linked_specs import LinkedSpec, applications, directive_called
from supergraph.model import (
    ContextArgument,
    FieldSet,
    Key,
    Override,
    Subgraph,
    SubgraphField,
    SubgraphType,
    TypeKind,
)

_KINDS: Mapping[type[Node], TypeKind] = {
    ScalarTypeDefinitionNode: TypeKind.SCALAR,
    ObjectTypeDefinitionNode: TypeKind.OBJECT,
    InterfaceTypeDefinitionNode: TypeKind.INTERFACE,
    UnionTypeDefinitionNode: TypeKind.UNION,
    EnumTypeDefinitionNode: TypeKind.ENUM,
    InputObjectTypeDefinitionNode: TypeKind.INPUT_OBJECT,
}


def read_subgraphs(
    document: DocumentNode, join: LinkedSpec, specs: tuple[LinkedSpec, ...]
) -> Mapping[str, Subgraph]:
    """Each subgraph's view of the types, by the subgraph's name.

    Raises `InvalidSupergraphError` where a directive names a graph that `join__Graph` lacks, or a field set
    cannot be read.
    """
    reader = _Reader(document, join.namespace, directive_called("context", specs))
    subgraphs = {
        name: Subgraph(name, url, reader.types_of(graph)) for graph, (name, url) in reader.graphs.items()
    }
    if join.version == "v0.1":
        fields = reader.every_field()
        return {name: complete_first_version(subgraph, fields) for name, subgraph in subgraphs.items()}
    return subgraphs


@dataclass(frozen=True, slots=True)
class _Membership:
    """A type in one graph: all `@join__type` of that graph together."""

    keys: tuple[Key, ...]
    is_interface_object: bool


class _Reader:
    """Reads one document; graphs are known by their value in `join__Graph` here."""

    def __init__(self, document: DocumentNode, namespace: str, context: str) -> None:
        self.namespace = namespace
        self.context = context
        self.definitions = [
            definition
            for definition in document.definitions
            if isinstance(definition, TypeDefinitionNode)
            and not definition.name.value.startswith(f"{namespace}__")
        ]
        self.graphs = self._graphs(document)
        self.members = {definition.name.value: self._members(definition) for definition in self.definitions}
        self.possible = self._possible_types()

    def applied(self, node: Node, directive: str) -> list[dict[str, Any]]:
        found = list(applications(node, f"{self.namespace}__{directive}"))
        for arguments in found:
            graph = arguments.get("graph")
            if graph is not None and graph not in self.graphs:
                raise InvalidSupergraphError(
                    f"@{self.namespace}__{directive} names the graph {graph}, which {self.namespace}__Graph does "
                    "not list. Compose the supergraph again."
                )
        return found

    def _graphs(self, document: DocumentNode) -> dict[str, tuple[str, str]]:
        """Name and routing URL of each graph, by its value in the enum `join__Graph`."""
        enum = f"{self.namespace}__Graph"
        graphs: dict[str, tuple[str, str]] = {}
        for definition in document.definitions:
            if isinstance(definition, EnumTypeDefinitionNode) and definition.name.value == enum:
                for value in definition.values or ():
                    arguments = next(applications(value, f"{self.namespace}__graph"), {})
                    graphs[value.name.value] = (
                        arguments.get("name", value.name.value),
                        arguments.get("url") or "",
                    )
        if not graphs:
            raise InvalidSupergraphError(
                f"The supergraph lists no subgraphs: the enum {enum} is missing or empty. Compose it again."
            )
        return graphs

    def _members(self, definition: TypeDefinitionNode) -> dict[str, _Membership]:
        """The graphs that know a type. One that is marked for none is a value type of version 0.1: all know it."""
        joined = self.applied(definition, "type")
        owners = [arguments["graph"] for arguments in self.applied(definition, "owner")]
        graphs = [arguments["graph"] for arguments in joined] + owners
        return {
            graph: _Membership(
                keys=tuple(
                    Key(self.field_set(arguments["key"]), arguments.get("resolvable", True))
                    for arguments in joined
                    if arguments["graph"] == graph and arguments.get("key")
                ),
                is_interface_object=any(
                    arguments.get("isInterfaceObject", False)
                    for arguments in joined
                    if arguments["graph"] == graph
                ),
            )
            for graph in dict.fromkeys(graphs or self.graphs)
        }

    def field_set(self, text: str | None) -> FieldSet:
        try:
            return parse_field_set(text) if text else ()
        except (GraphQLSyntaxError, ValueError) as error:
            raise InvalidSupergraphError(
                f"The field set '{text}' cannot be read: {error}. Correct it in its subgraph and compose again."
            ) from error

    def _possible_types(self) -> dict[str, dict[str, frozenset[str]]]:
        """For each graph: the object types behind each interface and union. The key "" is the whole supergraph."""
        found: dict[str, dict[str, set[str]]] = {graph: {} for graph in ("", *self.graphs)}
        for definition in self.definitions:
            for graph, abstract, concrete in self._memberships(definition):
                for where in ("", graph):
                    found[where].setdefault(abstract, set()).add(concrete)
        return {
            graph: {name: frozenset(members) for name, members in types.items()}
            for graph, types in found.items()
        }

    def _memberships(self, definition: TypeDefinitionNode) -> Iterator[tuple[str, str, str]]:
        """(graph, abstract type, object type) for what a definition says of itself."""
        name = definition.name.value
        if isinstance(definition, ObjectTypeDefinitionNode):
            joined = {(each["graph"], each["interface"]) for each in self.applied(definition, "implements")}
            written = [node.name.value for node in definition.interfaces or ()]
            for graph, interface in joined or self._both_known(name, written):
                yield graph, interface, name
        elif isinstance(definition, UnionTypeDefinitionNode):
            joined = {(each["graph"], each["member"]) for each in self.applied(definition, "unionMember")}
            written = [node.name.value for node in definition.types or ()]
            for graph, member in joined or self._both_known(name, written):
                yield graph, name, member

    def _both_known(self, name: str, others: list[str]) -> set[tuple[str, str]]:
        """Before version 0.3 an implementation or a member counts wherever both types are known."""
        return {
            (graph, other)
            for other in others
            for graph in self.members[name]
            if graph in self.members.get(other, {})
        }

    def every_field(self) -> Mapping[str, Mapping[str, SubgraphField]]:
        return {
            definition.name.value: {
                node.name.value: self._field(node, {}) for node in definition.fields or ()
            }
            for definition in self.definitions
            if isinstance(definition, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode)
        }

    def types_of(self, graph: str) -> Mapping[str, SubgraphType]:
        return {
            definition.name.value: self._type(definition, graph)
            for definition in self.definitions
            if graph in self.members[definition.name.value]
        }

    def _type(self, definition: TypeDefinitionNode, graph: str) -> SubgraphType:
        name = definition.name.value
        kind = _KINDS[type(definition)]
        membership = self.members[name][graph]
        if membership.is_interface_object:
            kind = TypeKind.OBJECT
        return SubgraphType(
            name=name,
            kind=kind,
            keys=membership.keys,
            fields={field.name: field for field in self._fields(definition, graph)},
            possible_types=self._possible(name, kind, graph),
            is_interface_object=membership.is_interface_object,
            contexts=frozenset(arguments["name"] for arguments in applications(definition, self.context)),
        )

    def _possible(self, name: str, kind: TypeKind, graph: str) -> frozenset[str]:
        if self.members[name][graph].is_interface_object:
            return self.possible[""].get(name, frozenset())
        if kind is TypeKind.OBJECT:
            return frozenset({name})
        return self.possible[graph].get(name, frozenset())

    def _fields(self, definition: TypeDefinitionNode, graph: str) -> Iterator[SubgraphField]:
        if not isinstance(definition, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
            return
        owner = next((each["graph"] for each in self.applied(definition, "owner")), graph)
        for node in definition.fields or ():
            joined = self.applied(node, "field")
            if not joined and graph == owner:
                yield self._field(node, {})
            for arguments in joined:
                if arguments.get("graph") == graph:
                    yield self._field(node, arguments)

    def _field(self, node: FieldDefinitionNode, joined: Mapping[str, Any]) -> SubgraphField:
        type_ = joined.get("type") or print_ast(node.type)
        override = (
            Override(joined["override"], joined.get("overrideLabel")) if joined.get("override") else None
        )
        contexts = tuple(self._context_argument(each) for each in joined.get("contextArguments") or ())
        arguments = {argument.name.value for argument in node.arguments or ()}
        return SubgraphField(
            name=node.name.value,
            type=type_,
            named_type=_named_type(type_),
            arguments=frozenset(arguments | {argument.name for argument in contexts}),
            external=joined.get("external", False),
            requires=self.field_set(joined.get("requires")),
            provides=self.field_set(joined.get("provides")),
            override=override,
            used_overridden=joined.get("usedOverridden", False),
            context_arguments=contexts,
        )

    def _context_argument(self, arguments: Mapping[str, Any]) -> ContextArgument:
        return ContextArgument(
            name=arguments["name"],
            type=arguments["type"],
            context=arguments["context"],
            selection=self.field_set(arguments["selection"]),
        )


def _named_type(text: str) -> str:
    node: Any = parse_type(text, no_location=True)
    while not isinstance(node, NamedTypeNode):
        node = node.type
    return node.name.value
