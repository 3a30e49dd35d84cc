"""By which names the router may be called.

A page of another site can have its own name lead to this machine, once it is loaded (DNS rebinding). Then the browser
takes the router for that site, and asks nobody whether the page may call it; but it sends the name.
"""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus
from ipaddress import ip_address

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from supergraph.configuration import Configuration
from supergraph.server.refusal import HttpRefusal, response_to

PROBES = ("/health", "/ready")
"""Whoever probes calls by an address that nobody knows beforehand, and learns nothing."""
REMEMBERED = 256
POLICY_VIOLATION = 1008


class Hosts:
    """Knows the names that a request's `Host` may have: `*.shop.example` stands for all below it.

    Those that lead to this machine wherever they are asked for (`localhost`, `127.0.0.1`) it may have always.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = frozenset(name for name in names if not name.startswith("*."))
        self._below = tuple(name[1:] for name in names if name.startswith("*."))
        self._is_known = lru_cache(REMEMBERED)(self._looked_up)

    def allow(self, scope: Scope) -> bool:
        """Whether a request or connection may be answered. One without `Host` is no browser's."""
        for name, value in scope["headers"]:
            if name == b"host":
                return self._is_known(value) or scope["path"] in PROBES
        return True

    def _looked_up(self, host: bytes) -> bool:
        name = _without_port(host.decode("latin-1").lower())
        return name in self._names or name.endswith(self._below) or _is_this_machine(name)


def allowed_hosts(configuration: Configuration) -> Hosts | None:
    """The names as configured; None where any is good.

    Where none is configured, any is, but for a router that listens on loopback and has no proxy before it: browsers of
    this machine can reach it, and nobody has a name for it.
    """
    names = configuration.allowed_hosts
    if "*" in names:
        return None
    if names or (_is_this_machine(configuration.host) and not configuration.trusted_proxies):
        return Hosts(names)
    return None


def of_this_machine_only(app: ASGIApp, host: str) -> ASGIApp:
    """What listens at this host: where that is loopback, it is called by the names of this machine alone."""
    if not _is_this_machine(host):
        return app
    hosts = Hosts(())

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        await (app if hosts.allow(scope) else refuse_host)(scope, receive, send)

    return guarded


async def refuse_host(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers what came by another name."""
    if scope["type"] == "websocket":
        await WebSocket(scope, receive, send).close(POLICY_VIOLATION, "this host is not allowed")
    else:
        await response_to(_NOT_ALLOWED)(scope, receive, send)


_NOT_ALLOWED = HttpRefusal(
    HTTPStatus.FORBIDDEN,
    "HOST_NOT_ALLOWED",
    "This is not to be called by this Host. Clients' hosts can be named in the configuration, `allowed_hosts`.",
)


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].rstrip(".")


def _is_this_machine(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
