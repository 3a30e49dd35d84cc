"""What random operations cost on random supergraphs."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from graphql import parse

from supergraph.execution import CostPolicy, Engine, Options, RequestRefused, Response
from tests.fuzz.serving import Whole
from tests.fuzz.trial import Trial
from tests.fuzz.values import Values

LONGEST_LIST = 10


@pytest.mark.parametrize("seed", ["world-0", "world-1", "world-2"])
async def test_no_answer_costs_more_than_was_estimated_where_no_list_is_longer_than_was_thought(
    seed: str,
) -> None:
    trial = Trial(seed)
    whole = Whole(trial.schema, Values(trial.world, trial.world.schema()))
    nobody: Any = None  # nothing is fetched
    engine = Engine(trial.supergraph, nobody, options=Options(cost=CostPolicy(None, LONGEST_LIST)))
    reports = []
    for number in range(40):
        operation = trial.draw(Random(f"{seed}/{number}"))
        try:
            prepared = engine.prepare(operation.text, None)
            variables = engine.coerce(prepared, operation.values)
        except RequestRefused:
            continue
        reports += [
            engine.cost_report(prepared, variables, Response(answer.get("data")))
            for answer in await whole.execute(parse(operation.text), operation.values)
        ]

    assert len(reports) > 20
    assert all(report["actual"] <= report["estimated"] for report in reports)
    assert any(report["actual"] > 0 for report in reports)
