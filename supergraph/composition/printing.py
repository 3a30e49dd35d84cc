"""The supergraph as SDL, by the join specification v0.5.

Source: https://specs.apollo.dev/join/v0.5/.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from graphql.language.block_string import print_block_string
from graphql.language.print_string import print_string

from supergraph.composition.merging.merged import (
    MergedDirective,
    MergedDirectiveDefinition,
    MergedElement,
    MergedField,
    MergedInput,
    MergedSupergraph,
    MergedType,
)
from supergraph.composition.subgraphs.schema import ROOT_TYPES
from supergraph.model import TypeKind

_LINKS = (
    '@link(url: "https://specs.apollo.dev/link/v1.0")',
    '@link(url: "https://specs.apollo.dev/join/v0.5", for: EXECUTION)',
)

_DEFINITIONS = """\
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA

directive @join__directive(graphs: [join__Graph!], name: String!, args: join__DirectiveArguments) \
repeatable on SCHEMA | OBJECT | INTERFACE | FIELD_DEFINITION

directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE

directive @join__field(
  graph: join__Graph
  requires: join__FieldSet
  provides: join__FieldSet
  type: String
  external: Boolean
  override: String
  usedOverridden: Boolean
  overrideLabel: String
  contextArguments: [join__ContextArgument!]
) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION

directive @join__graph(name: String!, url: String!) on ENUM_VALUE

directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE

directive @join__type(
  graph: join__Graph!
  key: join__FieldSet
  extension: Boolean! = false
  resolvable: Boolean! = true
  isInterfaceObject: Boolean! = false
) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR

directive @join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION

input join__ContextArgument {
  name: String!
  type: String!
  context: String!
  selection: join__FieldValue!
}

scalar join__DirectiveArguments

scalar join__FieldSet

scalar join__FieldValue

scalar link__Import

enum link__Purpose {
  "Metadata that is needed to resolve fields securely."
  SECURITY
  "Metadata that is needed to execute operations."
  EXECUTION
}"""

_KEYWORDS = {
    TypeKind.SCALAR: "scalar",
    TypeKind.OBJECT: "type",
    TypeKind.INTERFACE: "interface",
    TypeKind.UNION: "union",
    TypeKind.ENUM: "enum",
    TypeKind.INPUT_OBJECT: "input",
}


def print_supergraph(supergraph: MergedSupergraph) -> str:
    """The whole document: types sorted by name, the parts of a type in the order they were met."""
    types = (supergraph.types[name] for name in sorted(supergraph.types))
    blocks = (
        _schema(supergraph),
        _DEFINITIONS,
        *supergraph.definitions,
        *(_directive(definition) for definition in supergraph.executable_directives),
        _graphs(supergraph),
        *(_type(definition) for definition in types),
    )
    return "\n\n".join(blocks) + "\n"


def _schema(supergraph: MergedSupergraph) -> str:
    directives = [*_LINKS, *supergraph.links, *map(str, supergraph.schema_directives)]
    roots = [f"{kind}: {name}" for kind, name in ROOT_TYPES.items() if name in supergraph.types]
    return f"schema\n{_indented(directives)}\n{{\n{_indented(roots)}\n}}"


def _graphs(supergraph: MergedSupergraph) -> str:
    values = (
        f"{graph.value} @join__graph(name: {_quoted(graph.subgraph.name)}, url: {_quoted(graph.subgraph.url)})"
        for graph in supergraph.graphs
    )
    return f"enum join__Graph {{\n{_indented(values)}\n}}"


def _directive(definition: MergedDirectiveDefinition) -> str:
    repeatable = " repeatable" if definition.repeatable else ""
    return (
        f"{_description(definition)}directive @{definition.name}{_arguments(definition.arguments)}{repeatable}"
        f" on {' | '.join(definition.locations)}"
    )


def _type(definition: MergedType) -> str:
    implemented = f" implements {' & '.join(definition.interfaces)}" if definition.interfaces else ""
    head = f"{_description(definition)}{_KEYWORDS[definition.kind]} {definition.name}{implemented}"
    directives = f"\n{_indented(map(str, definition.directives))}" if definition.directives else ""
    if definition.kind is TypeKind.UNION:
        return f"{head}{directives}\n  = {' | '.join(definition.members)}"
    body = list(_body(definition))
    return f"{head}{directives}\n{{\n{_indented(body)}\n}}" if body else f"{head}{directives}"


def _body(definition: MergedType) -> Iterator[str]:
    yield from (_field(field) for field in definition.fields.values())
    yield from (_input(value) for value in definition.inputs.values())
    for value in definition.values.values():
        yield f"{_description(value)}{value.name}{_inline(value.directives)}"


def _field(field: MergedField) -> str:
    return (
        f"{_description(field)}{field.name}{_arguments(field.arguments)}: {field.type}"
        f"{_inline(field.directives)}"
    )


def _arguments(arguments: Sequence[MergedInput]) -> str:
    if not arguments:
        return ""
    if any(argument.description for argument in arguments):
        return f"(\n{_indented(map(_input, arguments))}\n)"
    return f"({', '.join(map(_input, arguments))})"


def _input(value: MergedInput) -> str:
    default = f" = {value.default}" if value.default is not None else ""
    return f"{_description(value)}{value.name}: {value.type}{default}{_inline(value.directives)}"


def _inline(directives: Sequence[MergedDirective]) -> str:
    return "".join(f" {directive}" for directive in directives)


def _description(element: MergedElement) -> str:
    if not element.description:
        return ""
    one_line = _quoted(element.description)
    if "\n" not in element.description and len(one_line) <= 120:
        return f"{one_line}\n"
    return f"{print_block_string(element.description)}\n"


def _quoted(text: str) -> str:
    return print_string(text)


def _indented(lines: Iterable[str]) -> str:
    return "\n".join(f"  {line}" for block in lines for line in block.split("\n"))
