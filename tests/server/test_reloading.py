"""Generations that are built, made ready, and take over; and those that cannot be used."""

import asyncio
import itertools
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from structlog.testing import capture_logs

from supergraph.configuration import Configuration, ConfigurationError, ReloadConfiguration
from supergraph.execution import ANYONE, Caller, Engine
from supergraph.model import Supergraph
from supergraph.planning import Permissions
from supergraph.server import warming
from supergraph.server.closing import Closing, OpenStream
from supergraph.server.generations import Generations
from supergraph.server.parts import Parts
from supergraph.server.readiness import Readiness
from supergraph.server.reloading import Reloading, as_started
from supergraph.server.router import Router, create_router
from supergraph.server.warming import warm
from supergraph.upstream import Endpoint, FunctionTransport, TransportRequest, TransportResponse
from tests.server.local_upstream import LocalUpstream


async def silent(_: TransportRequest) -> TransportResponse:
    return TransportResponse(200, {"content-type": "application/json"}, b'{"data": null}')


class Files:
    """What the next router is made of: a configuration, or a reason why it cannot be used."""

    def __init__(self, supergraph: Supergraph) -> None:
        self.values: dict[str, Any] = {}
        self.fault: Exception | None = None
        self.readiness = Readiness(waiting="the supergraph is being read")
        self._supergraph = supergraph

    async def build(self, former: Router | None) -> Router:
        if self.fault is not None:
            raise self.fault
        transport = FunctionTransport(silent)
        endpoints = {"local": Endpoint("http://local/graphql", transport)}
        configuration = Configuration.of(self.values)
        return create_router(
            configuration,
            self._supergraph,
            endpoints,
            transport,
            parts=Parts(former and former.parts),
            readiness=self.readiness,
        )


@pytest.fixture
def files(supergraph: Supergraph) -> Files:
    return Files(supergraph)


async def started(files: Files) -> tuple[Generations, Reloading]:
    generations = Generations(files.readiness)
    reloading = Reloading(generations, files.build)
    await reloading.start()
    return generations, reloading


@pytest.mark.parametrize("fault", [ConfigurationError("limits: no"), RuntimeError("a fault of ours")])
async def test_what_cannot_be_used_changes_nothing_and_is_told(files: Files, fault: Exception) -> None:
    generations, reloading = await started(files)
    first = generations.router
    files.fault = fault

    assert not await reloading.reload()
    assert generations.router is first
    assert files.readiness.ready
    assert "cannot be used" in files.readiness.report()["reload"]
    files.fault = None
    assert await reloading.reload()
    assert files.readiness.report() == {"status": "ready", "generation": 2}


async def test_what_cannot_be_used_at_the_start_is_an_error(files: Files) -> None:
    files.fault = ConfigurationError("limits: no")

    with pytest.raises(ConfigurationError, match="limits: no"):
        await started(files)
    assert not files.readiness.ready


async def test_reloads_follow_one_another(files: Files) -> None:
    generations, reloading = await started(files)

    assert await asyncio.gather(*(reloading.reload() for _ in range(5))) == [True] * 5
    assert files.readiness.generation == 6
    assert generations.router is not None


async def test_what_was_asked_lately_is_planned_before_the_new_generation_answers(files: Files) -> None:
    generations, reloading = await started(files)
    assert generations.router is not None
    for query in ("{ hello }", "{ broken }"):
        generations.router.engine.make_ready(query, None)
    await reloading.reload()
    engine = generations.router.engine

    assert [prepared.query for prepared in engine.lately()] == ["{ hello }", "{ broken }"]
    assert all(len(prepared.normalized.plans) == 1 for prepared in engine.lately())


Engines = Callable[[], Engine]


@pytest.fixture
def engines(supergraph: Supergraph) -> Engines:
    return lambda: Engine(supergraph, LocalUpstream())


async def test_an_operation_is_planned_for_the_callers_who_asked_for_it(engines: Engines) -> None:
    former, engine = engines(), engines()
    prepared = former.prepare("{ hello }")
    former.plan(prepared, ANYONE)
    former.plan(prepared, Caller(Permissions(authenticated=True), labels=frozenset({"new"})))

    assert await warm(engine, former, (), operations=10, seconds=10) == 1
    assert len(engine.prepare("{ hello }").normalized.plans) == len(prepared.normalized.plans)


async def test_no_more_is_made_ready_than_is_wanted_and_the_latest_first(engines: Engines) -> None:
    former, engine = engines(), engines()
    for number in range(5):
        former.make_ready(f"{{ a{number}: hello }}", None)

    assert await warm(engine, former, ["query Known { hello }"], operations=2, seconds=10) == 2
    assert {prepared.query for prepared in engine.lately()} == {"{ a3: hello }", "{ a4: hello }"}


async def test_what_the_operators_know_is_ready_by_its_name_and_by_none(engines: Engines) -> None:
    engine = engines()

    assert await warm(engine, None, ["query Known { hello }"], operations=10, seconds=10) == 2
    assert {prepared.operation_name for prepared in engine.lately()} == {"Known", None}


async def test_an_operation_that_the_new_schema_does_not_know_is_left_out(engines: Engines) -> None:
    assert await warm(engines(), None, ["{ nothing }", "{ no graphql"], operations=10, seconds=10) == 0


async def test_nothing_is_made_ready_when_the_time_is_over(engines: Engines) -> None:
    assert await warm(engines(), None, ["{ hello }"], operations=10, seconds=-1) == 0


def test_keys_that_count_after_a_restart_stay_as_they_were_at_the_start() -> None:
    started = Configuration.of({})
    reload = {"watch": False, "poll_seconds": 9, "warm_operations": 7}
    newer = Configuration.of({"port": 1, "limits": {"depth": 1}, "workers": 2, "reload": reload})

    with capture_logs() as logs:
        taken = as_started(started, newer)

    assert (taken.port, taken.workers, taken.limits.depth) == (started.port, started.workers, 1)
    assert taken.reload == ReloadConfiguration(warm_operations=7)
    assert [log["keys"] for log in logs] == [["port", "reload.poll_seconds", "reload.watch", "workers"]]


async def test_reloads_are_counted_by_what_came_of_them(files: Files) -> None:
    files.values = {"telemetry": {"metrics": True}}
    generations, reloading = await started(files)
    for fault in (None, ConfigurationError("limits: no"), None):
        files.fault = fault
        await reloading.reload()
    assert generations.router is not None
    assert generations.router.telemetry.metrics is not None
    text = generations.router.telemetry.metrics.text().decode()

    assert 'supergraph_reloads_total{outcome="succeeded"} 2.0' in text
    assert 'supergraph_reloads_total{outcome="refused"} 1.0' in text
    assert "supergraph_generation 3.0" in text


@pytest.mark.parametrize(("answering", "rests"), [(True, [3.0, 3.0]), (False, [])])
async def test_making_ready_rests_three_times_as_long_as_it_works_while_requests_are_answered(
    engines: Engines, monkeypatch: pytest.MonkeyPatch, *, answering: bool, rests: list[float]
) -> None:
    clock, rested = itertools.count(0.0, 1.0), []

    async def rest(seconds: float) -> None:
        rested.append(seconds)

    monkeypatch.setattr(warming, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(warming.asyncio, "sleep", rest)
    former = engines() if answering else None

    assert await warm(engines(), former, ["query Known { hello }"], operations=10, seconds=60) == 2
    assert rested == rests


async def test_streams_that_end_for_a_reload_end_each_at_a_time_of_its_own(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    generations, _ = await started(files)
    assert generations.router is not None
    waits: list[float] = []
    monkeypatch.setattr(OpenStream, "end_in", lambda _stream, seconds, _why: waits.append(seconds))
    closing = Closing()
    with ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(closing.stream())
        await closing.retire(generations.router, within=30.0)

    assert len(set(waits)) == 200
    assert all(0 <= seconds <= 30 for seconds in waits)
    assert max(waits) - min(waits) > 10
