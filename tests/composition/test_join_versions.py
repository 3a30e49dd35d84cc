"""A supergraph of each version of join, in that version's own shape, is read, planned and printed."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, print_ast, validate

from supergraph.composition import read
from supergraph.model import Override, Supergraph, TypeKind
from supergraph.planning import normalize, plan, print_plan

SUPERGRAPHS = Path(__file__).parent / "join_versions"
ENTITIES = "query ($representations: [_Any!]!) {{ _entities(representations: $representations) {{ {} }} }}"
Asked = list[tuple[str, str]]
"""What is asked, in order: the subgraph and the operation."""

PLANS: dict[str, tuple[str, Asked]] = {
    "v0.1": (
        "{ top { upc shipping } }",
        [
            ("products", "{ top { upc weight size { height } } }"),
            ("inventory", ENTITIES.format("... on Product { shipping }")),
        ],
    ),
    "v0.2": (
        "{ top { name shipping stock } }",
        [
            ("products", "{ top { name upc weight__1: weight(unit: KG) } }"),
            ("inventory", ENTITIES.format("... on Product { shipping stock }")),
        ],
    ),
    "v0.3": (
        "{ items { ... on Product { name } ... on Voucher { amount state } } stocked { upc stock } }",
        [
            (
                "products",
                "{ items { __typename ... on Product { name } ... on Voucher { amount state } } stocked { upc } }",
            ),
            ("inventory", ENTITIES.format("... on Stocked { stock }")),
        ],
    ),
    "v0.4": ("{ top { name stock } }", [("products", "{ top { name stock } }")]),
    "v0.5": (
        "{ orders { country product { upc } } }",
        [
            ("products", "{ orders { country id } }"),
            ("inventory", ENTITIES.format("... on Order { product { upc } }")),
        ],
    ),
}


@cache
def supergraph(version: str) -> Supergraph:
    return read(sdl(version))


def sdl(version: str) -> str:
    return (SUPERGRAPHS / f"{version}.graphql").read_text()


def planned(version: str, labels: frozenset[str] = frozenset()) -> str:
    document = parse(PLANS[version][0])
    assert validate(supergraph(version).api, document) == []
    graph = supergraph(version)
    return print_plan(plan(graph, normalize(graph, document), labels=labels))


def asked(printed: str) -> Asked:
    """What a printed plan shows that subgraphs are asked."""
    _, *fetches = re.split(r"^  fetch \d+ from ", printed, flags=re.MULTILINE)
    return [
        (re.split(r"\W", fetch)[0], canonical("\n".join(re.findall(r"^    \| (.*)$", fetch, re.MULTILINE))))
        for fetch in fetches
    ]


def canonical(operation: str) -> str:
    return print_ast(parse(operation))


def served(node: Any) -> list[str]:
    """The subgraphs that another router's plan asks, in its order."""
    if node["kind"] == "Fetch":
        return [node["serviceName"]]
    below = node.get("nodes") or [node["node"]]
    return [name for each in below for name in served(each)]


@pytest.mark.parametrize("version", PLANS)
def test_the_printed_plan_asks_the_subgraphs_that_the_version_s_directives_name(version: str) -> None:
    expected = [(name, canonical(operation)) for name, operation in PLANS[version][1]]
    assert asked(planned(version)) == expected


@pytest.mark.parametrize("version", PLANS)
def test_the_printed_plan_names_the_key_that_objects_are_asked_for_by(version: str) -> None:
    keys = {
        "v0.1": "top by Product { upc weight size { height } }",
        "v0.2": "top by Product { upc weight }",
        "v0.3": "stocked by Stocked { upc }",
        "v0.4": "",
        "v0.5": "orders by Order { id }",
    }
    assert re.findall(r"^    for (.*)$", planned(version), re.MULTILINE) == [keys[version]] * bool(
        keys[version]
    )


@pytest.mark.needs("node")
@pytest.mark.parametrize("version", PLANS)
def test_apollo_reads_the_same_supergraph_and_asks_the_same_subgraphs(
    version: str, other_router: Callable[..., dict]
) -> None:
    answer = other_router("apollo", sdl(version), PLANS[version][0])
    assert answer["errors"] == []
    assert served(answer["plan"]["node"]) == [name for name, _ in PLANS[version][1]]


def test_version_1_knows_an_entity_by_its_owner_and_a_value_type_everywhere() -> None:
    products, inventory = (supergraph("v0.1").subgraphs[name].types for name in ("products", "inventory"))
    assert set(products["Product"].fields) == {"upc", "size", "weight"}
    assert {field.name for field in inventory["Product"].fields.values() if field.external} == {
        "weight",
        "size",
    }
    assert "Dimensions" in inventory


def test_version_2_says_what_is_external_and_what_is_overridden() -> None:
    product = supergraph("v0.2").subgraphs["inventory"].types["Product"]
    assert product.fields["weight"].external
    assert product.fields["stock"].override == Override("products", None)


def test_version_3_says_which_members_and_interface_objects_a_subgraph_knows() -> None:
    inventory = supergraph("v0.3").subgraphs["inventory"].types
    assert inventory["Item"].possible_types == {"Product"}
    assert (inventory["Stocked"].kind, inventory["Stocked"].is_interface_object) == (TypeKind.OBJECT, True)


def test_version_4_has_labels_that_move_a_field() -> None:
    by_label = asked(planned("v0.4", frozenset({"percent(50)"})))
    assert [name for name, _ in by_label] == ["products", "inventory"]


def test_version_4_s_join_directive_changes_nothing_for_clients() -> None:
    assert "join" not in " ".join(supergraph("v0.4").api.type_map)
    assert [directive.name for directive in supergraph("v0.4").api.directives if "__" in directive.name] == []


def test_version_5_fills_an_argument_from_a_context_and_hides_it_from_clients() -> None:
    graph = supergraph("v0.5")
    (argument,) = graph.subgraphs["inventory"].types["Product"].fields["tax"].context_arguments
    assert (argument.name, argument.context, argument.type) == ("country", "inventory__order", "String")
    assert validate(graph.api, parse("{ orders { product { tax } } }")) == []
    assert validate(graph.api, parse('{ orders { product { tax(country: "x") } } }')) != []
