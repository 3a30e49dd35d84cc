"""The same data twice: as a federation behind the router, and as one graph in one piece."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLInterfaceType, print_schema

from supergraph.composition import SubgraphSource, compose, read
from supergraph.execution import ANYONE, Caller, Engine, Options, Response
from supergraph.model import Supergraph
from supergraph.planning.query_plan import OperationKind
from supergraph.upstream import DirectUpstream, Endpoint
from tests.federation.store import Data
from tests.federation.subgraph import DataSubgraph


@dataclass(frozen=True)
class Part:
    """A subgraph to be: its SDL and its data."""

    sdl: str
    data: Data


@dataclass(frozen=True)
class Federated:
    """A federation: what it was made of, its supergraph, its subgraphs by name, the engine before them."""

    parts: Mapping[str, Part]
    supergraph: Supergraph
    subgraphs: Mapping[str, DataSubgraph]
    engine: Engine

    async def answer(
        self, query: str, variables: Mapping[str, Any] | None = None, caller: Caller = ANYONE
    ) -> Response:
        """Answer a query or a mutation."""
        prepared = self.engine.prepare(query)
        assert prepared.kind is not OperationKind.SUBSCRIPTION
        return await self.engine.execute(prepared, variables, caller)


def federate(parts: Mapping[str, Part], options: Options | None = None) -> Federated:
    """Compose subgraphs, and put an engine before them."""
    composition = compose([SubgraphSource(name, f"http://{name}", part.sdl) for name, part in parts.items()])
    assert composition.supergraph_sdl is not None, "\n".join(map(str, composition.errors))
    supergraph = read(composition.supergraph_sdl)
    subgraphs = {name: DataSubgraph(part.sdl, part.data) for name, part in parts.items()}
    endpoints = {name: Endpoint(f"http://{name}", each.transport) for name, each in subgraphs.items()}
    engine = Engine(supergraph, DirectUpstream(endpoints), options=options)
    return Federated(parts, supergraph, subgraphs, engine)


def monolith(supergraph: Supergraph, parts: Mapping[str, Part]) -> DataSubgraph:
    """One graph of the API schema, over the data of all parts: objects of one type and `id` are one."""
    together = _together([part.data for part in parts.values()])
    for interface in supergraph.api.type_map.values():
        if isinstance(interface, GraphQLInterfaceType) and interface.name in together:
            names = [each.name for each in supergraph.api.get_possible_types(interface)]
            together[interface.name] = _concrete(together, interface.name, names)
    data = {name: each if name in _ROOTS else list(each.values()) for name, each in together.items()}
    return DataSubgraph(print_schema(supergraph.api), data)


def _together(stores: list[Data]) -> dict[str, dict[str, Any]]:
    """The content of all stores: fields by root type, and objects by id of any other type."""
    together: dict[str, dict[str, Any]] = {}
    for store in stores:
        for type_name, content in store.items():
            merged = together.setdefault(type_name, {})
            if isinstance(content, Mapping):
                merged.update(content)
            else:
                for each in content:
                    merged[each["id"]] = {**merged.get(each["id"], {}), **each}
    return together


def _concrete(together: dict[str, dict[str, Any]], interface: str, names: list[str]) -> dict[str, Any]:
    """What is stored under an interface, made one with the objects of the concrete types."""
    for name in names:
        for key, each in together.get(name, {}).items():
            each.update(together[interface].get(key, {}))
    return {
        key: {"__typename": name, **each} for name in names for key, each in together.get(name, {}).items()
    }


_ROOTS = {"Query", "Mutation", "Subscription"}
