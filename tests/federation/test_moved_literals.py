"""With its literals moved into variables an operation is answered as it was written, in each case of `test_cases`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from supergraph.execution import RequestRefused
from tests.federation.test_cases import Case, answers, described_faults, federation, options
from tests.federation.test_compiled import BEHAVIOURS, without_ids


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_moved_literals_change_no_answer(behaviour: str) -> None:
    for case in BEHAVIOURS[behaviour]:
        written, moved = [await told(behaviour, case, after) for after in (None, 0)]
        assert moved == written, case["claim"]


async def told(behaviour: str, case: Case, share_after: int | None) -> Any:
    """The responses, and how often each subgraph was asked; the errors' own ids aside."""
    federated, faults = (
        federation(behaviour, replace(options(case), share_after=share_after)),
        described_faults(case),
    )
    for name, subgraph in federated.subgraphs.items():
        subgraph.renew()
        subgraph.fault = faults.get(name)
    try:
        answered: Any = await answers(federated, case)
    except RequestRefused as refused:
        answered = refused.errors
    asked = {name: len(subgraph.requests) for name, subgraph in federated.subgraphs.items()}
    return without_ids([answered, asked])
