"""What goes wrong between the router and a subgraph."""

from __future__ import annotations

from typing import ClassVar


class SubgraphError(Exception):
    """A subgraph gave no usable reply. `subgraph` names it; `reason` is for the log, not for clients.

    `endpoint` is the URL that was asked, where there is a choice of several.
    """

    code: ClassVar[str] = "SUBREQUEST_HTTP_ERROR"

    def __init__(self, subgraph: str, reason: str) -> None:
        super().__init__(f"{subgraph}: {reason}")
        self.subgraph = subgraph
        self.reason = reason
        self.endpoint = ""


class SubgraphUnreachable(SubgraphError):
    """There was no connection, or it broke before the reply was complete."""


class SubgraphStatus(SubgraphError):
    """The subgraph answered with an HTTP status that is no success, and with no GraphQL reply."""

    def __init__(self, subgraph: str, status: int) -> None:
        super().__init__(subgraph, f"answered with HTTP status {status}")
        self.status = status


class SubgraphTimeout(SubgraphError):
    """The reply was not complete within the time that was left for it."""

    code: ClassVar[str] = "SUBGRAPH_REQUEST_TIMEOUT"

    def __init__(self, subgraph: str, seconds: float) -> None:
        super().__init__(subgraph, f"gave no reply within {seconds:.3g} s")
        self.seconds = seconds


class MalformedReply(SubgraphError):
    """The body is not JSON, or not a GraphQL reply."""

    code: ClassVar[str] = "SUBREQUEST_MALFORMED_RESPONSE"


class ReplyTooLarge(MalformedReply):
    """The body is longer than the router reads of one reply."""


class SubgraphCircuitOpen(SubgraphError):
    """The subgraph failed too often lately, and was not asked."""

    code: ClassVar[str] = "SUBGRAPH_CIRCUIT_BREAKER_REJECTED"
