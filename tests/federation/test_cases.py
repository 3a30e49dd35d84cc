"""Whole operations on whole federations, as data: in `cases`, a folder for each behaviour.

A folder holds the SDL of each subgraph (`<name>.graphql`), what each has stored (`data.yaml`), and operations
(`operations.yaml`), each with a `claim`, a `query`, perhaps `variables`, and what must come of it: `data`, the
`errors` (path and code, in any order; none where it says none), and, where it says so, the subgraphs that are
asked (`fetches`, in their order). Those named in `down` cannot be reached.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from supergraph.execution import ANYONE
from supergraph.upstream import TransportError, TransportResponse
from tests.federation.federated import Federated, Part, federate

CASES = Path(__file__).parent / "cases"

Case = Mapping[str, Any]


async def unreachable(_reply: object) -> TransportResponse:
    raise TransportError("connection refused")


@cache
def federation(behaviour: str) -> Federated:
    folder = CASES / behaviour
    stored = yaml.safe_load((folder / "data.yaml").read_text())
    return federate(
        {file.stem: Part(file.read_text(), stored[file.stem]) for file in sorted(folder.glob("*.graphql"))}
    )


def cases() -> Iterator[Any]:
    for file in sorted(CASES.glob("*/operations.yaml")):
        for case in yaml.safe_load(file.read_text()):
            fault = case.get("xfail")
            marks = [pytest.mark.xfail(reason=fault, strict=True)] if fault else []
            yield pytest.param(file.parent.name, case, id=f"{file.parent.name}: {case['claim']}", marks=marks)


@pytest.mark.parametrize(("behaviour", "case"), list(cases()))
async def test_a_federation_answers_as_its_case_says(behaviour: str, case: Case) -> None:
    federated = federation(behaviour)
    for name, subgraph in federated.subgraphs.items():
        subgraph.fault = unreachable if name in case.get("down", ()) else None
    response = await federated.answer(case["query"], case.get("variables"))
    errors = [[each.get("path"), each["extensions"]["code"]] for each in response.errors]
    assert response.data == case["data"]
    assert sorted(errors, key=str) == sorted(case.get("errors", []), key=str)
    if "fetches" in case:
        plan = federated.engine.plan(federated.engine.prepare(case["query"]), ANYONE)
        assert [fetch.subgraph for fetch in plan.fetches] == case["fetches"]
