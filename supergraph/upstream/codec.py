"""From a GraphQL request to what is sent to its endpoint, and from what comes back to a reply."""

from __future__ import annotations

from collections.abc import Mapping

from supergraph.upstream.encoding import decoded_body
from supergraph.upstream.endpoint import Endpoint
from supergraph.upstream.http1 import Line
from supergraph.upstream.reply import read_response
from supergraph.upstream.request import SubgraphReply, SubgraphRequest
from supergraph.upstream.request_headers import ACCEPT_JSON, RequestHeaders
from supergraph.upstream.transport import TransportError, TransportRequest


class Codec:
    """Writes requests for one endpoint and reads its replies; what is the same for all of them is made once."""

    def __init__(self, endpoint: Endpoint, accept: str = ACCEPT_JSON) -> None:
        self.endpoint = endpoint
        self._headers = RequestHeaders(endpoint, accept)
        self._compresses = endpoint.codings is not None and bool(endpoint.codings.sent)

    def encode(self, request: SubgraphRequest, line: Line, seconds: float) -> bytes:
        """Give a request that may take so many seconds as it is sent; raises `TransportError`."""
        coding, body = self._body(request) if self._compresses else ("", request.body)
        return line.request(self._headers.lines(request, seconds, coding), body)

    def transported(self, request: SubgraphRequest, seconds: float | None) -> TransportRequest:
        """Give the same as a transport takes it; a stream may last, and has None for its seconds."""
        coding, body = self._body(request)
        headers = self._headers.mapping(request, seconds, coding)
        return TransportRequest(
            self.endpoint.url, body, headers, self.endpoint.limit, server=self.endpoint.server
        )

    def decode(self, subgraph: str, status: int, headers: Mapping[str, str], body: bytes) -> SubgraphReply:
        """Read a response; raises `SubgraphError` and `TransportError`."""
        if (coding := headers.get("content-encoding")) is not None:
            if self.endpoint.codings is None and coding != "identity":
                raise TransportError(f"the response is encoded ({coding}), which was not asked for")
            body, headers = decoded_body(body, headers, self.endpoint.limit)
        return read_response(subgraph, status, headers, body)

    def _body(self, request: SubgraphRequest) -> tuple[str, bytes]:
        codings = self.endpoint.codings
        return ("", request.body) if codings is None else codings.outgoing(request.body)
