"""The head of a request, as it is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlsplit

from supergraph.upstream.transport import TransportError, TransportRequest

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_AUTHORITY = re.compile(r"[!-~]+")
_RESERVED = "%:/?#[]@!$&'()*+,;="
_VALUE_BREAKS = re.compile(r"[\r\n\0]")
_FRAMING = frozenset({"connection", "content-length", "expect", "host", "te", "transfer-encoding", "upgrade"})

PORTS = {"http": 80, "https": 443}
Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a request goes, and its head up to the first header that is not the same for all of them.

    `secured_as` is the name in the certificate that is expected of the server; empty where there is no TLS.
    """

    address: Address
    start: bytes
    secured_as: str = ""


@lru_cache(maxsize=1024)
def destination(method: str, url: str, server: str) -> Destination:
    """Give the destination of requests to a URL; `server` is the Host, where it is not the URL's.

    Raises `TransportError`.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or PORTS[parts.scheme]
        named = server or parts.netloc.rpartition("@")[2]
        secured_as = (urlsplit(f"//{named}").hostname or "") if parts.scheme == "https" else ""
    except KeyError:
        raise TransportError(
            f"the URL {url!r} is not valid: it begins with neither http:// nor https://"
        ) from None
    except ValueError as error:
        raise TransportError(f"the URL {url!r} is not valid: {error}") from error
    target = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_RESERVED)
    if not host or not _AUTHORITY.fullmatch(named):
        raise TransportError(
            f"the URL {url!r} is not valid: it has no host, or one that is not written in ASCII"
        )
    start = f"{method} {target} HTTP/1.1\r\nhost: {named}\r\n".encode("ascii")
    return Destination((host, port), start, secured_as)


def request_bytes(request: TransportRequest, where: Destination) -> bytes:
    """Give a whole request as it is sent; raises `TransportError` for a header that would change its framing."""
    lines = header_lines(request.headers)
    if "accept-encoding" not in request.headers:
        lines += b"accept-encoding: identity\r\n"
    return b"%b%bcontent-length: %d\r\n\r\n%b" % (where.start, lines, len(request.body), request.body)


def header_lines(headers: Mapping[str, str]) -> bytes:
    """Give headers as they are sent; raises `TransportError` for one that would change a request's framing."""
    text = ""
    for name, value in headers.items():
        if not _is_name(name) or _VALUE_BREAKS.search(value):
            raise TransportError(f"the header {name!r} cannot be sent")
        text += f"{name}: {value}\r\n"
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError as error:
        raise TransportError("a header's value has characters that cannot be sent") from error


@lru_cache(maxsize=1024)
def _is_name(name: str) -> bool:
    """Whether this is a header's name, and not one by which a connection is steered."""
    return _TOKEN.fullmatch(name) is not None and name.lower() not in _FRAMING
