"""What composing writes: the whole graph's two files, and two for each contract."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from supergraph.commands.terminal import fail
from supergraph.composition import Contract
from supergraph.configuration import Configuration, ContractConfiguration


@dataclass(frozen=True, slots=True)
class Target:
    """A supergraph to compose, of the whole graph or of a contract's part, and where it and its API go."""

    contract: Contract | None
    supergraph: Path
    api: Path


def configured_targets(configuration: Configuration) -> list[Target]:
    """The whole graph, then every contract in the configuration."""
    contracts = [named_target(configuration, name) for name in configuration.contracts]
    return [whole_graph(configuration), *contracts]


def whole_graph(configuration: Configuration) -> Target:
    """All of the graph, where the configuration wants it."""
    return Target(None, configuration.at(configuration.supergraph), configuration.at(configuration.api))


def named_target(configuration: Configuration, name: str) -> Target:
    """A contract of the configuration; ends the command where there is none of that name."""
    contract = configuration.contracts.get(name)
    if contract is None:
        known = ", ".join(configuration.contracts) or "none"
        fail(
            f'there is no contract "{name}" in the configuration, which has {known}. Add it under `contracts`, '
            "or choose by --include-tag and --exclude-tag."
        )
    return Target(
        _contract(name, contract),
        configuration.at(contract.supergraph or _beside(configuration.supergraph, name)),
        configuration.at(contract.api or _beside(configuration.api, name)),
    )


def _contract(name: str, configured: ContractConfiguration) -> Contract:
    return Contract(
        name, frozenset(configured.include), frozenset(configured.exclude), configured.hide_unreachable
    )


def _beside(file: Path, name: str) -> Path:
    """`schema/supergraph.graphql` of the contract `partners` is `schema/supergraph.partners.graphql`."""
    return file.with_name(f"{file.stem}.{name}{file.suffix}")
