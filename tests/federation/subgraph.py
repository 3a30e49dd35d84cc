"""A subgraph, or a whole graph in one piece, made of SDL and data: the other side of what the router does.

It checks what it is asked as any GraphQL server does, so a request that does not fit the SDL is an error.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    get_operation_ast,
    is_abstract_type,
    parse,
    subscribe,
    validate,
)

from supergraph.upstream import (
    FunctionTransport,
    Transport,
    TransportError,
    TransportRequest,
    TransportResponse,
)
from tests.federation.store import Data, Store
from tests.federation.subgraph_schema import (
    Keyed,
    key_field_sets,
    key_name,
    subgraph_document,
    subgraph_schema,
)

JSON = {"content-type": "application/json"}
Fault = Callable[[dict[str, Any]], Awaitable[TransportResponse]]
EVENTS = {"content-type": "text/event-stream"}


class DataSubgraph:
    """Answers GraphQL requests from SDL and a store of data.

    `requests` keeps what was asked, in order. `fault` is for tests of what a subgraph may do wrong: it is
    given each reply and says what to answer in its place, or raises.
    """

    def __init__(self, sdl: str, data: Data) -> None:
        document = subgraph_document(sdl)
        self.sdl = sdl
        self.schema: GraphQLSchema = subgraph_schema(document)
        self.requests: list[dict[str, Any]] = []
        self.fault: Fault | None = None
        self._store = Store(data)
        self._keys = {
            node.name.value: [_names(keys) for keys in key_field_sets(node, key_name(document))]
            for node in document.definitions
            if isinstance(node, Keyed)
        }

    def renew(self) -> None:
        """Forget what was asked and written."""
        self.requests.clear()
        self._store.renew()

    @property
    def transport(self) -> Transport:
        """The way to this subgraph for the router."""
        return FunctionTransport(self.answer)

    async def answer(self, request: TransportRequest) -> TransportResponse:
        """Answer a POST of GraphQL in JSON, a subscription in server-sent events; as over a network not at once."""
        await asyncio.sleep(0)
        asked = orjson.loads(request.body)
        self.requests.append(asked)
        document = parse(asked["query"])
        operation = get_operation_ast(document)
        if operation is not None and operation.operation is OperationType.SUBSCRIPTION:
            return await self._stream([each async for each in self._events(document, asked.get("variables"))])
        reply = self.execute(asked["query"], asked.get("variables"))
        if self.fault is not None:
            return await self.fault(reply)
        return TransportResponse(200, JSON, orjson.dumps(reply))

    def execute(self, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Execute a query or mutation."""
        document = parse(query)
        if errors := validate(self.schema, document):
            return {"errors": [_invalid(error.formatted) for error in errors]}
        return _reply(
            execute_sync(
                self.schema,
                document,
                variable_values=dict(variables or {}),
                field_resolver=self._resolve,
                type_resolver=_type_name,
            )
        )

    async def _stream(self, events: Sequence[dict[str, Any]]) -> TransportResponse:
        """The events as a stream; a fault may keep it from beginning, or break it off."""
        body = b""
        for event in events:
            answer = TransportResponse(200, EVENTS, orjson.dumps(event))
            if self.fault is not None:
                try:
                    answer = await self.fault(event)
                except TransportError:
                    if not body:
                        raise
                    return TransportResponse(200, EVENTS, body)
            if answer.status != 200:
                return answer
            body += b"event: next\ndata: " + answer.body + b"\n\n"
        return TransportResponse(200, EVENTS, body + b"event: complete\ndata:\n\n")

    async def _events(
        self, document: DocumentNode, variables: Mapping[str, Any] | None
    ) -> AsyncIterator[dict[str, Any]]:
        stream = subscribe(
            self.schema,
            document,
            variable_values=dict(variables or {}),
            subscribe_field_resolver=self._source,
            field_resolver=self._resolve,
            type_resolver=_type_name,
        )
        if isinstance(stream, ExecutionResult):
            yield _reply(stream)
            return
        assert isinstance(stream, AsyncIterator)
        async for result in stream:
            yield _reply(result)

    async def _source(self, _root: Any, info: GraphQLResolveInfo, **arguments: Any) -> AsyncIterator[Data]:
        root = self._store.root(info.parent_type.name)
        for event in self._store.value(root.get(info.field_name), {}, arguments):
            yield {info.field_name: event}

    def _resolve(self, parent: Data | None, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        name = info.field_name
        if info.parent_type is self.schema.query_type and name in {"_entities", "_service"}:
            return self._entities(**arguments) if name == "_entities" else {"sdl": self.sdl}
        if parent is None or info.parent_type is self.schema.query_type:
            parent = self._store.root(info.parent_type.name)
        return self._store.value(parent.get(name), parent, arguments)

    def _entities(self, representations: Sequence[Data]) -> list[Data | None]:
        return [self._entity(representation) for representation in representations]

    def _entity(self, representation: Data) -> Data | None:
        """The stored entity with the representation's key, and what else the representation brings.

        A type of which nothing is stored is taken at its word: it only computes.
        """
        name = representation["__typename"]
        lists = [each for each in self._concrete(name) if self._store.holds(each)]
        if not lists:
            return representation
        stored = next(
            (
                each
                for type_name in lists
                for each in self._store.objects(type_name)
                if self._is(each, representation, name)
            ),
            None,
        )
        if stored is None:
            return None
        brought = {
            name: value
            for name, value in representation.items()
            if not self._store.matches(stored.get(name), value)
        }
        return {**stored, **brought, "__typename": stored["__typename"]}

    def _is(self, stored: Data, representation: Data, type_name: str) -> bool:
        return any(
            all(
                name in representation and self._store.matches(stored.get(name), representation[name])
                for name in names
            )
            for names in self._keys.get(type_name, ())
        )

    def _concrete(self, type_name: str) -> list[str]:
        """The types whose lists may hold an entity of a type: its own, and those of its implementers."""
        named = self.schema.type_map[type_name]
        possible = self.schema.get_possible_types(named) if is_abstract_type(named) else ()
        return [type_name, *(each.name for each in possible)]


def _names(field_set: str) -> list[str]:
    """The names at the top of a field set."""
    (node,) = parse(f"{{{field_set}}}").definitions
    assert isinstance(node, OperationDefinitionNode)
    return [each.name.value for each in node.selection_set.selections if isinstance(each, FieldNode)]


def _type_name(value: Data, *_: Any) -> str | None:
    return value.get("__typename")


def _reply(result: ExecutionResult) -> dict[str, Any]:
    return dict(result.formatted)


def _invalid(error: Mapping[str, Any]) -> dict[str, Any]:
    return {**error, "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}
