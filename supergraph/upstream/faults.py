"""What counts against an endpoint."""

from __future__ import annotations

from collections.abc import Callable

from supergraph.upstream.errors import (
    ReplyTooLarge,
    SubgraphCircuitOpen,
    SubgraphError,
    SubgraphStatus,
    SubgraphTimeout,
)
from supergraph.upstream.request import SubgraphReply

UNAVAILABLE_CODES = frozenset({"SERVICE_UNAVAILABLE", "GATEWAY_TIMEOUT"})
"""With these a subgraph says of itself that it cannot answer.

`INTERNAL_SERVER_ERROR` is none of them: it stands at whatever a resolver raises, and a single client who knows how
to make one raise would take the subgraph from all the others.
"""
SHORTEST_PATIENCE_S = 1.0


Judge = Callable[[SubgraphReply | SubgraphError], bool | None]
"""Says of an outcome what `is_fault` does."""


def is_fault(
    outcome: SubgraphReply | SubgraphError, codes: frozenset[str] = UNAVAILABLE_CODES
) -> bool | None:
    """Whether an outcome says that the endpoint is not well; None where it says nothing of the endpoint.

    Faults are: no connection or a broken one, a status of 500 and above or 429, no reply within a second or
    more, a body that is no GraphQL reply, and a reply without data all of whose errors carry one of the `codes`
    (an error without a code is none: it may be the client's doing). Any other reply is well.
    What depends on the request says nothing: other statuses, a reply that is too large, a time limit that was
    nearly over as the request was sent.
    """
    if isinstance(outcome, SubgraphReply):
        return outcome.data is None and all(_code(error) in codes for error in outcome.errors)
    if isinstance(outcome, SubgraphStatus):
        return True if outcome.status >= 500 or outcome.status == 429 else None
    if isinstance(outcome, SubgraphTimeout):
        return True if outcome.seconds >= SHORTEST_PATIENCE_S else None
    return None if isinstance(outcome, ReplyTooLarge | SubgraphCircuitOpen) else True


def _code(error: dict[str, object]) -> object:
    extensions = error.get("extensions")
    code = extensions.get("code") if isinstance(extensions, dict) else None
    return code if isinstance(code, str) else None
