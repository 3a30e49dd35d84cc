"""How the router learns who asks, and what it tells the subgraphs of it, as configured."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin

from supergraph.configuration import AccessTokensConfiguration, Configuration, ConfigurationError
from supergraph.server.callers import Callers
from supergraph.server.header_rules import header_rules
from supergraph.server.identity import AccessTokens, KeySet
from supergraph.server.internal_tokens import InternalTokens
from supergraph.server.parts import Parts
from supergraph.upstream import Endpoint, Transport, TransportRequest

SHORTEST_KEY = 32


def create_callers(
    configuration: Configuration, endpoints: Mapping[str, Endpoint], outside: Transport, parts: Parts
) -> Callers:
    """What knows the callers. `outside` reaches an identity provider's key set.

    Raises:
        ConfigurationError: the key set is at a subgraph that is not there, or the key for internal tokens is too short.
    """
    access_tokens = _access_tokens(configuration, endpoints, outside, parts)
    internal_tokens = _internal_tokens(configuration, parts)
    labels, rules = frozenset(configuration.override_labels), header_rules(configuration)
    own = {name: subgraph.headers.model_dump_json() for name, subgraph in configuration.subgraphs.items()}
    headers = (configuration.headers.model_dump_json(), frozenset(own.items()))
    patience = configuration.upstream.deadlines.client_header
    made_from = ("callers", id(access_tokens), id(internal_tokens), labels, headers, patience)
    return parts.part(made_from, lambda: Callers(access_tokens, internal_tokens, labels, rules, patience))


def _access_tokens(
    configuration: Configuration, endpoints: Mapping[str, Endpoint], outside: Transport, parts: Parts
) -> AccessTokens | None:
    access_tokens = configuration.identity.access_tokens
    if access_tokens is None:
        return None
    url, transport = _key_set_place(access_tokens, endpoints, outside)

    async def fetch_key_set() -> bytes:
        response = await transport.send(
            TransportRequest(url, b"", {"accept": "application/json"}, limit=1_000_000, method="GET")
        )
        if response.status != 200:
            raise ConnectionError(f"{url} answered with status {response.status}")
        return response.body

    made_from = ("access tokens", access_tokens.model_dump_json(), url, id(transport))
    return parts.part(made_from, lambda: AccessTokens(access_tokens, KeySet(fetch_key_set)))


def _key_set_place(
    access_tokens: AccessTokensConfiguration, endpoints: Mapping[str, Endpoint], outside: Transport
) -> tuple[str, Transport]:
    key_set = access_tokens.key_set
    if key_set.url:
        return key_set.url, outside
    if key_set.subgraph not in endpoints:
        raise ConfigurationError(
            f"identity.access_tokens.key_set.subgraph: the supergraph has no subgraph {key_set.subgraph!r}."
        )
    endpoint = endpoints[key_set.subgraph]
    return urljoin(endpoint.url, key_set.path), endpoint.transport


def _internal_tokens(configuration: Configuration, parts: Parts) -> InternalTokens | None:
    if not configuration.identity.internal_tokens:
        return None
    key = configuration.internal_key.get_secret_value().encode()
    if len(key) < SHORTEST_KEY:
        raise ConfigurationError(
            f"identity.internal_tokens: set SUPERGRAPH_INTERNAL_KEY to a secret of {SHORTEST_KEY} bytes or more, "
            "the same for the router and its subgraphs."
        )
    return parts.part(("internal tokens", key), lambda: InternalTokens(key))
