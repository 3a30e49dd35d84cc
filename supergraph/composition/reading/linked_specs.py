"""Which specifications a schema document links, and by which names their elements go in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    Node,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    value_from_ast_untyped,
)

from supergraph.composition.subgraphs.specifications import SPECIFICATIONS

_VERSION = re.compile(r"v\d+\.\d+")


def applications(node: Node | None, name: str) -> Iterator[dict[str, Any]]:
    """The arguments of each application of the directive `name` on `node`, as Python values."""
    directives: tuple[DirectiveNode, ...] = getattr(node, "directives", None) or ()
    for directive in directives:
        if directive.name.value == name:
            yield {
                argument.name.value: value_from_ast_untyped(argument.value)
                for argument in directive.arguments or ()
            }


@dataclass(frozen=True, slots=True)
class LinkedSpec:
    """A specification that a document links: its identity (`https://specs.apollo.dev/join`), version (`v0.3`) and
    namespace in the document.

    `imports` says, for each element imported by name (`@requiresScopes`), what the document calls it (`@scopes`).
    `purpose` (`SECURITY`, `EXECUTION`) says that who does not know the specification must not serve the document.
    """

    identity: str
    version: str
    namespace: str
    imports: Mapping[str, str] = field(default_factory=dict)
    purpose: str | None = None

    @property
    def name(self) -> str:
        """What the specification calls itself (`join`)."""
        return self.identity.rpartition("/")[2]

    def specifies(self, name: str) -> bool:
        """Whether this is the specification of that name among those that Federation is made of."""
        return self.identity == f"{SPECIFICATIONS}{name}"

    def directive(self, name: str) -> str:
        """What the document calls one of the specification's directives, without the @."""
        imported = self.imports.get(f"@{name}")
        if imported is not None:
            return imported.removeprefix("@")
        return self.namespace if name == self.name else f"{self.namespace}__{name}"


def directive_called(name: str, specs: tuple[LinkedSpec, ...]) -> str:
    """What a document calls the directive that a specification of the same name defines, linked or not."""
    return next((spec.directive(name) for spec in specs if spec.specifies(name)), name)


def linked_specs(document: DocumentNode) -> tuple[LinkedSpec, ...]:
    """The specifications named by `@link` (or `@core` of the first version) on the schema definition."""
    return tuple(
        _spec(arguments)
        for definition in document.definitions
        if isinstance(definition, SchemaDefinitionNode | SchemaExtensionNode)
        for directive, url in (("link", "url"), ("core", "feature"))
        for arguments in applications(definition, directive)
        if arguments.get(url)
    )


def _spec(arguments: dict[str, Any]) -> LinkedSpec:
    url = str(arguments.get("url") or arguments.get("feature")).rstrip("/")
    identity, _, version = url.rpartition("/")
    if not _VERSION.fullmatch(version):
        identity, version = url, ""
    name = identity.rpartition("/")[2]
    imports = dict(_imports(arguments.get("import")))
    return LinkedSpec(identity, version, arguments.get("as") or name, imports, arguments.get("for"))


def _imports(value: Any) -> Iterator[tuple[str, str]]:
    """What stands in `import:`, a name or `{name, as}` each; what is neither says nothing."""
    for item in value if isinstance(value, list) else (value,):
        if isinstance(item, str):
            yield item, item
        elif isinstance(item, dict) and isinstance(item.get("name"), str):
            yield item["name"], item.get("as") or item["name"]
