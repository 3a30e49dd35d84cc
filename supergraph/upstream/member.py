"""One endpoint of a subgraph, and what is known of how it is."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import ClassVar

from supergraph.upstream.channel import Channel
from supergraph.upstream.circuit import Circuit, CircuitState
from supergraph.upstream.ejection import Ejection, EjectionRule
from supergraph.upstream.errors import SubgraphCircuitOpen, SubgraphError
from supergraph.upstream.faults import Judge, is_fault
from supergraph.upstream.request import Outcome, SubgraphReply, SubgraphRequest

TELLING = (SubgraphReply, SubgraphError)
"""What an endpoint may be judged by; neither that a request was given up, nor a fault of our own."""

Probe = Callable[[], Awaitable[bool]]
"""Asks an endpoint how it is: whether it answers as one that is well."""


class Member:
    """One endpoint of a subgraph, which its `channel` leads to.

    `circuit` is its breaker's, and `probe` asks how it is, where it has them. `judge` says which outcomes are
    failures. `sick` is what probes say of it, and `suspect` that anything was wrong with it since it was last found
    `well`.
    """

    suspicions: ClassVar[int] = 0
    """How often one has become suspect: who has looked since then need not look again."""

    def __init__(
        self,
        url: str,
        channel: Channel,
        *,
        circuit: Circuit | None = None,
        rule: EjectionRule | None = None,
        probe: Probe | None = None,
        judge: Judge = is_fault,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url = url
        self.channel = channel
        self.circuit = circuit
        self.probe = probe
        self.in_flight = 0
        self.ejection = Ejection(rule or EjectionRule(), clock)
        self.sick = False
        self.clock = clock
        self._suspect = False
        self._judge = judge

    @property
    def suspect(self) -> bool:
        """Whether anything was wrong with it since it was last found well."""
        return self._suspect

    @suspect.setter
    def suspect(self, suspect: bool) -> None:
        if suspect:
            Member.suspicions += 1
        self._suspect = suspect

    @property
    def admits(self) -> bool:
        """Whether its circuit lets a request through."""
        return self.circuit is None or self.circuit.admits

    @property
    def available(self) -> bool:
        """Whether it is neither ejected, nor found sick, nor closed to requests."""
        return not (self.sick or self.ejection.ejected) and self.admits

    @property
    def on_probation(self) -> bool:
        """Whether it was left out and has not shown yet that it is well again."""
        half_open = self.circuit is not None and self.circuit.state is CircuitState.HALF_OPEN
        return half_open or self.ejection.on_probation

    @property
    def well(self) -> bool:
        """Whether there is nothing against it at all."""
        closed = self.circuit is None or self.circuit.state is CircuitState.CLOSED
        return closed and not self.sick and not self.ejection.failures

    def enter(self) -> int | None:
        """Count a request as in flight, and give what to `leave` with; None where the circuit rejects it."""
        entered = 0 if self.circuit is None else self.circuit.enter()
        if entered is not None:
            self.in_flight += 1
        return entered

    def leave(self, entered: int, sent_at: float, outcome: Outcome | None) -> None:
        """Note how a request ended that was sent at this time of the clock; None where it was given up."""
        self.in_flight -= 1
        fault = self._note(outcome, sent_at) if isinstance(outcome, TELLING) else None
        if self.circuit is not None:
            self.circuit.leave(entered, failed=fault)

    def rejection(self, request: SubgraphRequest) -> SubgraphCircuitOpen:
        """What a request is told that the circuit rejects."""
        error = SubgraphCircuitOpen(request.subgraph, "failed too often, and is not asked for a while")
        error.endpoint = self.url
        return error

    async def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphReply]:
        """Send a subscription, where queries are let through; it is in flight for as long as it lasts.

        For the circuit it counts for nothing: that it is silent for hours is no fault. Raises `SubgraphError`.
        """
        sent_at = self.clock()
        if not self.admits:
            raise self.rejection(request)
        self.in_flight += 1
        try:
            async with aclosing(self.channel.subscribe(request)) as replies:
                async for reply in replies:
                    self._note(reply, sent_at)
                    yield reply
        except SubgraphError as error:
            self._note(error, sent_at)
            raise
        finally:
            self.in_flight -= 1

    def _note(self, outcome: SubgraphReply | SubgraphError, sent_at: float) -> bool | None:
        if isinstance(outcome, SubgraphError):
            outcome.endpoint = self.url
        fault = self._judge(outcome)
        if fault:
            self.suspect = True
            self.ejection.fail(sent_at)
        elif fault is not None and self.ejection.failures:
            self.ejection.succeed()
        return fault
