"""Each subgraph's schema is its contract: the code is held to the SDL file, never the other way round."""

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import Node, TypeDefinitionNode, parse

from tests.contracts.facts import drifts, facts

SPECIFICATION = "https://specs.apollo.dev/federation"
ROOT = Path(__file__).parent.parent.parent
CONTRACT = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@tag"])
type Query { film(id: ID!, first: Int! = 20): Film @tag(name: "staff") }
"One film."
type Film @key(fields: "id") { id: ID! name: String }
enum Format { DVD UHD }
"""


@pytest.mark.parametrize("name", ["movies", "users", "rentals"])
def test_a_subgraph_serves_exactly_its_contract(name: str) -> None:
    schema = importlib.import_module(f"subgraphs.{name}.schema").schema
    contract = (ROOT / "schema" / f"{name}.graphql").read_text()
    assert drifts(facts(parse(schema.as_str())), facts(parse(contract))) == []


@pytest.mark.parametrize(
    ("was", "became", "drift"),
    [
        ("Film @tag", "Film! @tag", "Query.film type: is Film!, the contract says Film"),
        ("= 20", "= 10", "Query.film(first:) default: is 10, the contract says 20"),
        ('"id"', '"name"', "Film directives: is @key(fields: 'name'), the contract says @key(fields: 'id')"),
        (
            ' @tag(name: "staff")',
            "",
            "Query.film directives: is absent, the contract says @tag(name: 'staff')",
        ),
        ("One film.", "A film.", "Film description: is A film., the contract says One film."),
        ("DVD UHD", "DVD", "Format.UHD: is absent, the contract says value"),
        ("v2.9", "v2.3", f"@link: is {SPECIFICATION}/v2.3, the contract says {SPECIFICATION}/v2.9"),
    ],
)
def test_each_drift_is_named(was: str, became: str, drift: str) -> None:
    assert drifts(facts(parse(CONTRACT.replace(was, became))), facts(parse(CONTRACT))) == [drift]


def test_the_order_of_definitions_is_no_drift() -> None:
    turned = CONTRACT.replace("DVD UHD", "UHD DVD").replace("id: ID! name: String", "name: String id: ID!")
    assert drifts(facts(parse(turned)), facts(parse(CONTRACT))) == []


def undescribed(contract: str) -> list[str]:
    """The types of a contract, and their fields, arguments and values, that say nothing of themselves."""

    def silent(node: Node, name: str) -> Iterator[str]:
        if getattr(node, "description", None) is None:
            yield name
        for part in ("fields", "values", "arguments"):
            for inner in getattr(node, part, None) or ():
                yield from silent(inner, f"{name}.{inner.name.value}")

    definitions = [found for found in parse(contract).definitions if isinstance(found, TypeDefinitionNode)]
    return [name for found in definitions for name in silent(found, found.name.value)]


@pytest.mark.parametrize("name", ["movies", "users", "rentals", "api"])
def test_everything_in_a_contract_says_what_it_means(name: str) -> None:
    assert undescribed((ROOT / "schema" / f"{name}.graphql").read_text()) == []


def test_what_says_nothing_of_itself_is_named() -> None:
    silent = ["Query", "Query.film", "Query.film.id", "Query.film.first", "Film.id", "Film.name"]
    assert undescribed(CONTRACT) == [*silent, "Format", "Format.DVD", "Format.UHD"]
