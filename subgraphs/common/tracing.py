"""OpenTelemetry traces of a subgraph: what it does for a request, in the trace that the router began.

One span a request, below it one for each root field, for the entities of each type and their fields, and for each SQL
statement. There
are no arguments in them, no representations, and of a statement the text with its placeholders, never the values. What
the router does not trace is not traced here. Whether or not spans are sent, what is logged meanwhile has the
`trace_id`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

import structlog
from graphql import GraphQLResolveInfo
from graphql.pyutils import Path
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, TracerProvider, use_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from sqlalchemy import event
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from strawberry.extensions import SchemaExtension

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider as SdkTracerProvider

EXPORTED_WITHIN_S = 5.0
CARRIED_BY = (b"traceparent", b"tracestate")
TRACER = "subgraphs"
LONGEST_STATEMENT = 4_000

_propagator = TraceContextTextMapPropagator()
_SPAN = "span"
_tracer: ContextVar[Tracer | None] = ContextVar("tracer", default=None)
"""What makes the spans of the subgraph that this task works for, where they are wanted."""


class Tracing:
    """The traces of one subgraph; without a provider there are none."""

    def __init__(self, provider: SdkTracerProvider | None = None) -> None:
        self._provider = provider

    @property
    def provider(self) -> TracerProvider | None:
        """Makes the spans, where any are wanted."""
        return self._provider

    def watch(self, engine: AsyncEngine) -> None:
        """Gives each statement of an engine a span of its own."""
        if self._provider is not None:
            event.listen(engine.sync_engine, "before_cursor_execute", _statement_begins)
            event.listen(engine.sync_engine, "after_cursor_execute", _statement_ends)
            event.listen(engine.sync_engine, "handle_error", _statement_fails)

    async def close(self) -> None:
        """Sends what is left to send."""
        if self._provider is not None:
            await asyncio.to_thread(self._provider.shutdown)


def open_tracing(name: str, endpoint: str, engine: AsyncEngine) -> Tracing:
    """The traces of the subgraph `name`, for the collector at `endpoint` (OTLP over HTTP); empty: none."""
    if not endpoint:
        return Tracing()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider as SdkTracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased

    provider = SdkTracerProvider(
        sampler=ParentBased(ALWAYS_OFF),
        resource=Resource.create({SERVICE_NAME: name}),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint, timeout=EXPORTED_WITHIN_S)))
    tracing = Tracing(provider)
    tracing.watch(engine)
    return tracing


class TracedRequests:
    """ASGI middleware: goes on with the trace that a request comes with."""

    def __init__(self, app: ASGIApp, tracing: Tracing) -> None:
        self._app = app
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, within its span where there is a trace."""
        parent = _parent(scope)
        trace_id = trace.get_current_span(parent).get_span_context().trace_id
        if not trace_id:
            await self._app(scope, receive, send)
            return
        with structlog.contextvars.bound_contextvars(trace_id=trace.format_trace_id(trace_id)):
            if self._tracing.provider is None:
                await self._app(scope, receive, send)
                return
            tracer = self._tracing.provider.get_tracer(TRACER)
            span = tracer.start_span("request", parent, SpanKind.SERVER)
            _tracer.set(tracer)
            with _within(span):
                try:
                    await self._app(scope, receive, _noting_status(send, span))
                finally:
                    span.end()
                    _tracer.set(None)


def _parent(scope: Scope) -> Context:
    carried = {
        name.decode(): value.decode("latin-1")
        for name, value in scope.get("headers", ())
        if name in CARRIED_BY
    }
    return _propagator.extract(carried, Context())


def _noting_status(send: Send, span: Span) -> Send:
    async def noting(message: Message) -> None:
        if message["type"] == "http.response.start":
            span.set_attribute("http.response.status_code", message["status"])
            if message["status"] >= 500:
                span.set_status(Status(StatusCode.ERROR))
        await send(message)

    return noting


class TracedFields(SchemaExtension):
    """Gives each root field a span of its own, and each field of entities that is waited for one for all of a type.

    `_entities` itself has a span for each type, see `traced_entities`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._shared: dict[str, SharedSpan] = {}

    def resolve(
        self,
        _next: Callable[..., Any],
        root: Any,
        info: GraphQLResolveInfo,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """Resolves a field, within its span where it has one."""
        path, name = info.path, f"{info.parent_type.name}.{info.field_name}"
        if path.prev is None and info.field_name != "_entities":
            return self._root_field(name, lambda: _next(root, info, *args, **kwargs))
        value = _next(root, info, *args, **kwargs)
        if isawaitable(value) and _is_of_an_item(path):
            shared = self._shared.get(name)
            if shared is None or shared.ended:
                shared = self._shared[name] = SharedSpan(name)
            return shared.around(value)
        return value

    def _root_field(self, name: str, resolve: Callable[[], Any]) -> Any:
        span = SharedSpan(name)
        try:
            with _within(span.span):
                value = resolve()
            return span.around(value) if isawaitable(value) else value
        finally:
            span.end_unless_waiting()


def _is_of_an_item(path: Path) -> bool:
    """Whether this is a field of an item of the list that a root field gives, as `_entities` does."""
    item = path.prev
    root = item.prev if item is not None else None
    return item is not None and isinstance(item.key, int) and root is not None and root.prev is None


class SharedSpan:
    """A span of several pieces of work that go on together; it ends with the last of them."""

    def __init__(self, name: str) -> None:
        self.span = _begin(name)
        self.ended = False
        self._left = 0

    def around(self, value: Awaitable[Any]) -> Awaitable[Any]:
        """One more piece, to be waited for."""
        self._left += 1
        return self._wait(value)

    def end_unless_waiting(self) -> None:
        """Ends, where there is nothing to wait for."""
        if not self._left and not self.ended:
            self.ended = True
            self.span.end()

    async def _wait(self, value: Awaitable[Any]) -> Any:
        try:
            with _within(self.span):
                return await value
        finally:
            self._left -= 1
            self.end_unless_waiting()


def is_traced() -> bool:
    """Whether the work that is being done belongs to a trace that is sent."""
    return _tracer.get() is not None and trace.get_current_span().is_recording()


def traced_entities(type_names: Sequence[str], resolve: Callable[[int], Any]) -> list[Any]:
    """Resolves representations by their indexes, those of each type within a span of their own."""
    spans = {name: SharedSpan(f"_entities {name}") for name in dict.fromkeys(type_names)}
    values = [_entity(spans[name], index, resolve) for index, name in enumerate(type_names)]
    for name, span in spans.items():
        span.span.set_attribute("graphql.entities", type_names.count(name))
        span.end_unless_waiting()
    return values


def _entity(span: SharedSpan, index: int, resolve: Callable[[int], Any]) -> Any:
    with _within(span.span):
        value = resolve(index)
    return span.around(value) if isawaitable(value) else value


def _begin(name: str) -> Span:
    tracer = _tracer.get()
    return trace.INVALID_SPAN if tracer is None else tracer.start_span(name)


@contextmanager
def _within(span: Span) -> Iterator[None]:
    """Makes a span the current one, and does not end it; what is raised is noted by its type alone."""
    try:
        with use_span(span, end_on_exit=False, record_exception=False, set_status_on_exception=False):
            yield
    except Exception as error:
        span.set_attribute("error.type", type(error).__name__)
        span.set_status(Status(StatusCode.ERROR))
        raise


def _statement_begins(
    connection: Connection,
    _cursor: DBAPICursor,
    statement: str,
    _parameters: Any,
    context: ExecutionContext | None,
    executemany: bool,  # noqa: FBT001 - the signature is the library's
) -> None:
    if context is None or not is_traced():
        return
    span = _begin(statement.split(maxsplit=1)[0].upper())
    span.set_attribute("db.system.name", connection.dialect.name)
    span.set_attribute("db.query.text", statement[:LONGEST_STATEMENT])
    if executemany:
        span.set_attribute("db.operation.batch", True)
    setattr(context, _SPAN, span)


def _statement_ends(
    _connection: Connection,
    _cursor: DBAPICursor,
    _statement: str,
    _parameters: Any,
    context: ExecutionContext | None,
    _executemany: bool,  # noqa: FBT001 - the signature is the library's
) -> None:
    _end(context, None)


def _statement_fails(failure: ExceptionContext) -> None:
    _end(failure.execution_context, failure.original_exception)


def _end(context: ExecutionContext | None, error: BaseException | None) -> None:
    span: Span | None = getattr(context, _SPAN, None)
    if span is None:
        return
    if error is not None:
        span.set_attribute("error.type", type(error).__name__)
        span.set_status(Status(StatusCode.ERROR))
    span.end()
