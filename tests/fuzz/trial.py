"""A world, the same world as a federation, and operations that both answer."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

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
from supergraph.execution import ANYONE, Engine, Options, RequestRefused
from supergraph.model import Supergraph
from supergraph.upstream import DirectUpstream, Endpoint
from tests.fuzz.comparing import differences
from tests.fuzz.inventing import invent
from tests.fuzz.operation import Operation
from tests.fuzz.operations import draw
from tests.fuzz.requirements import required_fields
from tests.fuzz.serving import Piece, Whole
from tests.fuzz.splitting import split
from tests.fuzz.values import Values
from tests.fuzz.world import World
from tests.planning.plan_checker import problems
from tests.planning.subgraph_sdl import SubgraphSdl

OPTIONS = Options(max_errors=100_000, deadline=3600, show_errors=True, cache_size=1)


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


class Trial:
    """One world, in one piece and split, made from a seed; raises `Refused`."""

    def __init__(self, seed: str) -> None:
        chance = random.Random(seed)
        self.seed = seed
        self.world: World = invent(seed, chance)
        self.schema: GraphQLSchema = self.world.schema()
        self.subgraphs = split(self.world, chance)
        self.sdl = {name: each.sdl() for name, each in self.subgraphs.items()}
        self.supergraph = self._compose()
        self._values = Values(self.world, self.schema)
        self._whole = Whole(self.schema, self._values)
        pieces = {name: Piece(each, self._values) for name, each in self.subgraphs.items()}
        self._pieces = pieces.values()
        endpoints = {name: Endpoint(f"http://{name}", each.transport) for name, each in pieces.items()}
        self._engine = Engine(self.supergraph, DirectUpstream(endpoints), options=OPTIONS)
        self._required = required_fields(self.world, self.subgraphs.values())

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

    @cached_property
    def _checked(self) -> Mapping[str, SubgraphSdl]:
        return {name: SubgraphSdl(sdl) for name, sdl in self.sdl.items()}

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

        Raises `Invalid` where both would refuse it.
        """
        text, values = operation.text, operation.values
        try:
            prepared = self._engine.prepare(text)
        except RequestRefused as refused:
            if not self.is_valid(operation):
                raise Invalid from None
            return Difference(["the router refuses"], None, refused.errors)
        for piece in self._pieces:
            piece.strict = thorough
        expected = self._whole.execute(parse(text), values)
        self._values.log.clear()
        try:
            response = await self._engine.execute(prepared, values, ANYONE)
        except RequestRefused as refused:
            if _is_request_error(expected):
                return None
            return Difference(["the router refuses"], expected, refused.errors)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong in the router is a finding
            return Difference([f"{type(error).__name__}: {error}"], expected, None)
        reasons = differences(expected, response.data, response.errors, self._required)
        if not reasons and thorough:
            reasons = problems(self._engine.plan(prepared, ANYONE), self._checked, self.supergraph.schema)
        answered = {"data": response.data, "errors": list(response.errors)}
        return Difference(reasons, expected, answered) if reasons else None


def _is_request_error(expected: Mapping[str, Any]) -> bool:
    """Whether the whole graph refused the request too: it did not begin to execute it."""
    return expected.get("data") is None and not any("path" in each for each in expected.get("errors", ()))
