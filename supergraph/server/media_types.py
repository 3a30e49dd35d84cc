"""Media types: what the body is, and what the client takes (GraphQL over HTTP, RFC 9110 12.5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache


class MediaType(Enum):
    """A media type of a single response, as its Content-Type header says it."""

    JSON = b"application/json; charset=utf-8"
    GRAPHQL_RESPONSE = b"application/graphql-response+json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Acceptable:
    """What an Accept header allows: a single response of this type, an event stream, a page for a browser."""

    single: MediaType | None
    event_stream: bool = False
    html: bool = False


_SINGLE = {
    "*/*": MediaType.JSON,
    "application/*": MediaType.JSON,
    "application/json": MediaType.JSON,
    "application/graphql-response+json": MediaType.GRAPHQL_RESPONSE,
}


@lru_cache(maxsize=256)
def acceptable(accept: bytes) -> Acceptable:
    """Reads an Accept header (empty: none was sent). The client's order decides between equal weights."""
    if not accept.strip():
        return Acceptable(MediaType.JSON)
    ranges = _ranges(accept.decode("latin-1"))
    single = next((_SINGLE[name] for name in ranges if name in _SINGLE), None)
    return Acceptable(single, "text/event-stream" in ranges, "text/html" in ranges)


def _ranges(accept: str) -> list[str]:
    """The media ranges of an Accept header, the heaviest first; refused ones (`q=0`, no UTF-8) left out."""
    weighed = []
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        values = {key: value for key, _, value in (parameter.partition("=") for parameter in parameters)}
        weight = _weight(values.get("q", "1"))
        if weight and values.get("charset", "utf-8").strip('"') in {"utf-8", "utf8"}:
            weighed.append((weight, name))
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
