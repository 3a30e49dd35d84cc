"""Masked errors with what led to them, kept so that operators can ask for one by its id.

A record has the cause, the request, its fetches with their times, and its plans: no variables, no tokens, and of the
client's document no values. So many of the latest are kept, in this process, or in a folder that several share.
"""

from __future__ import annotations

import re
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol

from supergraph.planning import QueryPlan, print_plan
from supergraph.planning.redacting import redact
from supergraph.server.causes import MaskedError
from supergraph.server.telemetry.observation import Observation, ObservedFetch, Observer

MOST_OF_ONE_REQUEST = 20
PRINTED_PLANS = 32
ERROR_ID = re.compile(r"[0-9a-f]{16,32}")

Record = Mapping[str, Any]


class Records(Protocol):
    """Where records are kept by the ids of their errors."""

    def put(self, error_id: str, record: Callable[[], Record]) -> None:
        """Keeps a record, which may be made when it is asked for; one of the same id is replaced."""
        ...

    def find(self, error_id: str) -> Record | None:
        """The record, or None where there is none, or no longer."""
        ...


class RecentRecords:
    """Keeps the latest records in this process."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._records: OrderedDict[str, Callable[[], Record]] = OrderedDict()

    def put(self, error_id: str, record: Callable[[], Record]) -> None:
        """Keeps a record."""
        self._records[error_id] = record
        if len(self._records) > self._kept:
            self._records.popitem(last=False)

    def find(self, error_id: str) -> Record | None:
        """The record, as it is by now."""
        record = self._records.get(error_id)
        return None if record is None else record()


class ErrorRecords(Observer):
    """Makes a record of each masked error, of the first ones where a request has very many."""

    def __init__(self, records: Records, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._records = records
        self._now = now
        self._printed: deque[tuple[QueryPlan, str]] = deque(maxlen=PRINTED_PLANS)

    def find(self, error_id: str) -> Record | None:
        """The record of an error; None where there is none, or no longer."""
        return self._records.find(error_id)

    def error_masked(self, observation: Observation, error: MaskedError) -> None:
        if len(observation.masked) < MOST_OF_ONE_REQUEST:
            observation.masked.append((error, self._now()))
            if observation.kind == "subscription":
                self._keep(observation)  # it may go on for long

    def request_ends(self, observation: Observation) -> None:
        self._keep(observation)

    def _keep(self, observation: Observation) -> None:
        for error, at in observation.masked:
            self._records.put(error.error_id, partial(self._record, observation, error, at))

    def _record(self, observation: Observation, error: MaskedError, at: datetime) -> Record:
        """What is known of an error by now."""
        return {
            "errorId": error.error_id,
            "at": at.isoformat(timespec="milliseconds"),
            "subgraph": error.subgraph,
            "cause": error.cause,
            "traceback": error.traceback,
            "request": {
                "protocol": observation.protocol,
                "kind": observation.kind,
                "operation": observation.name,
                "status": observation.status if observation.ended else None,
                "durationMs": _milliseconds(observation.seconds) if observation.ended else None,
                "errors": dict(observation.codes),
                "traceId": observation.trace_id,
            },
            "fetches": [_fetch(fetch, observation.began) for fetch in observation.fetches],
            "plans": [self._plan(plan) for plan in observation.plans],
        }

    def _plan(self, plan: QueryPlan) -> str:
        """The plan as text, which is remembered: in an outage the same plans fail over and over."""
        for known, text in self._printed:
            if known is plan:
                return text
        text = print_plan(redact(plan))
        self._printed.append((plan, text))
        return text


def _fetch(fetch: ObservedFetch, began: float) -> Mapping[str, Any]:
    return {
        "fetch": fetch.number,
        "subgraph": fetch.subgraph,
        "afterMs": _milliseconds(fetch.began - began),
        "durationMs": _milliseconds(fetch.seconds),
        "requestBytes": fetch.request_bytes,
        "outcome": fetch.outcome,
    }


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)
