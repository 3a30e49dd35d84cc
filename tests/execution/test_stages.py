"""The benchmark of stages goes through what it says it does."""

from __future__ import annotations

from bench.stages import SCHEMA, Cold, calls
from supergraph.composition import read


def test_an_operation_of_the_shop_goes_through_all_stages() -> None:
    supergraph = read((SCHEMA / "supergraph.graphql").read_text())
    cold = Cold(supergraph, (SCHEMA / "operations" / "RentMovie.graphql").read_text())
    stages = [cold.parse, cold.validate, cold.plan, cold.compile]
    calls(stages)  # what is worked out once for a supergraph
    each = [calls([stage]) for stage in stages]
    assert all(each)
    assert calls(stages) > max(each)
