"""How a fetch reaches a subgraph.

Two seams. A `Transport` carries bytes to one address and back: over HTTP, into an ASGI application of this
process, or, in tests, into a function. Around the one over HTTP stand, from the outside in:

    EncodingTransport            bodies are compressed, and decoded within a bound
    BoundedTransport             one subgraph has so many requests on their way
    RenewingTransport            connections have a maximum age

An `Upstream` carries GraphQL requests to subgraphs by name. Whatever
judges, repeats or shares replies wraps an upstream, and each does one thing; from the outside in:

    DeduplicatingUpstream        identical reads in flight are one
    RetryingUpstream             a query that failed is sent once more, from a budget
    BalancedUpstream             each request goes to the least loaded endpoint that is well
    CircuitBreakingUpstream      an endpoint that fails is not asked for a while
    DirectUpstream               one endpoint, over its transport

An outage is an exception, one tree for all of them:

    SubgraphError                what made a subgraph give no reply; `code` is what a client may see of it
      SubgraphUnreachable        no connection, or it broke         SUBREQUEST_HTTP_ERROR
      SubgraphStatus             a status that is no success        SUBREQUEST_HTTP_ERROR
      SubgraphTimeout            no reply within the time           SUBGRAPH_REQUEST_TIMEOUT
      MalformedReply             a body that is no GraphQL reply    SUBREQUEST_MALFORMED_RESPONSE
        ReplyTooLarge            a body longer than is read
      SubgraphCircuitOpen        not asked: it failed too often   SUBGRAPH_CIRCUIT_BREAKER_REJECTED

Errors inside a GraphQL reply are not exceptions: they stand in `SubgraphReply.errors`.
"""

from supergraph.upstream.asgi import AsgiTransport
from supergraph.upstream.balancing import BalancedUpstream, Pool
from supergraph.upstream.bounding import BoundedTransport
from supergraph.upstream.circuit_breaking import Circuit, CircuitBreakingUpstream, CircuitRule, CircuitState
from supergraph.upstream.deduplicating import DeduplicatingUpstream, Flights
from supergraph.upstream.direct import DirectUpstream, Endpoint
from supergraph.upstream.discovery import Discovery
from supergraph.upstream.ejection import EjectionRule
from supergraph.upstream.encoding import EncodingTransport
from supergraph.upstream.errors import (
    MalformedReply,
    ReplyTooLarge,
    SubgraphCircuitOpen,
    SubgraphError,
    SubgraphStatus,
    SubgraphTimeout,
    SubgraphUnreachable,
)
from supergraph.upstream.faults import is_fault
from supergraph.upstream.function import FunctionTransport
from supergraph.upstream.http import HttpTransport
from supergraph.upstream.member import Member, Probe
from supergraph.upstream.outages import Outages
from supergraph.upstream.probing import ProbeRule, Probing, answers_path, answers_query
from supergraph.upstream.renewing import RenewingTransport
from supergraph.upstream.request import SubgraphReply, SubgraphRequest, Upstream
from supergraph.upstream.retrying import RetryBudget, RetryingUpstream
from supergraph.upstream.transport import (
    ResponseTooLarge,
    Transport,
    TransportError,
    TransportRequest,
    TransportResponse,
    TransportStream,
)

__all__ = [
    "AsgiTransport",
    "BalancedUpstream",
    "BoundedTransport",
    "Circuit",
    "CircuitBreakingUpstream",
    "CircuitRule",
    "CircuitState",
    "DeduplicatingUpstream",
    "DirectUpstream",
    "Discovery",
    "EjectionRule",
    "EncodingTransport",
    "Endpoint",
    "Flights",
    "FunctionTransport",
    "HttpTransport",
    "MalformedReply",
    "Member",
    "Outages",
    "Pool",
    "Probe",
    "ProbeRule",
    "Probing",
    "RenewingTransport",
    "ReplyTooLarge",
    "ResponseTooLarge",
    "RetryBudget",
    "RetryingUpstream",
    "SubgraphCircuitOpen",
    "SubgraphError",
    "SubgraphReply",
    "SubgraphRequest",
    "SubgraphStatus",
    "SubgraphTimeout",
    "SubgraphUnreachable",
    "Transport",
    "TransportError",
    "TransportRequest",
    "TransportResponse",
    "TransportStream",
    "Upstream",
    "answers_path",
    "answers_query",
    "is_fault",
]
