"""When an endpoint is no longer asked, and when again."""

from __future__ import annotations

import asyncio
import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supergraph.upstream import (
    Channel,
    Circuit,
    CircuitRule,
    CircuitState,
    EjectionRule,
    Member,
    Pool,
    PooledUpstream,
    SubgraphCircuitOpen,
    SubgraphError,
    SubgraphReply,
    SubgraphRequest,
    SubgraphStatus,
)
from supergraph.upstream.circuit import SLOTS
from tests.upstream.clock import Clock
from tests.upstream.gated import Gated, settled
from tests.upstream.scripted import WELL, Scripted, unreachable

READ = SubgraphRequest("movies", b'{"query":"{a}"}')
RULE = CircuitRule(requests=4, failures=0.5, window=30, pause=10, trials=2)


def behind(circuit: Circuit, channel: Channel) -> PooledUpstream:
    """An endpoint that nothing but its circuit leaves out."""
    member = Member("", channel, circuit=circuit, rule=EjectionRule(1_000))
    return PooledUpstream({"movies": Pool([member])})


class Broken:
    """A circuit before an endpoint that a test lets fail."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.script = Scripted()
        self.circuit = Circuit(RULE, self.clock)
        self.upstream = behind(self.circuit, self.script)

    async def ask(self, *, well: bool) -> SubgraphReply | SubgraphError:
        self.script.outcome = Scripted().outcome if well else unreachable
        try:
            return await self.upstream.fetch(READ)
        except SubgraphError as error:
            return error

    async def open(self) -> None:
        for _ in range(4):
            await self.ask(well=False)
        assert self.circuit.state is CircuitState.OPEN
        self.script.asked.clear()


@pytest.fixture
def broken() -> Broken:
    return Broken()


async def test_it_opens_where_the_share_of_failures_is_reached(broken: Broken) -> None:
    states = []
    for well in (True, True, False, False):
        await broken.ask(well=well)
        states.append(broken.circuit.state)

    assert states == [CircuitState.CLOSED] * 3 + [CircuitState.OPEN]


async def test_fewer_failures_leave_it_closed(broken: Broken) -> None:
    for well in (True, True, True, False) * 10:
        await broken.ask(well=well)

    assert broken.circuit.state is CircuitState.CLOSED


async def test_failures_from_before_the_window_do_not_count(broken: Broken) -> None:
    for _ in range(20):
        await broken.ask(well=False)
        broken.clock.now += 10

    assert broken.circuit.state is CircuitState.CLOSED


@given(st.lists(st.tuples(st.integers(0, 2 * SLOTS // 3), st.booleans()), max_size=60))
def test_it_opens_by_those_in_the_window_alone(ended: list[tuple[int, bool]]) -> None:
    clock = Clock()
    circuit = Circuit(replace(RULE, window=SLOTS), clock)
    counted: list[tuple[float, bool]] = []
    for later, failed in ended:
        clock.now += later
        counted = [each for each in counted if each[0] > clock.now - SLOTS] + [(clock.now, failed)]
        circuit.leave(0, failed=failed)
        opens = len(counted) >= RULE.requests and sum(each[1] for each in counted) >= len(counted) / 2
        assert (circuit.state is CircuitState.OPEN) == opens
        if opens:
            break


def test_what_it_remembers_does_not_grow_with_the_requests() -> None:
    clock = Clock()
    circuit = Circuit(RULE, clock)

    def ask_for_two_windows() -> None:
        for _ in range(20_000):
            circuit.leave(0, failed=False)
            clock.now += 2 * RULE.window / 20_000

    ask_for_two_windows()
    tracemalloc.start()
    try:
        ask_for_two_windows()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 50_000


async def test_open_it_fails_at_once_with_its_code(broken: Broken) -> None:
    await broken.open()
    error = await broken.ask(well=True)

    assert isinstance(error, SubgraphCircuitOpen)
    assert error.code == "SUBGRAPH_CIRCUIT_BREAKER_REJECTED"
    assert broken.script.asked == []


async def test_open_it_rejects_subscriptions(broken: Broken) -> None:
    await broken.open()
    with pytest.raises(SubgraphCircuitOpen):
        _ = [reply async for reply in broken.upstream.subscribe(READ)]

    assert broken.script.asked == []


async def test_after_its_pause_enough_successes_close_it(broken: Broken) -> None:
    await broken.open()
    broken.clock.now += 10
    assert broken.circuit.state is CircuitState.HALF_OPEN
    assert await broken.ask(well=True) == WELL
    assert broken.circuit.state is CircuitState.HALF_OPEN
    assert await broken.ask(well=True) == WELL

    assert broken.circuit.state is CircuitState.CLOSED


async def test_after_its_pause_one_failure_opens_it_anew(broken: Broken) -> None:
    await broken.open()
    broken.clock.now += 10
    await broken.ask(well=False)
    broken.clock.now += 9.9

    assert broken.circuit.state is CircuitState.OPEN


async def test_half_open_it_lets_one_through_at_a_time() -> None:
    clock, gated = Clock(), Gated()
    circuit = Circuit(RULE, clock)
    upstream = behind(circuit, gated)
    for _ in range(4):
        circuit.leave(circuit.enter() or 0, failed=True)
    clock.now += 10
    trial = asyncio.create_task(upstream.fetch(READ))
    await settled()
    with pytest.raises(SubgraphCircuitOpen):
        await upstream.fetch(READ)

    trial.cancel()
    await asyncio.wait({trial})
    assert circuit.admits, "a trial that was given up makes way for another"


async def test_what_was_sent_before_it_opened_does_not_close_it(broken: Broken) -> None:
    entered = broken.circuit.enter()
    assert entered is not None
    await broken.open()
    broken.clock.now += 10
    broken.circuit.leave(entered, failed=False)
    await broken.ask(well=True)

    assert broken.circuit.state is CircuitState.HALF_OPEN


async def test_what_says_nothing_of_the_endpoint_does_not_count(broken: Broken) -> None:
    broken.script.outcome = lambda: SubgraphStatus("movies", 404)
    for _ in range(10):
        with pytest.raises(SubgraphStatus):
            await broken.upstream.fetch(READ)
    for _ in range(3):
        await broken.ask(well=False)

    assert broken.circuit.state is CircuitState.CLOSED
