"""Causes that clients are not told: logged under an error's id, and told to whoever keeps them to be asked for."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from traceback import format_exception

import orjson

from supergraph.execution import Cause, RequestRefused
from supergraph.execution.errors import log_cause
from supergraph.upstream import SubgraphError

LATEST_CALLS = 20


@dataclass(frozen=True, slots=True)
class MaskedError:
    """An error that a client knows by its id; `subgraph` is None where it is the router's own, or of several."""

    error_id: str
    subgraph: str | None
    cause: str
    traceback: str = ""


KEEPER: ContextVar[Callable[[MaskedError], None] | None] = ContextVar("keeper", default=None)
"""Who is told of masked errors of the request that this task works for, where anybody is."""


def report(error_id: str, subgraph: str, cause: Cause) -> None:
    """Logs what a subgraph did, and tells the keeper."""
    log_cause(error_id, subgraph, cause)
    if (keep := KEEPER.get()) is None:
        return
    if isinstance(cause, SubgraphError):
        where = f" (asked at {cause.endpoint})" if cause.endpoint else ""
        keep(MaskedError(error_id, subgraph, f"{cause}{where}", _traceback(cause)))
    else:
        keep(MaskedError(error_id, subgraph or None, orjson.dumps(dict(cause), default=str).decode()))


def tell_of_fault(error_id: str, fault: BaseException) -> None:
    """Tells the keeper of a fault of the router itself, which is logged already."""
    if (keep := KEEPER.get()) is not None:
        keep(MaskedError(error_id, None, repr(fault), _traceback(fault)))


def tell_of_refusal(refusal: RequestRefused) -> None:
    """Tells the keeper of a request that is refused because it cannot be planned; it is logged already."""
    error_id = refusal.errors[0]["extensions"].get("errorId")
    if error_id is not None and refusal.__cause__ is not None:
        tell_of_fault(error_id, refusal.__cause__)


def _traceback(error: BaseException) -> str:
    return "".join(format_exception(error, limit=-LATEST_CALLS))
