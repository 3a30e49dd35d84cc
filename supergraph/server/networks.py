"""Where clients call from: what proxies may say of it, and who is counted as one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.types import Scope

FORWARDED_FOR = b"x-forwarded-for"
SUBNET_BITS = 64
LONGEST_CHAIN = 50


@lru_cache(maxsize=10_000)
def network_of(address: str) -> str:
    """Who is counted as one client: an IPv4 address, or the /64 of an IPv6 address, which one subscriber has whole.

    What is no address, as where the server listens on a file, is "".
    """
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((parsed, SUBNET_BITS), strict=False))
    return "" if parsed is None else str(parsed)


class TrustedProxies:
    """Believes what certain proxies say of whom they ask for (`X-Forwarded-For`), and nobody else.

    The client is the last in the chain that is no trusted proxy itself: what stands before it anybody could have
    written.
    """

    def __init__(self, networks: Sequence[str]) -> None:
        self._networks = [ip_network(network) for network in networks]

    def client(self, peer: str, headers: Sequence[tuple[bytes, bytes]]) -> str:
        """The client's address, where `peer` is at the other end of the connection."""
        chain = [
            entry.strip()
            for name, value in headers
            if name == FORWARDED_FOR
            for entry in value.decode("latin-1").split(",")
        ]
        client = peer
        for entry in reversed(chain[-LONGEST_CHAIN:]):
            if not self.trusts(client):
                break
            parsed = _parsed(_without_port(entry))
            if parsed is None:
                break
            client = str(parsed)
        return client

    def known(self, scope: Scope) -> Scope:
        """The scope with the client's address in it."""
        peer = scope.get("client")
        if not peer:
            return scope
        client = self.client(peer[0], scope["headers"])
        return scope if client == peer[0] else {**scope, "client": (client, 0)}

    def trusts(self, address: str) -> bool:
        """Whether this is one of the proxies."""
        parsed = _parsed(address)
        return parsed is not None and any(parsed in network for network in self._networks)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """The address; IPv4 that is written as IPv6 is IPv4."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed


def _without_port(entry: str) -> str:
    if entry.startswith("["):
        return entry[1:].partition("]")[0]
    return entry.partition(":")[0] if entry.count(":") == 1 else entry
