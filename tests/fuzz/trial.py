"""A world, the same world as a federation, and operations that both answer."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import orjson
from graphql import (
    GraphQLSchema,
    GraphQLSyntaxError,
    lexicographic_sort_schema,
    parse,
    print_ast,
    print_schema,
    validate,
)

from supergraph.composition import SubgraphSource, compose, read
from supergraph.execution import Caller, Engine, Options, Prepared, RequestRefused, Response
from supergraph.model import Supergraph
from supergraph.upstream import DirectUpstream, Endpoint
from tests.fuzz.comparing import differences
from tests.fuzz.inventing import invent
from tests.fuzz.operation import Operation
from tests.fuzz.operations import draw
from tests.fuzz.outages import Outage
from tests.fuzz.requirements import computed_fields, required_fields
from tests.fuzz.serving import Piece, Whole, parsed
from tests.fuzz.splitting import split
from tests.fuzz.values import Values
from tests.fuzz.world import World
from tests.planning.plan_checker import problems

OPTIONS = Options(max_errors=100_000, deadline=3600, show_errors=True, cache_size=1, compile_after=0)


class Refused(Exception):
    """A split that is valid by construction does not compose, or not to the world that was split."""

    def __init__(self, reason: str, sdl: dict[str, str]) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sdl = sdl


class Invalid(Exception):
    """An operation is not valid."""


@dataclass(frozen=True)
class Difference:
    """Where the federation and the whole graph disagree: how, and what either says."""

    reasons: list[str]
    expected: object
    answered: object

    @property
    def kind(self) -> str:
        """What kind of difference it is, names and values aside."""
        return self.reasons[0].partition(":")[0][:30]


@contextmanager
def _validated(*, wanted: bool) -> Iterator[None]:
    if wanted:
        yield
        return
    with patch("supergraph.execution.validation.rules.validate", return_value=[]):
        yield


class Trial:
    """One world, in one piece and split, made from a seed; raises `Refused`."""

    def __init__(self, seed: str) -> None:
        chance = random.Random(seed)
        self.seed = seed
        self.world: World = invent(seed, chance)
        self.schema: GraphQLSchema = self.world.api()
        self.subgraphs = split(self.world, chance)
        self.sdl = {name: each.sdl() for name, each in self.subgraphs.items()}
        self.supergraph = self._compose()
        self._values = Values(self.world, self.world.schema())
        self._whole = Whole(self.schema, self._values)
        self._pieces = {name: Piece(each, self._values) for name, each in self.subgraphs.items()}
        endpoints = {name: Endpoint(f"http://{name}", each.transport) for name, each in self._pieces.items()}
        self._draw = 0.0
        self._engine, self._interpreting = (
            Engine(self.supergraph, DirectUpstream(endpoints), options=options, chance=lambda: self._draw)
            for options in (OPTIONS, replace(OPTIONS, compile_after=None, share_after=0))
        )
        self._required = required_fields(self.world, self.subgraphs.values())
        self._computed = computed_fields(self.subgraphs.values())

    def _compose(self) -> Supergraph:
        sources = [SubgraphSource(name, f"http://{name}", sdl) for name, sdl in self.sdl.items()]
        composition = compose(sources)
        if composition.supergraph_sdl is None:
            raise Refused("\n".join(map(str, composition.errors)), self.sdl)
        if compose(sources[::-1]).supergraph_sdl != composition.supergraph_sdl:
            raise Refused("The order of the subgraphs makes a difference.", self.sdl)
        supergraph = read(composition.supergraph_sdl)
        again = read(print_ast(parse(composition.supergraph_sdl)))
        if again.subgraphs != supergraph.subgraphs or print_schema(again.api) != print_schema(supergraph.api):
            raise Refused("The supergraph is another one when it is printed and read again.", self.sdl)
        whole, composed = (
            print_schema(lexicographic_sort_schema(each)) for each in (self.schema, supergraph.api)
        )
        if whole != composed:
            raise Refused(f"The API differs.\n{whole}\n---\n{composed}", self.sdl)
        return supergraph

    def draw(self, chance: random.Random) -> Operation:
        """Draw an operation; it may turn out not to be valid."""
        return draw(chance, self.world, self.schema)

    def is_valid(self, operation: Operation) -> bool:
        """Whether an operation is valid GraphQL on this world."""
        try:
            return not validate(self.schema, parse(operation.text), max_errors=1)
        except GraphQLSyntaxError:
            return False

    async def difference(self, operation: Operation, *, thorough: bool = True) -> Difference | None:
        """Let both answer an operation; if `thorough`, hold its plan and all requests against the subgraphs.

        Only then the router validates it too: that takes a third of the time, and is the same code and the same
        schema on both sides. Raises `Invalid` where they differ and both would refuse it.
        """
        found = await self._difference(operation, thorough=thorough)
        if found is not None and not self.is_valid(operation):
            raise Invalid
        return found

    async def _difference(self, operation: Operation, *, thorough: bool) -> Difference | None:
        try:
            with _validated(wanted=thorough):
                prepared = self._engine.prepare(operation.text)
        except RequestRefused as refused:
            return Difference(["the router refuses"], None, refused.errors)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong in the router is a finding
            return Difference([f"{type(error).__name__}: {error}"], None, None)
        caller = self._called(operation, strict=thorough)
        expected = await self._whole.execute(parsed(operation.text), operation.values)
        try:
            answers = await self._answers(prepared, operation, caller)
        except RequestRefused as refused:
            if _is_request_error(expected):
                return None
            return Difference(["the router refuses"], expected, refused.errors)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong in the router is a finding
            return Difference([f"{type(error).__name__}: {error}"], expected, None)
        reasons = self._reasons(expected, answers)
        reasons += await self._apart(operation, caller, answers)
        if not reasons and thorough:
            checked = {name: piece.sdl for name, piece in self._pieces.items()}
            reasons = problems(self._engine.plan(prepared, caller), checked, self.supergraph.schema)
        return Difference(reasons, expected, [each.as_dict() for each in answers]) if reasons else None

    async def outage(self, operation: Operation, down: str) -> Difference | None:
        """Let the federation answer a query while a subgraph cannot be reached, and see what is lost."""
        prepared = self._engine.prepare(operation.text)
        caller = self._called(operation, strict=False)
        (expected,) = await self._whole.execute(parsed(operation.text), operation.values)
        if _is_request_error([expected]):
            return None
        if expected["data"] is None:
            return None
        self._pieces[down].down = True
        try:
            (answer,) = await self._answers(prepared, operation, caller)
            apart = await self._apart(operation, caller, [answer])
        except Exception as error:  # noqa: BLE001 - whatever goes wrong in the router is a finding
            return Difference([f"without {down}: {type(error).__name__}: {error}"], expected, None)
        finally:
            self._pieces[down].down = False
        plan = self._engine.plan(prepared, caller)
        outage = Outage(plan, down, answer.errors, self._computed)
        found = [*apart, *outage.problems(expected["data"], answer.data)]
        reasons = [f"without {down}: {each}" for each in found]
        return Difference(reasons, expected, answer.as_dict()) if reasons else None

    def _called(self, operation: Operation, *, strict: bool) -> Caller:
        """Prepare the subgraphs for an operation; gives the caller who asks it."""
        self._draw = operation.draw
        drawn = {"percent(40)"} if operation.draw < 0.4 else set()
        for piece in self._pieces.values():
            piece.strict = strict
            piece.labels = operation.labels | drawn
        return Caller(labels=operation.labels)

    async def _answers(
        self, prepared: Prepared, operation: Operation, caller: Caller, engine: Engine | None = None
    ) -> list[Response]:
        engine = engine or self._engine
        self._values.log.clear()
        if operation.kind == "subscription":
            return [each async for each in engine.subscribe(prepared, operation.values, caller)]
        return [await engine.execute(prepared, operation.values, caller)]

    async def _apart(self, operation: Operation, caller: Caller, answers: Sequence[Response]) -> list[str]:
        """Whether the interpreter of plans, without literals in them, says something else than what is compiled."""
        with _validated(wanted=False):
            again = self._interpreting.prepare(operation.text)
        interpreted = await self._answers(again, operation, caller, self._interpreting)
        return [] if _as_json(interpreted) == _as_json(answers) else ["interpreted it is something else"]

    def _reasons(self, expected: Sequence[Mapping[str, Any]], answers: Sequence[Response]) -> list[str]:
        if len(expected) != len(answers):
            return [f"{len(answers)} responses instead of {len(expected)}"]
        return [
            reason
            for one, other in zip(expected, answers, strict=True)
            for reason in differences(one, other.data, other.errors, self._required)
        ]


def _as_json(responses: Sequence[Response]) -> bytes:
    """Responses as they are sent, save for the errors' own ids."""
    return orjson.dumps(
        [{"data": each.data, "errors": [_without_id(one) for one in each.errors]} for each in responses]
    )


def _without_id(error: Mapping[str, Any]) -> Mapping[str, Any]:
    extensions = {name: value for name, value in error.get("extensions", {}).items() if name != "errorId"}
    return {**error, "extensions": extensions}


def _is_request_error(expected: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the whole graph refused the request too: it did not begin to execute it."""
    first = expected[0]
    return first.get("data") is None and not any("path" in each for each in first.get("errors", ()))
