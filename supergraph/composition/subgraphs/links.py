"""`@link`: which specifications a schema uses, and under which names.

Source: https://specs.apollo.dev/link/v1.0/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from graphql import (
    ConstDirectiveNode,
    DirectiveNode,
    DocumentNode,
    ListValueNode,
    ObjectValueNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    StringValueNode,
    ValueNode,
)

from supergraph.composition.subgraphs.specifications import LINK, Version

_URL = re.compile(r"^(?P<identity>.*?)(?:/v(?P<major>\d+)\.(?P<minor>\d+))?/?$")


@dataclass(frozen=True, slots=True)
class Link:
    """One `@link`.

    `identity` is the URL without its version; `namespace` what prefixes the names that are not imported;
    `imports` says, for each imported element of the specification (`@key`), its name here (`@primaryKey`).
    """

    url: str
    identity: str
    version: Version | None
    namespace: str
    imports: Mapping[str, str]
    node: DirectiveNode
    faults: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        """The specification's own name, the last segment of its identity."""
        return self.identity.rsplit("/", 1)[-1]

    def directive_name(self, directive: str) -> str:
        """What the schema calls one of the specification's directives, without the @."""
        imported = self.imports.get(f"@{directive}")
        if imported is not None:
            return imported.removeprefix("@")
        return self.namespace if directive == self.name else f"{self.namespace}__{directive}"

    def type_name(self, type_name: str) -> str:
        """What the schema calls one of the specification's types."""
        return self.imports.get(type_name, f"{self.namespace}__{type_name}")


def schema_directives(document: DocumentNode) -> Iterator[ConstDirectiveNode]:
    """The directives on the schema definition and its extensions, in order."""
    for definition in document.definitions:
        if isinstance(definition, SchemaDefinitionNode | SchemaExtensionNode):
            yield from definition.directives or ()


def links_of(document: DocumentNode) -> tuple[Link, ...]:
    """All links of a schema; what is malformed is kept as `faults` of the link."""
    applied = list(schema_directives(document))
    name = _link_directive_name(applied)
    return tuple(_link(directive) for directive in applied if directive.name.value == name)


def _link_directive_name(applied: list[ConstDirectiveNode]) -> str:
    """The name of `@link` itself: a link to its own specification may rename it."""
    for directive in applied:
        url = _string(_argument(directive, "url")) or ""
        if url.startswith(f"{LINK}/"):
            link = _link(directive)
            if link.directive_name("link") == directive.name.value:
                return directive.name.value
    return "link"


def _link(node: ConstDirectiveNode) -> Link:
    faults: list[str] = []
    url = _string(_argument(node, "url")) or ""
    if not url:
        faults.append("it names no url")
    match = _URL.match(url)
    identity = match["identity"] if match else url
    version = (int(match["major"]), int(match["minor"])) if match and match["major"] else None
    alias = _string(_argument(node, "as"))
    imports = dict(_imports(_argument(node, "import"), faults))
    return Link(url, identity, version, alias or identity.rsplit("/", 1)[-1], imports, node, tuple(faults))


def _imports(value: ValueNode | None, faults: list[str]) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    for item in value.values if isinstance(value, ListValueNode) else (value,):
        imported = _import(item)
        if imported is None:
            faults.append('an import is neither a name nor {name: "...", as: "..."}')
        elif imported[0].startswith("@") != imported[1].startswith("@"):
            faults.append(f"{imported[0]} and its name {imported[1]} must both begin with @, or neither")
        else:
            yield imported


def _import(item: ValueNode) -> tuple[str, str] | None:
    name = _string(item)
    if name:
        return name, name
    if isinstance(item, ObjectValueNode):
        given = {entry.name.value: _string(entry.value) for entry in item.fields}
        name = given.get("name")
        if name and given.keys() <= {"name", "as"}:
            return name, given.get("as") or name
    return None


def _argument(node: DirectiveNode, name: str) -> ValueNode | None:
    return next((argument.value for argument in node.arguments or () if argument.name.value == name), None)


def _string(value: ValueNode | None) -> str | None:
    return value.value if isinstance(value, StringValueNode) else None
