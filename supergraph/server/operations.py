"""Requests in, responses out: what all protocols of the server share."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import uuid4

import structlog

from supergraph.execution import Caller, Engine, RequestRefused, Response, Variables
from supergraph.execution.prepared import Prepared
from supergraph.planning.query_plan import OperationKind
from supergraph.server.causes import tell_of_fault, tell_of_refusal
from supergraph.server.closing import GoesOn
from supergraph.server.limiting import Limiting, Standings
from supergraph.server.limiting.places import NoPlace, too_many_subscriptions
from supergraph.server.persisted_documents import PersistedDocuments
from supergraph.server.refusal import HttpRefusal
from supergraph.server.request import GraphQLRequest

ResponseMap = Mapping[str, Any]
"""The response map of the GraphQL specification (7.1); one without `data` says that nothing was executed."""

Note = Callable[[Prepared], None]

_log = structlog.get_logger(__name__)


def ignore(_: Prepared) -> None:
    """Takes no note of an operation."""


class Admitted(NamedTuple):
    """An operation that may be executed, with its variables.

    `standings` say how its caller stands with the quotas it was charged to. `tells_cost`: the client asked for it.
    """

    prepared: Prepared
    variables: Variables
    standings: Standings = ()
    tells_cost: bool = False


@dataclass
class Operations:
    """Finds a request's document, sees that its operation may be executed, and has the engine execute it.

    Where `shows_cost`, clients who ask for it are told what their operations cost; where `measures_cost`, each answer's
    cost is measured, whoever asks.
    """

    engine: Engine
    documents: PersistedDocuments
    limiting: Limiting = field(default_factory=Limiting.by_default)
    shows_cost: bool = False
    measures_cost: bool = False

    def at_hand(self, request: GraphQLRequest) -> Prepared | None:
        """The operation where nothing is to be waited for, counted or made: None leaves that to `prepare`."""
        if self.limiting.rates is not None or self.documents.as_sent(request) is None:
            return None
        return self.engine.at_hand(request.query, request.operation_name)

    async def prepare(self, request: GraphQLRequest, caller: Caller) -> Prepared:
        """The operation that the request names.

        Where that is work, the caller must have a unit of its quotas left; a refusal costs one.

        Raises:
            HttpRefusal: its document is not known, or not trusted, or the caller asks too often.
            RequestRefused: it is not valid.
        """
        rates = self.limiting.rates
        if rates is None:
            return self.find(await self.documents.complete(request))
        try:
            complete = await self.documents.complete(request)
            if not self.engine.knows(complete.query, complete.operation_name):
                await rates.look(caller)
            return self.find(complete)
        except RequestRefused:
            await rates.charge_refused(caller)
            raise

    def find(self, request: GraphQLRequest) -> Prepared:
        """The operation of a request whose document is there; raises `RequestRefused`."""
        return self.engine.prepare(request.query, request.operation_name)

    async def admit(self, prepared: Prepared, request: GraphQLRequest, caller: Caller) -> Admitted:
        """The operation with the request's variables, charged to the caller.

        Raises:
            RequestRefused: the variables do not fit, or it costs more than it may.
            HttpRefusal: a 429, where the caller asks too often or has too many subscriptions.
        """
        try:
            variables = self.engine.coerce(prepared, request.variables)
        except RequestRefused:
            if self.limiting.rates is not None:
                await self.limiting.rates.charge_refused(caller)
            raise
        if prepared.operation.kind is OperationKind.SUBSCRIPTION and self.limiting.streams.subscriptions.full(
            caller.address, caller.subject
        ):
            raise too_many_subscriptions()
        rates = self.limiting.rates
        standings = () if rates is None else await rates.charge(prepared, variables, caller)
        tells_cost = self.shows_cost and request.extensions.get("cost") is True
        return Admitted(prepared, variables, standings, tells_cost)

    async def execute(self, admitted: Admitted, caller: Caller) -> ResponseMap:
        """The response to a query or mutation; raises `RequestRefused`."""
        prepared, variables = admitted.prepared, admitted.variables
        response = await self.engine.execute(prepared, variables, caller)
        if admitted.tells_cost or self.measures_cost:
            cost = self.measure(admitted, response)
            if admitted.tells_cost:
                response = response._replace(extensions={**response.extensions, "cost": cost})
        return response.as_dict()

    def measure(self, admitted: Admitted, response: Response) -> Mapping[str, Any]:
        """What the response was estimated to cost, and did."""
        return self.engine.cost_report(admitted.prepared, admitted.variables, response)

    def go_on(self, prepared: Prepared, caller: Caller) -> GoesOn:
        """What says of a newer router whether a subscription is the same there: its plan, and all that it runs on."""
        return lambda router: router.engine.continues(self.engine, prepared, caller)

    async def responses(
        self, request: GraphQLRequest, caller: Caller, note: Note = ignore
    ) -> AsyncGenerator[ResponseMap]:
        """The one response of a query or mutation, or those to a subscription's events.

        `note` is told the operation once it is known. A refusal or failure is the last response.
        """
        try:
            async with self.limiting.slots:
                prepared = await self.prepare(request, caller)
                note(prepared)
                admitted = await self.admit(prepared, request, caller)
        except Exception as error:  # noqa: BLE001 - told by its kind
            yield refusal_or_failure(error)
            return
        async with aclosing(self.admitted_responses(admitted, caller)) as responses:
            async for response in responses:
                yield response

    async def admitted_responses(self, admitted: Admitted, caller: Caller) -> AsyncGenerator[ResponseMap]:
        """The responses to an operation that was admitted; a refusal or failure is the last one."""
        try:
            if admitted.prepared.kind is not OperationKind.SUBSCRIPTION:
                async with self.limiting.slots:
                    response = await self.execute(admitted, caller)
                yield response
                return
            with self.limiting.streams.subscriptions.held(caller.address, caller.subject):
                events = self.engine.subscribe(admitted.prepared, admitted.variables, caller)
                async with aclosing(events):
                    async for event in events:
                        yield event.as_dict()
        except Exception as error:  # noqa: BLE001 - told by its kind
            yield refusal_or_failure(error)


def refusal_or_failure(error: Exception) -> ResponseMap:
    """The response that tells of what was raised, while it is being handled."""
    match error:
        case HttpRefusal():
            return error.payload
        case NoPlace():
            return too_many_subscriptions().payload
        case RequestRefused():
            tell_of_refusal(error)
            return error.as_dict()
        case _:
            return internal_error()


def internal_error() -> ResponseMap:
    """The response to a fault of the router itself, while it is being handled: logged under the id it carries."""
    error_id = uuid4().hex
    _log.exception("a request failed inside the router", error_id=error_id)
    if (fault := sys.exception()) is not None:
        tell_of_fault(error_id, fault)
    extensions = {"code": "INTERNAL_SERVER_ERROR", "errorId": error_id}
    message = "The router failed; its log says why, under this error id."
    return {"errors": [{"message": message, "extensions": extensions}]}
