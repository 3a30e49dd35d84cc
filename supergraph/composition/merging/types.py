"""Named types: one type from all subgraphs that have it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graphql import print_ast

from supergraph.composition.merging.context import Merging
from supergraph.composition.merging.descriptions import merge_description
from supergraph.composition.merging.directives import merge_directives
from supergraph.composition.merging.enums import merge_values
from supergraph.composition.merging.fields import merge_fields
from supergraph.composition.merging.from_context import context_name
from supergraph.composition.merging.input_objects import merge_input_fields
from supergraph.composition.merging.interface_objects import with_interface_object_fields
from supergraph.composition.merging.merged import MergedDirective, MergedType
from supergraph.composition.merging.presence import hint_at_differences
from supergraph.composition.merging.sources import Source, Sources
from supergraph.composition.merging.unions import merge_members
from supergraph.composition.subgraphs.schema import TypeDefinition
from supergraph.model import TypeKind


def merge_types(merging: Merging) -> dict[str, MergedType]:
    """Every type of the supergraph, by name.

    Enums come last: which of their values survive depends on where the merged fields use them.
    """
    names = dict.fromkeys(name for graph in merging.graphs for name in graph.subgraph.types)
    merged = {name: merged for name in names if (merged := _merge_type(_sources(name, merging), merging))}
    merged = with_interface_object_fields(merged, merging)
    return {name: _with_values(definition, merging) for name, definition in merged.items()}


def _sources(name: str, merging: Merging) -> list[Source[TypeDefinition]]:
    return [
        Source(graph, graph.subgraph.types[name]) for graph in merging.graphs if name in graph.subgraph.types
    ]


def _merge_type(sources: Sources[TypeDefinition], merging: Merging) -> MergedType | None:
    kind = _kind(sources, merging)
    if kind is None:
        return None
    name = sources[0].element.name
    merged = MergedType(
        name=name,
        description=merge_description(name, sources, merging.findings),
        directives=(*_join_directives(kind, sources, merging), *merge_directives(name, sources, merging)),
        kind=kind,
        interfaces=tuple(dict.fromkeys(name for source in sources for name in source.element.interfaces)),
    )
    hint_at_differences(kind, sources, merging)
    if kind in {TypeKind.OBJECT, TypeKind.INTERFACE}:
        return replace(merged, fields=merge_fields(sources, merging))
    if kind is TypeKind.INPUT_OBJECT:
        return replace(merged, inputs=merge_input_fields(sources, merging))
    if kind is TypeKind.UNION:
        return replace(merged, members=merge_members(sources, merging))
    return merged


def _kind(sources: Sources[TypeDefinition], merging: Merging) -> TypeKind | None:
    """The kind that all subgraphs give the type; an interface object counts as the interface it stands for."""
    kinds = {
        TypeKind.INTERFACE if source.element.is_interface_object else source.element.kind
        for source in sources
    }
    if len(kinds) == 1:
        return kinds.pop()
    name = sources[0].element.name
    each = "; ".join(f'{source.element.kind.value} in "{source.subgraph.name}"' for source in sources)
    merging.findings.error(
        "TYPE_KIND_MISMATCH",
        f"{name} is not the same kind of type everywhere: {each}.",
        sources,
        "Rename one of them, or make them the same kind.",
    )
    return None


def _join_directives(
    kind: TypeKind, sources: Sources[TypeDefinition], merging: Merging
) -> Iterator[MergedDirective]:
    for source in sources:
        yield from (_join("type", source, *arguments) for arguments in _type_arguments(source))
    if kind in {TypeKind.OBJECT, TypeKind.INTERFACE}:
        for source in sources:
            for interface in source.element.interfaces:
                yield _join("implements", source, f'interface: "{interface}"')
    if kind is TypeKind.UNION:
        for source in sources:
            yield from (_join("unionMember", source, f'member: "{name}"') for name in source.element.members)
    yield from _contexts(sources, merging)


def _type_arguments(source: Source[TypeDefinition]) -> Iterator[list[str]]:
    definition = source.element
    interface_object = ["isInterfaceObject: true"] if definition.is_interface_object else []
    keys = [key for key in definition.applied("key") if "fields" in key.arguments]
    for key in keys:
        arguments = [f"key: {print_ast(key.arguments['fields'])}"]
        if key.from_extension:
            arguments.append("extension: true")
        if not key.flag("resolvable", default=True):
            arguments.append("resolvable: false")
        yield arguments + interface_object
    if not keys:
        yield interface_object


def _join(what: str, source: Source[TypeDefinition], *arguments: str) -> MergedDirective:
    written = ", ".join([f"graph: {source.graph.value}", *arguments])
    return MergedDirective(f"join__{what}", written, f"join__{what}")


def _contexts(sources: Sources[TypeDefinition], merging: Merging) -> Iterator[MergedDirective]:
    name = merging.names.get("context")
    for source in sources if name else ():
        for directive in source.element.applied("context"):
            context = context_name(source.subgraph.name, directive.text("name") or "")
            yield MergedDirective(name or "context", f'name: "{context}"', "context")


def _with_values(definition: MergedType, merging: Merging) -> MergedType:
    if definition.kind is not TypeKind.ENUM:
        return definition
    return replace(definition, values=merge_values(_sources(definition.name, merging), merging))
