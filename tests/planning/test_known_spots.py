"""What operations share of the places of their responses makes no difference to their plans."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import parse

from supergraph.composition import read
from supergraph.model import Supergraph
from supergraph.planning import known_spots, normalize, plan
from supergraph.planning.likeness import alike

SCHEMA = Path(__file__).parents[2] / "schema"
OPERATIONS = [parse(file.read_text()) for file in sorted((SCHEMA / "operations").glob("*.graphql"))]


def shop() -> Supergraph:
    return read((SCHEMA / "supergraph.graphql").read_text())


@pytest.mark.parametrize("most_known", [0, 10, known_spots.MOST_KNOWN])
def test_a_plan_is_the_same_whatever_was_planned_before(
    monkeypatch: pytest.MonkeyPatch, most_known: int
) -> None:
    monkeypatch.setattr(known_spots, "MOST_KNOWN", most_known)
    alone = [plan(each, normalize(each, document)) for document in OPERATIONS for each in [shop()]]
    served = shop()
    for _ in range(2):
        for document, expected in reversed(list(zip(OPERATIONS, alone, strict=True))):
            assert alike(plan(served, normalize(served, document)), expected)
