"""Which subgraphs a request should do without where it can."""

from __future__ import annotations

from contextlib import suppress

import pytest

from supergraph.upstream import (
    Circuit,
    CircuitRule,
    EjectionRule,
    Member,
    Outages,
    Pool,
    PooledUpstream,
    SubgraphError,
    SubgraphRequest,
)
from tests.upstream.clock import Clock
from tests.upstream.scripted import WELL, Scripted, unreachable

MOVIES = frozenset({"movies"})


class Business:
    """A subgraph `movies` of so many endpoints, each of which is ejected or cut off after two failures."""

    def __init__(self, endpoints: int = 1, *, breaker: bool = False) -> None:
        self.clock = Clock()
        self.scripts = [Scripted() for _ in range(endpoints)]
        self.members = [self._member(script, breaker=breaker) for script in self.scripts]
        self.pools = {
            "movies": Pool(self.members, lambda members, count: members[:count], clock=self.clock),
            "users": Pool([Member("users", Scripted())]),
        }
        self.upstream = PooledUpstream(self.pools)
        self.outages = Outages(self.pools)

    def _member(self, script: Scripted, *, breaker: bool) -> Member:
        if not breaker:
            return Member("", script, rule=EjectionRule(2, 10, 10), clock=self.clock)
        circuit = Circuit(CircuitRule(2, 1.0, 30, 10, 2), self.clock)
        return Member("", script, circuit=circuit, rule=EjectionRule(1_000), clock=self.clock)

    async def ask(self, times: int = 1) -> None:
        for _ in range(times):
            with suppress(SubgraphError):
                await self.upstream.fetch(SubgraphRequest("movies", b""))

    def breaks(self, *endpoints: int) -> None:
        for number in endpoints:
            self.scripts[number].outcome = unreachable

    def mends(self, *endpoints: int) -> None:
        for number in endpoints:
            self.scripts[number].outcome = lambda: WELL


@pytest.mark.parametrize("breaker", [False, True])
async def test_a_subgraph_whose_only_endpoint_is_out_is_avoided(breaker: bool) -> None:
    business = Business(breaker=breaker)
    business.breaks(0)
    await business.ask(1)
    assert business.outages.avoided() == frozenset()
    await business.ask(1)
    assert business.outages.avoided() == MOVIES
    assert business.outages.down == MOVIES


async def test_a_subgraph_is_not_avoided_while_one_of_its_endpoints_is_well() -> None:
    business = Business(endpoints=2)
    business.breaks(0)
    await business.ask(4)
    assert business.members[0].ejection.ejected
    assert business.outages.avoided() == frozenset()


@pytest.mark.parametrize("breaker", [False, True])
async def test_one_that_may_be_back_is_tried_by_one_request_in_a_while(breaker: bool) -> None:
    business = Business(breaker=breaker)
    business.breaks(0)
    await business.ask(2)
    business.clock.now += 10
    assert [business.outages.avoided() for _ in range(3)] == [frozenset(), MOVIES, MOVIES]
    assert business.outages.down == MOVIES
    business.clock.now += 1
    assert business.outages.avoided() == frozenset()


@pytest.mark.parametrize("breaker", [False, True])
async def test_one_that_proves_well_is_avoided_no_more(breaker: bool) -> None:
    business = Business(breaker=breaker)
    business.breaks(0)
    await business.ask(2)
    business.mends(0)
    business.clock.now += 10
    await business.ask(2)
    assert [business.outages.avoided() for _ in range(3)] == [frozenset()] * 3
    assert business.outages.down == frozenset()
    assert not business.members[0].suspect


async def test_one_that_probes_find_sick_is_avoided() -> None:
    business = Business()
    business.members[0].sick = business.members[0].suspect = True
    assert business.outages.avoided() == MOVIES
