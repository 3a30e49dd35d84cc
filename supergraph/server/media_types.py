"""Media types: what the body is, and what the client takes (GraphQL over HTTP, RFC 9110 12.5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache


class MediaType(Enum):
    """A media type of a single response, as its Content-Type header says it; `header` is that."""

    JSON = b"application/json; charset=utf-8"
    GRAPHQL_RESPONSE = b"application/graphql-response+json; charset=utf-8"

    def __init__(self, value: bytes) -> None:
        self.header = (b"content-type", value)


class StreamType(Enum):
    """A media type of a stream of responses, as an Accept header says it."""

    EVENT_STREAM = "text/event-stream"
    MULTIPART = "multipart/mixed;subscriptionspec=1.0"


@dataclass(frozen=True, slots=True)
class Acceptable:
    """What an Accept header allows: a single response of this type, a stream, a page for a browser."""

    single: MediaType | None
    stream: StreamType | None = None
    html: bool = False


_SINGLE = {
    "*/*": MediaType.JSON,
    "application/*": MediaType.JSON,
    "application/json": MediaType.JSON,
    "application/graphql-response+json": MediaType.GRAPHQL_RESPONSE,
}

_STREAMS = {stream.value for stream in StreamType}


@lru_cache(maxsize=256)
def acceptable(accept: bytes) -> Acceptable:
    """Reads an Accept header (empty: none was sent). The client's order decides between equal weights."""
    if not accept.strip():
        return Acceptable(MediaType.JSON)
    ranges = _ranges(accept.decode("latin-1"))
    single = next((_SINGLE[name] for name in ranges if name in _SINGLE), None)
    stream = next((StreamType(name) for name in ranges if name in _STREAMS), None)
    return Acceptable(single, stream, "text/html" in ranges)


def _ranges(accept: str) -> list[str]:
    """The media ranges of an Accept header, the heaviest first; refused ones (`q=0`, no UTF-8) left out."""
    weighed = []
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        values = {key: value for key, _, value in (parameter.partition("=") for parameter in parameters)}
        weight = _weight(values.get("q", "1"))
        if weight and values.get("charset", "utf-8").strip('"') in {"utf-8", "utf8"}:
            version = values.get("subscriptionspec", "").strip('"')
            weighed.append((weight, f"{name};subscriptionspec={version}" if version else name))
    return [name for _, name in sorted(weighed, key=lambda entry: -entry[0])]


def _weight(text: str) -> float:
    try:
        return max(0.0, float(text))  # this order turns NaN into 0
    except ValueError:
        return 0.0


@lru_cache(maxsize=256)
def is_json(content_type: bytes) -> bool:
    """Whether a Content-Type says JSON in UTF-8, which is also meant when it says no charset."""
    name, *parameters = (piece.strip().lower() for piece in content_type.decode("latin-1").split(";"))
    charsets = {parameter.partition("=")[2].strip('"') for parameter in parameters if "charset" in parameter}
    return name == "application/json" and charsets <= {"utf-8", "utf8"}
