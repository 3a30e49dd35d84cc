"""The words of a contract, put on the schema that is held to it: they are written once, for whoever reads them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from graphql import GraphQLSchema, Node, TypeDefinitionNode, parse

CONTRACTS = Path(__file__).parent.parent.parent / "schema"


def describe(schema: GraphQLSchema, contract: str) -> None:
    """Gives types, fields, arguments, input fields and enum values the descriptions that the contract has.

    What is described and not there is left to the test that compares the two.
    """
    for definition in parse(contract, no_location=True).definitions:
        if isinstance(definition, TypeDefinitionNode) and definition.name.value in schema.type_map:
            _describe(schema.type_map[definition.name.value], definition)


def contract_of(subgraph: str) -> str:
    """The contract of the subgraph of this name.

    Raises:
        FileNotFoundError: it is not where it belongs, in `schema/`.
    """
    return (CONTRACTS / f"{subgraph}.graphql").read_text(encoding="utf-8")


def _describe(thing: Any, node: Node) -> None:
    description = getattr(node, "description", None)
    if description is not None:
        thing.description = description.value
    for part, parts in _parts(thing, node):
        if part.name.value in parts:
            _describe(parts[part.name.value], part)


def _parts(thing: Any, node: Node) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    """What a definition consists of, each with where the schema has things of its kind."""
    for ours, theirs in (("fields", "fields"), ("values", "values"), ("arguments", "args")):
        for part in getattr(node, ours, None) or ():
            yield part, getattr(thing, theirs)
