"""One of several workers, as the process that started it sees it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Self

from supergraph.server.generations import Generations


@dataclass(frozen=True, slots=True)
class Supervised:
    """What a worker was given: the socket that all accept from, the line to its supervisor, and the operators' socket.

    One that is `late`, in place of another that died, accepts only once it takes requests: others do meanwhile.
    """

    bound: socket.socket
    supervisor: socket.socket
    operators: socket.socket
    late: bool

    @classmethod
    def inherited(cls, told: str) -> Self:
        """The sockets with these three file descriptors, and maybe the word that it is late: `3,4,5,late`."""
        *numbers, late = (told if told.endswith(",late") else f"{told},").split(",")
        bound, supervisor, operators = (socket.socket(fileno=int(number)) for number in numbers)
        return cls(bound, supervisor, operators, late == "late")

    @asynccontextmanager
    async def reporting(self, generations: Generations, stop: asyncio.Event) -> AsyncIterator[None]:
        """Says that requests are taken, and does as the supervisor says, while the context lasts."""
        reader, writer = await asyncio.open_connection(sock=self.supervisor)
        writer.write(b"ready\n")
        listening = asyncio.create_task(_obey(reader, generations, stop))
        try:
            yield
        finally:
            listening.cancel()
            writer.close()


async def _obey(reader: asyncio.StreamReader, generations: Generations, stop: asyncio.Event) -> None:
    with suppress(ConnectionError):
        while line := await reader.readline():
            _do(line.decode().split(), generations)
    stop.set()  # the supervisor has died


def _do(told: list[str], generations: Generations) -> None:
    match told:
        case ["leave"]:
            generations.leave()
        case ["ready", ready, workers]:
            waiting = "" if ready == workers else f"{ready} of {workers} workers take requests"
            generations.readiness.waiting = waiting
