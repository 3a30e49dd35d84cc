"""Which of several endpoints is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

import pytest

from supergraph.upstream import (
    Circuit,
    CircuitRule,
    EjectionRule,
    Member,
    Pool,
    PooledUpstream,
    SubgraphError,
    SubgraphReply,
    SubgraphRequest,
    SubgraphUnreachable,
)
from tests.upstream.clock import Clock
from tests.upstream.gated import Gated, settled
from tests.upstream.scripted import Scripted, unreachable

READ = SubgraphRequest("movies", b'{"query":"{a}"}')
RULE = EjectionRule(failures=2, pause=10, longest_pause=25)


def first(members: Sequence[Member], count: int) -> Sequence[Member]:
    return members[:count]


class Fleet:
    """Endpoints `a`, `b` and so on, of which the first two that may be drawn are."""

    def __init__(self, count: int = 2) -> None:
        self.clock = Clock()
        self.scripts = [Scripted() for _ in range(count)]
        self.members = [
            Member(url, script, rule=RULE, clock=self.clock)
            for url, script in zip("abcdef", self.scripts, strict=False)
        ]
        self.upstream = PooledUpstream({"movies": Pool(self.members, first)})

    async def ask(self, avoid: frozenset[str] = frozenset()) -> SubgraphReply | SubgraphError:
        try:
            return await self.upstream.fetch(SubgraphRequest("movies", READ.body, avoid=avoid))
        except SubgraphError as error:
            return error

    def asked(self) -> list[int]:
        return [len(script.asked) for script in self.scripts]


async def test_of_two_the_one_with_fewer_requests_in_flight_is_asked() -> None:
    gates = [Gated(), Gated()]
    upstream = PooledUpstream({"movies": Pool(map(Member, "ab", gates), first)})
    begun = []
    for _ in range(4):
        begun.append(asyncio.create_task(upstream.fetch(READ)))
        await settled()
    gates[0].reply(0)
    gates[0].reply(1)
    await asyncio.gather(begun[0], begun[2])
    begun.append(asyncio.create_task(upstream.fetch(READ)))
    await settled()

    assert [len(gate.sent) for gate in gates] == [3, 2]
    for fetch in begun:
        fetch.cancel()
    await asyncio.gather(*begun, return_exceptions=True)


async def test_a_request_that_is_cancelled_is_in_flight_no_more_and_no_failure() -> None:
    member = Member("a", Gated(), rule=EjectionRule(failures=1))
    fetch = asyncio.create_task(PooledUpstream({"movies": Pool([member])}).fetch(READ))
    await settled()
    fetch.cancel()
    await asyncio.wait({fetch})

    assert (member.in_flight, member.ejection.failures) == (0, 0)


async def test_a_subscription_is_in_flight_while_it_lasts() -> None:
    gated = Gated()
    gated.events.put_nowait(SubgraphReply({"a": 1}))
    member = Member("a", gated)
    upstream = PooledUpstream({"movies": Pool([member])})
    async with aclosing(upstream.subscribe(READ)) as events:
        await anext(events)
        assert member.in_flight == 1

    assert member.in_flight == 0


async def test_an_endpoint_is_left_out_after_its_failures_in_a_row_and_comes_back() -> None:
    fleet = Fleet()
    fleet.scripts[0].outcome = unreachable
    for _ in range(5):
        await fleet.ask()
    assert fleet.asked() == [2, 3]

    fleet.clock.now += 10
    await fleet.ask()
    assert fleet.asked() == [3, 3]


async def test_a_failure_names_its_endpoint() -> None:
    fleet = Fleet()
    fleet.scripts[0].outcome = unreachable
    error = await fleet.ask()

    assert isinstance(error, SubgraphUnreachable)
    assert error.endpoint == "a"


async def test_the_pause_grows_with_each_failure_after_a_return_up_to_the_longest() -> None:
    fleet = Fleet()
    fleet.scripts[0].outcome = unreachable
    await fleet.ask()
    pauses = []
    for _ in range(4):
        await fleet.ask()
        pauses.append(fleet.members[0].ejection.back_at - fleet.clock.now)
        fleet.clock.now = fleet.members[0].ejection.back_at

    assert pauses == [10, 20, 25, 25]


async def test_a_success_makes_all_good() -> None:
    fleet = Fleet()
    member = fleet.members[0]
    for outcome in (unreachable, Scripted().outcome, unreachable):
        fleet.scripts[0].outcome = outcome
        await fleet.ask()

    assert (member.ejection.failures, member.available) == (1, True)


async def test_requests_that_were_in_flight_as_an_endpoint_broke_do_not_lengthen_its_pause() -> None:
    clock, gated = Clock(), Gated()
    member = Member("a", gated, rule=RULE, clock=clock)
    upstream = PooledUpstream({"movies": Pool([member])})
    begun = [asyncio.create_task(upstream.fetch(READ)) for _ in range(10)]
    await settled()
    for number in range(10):
        gated.fail(number, unreachable())
    await asyncio.wait(begun)

    assert all(fetch.exception() for fetch in begun)
    assert member.ejection.back_at == clock.now + RULE.pause


async def test_where_all_are_left_out_the_least_bad_is_asked() -> None:
    fleet = Fleet()
    for script in fleet.scripts:
        script.outcome = unreachable
    for _ in range(4):
        await fleet.ask()
    fleet.clock.now += 1
    fleet.scripts[0].outcome = Scripted().outcome
    before = fleet.asked()

    assert not any(member.available for member in fleet.members)
    assert await fleet.ask() == SubgraphReply({"a": 1})
    assert fleet.asked() == [before[0] + 1, before[1]]
    assert fleet.members[0].available


async def test_who_is_to_be_avoided_is_asked_only_where_there_is_no_other() -> None:
    fleet = Fleet(3)
    await fleet.ask(frozenset({"a"}))
    await fleet.ask(frozenset({"a", "b"}))
    await fleet.ask(frozenset({"a", "b", "c"}))

    assert fleet.asked() == [1, 1, 1]


async def test_an_endpoint_that_admits_nothing_is_passed_over() -> None:
    scripts = [Scripted(), Scripted()]
    circuit = Circuit(CircuitRule(requests=1))
    entered = circuit.enter()
    assert entered is not None
    circuit.leave(entered, failed=True)
    closed = Member("a", scripts[0], circuit=circuit)
    upstream = PooledUpstream({"movies": Pool([closed, Member("b", scripts[1])], first)})
    await upstream.fetch(READ)

    assert [len(script.asked) for script in scripts] == [0, 1]


async def test_an_unknown_subgraph_is_unreachable() -> None:
    with pytest.raises(SubgraphUnreachable, match="no endpoint is configured"):
        await PooledUpstream({}).fetch(READ)
