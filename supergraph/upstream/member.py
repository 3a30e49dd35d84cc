"""One endpoint of a subgraph, and what is known of how it is."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from supergraph.upstream.circuit_breaking import Circuit, CircuitState
from supergraph.upstream.ejection import Ejection, EjectionRule
from supergraph.upstream.errors import SubgraphError
from supergraph.upstream.faults import Judge, is_fault
from supergraph.upstream.request import SubgraphReply, Upstream

Probe = Callable[[], Awaitable[bool]]
"""Asks an endpoint how it is: whether it answers as one that is well."""


class Member:
    """One endpoint of a subgraph. `circuit` is its breaker's, and `probe` asks how it is, where it has them.

    `judge` says which outcomes are failures.

    `sick` is what probes say of it, and `suspect` that anything was wrong with it since it was last found `well`.
    """

    def __init__(
        self,
        url: str,
        upstream: Upstream,
        *,
        circuit: Circuit | None = None,
        rule: EjectionRule | None = None,
        probe: Probe | None = None,
        judge: Judge = is_fault,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url = url
        self.upstream = upstream
        self.circuit = circuit
        self.probe = probe
        self.in_flight = 0
        self.ejection = Ejection(rule or EjectionRule(), clock)
        self.sick = False
        self.suspect = False
        self._judge = judge
        self._clock = clock

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

    @contextmanager
    def carrying(self) -> Iterator[Callable[[SubgraphReply], None]]:
        """Count a request that it carries; a reply is told by calling, a failure by raising."""
        sent_at = self._clock()

        def note(outcome: SubgraphReply | SubgraphError) -> None:
            fault = self._judge(outcome)
            if fault:
                self.suspect = True
                self.ejection.fail(sent_at)
            elif fault is not None:
                self.ejection.succeed()

        self.in_flight += 1
        try:
            yield note
        except SubgraphError as error:
            error.endpoint = self.url
            note(error)
            raise
        finally:
            self.in_flight -= 1
