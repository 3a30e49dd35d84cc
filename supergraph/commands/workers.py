"""Several processes on one socket: each a whole router, started anew when it dies.

All of them accept from one listening socket, which stays open as long as any of them lives: a connection that waits for
one is taken by another. Each tells this process over a socket of its own when it takes requests, and hears over it how
many do; when that breaks, because this process has died, it stops.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import structlog

from supergraph.configuration import Configuration
from supergraph.server.accepting import refuse_new
from supergraph.server.hosts import of_this_machine_only
from supergraph.server.serving import listen, serve, stop_on_signals
from supergraph.server.telemetry.workers import create_workers_site

SHORTEST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
LIVED_S = 60.0
KILLED_AFTER_S = 10.0

_log = structlog.get_logger(__name__)


class WorkersCannotStart(Exception):
    """A worker ended before it took requests; its own message says why."""


@dataclass(slots=True, eq=False)
class _Worker:
    number: int
    operators: socket.socket
    process: Process | None = None
    told: asyncio.StreamWriter | None = None
    ready: bool = False
    restarts: int = 0

    def tell(self, line: str) -> None:
        if self.told is not None and not self.told.is_closing():
            self.told.write(f"{line}\n".encode())

    def send(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(number)


@dataclass(slots=True, eq=False)
class Workers:
    """The processes, and what they have in common. `arguments` are those of `supergraph serve`."""

    configuration: Configuration
    bound: socket.socket
    arguments: Sequence[str]
    on_ready: Callable[[], None]
    started: bool = False
    stopping: bool = False
    workers: list[_Worker] = field(default_factory=list)

    async def run(self, stop: asyncio.Event) -> None:
        """Keeps the workers running until `stop` is set; then lets them answer what they have.

        Raises:
            WorkersCannotStart: one of the first could not start.
            CannotListen: the operators' address is taken.
        """
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, lambda: self._send_all(signal.SIGHUP))
        async with AsyncExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="supergraph-")))
            self.workers = [
                _Worker(number, _listening(folder, number)) for number in range(self.configuration.workers)
            ]
            await stack.enter_async_context(self._operators(folder))
            keeping = [asyncio.create_task(self._keep(worker)) for worker in self.workers]
            stopped = asyncio.create_task(stop.wait())
            await asyncio.wait({*keeping, stopped}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            await self._stop(keeping)

    async def _stop(self, keeping: Sequence[asyncio.Task[None]]) -> None:
        self.stopping = True
        if not any(task.done() for task in keeping):
            for worker in self.workers:
                worker.tell("leave")
            await asyncio.sleep(self.configuration.shutdown.delay_seconds)
        refuse_new(self.bound)
        self._send_all(signal.SIGTERM)
        within = self.configuration.shutdown.within_seconds + KILLED_AFTER_S
        _, late = await asyncio.wait(keeping, timeout=within)
        if late:
            self._send_all(signal.SIGKILL)
        for ended in await asyncio.gather(*keeping, return_exceptions=True):
            if isinstance(ended, BaseException):
                raise ended

    async def _keep(self, worker: _Worker) -> None:
        """Runs one worker, again and again; waits longer each time it dies soon."""
        pause = SHORTEST_PAUSE_S
        while not self.stopping:
            began = monotonic()
            code = await self._run_once(worker)
            if self.stopping:
                return
            if not self.started:
                raise WorkersCannotStart(
                    f"worker {worker.number} ended with exit code {code} while it started."
                )
            pause = SHORTEST_PAUSE_S if monotonic() - began > LIVED_S else min(2 * pause, LONGEST_PAUSE_S)
            worker.restarts += 1
            _log.error(
                "a worker died, and is started again", worker=worker.number, code=code, in_seconds=pause
            )
            await asyncio.sleep(pause)

    async def _run_once(self, worker: _Worker) -> int:
        ours, theirs = socket.socketpair()
        inherited = [self.bound.fileno(), theirs.fileno(), worker.operators.fileno()]
        told = ",".join(map(str, inherited)) + (",late" if self.started else "")
        command = ["-m", "supergraph", "serve", *self.arguments, "--worker", told]
        worker.process = process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            pass_fds=inherited,
            stdout=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        reader, worker.told = await asyncio.open_connection(sock=ours)
        try:
            with suppress(ConnectionError):  # it died with something left to hear
                while await reader.readline():
                    worker.ready = True
                    self._tell_all()
            return await process.wait()
        finally:
            worker.ready = False
            worker.told.close()

    def _tell_all(self) -> None:
        ready = sum(worker.ready for worker in self.workers)
        if ready == len(self.workers) and not self.started:
            self.started = True
            self.on_ready()
        # Later on, those that are not ready do not accept: the others do.
        shown = len(self.workers) if self.started else ready
        for worker in self.workers:
            worker.tell(f"ready {shown} {len(self.workers)}")

    def _send_all(self, number: signal.Signals) -> None:
        for worker in self.workers:
            worker.send(number)

    @asynccontextmanager
    async def _operators(self, folder: Path) -> AsyncIterator[None]:
        """Answers operators for all workers, where there is anything to ask."""
        wanted = self.configuration.telemetry
        if not wanted.asked:
            yield
            return
        site = create_workers_site(
            {worker.number: _socket_of(folder, worker.number) for worker in self.workers},
            lambda: {worker.number: worker.restarts for worker in self.workers},
        )
        site = of_this_machine_only(site, wanted.host)
        stop = asyncio.Event()
        serving = asyncio.create_task(serve(site, listen(wanted.host, wanted.port), stop))
        try:
            yield
        finally:
            stop.set()
            await serving


def _socket_of(folder: Path, number: int) -> Path:
    return folder / f"{number}.sock"


def _listening(folder: Path, number: int) -> socket.socket:
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    bound.bind(str(_socket_of(folder, number)))
    bound.listen()
    return bound


async def run_workers(
    configuration: Configuration, arguments: Sequence[str], announce: Callable[[int], None]
) -> None:
    """Serves with as many processes as are configured, until SIGINT or SIGTERM; `announce` is told the port."""
    stop = stop_on_signals()
    bound = listen(configuration.host, configuration.port)
    bound.listen(2048)
    port = bound.getsockname()[1]
    await Workers(configuration, bound, arguments, lambda: announce(port)).run(stop)
