"""Which of the client's headers go to which subgraph, and which of a subgraph's to the client."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from supergraph.configuration import (
    Configuration,
    ConfigurationError,
    HeadersConfiguration,
    SubgraphHeadersConfiguration,
)

IDENTITY = frozenset({"authorization", "x-client-address"})
"""What subgraphs believe because the router says it."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """What passes to and from one subgraph."""

    propagate: frozenset[str]
    fixed: Mapping[str, str]
    to_clients: frozenset[str]


class HeaderRules:
    """Passes on what is named, `everywhere` or for one of the `subgraphs`, and nothing else."""

    def __init__(
        self,
        everywhere: HeadersConfiguration | None = None,
        subgraphs: Mapping[str, SubgraphHeadersConfiguration] | None = None,
    ) -> None:
        everywhere = everywhere or HeadersConfiguration()
        self._elsewhere = _rule(everywhere, SubgraphHeadersConfiguration())
        self._rules = {name: _rule(everywhere, own) for name, own in (subgraphs or {}).items()}
        every = (self._elsewhere, *self._rules.values())
        self._read = frozenset(name.encode() for rule in every for name in rule.propagate)
        self.sends = any(rule.propagate or rule.fixed for rule in every)
        self.hears = any(rule.to_clients for rule in every)

    def of_client(self, headers: Iterable[tuple[bytes, bytes]]) -> Mapping[str, str]:
        """Those of a client's headers, of which some subgraph is told; names are in lower case."""
        told: dict[str, str] = {}
        for name, value in headers:
            if name in self._read:
                _join(told, name.decode("latin-1"), value.decode("latin-1"))
        return told

    def to_subgraph(self, subgraph: str, client: Mapping[str, str]) -> dict[str, str]:
        """What goes with a request to this subgraph, of what `of_client` gave."""
        rule = self._rule(subgraph)
        told = {name: value for name, value in client.items() if name in rule.propagate}
        return {**told, **rule.fixed}

    def to_client(self, subgraph: str, headers: Mapping[str, str]) -> Mapping[str, str]:
        """What goes to the client, of a response's headers of this subgraph."""
        names = self._rule(subgraph).to_clients
        return {name: value for name, value in headers.items() if name in names}

    def _rule(self, subgraph: str) -> _Rule:
        return self._rules.get(subgraph, self._elsewhere)


class HeardHeaders:
    """The headers for the client that the subgraphs gave during one request."""

    def __init__(self, rules: HeaderRules) -> None:
        self._rules = rules
        self._heard: set[tuple[str, str, str]] = set()

    def __call__(self, subgraph: str, headers: Mapping[str, str]) -> None:
        """Hear the headers of a subgraph's response."""
        for name, value in self._rules.to_client(subgraph, headers).items():
            self._heard.add((name, subgraph, value))

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Each header once: its different values in the order of the subgraphs' names."""
        joined: dict[str, list[str]] = {}
        for name, _, value in sorted(self._heard):
            values = joined.setdefault(name, [])
            if value not in values:
                values.append(value)
        return [(name.encode(), ", ".join(values).encode("latin-1")) for name, values in joined.items()]


def header_rules(configuration: Configuration) -> HeaderRules:
    """The rules as configured.

    Raises:
        ConfigurationError: a header by which the router tells the subgraphs who asks would pass too.
    """
    subgraphs = {name: each.headers for name, each in configuration.subgraphs.items()}
    if configuration.identity.internal_tokens:
        _check("headers", configuration.headers)
        for name, headers in subgraphs.items():
            _check(f"subgraphs.{name}.headers", headers)
    return HeaderRules(configuration.headers, subgraphs)


def _rule(everywhere: HeadersConfiguration, own: SubgraphHeadersConfiguration) -> _Rule:
    removed = frozenset(own.remove)
    fixed = {**everywhere.fixed, **own.fixed}
    return _Rule(
        frozenset({*everywhere.propagate, *own.propagate}) - removed,
        {name: value for name, value in fixed.items() if name not in removed},
        frozenset({*everywhere.to_clients, *own.to_clients}),
    )


def _join(headers: dict[str, str], name: str, value: str) -> None:
    headers[name] = f"{headers[name]}, {value}" if name in headers else value


def _check(key: str, headers: HeadersConfiguration) -> None:
    for name in sorted(IDENTITY & {*headers.propagate, *headers.fixed}):
        raise ConfigurationError(
            f"{key}: {name!r} is how the router tells the subgraphs who asks (identity.internal_tokens); "
            "give it another name."
        )
