"""Serving: bytes to a request, a result to bytes.

`create_router` puts the parts together. A request passes, in this order: media types and CSRF prevention
(`graphql_over_http`), identity (`callers`), its body's limit (`body`), the engine, and leaves as one response
or as a stream (`event_stream`, `graphql_transport_ws`).
"""

from supergraph.server.refusal import HttpRefusal
from supergraph.server.router import Router, create_router
from supergraph.server.serving import CannotListen, listen, serve, stop_on_signals

__all__ = ["CannotListen", "HttpRefusal", "Router", "create_router", "listen", "serve", "stop_on_signals"]
