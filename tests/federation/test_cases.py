"""Whole operations on whole federations, as data: in `cases`, a folder for each behaviour.

A folder holds the SDL of each subgraph (`<name>.graphql`), what each has stored (`data.yaml`, see `store`), and
operations (`operations.yaml`), each with a `claim`, a `query`, perhaps `variables`, the name of the `operation`,
`options` of the engine and a `caller` (`authenticated`, `scopes`, `policies`, override `labels`), and what must
come of it, one of

    data        of a query or a mutation, with the `errors` beside it (none where it says none)
    events      of a subscription: a list of such `data` and `errors`
    refused     the codes of the errors that refuse the request

An error is a path and a code, and perhaps what else it must say (`{message: ..., extensions: ...}`, without the
`errorId`); errors come in any order. Where a case says so, `text` is the data as JSON, with the order of the fields,
`fetches` are the subgraphs that the plan asks, in its
order, `requests` how often each is asked indeed, `sends` a text in what a subgraph is sent, and `never` texts that
are in nothing that any is sent. Subgraphs named in `down` cannot be reached, and `faults` says
of others what they do wrong (see `faults`).

What is expected follows from the GraphQL specification (September 2025) and the Federation documents.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
import yaml

from supergraph.execution import ANYONE, Caller, Options, RequestRefused
from supergraph.planning import Permissions
from supergraph.planning.query_plan import OperationKind
from tests.federation.faults import CaseFault
from tests.federation.federated import Federated, Part, federate

CASES = Path(__file__).parent / "cases"
DOWN = {"down": True}

Case = Mapping[str, Any]
Told = list[dict[str, Any]]
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(file: Path) -> Any:
    return yaml.load(file.read_text(), Loader=Loader)  # noqa: S506 - both loaders are safe ones


@cache
def parts(behaviour: str) -> Mapping[str, Part]:
    stored = load(CASES / behaviour / "data.yaml")
    files = sorted((CASES / behaviour).glob("*.graphql"))
    return {file.stem: Part(file.read_text(), stored[file.stem]) for file in files}


@cache
def federation(behaviour: str, options: Options) -> Federated:
    return federate(parts(behaviour), options)


def cases() -> Iterator[Any]:
    for file in sorted(CASES.glob("*/operations.yaml")):
        for case in load(file):
            fault = case.get("xfail")
            marks = [pytest.mark.xfail(reason=fault, strict=True)] if fault else []
            yield pytest.param(file.parent.name, case, id=f"{file.parent.name}: {case['claim']}", marks=marks)


@pytest.mark.parametrize(("behaviour", "case"), list(cases()))
async def test_a_federation_answers_as_its_case_says(behaviour: str, case: Case) -> None:
    federated = federation(behaviour, options(case))
    faults = described_faults(case)
    for name, subgraph in federated.subgraphs.items():
        subgraph.renew()
        subgraph.fault = faults.get(name)
    if "refused" in case:
        with pytest.raises(RequestRefused) as refusal:
            await answers(federated, case)
        assert [error["extensions"]["code"] for error in refusal.value.errors] == case["refused"]
    else:
        expected = case.get("events", [case])
        given = await answers(federated, case)
        assert [data for data, _ in given] == [each["data"] for each in expected]
        for (data, errors), each in zip(given, expected, strict=True):
            assert_told(errors, [told(error) for error in each.get("errors", ())])
            assert json.dumps(data, separators=(",", ":")) == each.get("text", ANY)
    asked = {name: len(subgraph.requests) for name, subgraph in federated.subgraphs.items()}
    assert asked == {**asked, **case.get("requests", {})}
    assert all(fault.spent for name, fault in faults.items() if name not in case.get("down", ())), asked
    if "fetches" in case:
        prepared = federated.engine.prepare(case["query"], case.get("operation"))
        plan = federated.engine.plan(prepared, caller(case))
        assert [fetch.subgraph for fetch in plan.fetches] == case["fetches"]
    sent = {name: str(subgraph.requests) for name, subgraph in federated.subgraphs.items()}
    assert [text for name, text in case.get("sends", {}).items() if text not in sent[name]] == []
    assert [text for text in case.get("never", ()) if text in str(sent)] == []


def caller(case: Case) -> Caller:
    if "caller" not in case:
        return ANYONE
    who = case["caller"]
    scopes, policies = frozenset[str](who.get("scopes", ())), frozenset[str](who.get("policies", ()))
    permissions = Permissions(who.get("authenticated", False), scopes, policies)
    return Caller(permissions, labels=frozenset(who.get("labels", ())))


def options(case: Case) -> Options:
    described: dict[str, Any] = dict(case.get("options", {}))
    if "error_extensions" in described:
        described["error_extensions"] = frozenset(described["error_extensions"])
    return Options(**described)


def described_faults(case: Case) -> dict[str, CaseFault]:
    described = {**dict.fromkeys(case.get("down", ()), DOWN), **case.get("faults", {})}
    return {name: CaseFault(fault) for name, fault in described.items()}


async def answers(federated: Federated, case: Case) -> list[tuple[Any, Told]]:
    """The data and errors of an operation's one response, or of all events of a subscription."""
    engine, variables = federated.engine, case.get("variables")
    prepared = engine.prepare(case["query"], case.get("operation"))
    if prepared.kind is OperationKind.SUBSCRIPTION:
        responses = [each async for each in engine.subscribe(prepared, variables, caller(case))]
    else:
        responses = [await engine.execute(prepared, variables, caller(case))]
    return [(each.data, list(each.errors)) for each in responses]


def told(error: list[Any]) -> dict[str, Any]:
    """An expected error in full: what a case says as path, code, and more."""
    path, code, more = (*error, {}) if len(error) == 2 else error
    return {"path": path, **more, "extensions": {**more.get("extensions", {}), "code": code}}


def assert_told(errors: Told, expected: Told) -> None:
    """Assert that there are just these errors, each with what is expected of it."""
    keys = [{"path": each.get("path"), "code": each["extensions"]["code"]} for each in errors]
    wanted = [{"path": each["path"], "code": each["extensions"]["code"]} for each in expected]
    assert sorted(keys, key=str) == sorted(wanted, key=str)
    for each in expected:
        assert any(_says(error, each) for error in errors), (each, errors)


def _says(error: Mapping[str, Any], expected: Mapping[str, Any]) -> bool:
    extensions = {name: value for name, value in error["extensions"].items() if name != "errorId"}
    if error.get("path") != expected["path"] or expected.get("message", error["message"]) != error["message"]:
        return False
    return len(expected["extensions"]) == 1 or extensions == expected["extensions"]
