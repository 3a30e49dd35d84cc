"""A subgraph's SDL as the plan checker reads it: what it resolves, by which keys, and what it wants for that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldDefinitionNode,
    FieldNode,
    GraphQLInterfaceType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    InterfaceTypeDefinitionNode,
    InterfaceTypeExtensionNode,
    NamedTypeNode,
    NameNode,
    Node,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    OperationDefinitionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
    TypeDefinitionNode,
    Visitor,
    build_ast_schema,
    get_named_type,
    is_abstract_type,
    parse,
    print_ast,
    validate,
    visit,
)

Composite = (
    ObjectTypeDefinitionNode
    | ObjectTypeExtensionNode
    | InterfaceTypeDefinitionNode
    | InterfaceTypeExtensionNode
)
Paths = frozenset[tuple[str, ...]]


@dataclass(frozen=True)
class ContextValue:
    """What an argument takes from a context."""

    argument: str
    context: str
    selection: SelectionSetNode


class _Renaming(Visitor):
    """Types under other names, where they are defined and where they are named."""

    def __init__(self, names: dict[str, str]) -> None:
        super().__init__()
        self.names = names

    def enter(self, node: Node, *_: object) -> Node | None:
        if isinstance(node, NamedTypeNode | ObjectTypeDefinitionNode | ObjectTypeExtensionNode):
            renamed = self.names.get(node.name.value)
            if renamed and renamed != node.name.value:
                return replace(node, name=NameNode(value=renamed))
        return None


def _with_usual_roots(document: DocumentNode) -> DocumentNode:
    """A schema whose root types have the names that they have in the supergraph."""
    names = {
        root.type.name.value: root.operation.value.capitalize()
        for node in document.definitions
        if isinstance(node, SchemaDefinitionNode | SchemaExtensionNode)
        for root in node.operation_types or ()
    }
    return visit(document, _Renaming(names)) if names else document


class SubgraphSdl:
    """One subgraph; Federation's own fields are added to its schema, so that requests can be validated."""

    def __init__(self, sdl: str) -> None:
        self.composites: dict[str, list[Composite]] = {}
        self._contexts: dict[str, set[str]] = {}
        self._refusals: dict[str, list[str]] = {}
        others: dict[str, TypeDefinitionNode] = {}
        for node in _with_usual_roots(parse(sdl)).definitions:
            if isinstance(node, TypeDefinitionNode | ObjectTypeExtensionNode):
                for directive in node.directives or ():
                    if directive.name.value == "context":
                        self._contexts.setdefault(_text(directive, "name"), set()).add(node.name.value)
            if isinstance(node, Composite):
                self.composites.setdefault(node.name.value, []).append(node)
            elif isinstance(node, TypeDefinitionNode):
                others[node.name.value] = node
        self.schema = self._schema(others)

    def _schema(self, others: dict[str, TypeDefinitionNode]) -> GraphQLSchema:
        entities = [
            name
            for name, nodes in self.composites.items()
            if self._applied(name, "key")
            and isinstance(nodes[0], ObjectTypeDefinitionNode | ObjectTypeExtensionNode)
        ]
        query = "type Query { _service: String }"
        if entities:
            query = (
                f"union _Entity = {' | '.join(entities)} "
                "type Query { _entities(representations: [_Any!]!): [_Entity]! }"
            )
        self.composites.setdefault("Query", [])
        added = {node.name.value: node for node in parse(f"scalar _Any {query}").definitions}  # type: ignore[union-attr]
        query_type = added.pop("Query")
        assert isinstance(query_type, ObjectTypeDefinitionNode)
        merged = [self._whole(name, query_type if name == "Query" else None) for name in self.composites]
        document = DocumentNode(definitions=(*others.values(), *added.values(), *merged))
        return build_ast_schema(document, assume_valid=True, assume_valid_sdl=True)

    def _whole(self, name: str, more: ObjectTypeDefinitionNode | None) -> TypeDefinitionNode:
        nodes = [*self.composites[name], *([more] if more else [])]
        interface = isinstance(nodes[0], InterfaceTypeDefinitionNode | InterfaceTypeExtensionNode)
        make = InterfaceTypeDefinitionNode if interface else ObjectTypeDefinitionNode
        fields = {field.name.value: field for node in nodes for field in node.fields or ()}
        return make(
            name=nodes[0].name,
            interfaces=tuple(each for node in nodes for each in node.interfaces or ()),
            directives=(),
            fields=tuple(fields.values()),
        )

    def _applied(self, type_: str, directive: str) -> list[DirectiveNode]:
        nodes = self.composites.get(type_, [])
        return [each for node in nodes for each in node.directives or () if each.name.value == directive]

    def field(self, type_: str, name: str) -> FieldDefinitionNode | None:
        """A field's definition."""
        fields = [field for node in self.composites.get(type_, []) for field in node.fields or ()]
        return next((field for field in fields if field.name.value == name), None)

    def is_interface_object(self, type_: str) -> bool:
        """Whether the type is an `@interfaceObject`."""
        return bool(self._applied(type_, "interfaceObject"))

    def applies(self, standing: str, concrete: str, condition: str) -> bool:
        """Whether a type condition holds for an object of a concrete type that stands here as `standing`."""
        if condition in (standing, concrete):
            return True
        known = self.schema.type_map.get(condition)
        return is_abstract_type(known) and concrete in {
            each.name for each in self.schema.get_possible_types(known)
        }

    def named_type(self, type_: str, concrete: str, field: str) -> str:
        """The innermost type of a field in this subgraph; empty for `__typename`."""
        for owner in (type_, concrete):
            known = self.schema.type_map.get(owner)
            if field in getattr(known, "fields", {}):
                return get_named_type(known.fields[field].type).name  # type: ignore[union-attr]
        return ""

    def keys(self, type_: str) -> list[Paths]:
        """The resolvable keys of a type, as paths of field names."""
        return [
            _paths(_text(directive, "fields"))
            for directive in self._applied(type_, "key")
            if _text(directive, "resolvable") != "false"
        ]

    def required(self, standing: str, concrete: str, field: str) -> SelectionSetNode | None:
        """What a field requires, for an object of a concrete type that stands here as `standing`."""
        for owner in (standing, concrete):
            node = self.field(owner, field)
            for directive in node.directives or () if node else ():
                if directive.name.value == "requires":
                    return _selections(_text(directive, "fields"))
        return None

    def setters(self, context: str, schema: GraphQLSchema) -> set[str]:
        """The object types that set a context."""
        found: set[str] = set()
        for name in self._contexts.get(context, ()):
            type_ = schema.type_map[name]
            found |= (
                {each.name for each in schema.get_possible_types(type_)}
                if is_abstract_type(type_)
                else {name}
            )
        return found

    def context_values(self, owners: Sequence[str], field: str) -> Iterator[ContextValue]:
        """What the arguments of a field take from contexts, on the first of these types that has it."""
        node = next((known for owner in owners if (known := self.field(owner, field))), None)
        for argument in node.arguments or () if node else ():
            for directive in argument.directives or ():
                if directive.name.value == "fromContext":
                    context, _, selection = _text(directive, "field").lstrip(" $").partition(" ")
                    yield ContextValue(argument.name.value, context, _selections(selection))

    def refusals(self, document: str) -> Sequence[str]:
        """What is wrong with a request to this subgraph; a document is looked at once."""
        if document not in self._refusals:
            errors = validate(self.schema, DocumentNode(definitions=(parsed(document),)))
            self._refusals[document] = [
                *(f"refuses {error.message}" for error in errors),
                *(f"does not resolve {field}" for field in self.wrongly_asked(parsed(document))),
            ]
        return self._refusals[document]

    def wrongly_asked(self, operation: OperationDefinitionNode) -> Iterator[str]:
        """Fields of a request that the subgraph does not resolve where they are asked for."""
        root = self.schema.get_root_type(operation.operation)
        assert root is not None
        yield from self._wrong(operation.selection_set, root.name, "", (), self._possible(root.name))

    def _wrong(
        self,
        node: SelectionSetNode,
        type_: str,
        entered: str,
        provided: tuple[SelectionSetNode, ...],
        possible: frozenset[str],
    ) -> Iterator[str]:
        """The wrong fields of objects that are of one of these `possible` types, seen as `type_`."""
        for selection in node.selections:
            if isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition.name.value if selection.type_condition else type_
                as_entity = condition if type_ == "_Entity" else entered
                inside = (
                    self._possible(condition) & possible if type_ != "_Entity" else self._possible(condition)
                )
                yield from self._wrong(selection.selection_set, condition, as_entity, provided, inside)
            elif isinstance(selection, FieldNode):
                known = self.schema.type_map.get(type_)
                for concrete in sorted(possible) if isinstance(known, GraphQLInterfaceType) else [type_]:
                    as_entity = concrete if entered == type_ else entered
                    yield from self._wrong_field(selection, concrete, as_entity, provided)

    def _possible(self, type_: str) -> frozenset[str]:
        """The object types that a type stands for."""
        known = self.schema.type_map.get(type_)
        if not isinstance(known, GraphQLInterfaceType | GraphQLUnionType):
            return frozenset({type_})
        return frozenset(each.name for each in self.schema.get_possible_types(known))

    def _wrong_field(
        self, node: FieldNode, type_: str, entered: str, provided: tuple[SelectionSetNode, ...]
    ) -> Iterator[str]:
        name = node.name.value
        definition = self.field(type_, name)
        below = _below(provided, name)
        directives = {each.name.value: each for each in definition.directives or ()} if definition else {}
        external = "external" in directives and not self._is_key(type_, name)
        if external and below is None:
            yield f"{type_}.{name} (external)"
        required = _selections(_text(directives["requires"], "fields")) if "requires" in directives else None
        if required and entered != type_ and not _provides(provided, required):
            yield f"{type_}.{name} (its requirements are not passed in)"
        given = {each.name.value for each in node.arguments or ()}
        if any(value.argument not in given for value in self.context_values((type_,), name)):
            yield f"{type_}.{name} (its contexts are not passed in)"
        if node.selection_set:
            more = _selections(_text(directives["provides"], "fields")) if "provides" in directives else None
            named = "_Entity" if name == "_entities" else self.named_type(type_, type_, name)
            sets = (*(below or ()), *([more] if more else ()))
            yield from self._wrong(node.selection_set, named, "", sets, self._possible(named))

    def _is_key(self, type_: str, name: str) -> bool:
        return any((name,) in _paths(_text(each, "fields")) for each in self._applied(type_, "key"))


@lru_cache(1000)
def parsed(document: str) -> OperationDefinitionNode:
    """A request's operation."""
    (operation,) = parse(document).definitions
    assert isinstance(operation, OperationDefinitionNode)
    return operation


def _provides(provided: tuple[SelectionSetNode, ...], required: SelectionSetNode) -> bool:
    return all(_provides_one(provided, selection) for selection in required.selections)


def _provides_one(provided: tuple[SelectionSetNode, ...], selection: SelectionNode) -> bool:
    if not isinstance(selection, FieldNode):
        return False
    below = _below(provided, selection.name.value)
    return below is not None and (
        selection.selection_set is None or _provides(below, selection.selection_set)
    )


def _text(directive: DirectiveNode, argument: str) -> str:
    """An argument's value as text: a string as it is, a Boolean as its keyword; empty without it."""
    for each in directive.arguments or ():
        if each.name.value == argument:
            return each.value.value if isinstance(each.value, StringValueNode) else print_ast(each.value)
    return ""


def _selections(fields: str) -> SelectionSetNode:
    operation = parse(fields if fields.lstrip().startswith("{") else f"{{{fields}}}").definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return operation.selection_set


def _paths(fields: str) -> Paths:
    return frozenset(_all_paths(_selections(fields)))


def _all_paths(node: SelectionSetNode) -> Iterator[tuple[str, ...]]:
    for selection in node.selections:
        if isinstance(selection, FieldNode):
            yield (selection.name.value,)
            if selection.selection_set:
                yield from ((selection.name.value, *path) for path in _all_paths(selection.selection_set))


def _below(provided: tuple[SelectionSetNode, ...], name: str) -> tuple[SelectionSetNode, ...] | None:
    """What is provided below a field; None where the field itself is not provided."""
    found: list[SelectionSetNode] = []
    hit = False
    for node in provided:
        for selection in node.selections:
            if isinstance(selection, InlineFragmentNode):
                inside = _below((selection.selection_set,), name)
                hit = hit or inside is not None
                found.extend(inside or ())
            elif isinstance(selection, FieldNode) and selection.name.value == name:
                hit = True
                if selection.selection_set:
                    found.append(selection.selection_set)
    return tuple(found) if hit else None
