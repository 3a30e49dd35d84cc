"""With its literals moved into variables an operation is answered as it was written, in each case of `test_cases`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.federation.test_cases import Case, federation, options
from tests.federation.test_compiled import BEHAVIOURS, what_is_told


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_moved_literals_change_no_answer(behaviour: str) -> None:
    for case in BEHAVIOURS[behaviour]:
        written, moved = [await told(behaviour, case, after) for after in (None, 0)]
        assert moved == written, case["claim"]


async def told(behaviour: str, case: Case, share_after: int | None) -> Any:
    """The responses, and how often each subgraph was asked."""
    federated = federation(behaviour, replace(options(case), share_after=share_after))
    answered = await what_is_told(federated, case)
    return answered, {name: len(subgraph.requests) for name, subgraph in federated.subgraphs.items()}
