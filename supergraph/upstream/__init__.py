"""How a fetch reaches a subgraph.

Two seams. A `Transport` carries bytes to one address and back: over HTTP, into an ASGI application of this
process, or, in tests, into a function. An `Upstream` carries GraphQL requests to subgraphs by name. Whatever
repeats, balances or breaks circuits wraps a transport; whatever shares parsed replies wraps an upstream.

An outage is an exception, one tree for all of them:

    SubgraphError                what made a subgraph give no reply; `code` is what a client may see of it
      SubgraphUnreachable        no connection, or it broke         SUBREQUEST_HTTP_ERROR
      SubgraphStatus             a status that is no success        SUBREQUEST_HTTP_ERROR
      SubgraphTimeout            no reply within the time           SUBGRAPH_REQUEST_TIMEOUT
      MalformedReply             a body that is no GraphQL reply    SUBREQUEST_MALFORMED_RESPONSE
        ReplyTooLarge            a body longer than is read

Errors inside a GraphQL reply are not exceptions: they stand in `SubgraphReply.errors`.
"""

from supergraph.upstream.asgi import AsgiTransport
from supergraph.upstream.deduplicating import DeduplicatingUpstream
from supergraph.upstream.direct import DirectUpstream, Endpoint
from supergraph.upstream.errors import (
    MalformedReply,
    ReplyTooLarge,
    SubgraphError,
    SubgraphStatus,
    SubgraphTimeout,
    SubgraphUnreachable,
)
from supergraph.upstream.function import FunctionTransport
from supergraph.upstream.http import HttpTransport
from supergraph.upstream.request import SubgraphReply, SubgraphRequest, Upstream
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
    "DeduplicatingUpstream",
    "DirectUpstream",
    "Endpoint",
    "FunctionTransport",
    "HttpTransport",
    "MalformedReply",
    "ReplyTooLarge",
    "ResponseTooLarge",
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
]
