"""How a fetch reaches a subgraph.

Two seams. An `Upstream` carries GraphQL requests to subgraphs by name; a `Transport` carries bytes to one address and
back. What lies between them, from the outside in:

    PooledUpstream         subgraphs by name; identical reads on their way are one
      Flight               a request on its way, and who waits for it; a query that failed is sent once more (Retries)
        Pool               the endpoints of one subgraph: the least loaded one that is well is asked
          Member           an endpoint and how it is: its Circuit, its Ejection, what probes say of it
            Channel        what carries requests to it
              Exchange     one request to one endpoint: its turn (Turns), its time (Deadlines), its reply (Codec)
                Transport  over HTTP, into an ASGI application of this process, or, in tests, into a function

None of them is a task: each is told by a call how what it began has ended. An exchange over a free connection of our
own HTTP client is written at once and reads its response itself, as it comes; only for what must be waited for, as a
new connection, does it make a task.

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
from supergraph.upstream.awaiting import reply_to
from supergraph.upstream.channel import Channel, EndpointChannel
from supergraph.upstream.circuit import Circuit, CircuitRule, CircuitState
from supergraph.upstream.deadlines import Deadlines
from supergraph.upstream.discovery import Discovery
from supergraph.upstream.ejection import EjectionRule
from supergraph.upstream.encoding import Codings
from supergraph.upstream.endpoint import Endpoint
from supergraph.upstream.errors import (
    MalformedReply,
    ReplyTooLarge,
    SubgraphCircuitOpen,
    SubgraphError,
    SubgraphStatus,
    SubgraphTimeout,
    SubgraphUnreachable,
)
from supergraph.upstream.exchange import Exchange
from supergraph.upstream.faults import is_fault
from supergraph.upstream.flight import Flights
from supergraph.upstream.function import FunctionTransport
from supergraph.upstream.http import HttpTransport
from supergraph.upstream.member import Member, Probe
from supergraph.upstream.outages import Outages
from supergraph.upstream.pool import Pool
from supergraph.upstream.pooled import DirectUpstream, PooledUpstream
from supergraph.upstream.probing import ProbeRule, Probing, answers_path, answers_query
from supergraph.upstream.renewing import RenewingTransport
from supergraph.upstream.request import (
    Ended,
    GiveUp,
    Outcome,
    SubgraphReply,
    SubgraphRequest,
    Upstream,
)
from supergraph.upstream.retrying import Retries, RetryBudget
from supergraph.upstream.transport import (
    ResponseTooLarge,
    Transport,
    TransportError,
    TransportRequest,
    TransportResponse,
    TransportStream,
)
from supergraph.upstream.turns import Turns

__all__ = [
    "AsgiTransport",
    "Channel",
    "Circuit",
    "CircuitRule",
    "CircuitState",
    "Codings",
    "Deadlines",
    "DirectUpstream",
    "Discovery",
    "EjectionRule",
    "Ended",
    "Endpoint",
    "EndpointChannel",
    "Exchange",
    "Flights",
    "FunctionTransport",
    "GiveUp",
    "HttpTransport",
    "MalformedReply",
    "Member",
    "Outages",
    "Outcome",
    "Pool",
    "PooledUpstream",
    "Probe",
    "ProbeRule",
    "Probing",
    "RenewingTransport",
    "ReplyTooLarge",
    "ResponseTooLarge",
    "Retries",
    "RetryBudget",
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
    "Turns",
    "Upstream",
    "answers_path",
    "answers_query",
    "is_fault",
    "reply_to",
]
