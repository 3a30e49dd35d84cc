"""Fields of object and interface types: one field from what the subgraphs say of it."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import print_ast

from supergraph.composition.merging.arguments import merge_arguments
from supergraph.composition.merging.context import Merging
from supergraph.composition.merging.descriptions import merge_description
from supergraph.composition.merging.directives import merge_directives
from supergraph.composition.merging.external import check_external_field
from supergraph.composition.merging.from_context import context_arguments
from supergraph.composition.merging.merged import MergedDirective, MergedField
from supergraph.composition.merging.overrides import Overrides, overrides_of
from supergraph.composition.merging.sharing import Resolver, check_sharing
from supergraph.composition.merging.sources import Source, Sources, subgraphs_in, told_apart
from supergraph.composition.subgraphs.schema import FieldDefinition, TypeDefinition
from supergraph.composition.subgraphs.type_references import named_type, text, widest
from supergraph.model import TypeKind


def merge_fields(parents: Sources[TypeDefinition], merging: Merging) -> dict[str, MergedField]:
    """Every field of one type."""
    names = dict.fromkeys(name for parent in parents for name in parent.element.fields)
    merged = (_FieldMerge(name, parents, merging).merged() for name in names)
    return {field.name: field for field in merged if field is not None}


class _FieldMerge:
    """The merging of one field."""

    def __init__(self, name: str, parents: Sources[TypeDefinition], merging: Merging) -> None:
        self.name = name
        self.parents = parents
        self.merging = merging
        self.coordinate = f"{parents[0].element.name}.{name}"
        self.sources: Sources[FieldDefinition] = [
            Source(parent.graph, parent.element.fields[name])
            for parent in parents
            if name in parent.element.fields
        ]
        self.parent_of = {parent.graph.value: parent.element for parent in parents}

    def merged(self) -> MergedField | None:
        resolved = _resolved(self.sources) or _resolved(
            [each.source for each in self._through_interface_objects()]
        )
        if not resolved:
            self._report_missing()
            return None
        overrides = overrides_of(self.coordinate, self.sources, self.merging)
        self._check(overrides)
        merged_type = self._merge_type(resolved)
        arguments = merge_arguments(self.coordinate, resolved, self.merging)
        check_external_field(self.coordinate, self.sources, merged_type, arguments, self.merging)
        return MergedField(
            name=self.sources[0].element.name,
            description=merge_description(self.coordinate, resolved, self.merging.findings),
            directives=(
                *self._join_fields(overrides),
                *merge_directives(self.coordinate, resolved, self.merging),
            ),
            type=merged_type,
            arguments=arguments,
        )

    def _check(self, overrides: Overrides) -> None:
        # An interface's field has no resolver, save in the subgraphs where the interface is an object.
        resolvers = [one for one in self._resolvers(overrides) if one.parent.kind is TypeKind.OBJECT]
        check_sharing(self.coordinate, resolvers, self.merging)

    def _resolvers(self, overrides: Overrides) -> list[Resolver]:
        """The subgraphs that resolve the field on some path, also as part of an interface object."""
        own = [
            Resolver(source, self.parent_of[source.graph.value], overrides.label(source.subgraph.name))
            for source in self.sources
            if not overrides.gives_up(source.subgraph.name)
        ]
        return own + self._through_interface_objects()

    def _through_interface_objects(self) -> list[Resolver]:
        """The subgraphs that have the field on an interface of the type, which is an object there."""
        interfaces = dict.fromkeys(name for parent in self.parents for name in parent.element.interfaces)
        return [
            Resolver(Source(graph, definition.fields[self.name]), definition)
            for graph in self.merging.graphs
            for interface in interfaces
            if (definition := graph.subgraph.types.get(interface)) and definition.is_interface_object
            if self.name in definition.fields
        ]

    def _report_missing(self) -> None:
        self.merging.findings.error(
            "EXTERNAL_MISSING_ON_BASE",
            f"{self.coordinate} is @external in {subgraphs_in(self.sources)}, and no subgraph resolves it.",
            self.sources,
            "Remove @external in the subgraph that resolves the field, or define it in one.",
        )

    def _merge_type(self, sources: Sources[FieldDefinition]) -> str:
        types = [source.element.type for source in sources]
        merged = widest(types, self.merging.narrower)
        written = {text(node) for node in types}
        if merged is None:
            self.merging.findings.error(
                "FIELD_TYPE_MISMATCH",
                f"{self.coordinate} has types that do not go together: {told_apart(sources, _type_of)}.",
                sources,
                "Give it one type everywhere, or types of which one takes in all others.",
            )
            return text(types[0])
        if len(written) > 1:
            self.merging.findings.hint(
                "INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE",
                f"{self.coordinate} has different types: {told_apart(sources, _type_of)}. The supergraph has"
                f" {text(merged)}, which takes in all.",
                sources,
            )
        self.merging.use_as_output(named_type(merged))
        return text(merged)

    def _join_fields(self, overrides: Overrides) -> Iterator[MergedDirective]:
        same_type = len({text(source.element.type) for source in self.sources}) == 1
        entries = list(self._entries(overrides, same_type=same_type))
        everywhere = len(entries) == len(self.parents)
        if everywhere and not any(special for _, special in entries):
            return
        yield from (directive for directive, _ in entries)

    def _entries(self, overrides: Overrides, *, same_type: bool) -> Iterator[tuple[MergedDirective, bool]]:
        """A `@join__field` for each subgraph that has the field, and whether it says more than that."""
        for source in self.sources:
            arguments = dict(self._entry_arguments(source, overrides, same_type=same_type))
            if overrides.gives_up(source.subgraph.name) and "usedOverridden" not in arguments:
                continue
            written = ", ".join(f"{name}: {value}" for name, value in arguments.items())
            # An override alone shows in that the other subgraph has no entry.
            yield (
                MergedDirective("join__field", written, "join__field"),
                bool(arguments.keys() - {"graph", "override"}),
            )

    def _entry_arguments(
        self, source: Source[FieldDefinition], overrides: Overrides, *, same_type: bool
    ) -> Iterator[tuple[str, str]]:
        field, name = source.element, source.subgraph.name
        yield "graph", source.graph.value
        for directive in ("requires", "provides"):
            if (applied := field.directive(directive)) and "fields" in applied.arguments:
                yield directive, print_ast(applied.arguments["fields"])
        override = field.directive("override")
        if override is not None and "from" in override.arguments:
            yield "override", print_ast(override.arguments["from"])
        if not same_type:
            yield "type", f'"{text(field.type)}"'
        if field.external:
            yield "external", "true"
        if overrides.gives_up(name) and self._is_used(source):
            yield "usedOverridden", "true"
        label = overrides.label(name) or (override.text("label") if override else None)
        if label is not None:
            yield "overrideLabel", f'"{label}"'
        contexts = context_arguments(source, self.merging)
        if contexts:
            yield "contextArguments", contexts

    def _is_used(self, source: Source[FieldDefinition]) -> bool:
        parent = self.parent_of[source.graph.value]
        return (parent.name, source.element.name) in self.merging.usage[source.graph.value].used


def _type_of(field: FieldDefinition) -> str:
    return text(field.type)


def _resolved(sources: Sources[FieldDefinition]) -> Sources[FieldDefinition]:
    return [source for source in sources if not source.element.external]
