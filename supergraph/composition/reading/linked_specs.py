"""Which specifications a schema document links, and by which names their elements go in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    Node,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    value_from_ast_untyped,
)


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
    """A specification that a document links: its name (`join`), version (`v0.3`) and namespace in the document."""

    name: str
    version: str
    namespace: str


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
    path = str(arguments.get("url") or arguments.get("feature")).rstrip("/").split("/")
    name, version = (path[-2], path[-1]) if len(path) > 1 else (path[-1], "")
    return LinkedSpec(name, version, arguments.get("as") or name)
