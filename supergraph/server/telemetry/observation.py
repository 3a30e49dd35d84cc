"""What happens to a request, and who is told of it.

Neither variables, nor tokens, nor the document's text stand in an observation: what is not there cannot leak.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Any, Literal

import structlog

from supergraph.execution import Prepared
from supergraph.planning import QueryPlan
from supergraph.server.causes import MaskedError
from supergraph.server.operations import ResponseMap

LATEST_FETCHES = 200
LATEST_PLANS = 5
CLIENT_CLOSED_REQUEST = 499
LONGEST_NAME = 100
MOST_CODES = 100
OTHER = "other"

Stage = Literal["estimated", "actual"]

_log = structlog.get_logger(__name__)


@dataclass(slots=True, eq=False)
class ObservedFetch:
    """One request to a subgraph, of so many bytes: `number` is its fetch's in the plan; times are in seconds.

    `outcome` is `ok`, `errors` (a reply with errors), the code of an outage, `failed` (the router did), or `cancelled`.
    What an observer puts into `trace_context` goes with the request, as headers.
    """

    subgraph: str
    number: int | None
    subscription: bool = False
    request_bytes: int = 0
    began: float = field(default_factory=perf_counter)
    seconds: float = 0.0
    outcome: str = "cancelled"
    trace_context: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Client:
    """Who is at the other end: the address as the server knows it, and the trace that the client goes on with."""

    address: str | None = None
    trace_context: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Observation:
    """One request, while it is answered and when it has been; times are in seconds.

    Over HTTP that is one HTTP request, over WebSocket one operation. `status` is of HTTP, and None over WebSocket.
    Names and codes are cut to a length that can be kept, `codes` to a number. `trace_id` is there where it is traced.
    `fetched` counts all fetches by subgraph; `fetches` holds the latest, since a subscription has no end of them.
    `plans` are the latest too, a batch has several; `masked` are errors whose cause the client was not told, and when.
    """

    protocol: Literal["http", "websocket"]
    client: Client = field(default_factory=Client)
    began: float = field(default_factory=perf_counter)
    seconds: float = 0.0
    status: int | None = None
    batch: int | None = None
    prepared: Prepared | None = None
    fetched: Counter[str] = field(default_factory=Counter)
    fetches: deque[ObservedFetch] = field(default_factory=lambda: deque(maxlen=LATEST_FETCHES))
    codes: Counter[str] = field(default_factory=Counter)
    plans: deque[QueryPlan] = field(default_factory=lambda: deque(maxlen=LATEST_PLANS))
    masked: list[tuple[MaskedError, datetime]] = field(default_factory=list)
    ended: bool = False
    trace_id: str | None = None

    @property
    def kind(self) -> str:
        """`query`, `mutation`, `subscription`, `batch`, or `unknown` where there was no valid operation."""
        if self.batch is not None:
            return "batch"
        return "unknown" if self.prepared is None else self.prepared.kind.value

    @property
    def name(self) -> str | None:
        """The operation's name; None where there is no operation, none with a name, or a batch of them."""
        if self.batch is not None or self.prepared is None or self.prepared.name is None:
            return None
        return self.prepared.name[:LONGEST_NAME]

    def answered(self, payload: ResponseMap | Sequence[ResponseMap]) -> None:
        """Takes note of what the client is sent."""
        if isinstance(payload, Mapping):
            self._count_errors(payload)
            return
        self.batch = len(payload)
        for each in payload:
            self._count_errors(each)

    def _count_errors(self, payload: ResponseMap) -> None:
        for error in payload.get("errors", ()):
            code = _code(error)
            known = code in self.codes or len(self.codes) < MOST_CODES
            self.codes[code if known else OTHER] += 1


def _code(error: Mapping[str, Any]) -> str:
    return str(error.get("extensions", {}).get("code", ""))[:LONGEST_NAME]


CURRENT: ContextVar[Observation | None] = ContextVar("observation", default=None)
"""The request that this task works for, where anything observes."""


class Observer:
    """Is told what happens, as it happens; by itself it does nothing about it.

    Its methods are on every request's path: they await nothing.
    """

    def request_begins(self, observation: Observation) -> None:
        """A request has come."""

    def looked_up(self, *, hit: bool) -> None:
        """An operation was prepared, or found as it was prepared before (`hit`)."""

    def reckoned(self, stage: Stage, cost: int) -> None:
        """What an operation was estimated to cost is known, or what its answer did."""

    def fetch_begins(self, observation: Observation, fetch: ObservedFetch) -> None:
        """A subgraph is about to be asked."""

    def fetch_ends(self, observation: Observation, fetch: ObservedFetch) -> None:
        """A subgraph has answered, or not; a subscription has ended."""

    def error_masked(self, observation: Observation, error: MaskedError) -> None:
        """A client is not told the cause of an error."""

    def request_ends(self, observation: Observation) -> None:
        """A request was answered to its end, or its client has gone."""


class Observers(Observer):
    """Tells several observers; one that fails harms neither the request nor the others."""

    def __init__(self, observers: Sequence[Observer]) -> None:
        self._observers = observers

    def request_begins(self, observation: Observation) -> None:
        self._tell("request_begins", observation)

    def looked_up(self, *, hit: bool) -> None:
        self._tell("looked_up", hit=hit)

    def reckoned(self, stage: Stage, cost: int) -> None:
        self._tell("reckoned", stage, cost)

    def fetch_begins(self, observation: Observation, fetch: ObservedFetch) -> None:
        self._tell("fetch_begins", observation, fetch)

    def fetch_ends(self, observation: Observation, fetch: ObservedFetch) -> None:
        self._tell("fetch_ends", observation, fetch)

    def error_masked(self, observation: Observation, error: MaskedError) -> None:
        self._tell("error_masked", observation, error)

    def request_ends(self, observation: Observation) -> None:
        self._tell("request_ends", observation)

    def _tell(self, event: str, *about: object, **details: object) -> None:
        for observer in self._observers:
            try:
                getattr(observer, event)(*about, **details)
            except Exception:  # noqa: BLE001 - logged
                _log.exception("an observer failed", observer=type(observer).__name__, told=event)
