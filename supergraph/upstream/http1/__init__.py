"""An HTTP/1.1 client, with little between the socket and the bytes.

Most of what a router does is asking subgraphs, so what one request costs here is paid by each fetch.

    Http1Transport     requests out, responses back; finds or opens a connection for each
      Line             the way to one URL, for who sends many requests there
      request_head     the request line and headers, as bytes
      Connections      kept-alive connections to one server, and when they are closed
        Connection     one connection: one exchange at a time, framed strictly (RFC 9112)
          KnownHeads                         heads of responses that need no parser any more
          ResponseHeaders                    as they came, read when somebody asks
          WholeResponse, StreamedResponse    what becomes of a response as it arrives
"""

from supergraph.upstream.http1.connection import KEEP_ALIVE, Connection
from supergraph.upstream.http1.line import Line
from supergraph.upstream.http1.request_head import header_lines
from supergraph.upstream.http1.transport import Http1Transport

__all__ = ["KEEP_ALIVE", "Connection", "Http1Transport", "Line", "header_lines"]
