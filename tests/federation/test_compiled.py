"""What is compiled of a plan answers just as the plan's interpreter does, in each case of `test_cases`."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from supergraph.execution import RequestRefused
from tests.federation.federated import Federated
from tests.federation.subgraph import DataSubgraph
from tests.federation.test_cases import (
    Case,
    answers,
    caller,
    cases,
    described_faults,
    federation,
    options,
)

BEHAVIOURS: Mapping[str, list[Case]] = defaultdict(list)
for _behaviour, _case in [each.values for each in cases()]:
    BEHAVIOURS[_behaviour].append(_case)


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_compiled_a_plan_answers_as_it_does_interpreted(behaviour: str) -> None:
    for case in BEHAVIOURS[behaviour]:
        compiled, interpreted = [
            await all_that_comes(answering(behaviour, case, after), case) for after in (0, None)
        ]
        assert compiled == interpreted, case["claim"]


def answering(behaviour: str, case: Case, compile_after: int | None) -> Federated:
    return federation(behaviour, replace(options(case), compile_after=compile_after))


async def all_that_comes(federated: Federated, case: Case) -> str:
    """The responses and all requests to subgraphs, as text; the errors' own ids aside."""
    told = await what_is_told(federated, case)
    asked = {name: subgraph.requests for name, subgraph in federated.subgraphs.items()}
    return json.dumps([told, _without_ids(asked)], default=str)


async def what_is_told(federated: Federated, case: Case) -> Any:
    """The responses, or the refusal; the errors' own ids aside."""
    faults = described_faults(case)
    for name, subgraph in federated.subgraphs.items():
        subgraph.renew()
        subgraph.fault = faults.get(name)
    try:
        return _without_ids(await answers(federated, case))
    except RequestRefused as refused:
        return _without_ids(refused.errors)


def _without_ids(told: Any) -> Any:
    if isinstance(told, Mapping):
        return {name: _without_ids(value) for name, value in told.items() if name != "errorId"}
    return [_without_ids(each) for each in told] if isinstance(told, list | tuple) else told


async def test_what_is_well_formed_is_seldom_left_to_the_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = interpreted = 0
    failures: list[Any] = []
    execute = DataSubgraph.execute

    def noting(subgraph: DataSubgraph, *asked: Any) -> dict[str, Any]:
        reply = execute(subgraph, *asked)
        failures.extend(reply.get("errors", ()))
        return reply

    monkeypatch.setattr(DataSubgraph, "execute", noting)
    for behaviour, every in BEHAVIOURS.items():
        for case in every:
            if case.keys() & {"refused", "errors", "faults", "down", "events"}:
                continue
            failures.clear()
            federated = answering(behaviour, case, 0)
            await all_that_comes(federated, case)
            if failures:
                continue
            prepared = federated.engine.prepare(case["query"], case.get("operation"))
            programs = federated.engine.programs(prepared, caller(case))
            compiled += programs.compiled
            interpreted += programs.interpreted
    assert compiled > 25 * interpreted
