"""Servers over the values of a world: the whole graph, and its subgraphs, which resolve no more than they own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationType,
    execute_sync,
    get_operation_ast,
    parse,
    subscribe,
)

from supergraph.upstream import (
    FunctionTransport,
    Transport,
    TransportError,
    TransportRequest,
    TransportResponse,
)
from tests.federation.subgraph_schema import subgraph_document, subgraph_schema
from tests.fuzz.split import Subgraph
from tests.fuzz.values import ROOT, Thing, Values, pick, selections_of
from tests.planning.subgraph_sdl import SubgraphSdl

Reply = dict[str, Any]
JSON = {"content-type": "application/json"}
EVENTS = {"content-type": "text/event-stream"}
EVENTS_EACH = 3


@dataclass(frozen=True, eq=False)
class Entered:
    """An entity as a representation brought it, under the type that this named."""

    thing: Thing
    known_as: str
    representation: Mapping[str, Any]


class Whole:
    """The whole graph."""

    def __init__(self, schema: GraphQLSchema, values: Values) -> None:
        self.schema = schema
        self._values = values

    async def execute(self, document: DocumentNode, variables: Mapping[str, Any]) -> list[Reply]:
        """Execute an operation: data and errors, as JSON knows them; of a subscription those of each event."""
        self._values.log.clear()
        return [
            orjson.loads(orjson.dumps(each))
            async for each in replies(
                self.schema, document, variables, field_resolver=self._resolve, type_resolver=_concrete
            )
        ]

    def _resolve(self, thing: Thing | None, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        return resolve_field(self._values, thing or ROOT[info.parent_type.name], info.field_name, arguments)


class Piece:
    """A subgraph.

    While it is `strict` it holds requests against its schema, as any server does. With the `labels` that are on
    it resolves what is its own then. While it is `down` it cannot be reached.
    """

    def __init__(self, subgraph: Subgraph, values: Values) -> None:
        self.strict = False
        self.down = False
        self.labels: frozenset[str] = frozenset()
        self.subgraph = subgraph
        self.sdl = SubgraphSdl(subgraph.sdl())
        self._schema = subgraph_schema(subgraph_document(subgraph.sdl()))
        self._values = values

    @property
    def transport(self) -> Transport:
        """The way to this subgraph for the router."""
        return FunctionTransport(self._answer)

    async def _answer(self, request: TransportRequest) -> TransportResponse:
        if self.down:
            raise TransportError("connection refused")
        asked = orjson.loads(request.body)
        document = self._document(asked["query"])
        given = [
            orjson.dumps(each)
            async for each in replies(
                self._schema,
                document,
                asked.get("variables", {}),
                field_resolver=self._resolve,
                type_resolver=self._type_name,
            )
        ]
        if _is_subscription(document):
            events = b"".join(b"event: next\ndata: " + each + b"\n\n" for each in given)
            return TransportResponse(200, EVENTS, events + b"event: complete\ndata:\n\n")
        return TransportResponse(200, JSON, given[0])

    def _document(self, query: str) -> DocumentNode:
        if self.strict and (faults := self.sdl.refusals(query)):
            raise UnsoundRequest(f"{self.subgraph.name} {faults[0]} in {query}")
        return parsed(query)

    def _resolve(self, parent: Thing | Entered | None, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        name = info.field_name
        if name == "_entities":
            return [self._entity(each) for each in arguments["representations"]]
        thing = parent.thing if isinstance(parent, Entered) else parent or ROOT[info.parent_type.name]
        share = self.subgraph.types[info.parent_type.name].fields[name]
        if share.lost or share.leaving in self.labels or (share.label and share.label not in self.labels):
            raise UnsoundRequest(f"{self.subgraph.name} lost {info.parent_type.name}.{name} to an override")
        inputs = None
        if share.requires and isinstance(parent, Entered):
            inputs = pick(parent.representation, selections_of(share.requires))
        return resolve_field(self._values, thing, name, arguments, inputs)

    def _entity(self, representation: Mapping[str, Any]) -> Entered:
        name = representation["__typename"]
        known = self.subgraph.types.get(name) or self.subgraph.interfaces[name]
        for key, resolvable in known.keys.items():
            if resolvable and all(each in representation for each in key.partition(" {")[0].split()):
                thing = self._values.find(name, key, representation)
                if thing is not None:
                    return Entered(thing, name, representation)
        raise UnsoundRequest(f"{self.subgraph.name} knows no {representation}")

    def _type_name(self, value: Thing | Entered, *_: Any) -> str:
        if isinstance(value, Entered):
            known_as = self._schema.type_map[value.known_as]
            return value.thing.type if isinstance(known_as, GraphQLInterfaceType) else value.known_as
        return value.type


@lru_cache(100)
def parsed(query: str) -> DocumentNode:
    """A document; one that is asked again with other values is parsed once."""
    return parse(query, no_location=True)


async def replies(
    schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any], **resolvers: Any
) -> AsyncIterator[Reply]:
    """Execute an operation: its one reply, or those to all events of a subscription."""
    if not _is_subscription(document):
        yield dict(execute_sync(schema, document, variable_values=dict(variables), **resolvers).formatted)
        return
    results = subscribe(
        schema, document, variable_values=dict(variables), subscribe_field_resolver=_events, **resolvers
    )
    if isinstance(results, ExecutionResult):
        yield dict(results.formatted)
        return
    async for each in results:  # type: ignore[union-attr]
        yield dict(each.formatted)


def _is_subscription(document: DocumentNode) -> bool:
    operation = get_operation_ast(document)
    return operation is not None and operation.operation is OperationType.SUBSCRIPTION


async def _events(*_: Any, **__: Any) -> AsyncIterator[Thing]:
    for number in range(EVENTS_EACH):
        yield Thing("Subscription", str(number))


class UnsoundRequest(GraphQLError):
    """The router asked a subgraph for what is not there to be asked for."""

    def __init__(self, message: str) -> None:
        super().__init__(message, extensions={"code": "UNSOUND"})


def resolve_field(
    values: Values, thing: Thing, name: str, arguments: Mapping[str, Any], inputs: Any = None
) -> Any:
    """Resolve a field; a mutation leaves its trace in the log first."""
    if thing is ROOT["Mutation"]:
        values.log.append(f"{name}{sorted(arguments)}")
    return values.value(thing, name, arguments, inputs)


def _concrete(value: Thing, *_: Any) -> str:
    return value.type
