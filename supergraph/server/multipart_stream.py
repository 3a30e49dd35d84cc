"""Multipart subscriptions (Apollo's "multipart subscription protocol", version 1.0).

A part is complete for its reader when the boundary after it has come, so each is sent with the next boundary.
"""

from __future__ import annotations

import orjson

from supergraph.server.operations import ResponseMap
from supergraph.server.streaming import StreamFormat

_BOUNDARY = b"\r\n--graphql"


def _part(content: ResponseMap) -> bytes:
    return b"\r\ncontent-type: application/json\r\n\r\n" + orjson.dumps(content) + _BOUNDARY


def _payload(response: ResponseMap) -> bytes:
    if "data" in response:
        return _part({"payload": response})
    return _part({"payload": None, "errors": response["errors"]})


MULTIPART = StreamFormat(
    content_type=b'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
    opening=_BOUNDARY,
    part=_payload,
    ping=_part({}),
    completion=b"--\r\n",
)
