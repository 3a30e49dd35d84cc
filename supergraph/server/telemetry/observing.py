"""The places where requests are observed: the endpoint, the operations, the upstream.

Each wraps what does the work when nobody observes. The request of a task is found through the task's context, which
the tasks that it starts inherit.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from supergraph.execution import Caller, Prepared, Response
from supergraph.planning import QueryPlan
from supergraph.server.callers import Callers, address_of
from supergraph.server.causes import KEEPER
from supergraph.server.closing import Closing
from supergraph.server.graphql_over_http import (
    GraphQLOverHttp,
    Headers,
    HttpOptions,
    SingleReply,
    StreamReply,
)
from supergraph.server.media_types import Acceptable
from supergraph.server.operations import Admitted, Note, Operations, ResponseMap, ignore
from supergraph.server.request import GraphQLRequest
from supergraph.server.telemetry.observation import (
    CLIENT_CLOSED_REQUEST,
    CURRENT,
    Client,
    Observation,
    ObservedFetch,
    Observer,
)
from supergraph.upstream import (
    Ended,
    GiveUp,
    Outcome,
    SubgraphError,
    SubgraphReply,
    SubgraphRequest,
    Upstream,
)

TRACE_CONTEXT = (b"traceparent", b"tracestate")


class ObservedHttp(GraphQLOverHttp):
    """GraphQL over HTTP; each request is observed until the last byte of its response is sent."""

    def __init__(
        self,
        operations: Operations,
        callers: Callers,
        closing: Closing,
        options: HttpOptions,
        observer: Observer,
    ) -> None:
        super().__init__(operations, callers, closing, options)
        self._observer = observer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with _observed(Observation("http", _client(scope), status=CLIENT_CLOSED_REQUEST), self._observer):
            await super().__call__(scope, receive, send)

    async def answer(
        self, scope: Scope, headers: Headers, accept: Acceptable, receive: Receive
    ) -> SingleReply | StreamReply | None:
        reply = await super().answer(scope, headers, accept, receive)
        observation = CURRENT.get()
        if observation is None or reply is None:
            return reply
        if isinstance(reply, StreamReply):
            observation.status = 200
            return reply._replace(payloads=_noting(reply.payloads, observation))
        observation.status = int(reply.status)
        observation.answered(reply.payload)
        return reply


CONNECTED: ContextVar[Client | None] = ContextVar("connected", default=None)
"""Who is at the other end of this task's WebSocket connection."""


class ObservedWebSocket:
    """A WebSocket application; its operations know who is at the other end of the connection."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        CONNECTED.set(_client(scope))
        await self._app(scope, receive, send)


@dataclass(kw_only=True)
class ObservedOperations(Operations):
    """Operations, observed. One that belongs to no HTTP request is a request of its own, as over WebSocket."""

    observer: Observer

    def at_hand(self, request: GraphQLRequest) -> Prepared | None:
        prepared = super().at_hand(request)
        if prepared is not None:
            self._found(prepared, hit=True)
        return prepared

    def find(self, request: GraphQLRequest) -> Prepared:
        made = self.engine.operations_made
        prepared = super().find(request)
        self._found(prepared, hit=made == self.engine.operations_made)
        return prepared

    def _found(self, prepared: Prepared, *, hit: bool) -> None:
        self.observer.looked_up(hit=hit)
        if (observation := CURRENT.get()) is not None:
            observation.prepared = prepared

    async def admit(self, prepared: Prepared, request: GraphQLRequest, caller: Caller) -> Admitted:
        admitted = await super().admit(prepared, request, caller)
        if admitted.variables.cost is not None:
            self.observer.reckoned("estimated", admitted.variables.cost)
        return admitted

    def measure(self, admitted: Admitted, response: Response) -> Mapping[str, Any]:
        report = super().measure(admitted, response)
        if report:
            self.observer.reckoned("actual", report["actual"])
        return report

    async def responses(
        self, request: GraphQLRequest, caller: Caller, note: Note = ignore
    ) -> AsyncGenerator[ResponseMap]:
        if CURRENT.get() is not None:
            async with aclosing(super().responses(request, caller, note)) as responses:
                async for response in responses:
                    yield response
            return
        observation = Observation("websocket", CONNECTED.get() or Client())
        with _observed(observation, self.observer):
            async with aclosing(_noting(super().responses(request, caller, note), observation)) as responses:
                async for response in responses:
                    yield response


class ObservedUpstream:
    """An upstream; each fetch for an observed request is observed."""

    def __init__(self, upstream: Upstream, observer: Observer) -> None:
        self._upstream = upstream
        self._observer = observer

    def send(self, request: SubgraphRequest, ended: Ended) -> GiveUp:
        """Sends a query or mutation."""
        observation = CURRENT.get()
        if observation is None:
            return self._upstream.send(request, ended)
        fetch, headed = self._begun(observation, request)

        def told(outcome: Outcome) -> None:
            fetch.outcome = _outcome(outcome)
            self._ended(observation, fetch)
            ended(outcome)

        def give_up() -> None:
            leave()
            self._ended(observation, fetch)

        try:
            leave = self._upstream.send(headed, told)
        except Exception as fault:
            fetch.outcome = _outcome(fault)
            self._ended(observation, fetch)
            raise
        return give_up

    async def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphReply]:
        """Sends a subscription, and gives a reply for each event; raises `SubgraphError`."""
        observation = CURRENT.get()
        if observation is None:
            async with aclosing(self._upstream.subscribe(request)) as replies:
                async for reply in replies:
                    yield reply
            return
        fetch, headed = self._begun(observation, request, subscription=True)
        try:
            async with aclosing(self._upstream.subscribe(headed)) as replies:
                async for reply in replies:
                    yield reply
            fetch.outcome = "ok"
        except Exception as error:
            fetch.outcome = _outcome(error)
            raise
        finally:
            self._ended(observation, fetch)

    def _begun(
        self, observation: Observation, request: SubgraphRequest, *, subscription: bool = False
    ) -> tuple[ObservedFetch, SubgraphRequest]:
        fetch = ObservedFetch(request.subgraph, request.fetch, subscription, len(request.body))
        observation.fetched[fetch.subgraph] += 1
        observation.fetches.append(fetch)
        self._observer.fetch_begins(observation, fetch)
        if fetch.trace_context:
            request = replace(request, trace_context=fetch.trace_context)
        return fetch, request

    def _ended(self, observation: Observation, fetch: ObservedFetch) -> None:
        fetch.seconds = perf_counter() - fetch.began
        self._observer.fetch_ends(observation, fetch)


def _outcome(outcome: Outcome) -> str:
    if isinstance(outcome, SubgraphReply):
        return "errors" if outcome.errors else "ok"
    return outcome.code if isinstance(outcome, SubgraphError) else "failed"


def note_plan(plan: QueryPlan) -> None:
    """Takes note of the plan by which the request of this task is answered."""
    if (observation := CURRENT.get()) is not None:
        observation.plans.append(plan)


def _client(scope: Scope) -> Client:
    trace_context = {
        name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in TRACE_CONTEXT
    }
    return Client(address_of(scope), trace_context)


@contextmanager
def _observed(observation: Observation, observer: Observer) -> Iterator[None]:
    CURRENT.set(observation)
    KEEPER.set(partial(observer.error_masked, observation))
    observer.request_begins(observation)
    try:
        yield
    finally:
        observation.seconds = perf_counter() - observation.began
        observation.ended = True
        observer.request_ends(observation)
        KEEPER.set(None)
        CURRENT.set(None)


async def _noting(
    payloads: AsyncGenerator[ResponseMap], observation: Observation
) -> AsyncGenerator[ResponseMap]:
    async with aclosing(payloads):
        async for payload in payloads:
            observation.answered(payload)
            yield payload
