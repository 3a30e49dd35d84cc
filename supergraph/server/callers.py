"""From the Authorization header to the engine's `Caller`: identity first, then what it permits and passes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from starlette.types import Scope

from supergraph.execution import Caller
from supergraph.execution.cache import Cache
from supergraph.planning import Permissions
from supergraph.server.header_rules import HeaderRules, HeardHeaders
from supergraph.server.identity import ANONYMOUS, AccessTokens, Identity
from supergraph.server.internal_tokens import InternalTokens
from supergraph.server.refusal import bad_request

LONGEST_PATIENCE = 9
"""Digits: more milliseconds than anybody waits."""
REMEMBERED = 1024
CLIENT_ADDRESS = "x-client-address"


class Callers:
    """Knows who asks. Nothing of what a client sends as identity reaches a subgraph as it was sent.

    Without `access_tokens` everybody is anonymous; without `internal_tokens` subgraphs are told of nobody.
    `labels` of progressive overrides are on for everybody. `rules` say which other headers pass. In the header
    `patience`, where one is named, a client says how many milliseconds it waits for an answer.
    """

    def __init__(
        self,
        access_tokens: AccessTokens | None,
        internal_tokens: InternalTokens | None,
        labels: frozenset[str] = frozenset(),
        rules: HeaderRules | None = None,
        patience: str = "",
    ) -> None:
        self._access_tokens = access_tokens
        self._internal_tokens = internal_tokens
        self._labels = labels
        self._rules = rules or HeaderRules()
        self._patience = patience.encode()
        self._silence = HeardHeaders(self._rules)
        self._knows_nobody = access_tokens is None and internal_tokens is None and not self._rules.sends
        self._remembered: Cache[tuple[Identity, str | None], Caller] = Cache(REMEMBERED)
        self._stranger = lru_cache(REMEMBERED)(self._new_stranger)

    def stranger(self, address: str | None) -> Caller | None:
        """The caller from this address, where nothing else is ever known of anybody; else None."""
        return self._stranger(address) if self._knows_nobody and not self._patience else None

    def _new_stranger(self, address: str | None) -> Caller:
        return Caller(labels=self._labels, address=address)

    async def caller(
        self,
        authorization: bytes | None,
        address: str | None = None,
        headers: Iterable[tuple[bytes, bytes]] = (),
    ) -> Caller:
        """The caller behind an Authorization header, who calls from this address (None: not known).

        `headers` are all that the client sent, of which some may pass to the subgraphs.

        Raises:
            HttpRefusal: a 401 when the header does not hold, a 503 when that cannot be known; a 400 when the client
                does not say clearly how long it waits.
        """
        patience = _milliseconds(self._patience, headers) if self._patience else None
        identity = ANONYMOUS
        if self._access_tokens is not None:
            identity = await self._access_tokens.identify(authorization)
        return self._caller(identity, address, headers, patience)

    def at_hand(
        self, authorization: bytes | None, address: str | None, headers: Iterable[tuple[bytes, bytes]]
    ) -> Caller | None:
        """The same, where nothing is to be waited for, and subgraphs tell nothing that clients are told: else None."""
        stranger = self.stranger(address)
        if stranger is not None or self._patience or self._rules.hears:
            return stranger
        identity = ANONYMOUS if self._access_tokens is None else self._access_tokens.at_hand(authorization)
        if identity is None:
            return None
        if self._rules.sends:
            return self._caller(identity, address, headers, None)
        return self._remembered.get((identity, address), lambda: self._caller(identity, address, (), None))

    def _caller(
        self,
        identity: Identity,
        address: str | None,
        headers: Iterable[tuple[bytes, bytes]],
        patience: float | None,
    ) -> Caller:
        if identity is ANONYMOUS and self._internal_tokens is None and not self._rules.sends:
            return Caller(labels=self._labels, address=address, patience=patience)
        passed = _Headers(
            identity, self._internal_tokens, address, self._rules, self._rules.of_client(headers)
        )
        return Caller(
            _permissions(identity),
            passed,
            labels=self._labels,
            expires_at=identity.expires_at,
            subject=identity.subject,
            address=address,
            patience=patience,
        )

    def listening(self, caller: Caller) -> tuple[Caller, HeardHeaders]:
        """The caller during one request, and the headers for the client that the subgraphs give meanwhile."""
        if not self._rules.hears:
            return caller, self._silence
        heard = HeardHeaders(self._rules)
        return caller._replace(heard=heard), heard


class _Headers:
    """What goes with the requests of one identity to each subgraph.

    The address stands beside the token and not in it, so that one token serves an identity wherever it is;
    a subgraph believes it because of the token that comes with it.
    """

    __slots__ = ("_address", "_client", "_identity", "_latest", "_rules", "_tokens")

    def __init__(
        self,
        identity: Identity,
        tokens: InternalTokens | None,
        address: str | None,
        rules: HeaderRules,
        client: Mapping[str, str],
    ) -> None:
        self._identity = identity
        self._tokens = tokens
        self._address = address
        self._rules = rules
        self._client = client
        self._latest: dict[str, tuple[str, Mapping[str, str]]] = {}

    def __call__(self, subgraph: str) -> Mapping[str, str]:
        if self._tokens is None:
            return self._rules.to_subgraph(subgraph, self._client)
        token = self._tokens.token(self._identity, subgraph)
        latest = self._latest.get(subgraph)
        if latest is not None and latest[0] is token:
            return latest[1]
        headers = self._rules.to_subgraph(subgraph, self._client)
        headers["authorization"] = f"Bearer {token}"
        if self._address is not None:
            headers[CLIENT_ADDRESS] = self._address
        self._latest[subgraph] = (token, headers)
        return headers


def _milliseconds(header: bytes, headers: Iterable[tuple[bytes, bytes]]) -> float | None:
    """The seconds that a client waits; None where it does not say."""
    values = [value for name, value in headers if name == header]
    if not values:
        return None
    if len(values) > 1 or not values[0].isdigit() or len(values[0]) > LONGEST_PATIENCE or not int(values[0]):
        raise bad_request(f"The header {header.decode()} is to be a whole number of milliseconds above zero.")
    return int(values[0]) / 1000


def _permissions(identity: Identity) -> Permissions:
    return Permissions(
        authenticated=identity.subject is not None, scopes=identity.scopes, policies=identity.policies
    )


def address_of(scope: Scope) -> str | None:
    """Where the client of a connection calls from, as the server that accepted it says; None where it does not."""
    client = scope.get("client")
    return client[0] if client else None
