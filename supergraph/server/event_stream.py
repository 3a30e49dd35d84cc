"""Server-sent events (GraphQL over SSE, "distinct connections mode")."""

from __future__ import annotations

import orjson

from supergraph.server.operations import ResponseMap
from supergraph.server.streaming import StreamFormat

_COMMENT = b":\n\n"


def _next(response: ResponseMap) -> bytes:
    return b"event: next\ndata: " + orjson.dumps(response) + b"\n\n"


EVENT_STREAM = StreamFormat(
    content_type=b"text/event-stream; charset=utf-8",
    opening=_COMMENT,
    part=_next,
    ping=_COMMENT,
    completion=b"event: complete\ndata:\n\n",
)
