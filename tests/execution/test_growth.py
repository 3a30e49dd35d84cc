"""What an answer costs grows as the answer does."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Callable
from types import FrameType
from typing import Any

import orjson
import pytest

from supergraph.composition import SubgraphSource, compose, read
from supergraph.execution import ANYONE, Engine, Options
from supergraph.upstream import Ended, GiveUp, SubgraphReply, SubgraphRequest

FILMS = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type Query { films: [Film!]! }
type Film @key(fields: "id") { id: ID! name: String cast: [Person!]! }
type Person @key(fields: "id") { id: ID! }
"""
PEOPLE = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type Person @key(fields: "id") { id: ID! name: String! films: [Film!] }
type Film @key(fields: "id") { id: ID! stars: Int }
"""
QUERY = "{ films { id name stars cast { id name films { id name stars } } } }"


class Studios:
    """Answers for `size` films of two people each, every person in three films."""

    def __init__(self, size: int) -> None:
        self._size = size

    def send(self, request: SubgraphRequest, ended: Ended) -> GiveUp:
        """Give the reply at once."""
        ended(SubgraphReply(self._data(orjson.loads(request.body))))
        return lambda: None

    async def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphReply]:
        """Give the answer as the only event."""
        yield SubgraphReply(self._data(orjson.loads(request.body)))

    def _data(self, asked: dict[str, Any]) -> dict[str, Any]:
        given = {
            name: value for name, value in asked.get("variables", {}).items() if "representations" in name
        }
        if not given:
            return {"films": [self._film(number) for number in range(self._size)]}
        return {
            name.replace("representations", "_entities"): [self._entity(each) for each in representations]
            for name, representations in given.items()
        }

    def _film(self, number: int) -> dict[str, Any]:
        people = [
            {"id": f"p{number}", "__typename": "Person"},
            {"id": f"p{number + 1}", "__typename": "Person"},
        ]
        return {"__typename": "Film", "id": f"f{number}", "name": f"Film {number}", "cast": people}

    def _entity(self, representation: dict[str, Any]) -> dict[str, Any]:
        number = int(representation["id"][1:])
        films = [
            {"__typename": "Film", "id": f"f{each % self._size}", "stars": each}
            for each in range(number, number + 3)
        ]
        return {**representation, "name": f"No. {number}", "stars": number, "films": films}


async def instructions(size: int, compile_after: int | None) -> tuple[int, int]:
    """How many instructions of ours one execution takes, and of how many bytes its answer is."""
    composition = compose(
        [SubgraphSource("films", "http://films", FILMS), SubgraphSource("people", "http://people", PEOPLE)]
    )
    assert composition.supergraph_sdl is not None, composition.errors
    engine = Engine(
        read(composition.supergraph_sdl), Studios(size), options=Options(compile_after=compile_after)
    )
    prepared = engine.prepare(QUERY)
    await engine.execute(prepared, None, ANYONE)
    taken, note = counter()
    sys.settrace(note)
    try:
        response = await engine.execute(prepared, None, ANYONE)
    finally:
        sys.settrace(None)
    assert not response.errors, response.errors
    return taken[0], len(orjson.dumps(response.data))


def counter() -> tuple[list[int], Callable[..., Any]]:
    """Count what frames of Python execute, this module's aside; what they call of C is left out."""
    taken = [0]

    def within(_frame: FrameType, event: str, _: Any) -> Any:
        taken[0] += event == "opcode"
        return within

    def note(frame: FrameType, _event: str, _: Any) -> Any:
        if __name__ == frame.f_globals.get("__name__"):
            return None
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        return within

    return taken, note


@pytest.mark.parametrize("compile_after", [0, None], ids=["compiled", "interpreted"])
async def test_an_answer_twice_as_large_takes_twice_as_many_instructions(compile_after: int | None) -> None:
    few, small = await instructions(100, compile_after)
    many, large = await instructions(200, compile_after)
    assert many / few < 1.02 * large / small
