"""What the shop asks for costs a small part of what the router allows."""

from pathlib import Path

import pytest
from graphql import parse

from supergraph.composition import read
from supergraph.configuration import read_configuration
from supergraph.execution.costs import Estimating, Weights, evaluated
from supergraph.planning import normalize

ROOT = Path(__file__).parent.parent.parent
OPERATIONS = sorted((ROOT / "schema").glob("*/*.graphql"))


@pytest.mark.parametrize("file", OPERATIONS, ids=lambda file: file.stem)
def test_an_operation_at_its_longest_page_costs_less_than_a_tenth(file: Path) -> None:
    graph = read((ROOT / "schema" / "supergraph.graphql").read_text())
    limits = read_configuration(ROOT / "supergraph.yaml").limits
    operation = normalize(graph, parse(file.read_text()))
    variables = [definition.variable.name.value for definition in operation.variables]

    values = {name: 100 if name == "first" else None for name in variables}
    cost = evaluated(Estimating(Weights(graph), limits.cost.list_size).operation(operation), values)

    assert limits.cost.max is not None
    assert 0 < cost < limits.cost.max / 10


def test_the_longest_page_of_the_longest_pages_costs_more_than_is_allowed() -> None:
    graph = read((ROOT / "schema" / "supergraph.graphql").read_text())
    limits = read_configuration(ROOT / "supergraph.yaml").limits
    page = "reviews(first: 100) { edges { node { author { handle } } } }"
    query = f"{{ movies(first: 100) {{ edges {{ node {{ {page} }} }} }} }}"
    estimated = evaluated(Estimating(Weights(graph), 10).operation(normalize(graph, parse(query))), {})

    assert limits.cost.max is not None
    assert estimated < limits.cost.max
    deeper = query.replace("{ handle }", f"{{ {page} }}")
    estimated = evaluated(Estimating(Weights(graph), 10).operation(normalize(graph, parse(deeper))), {})
    assert estimated > limits.cost.max
