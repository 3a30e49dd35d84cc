"""Servers over the values of a world: the whole graph, and its subgraphs, which resolve no more than they own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLResolveInfo,
    GraphQLSchema,
    execute_sync,
    parse,
    validate,
)

from supergraph.upstream import FunctionTransport, Transport, TransportRequest, TransportResponse
from tests.federation.subgraph_schema import subgraph_document, subgraph_schema
from tests.fuzz.split import Subgraph
from tests.fuzz.values import ROOT, Thing, Values, pick, selections_of


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

    def execute(self, document: DocumentNode, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Execute an operation: data and errors, as JSON knows them."""
        self._values.log.clear()
        result = execute_sync(
            self.schema,
            document,
            variable_values=dict(variables),
            field_resolver=self._resolve,
            type_resolver=_concrete,
        )
        return orjson.loads(orjson.dumps(dict(result.formatted)))

    def _resolve(self, thing: Thing | None, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        return resolve_field(self._values, thing or ROOT[info.parent_type.name], info.field_name, arguments)


class Piece:
    """A subgraph. While it is `strict` it holds requests against its schema, as any server does."""

    def __init__(self, subgraph: Subgraph, values: Values) -> None:
        self.strict = False
        self.subgraph = subgraph
        self.sdl = subgraph.sdl()
        self._schema = subgraph_schema(subgraph_document(self.sdl))
        self._values = values

    @property
    def transport(self) -> Transport:
        """The way to this subgraph for the router."""
        return FunctionTransport(self._answer)

    async def _answer(self, request: TransportRequest) -> TransportResponse:
        asked = orjson.loads(request.body)
        result = execute_sync(
            self._schema,
            self._document(asked["query"]),
            variable_values=asked.get("variables", {}),
            field_resolver=self._resolve,
            type_resolver=self._type_name,
        )
        return TransportResponse(
            200, {"content-type": "application/json"}, orjson.dumps(dict(result.formatted))
        )

    def _document(self, query: str) -> DocumentNode:
        document = parse(query, no_location=True)
        if self.strict and (errors := validate(self._schema, document, max_errors=1)):
            raise UnsoundRequest(f"{self.subgraph.name} refuses {query}: {errors[0].message}")
        return document

    def _resolve(self, parent: Thing | Entered | None, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        name = info.field_name
        if name == "_entities":
            return [self._entity(each) for each in arguments["representations"]]
        thing = parent.thing if isinstance(parent, Entered) else parent or ROOT[info.parent_type.name]
        share = self.subgraph.types[info.parent_type.name].fields[name]
        if share.lost:
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
