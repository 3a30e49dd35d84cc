"""Where a request's time goes, as a picture.

    python -m bench.flame [FILE] [--query "a large answer"] [--seconds 10]      an SVG (docs/flame.svg)

A router serves in this process, before the subgraphs of `bench.routers`, while `wrk` asks over 50 connections. A few
hundred times a second of its own processor time it is looked at what is being done. Each box is a function; it is as
wide as the share of looks that found it, and stands on its caller.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from html import escape
from pathlib import Path
from types import FrameType
from zlib import crc32

import uvloop

from bench.routers.__main__ import ROOT, composed
from bench.routers.measuring import running, wrk_script
from bench.routers.subgraphs import wait_for_subgraphs
from bench.routers.world import QUERIES
from supergraph.commands.garbage import set_aside
from supergraph.composition import read
from supergraph.configuration import Configuration
from supergraph.server.generations import Generations
from supergraph.server.readiness import Readiness
from supergraph.server.router import create_router
from supergraph.server.serving import listen, serve
from supergraph.upstream import Endpoint, HttpTransport

SUBGRAPHS_PORT = 4289
EVERY_S = 0.003
WIDTH, ROW = 1200, 17
THINNEST = 0.004
"""Boxes of a smaller share are left out."""

Stack = tuple[str, ...]


def main() -> None:
    """Take samples, and draw them."""
    parser = argparse.ArgumentParser(prog="python -m bench.flame")
    parser.add_argument("file", nargs="?", type=Path, default=ROOT / "docs" / "flame.svg")
    parser.add_argument("--query", choices=list(QUERIES), default="three in a row")
    parser.add_argument("--seconds", type=int, default=10)
    wanted = parser.parse_args()
    stacks: Counter[Stack] = Counter()
    uvloop.run(_serve(wanted.query, wanted.seconds, stacks))
    if not stacks:
        sys.exit("No request was seen on its way: the load did not come through.")
    wanted.file.write_text(drawn(stacks, f"{wanted.query}, 50 connections, {stacks.total()} looks"))
    print(f"{wanted.file}: {stacks.total()} looks")


async def _serve(query: str, seconds: int, stacks: Counter[Stack]) -> None:
    base = f"http://127.0.0.1:{SUBGRAPHS_PORT}"
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        command = [sys.executable, "-m", "bench.routers.subgraphs", str(SUBGRAPHS_PORT)]
        stack.enter_context(running(command, ROOT, work / "subgraphs.log"))
        await asyncio.to_thread(wait_for_subgraphs, base)
        supergraph = read(composed(base))
        transport = HttpTransport()
        endpoints = {
            name: Endpoint(f"{base}/{name}", transport, remote=True) for name in supergraph.subgraphs
        }
        generations = Generations(Readiness(), set_aside)
        generations.succeed(create_router(Configuration.of({}), supergraph, endpoints, transport))
        bound, stop = listen("127.0.0.1", 0), asyncio.Event()
        url = f"http://127.0.0.1:{bound.getsockname()[1]}/graphql"
        script = wrk_script(QUERIES[query], work / "query.lua")
        serving = asyncio.create_task(serve(generations, bound, stop, on_stopping=generations.close))
        load = ["wrk", "-t1", "-c50", f"-d{seconds}s", "-s", str(script), url]
        with _looking(stacks):
            asking = await asyncio.create_subprocess_exec(*load, stdout=subprocess.DEVNULL)
            await asking.wait()
        stop.set()
        await serving
        await transport.aclose()


@contextmanager
def _looking(stacks: Counter[Stack]) -> Iterator[None]:
    """Note what is done, each time that some milliseconds of the process's own time have passed."""

    def look(_: int, frame: FrameType | None) -> None:
        names = tuple(reversed(list(_names(frame))))
        if any(name.startswith(("connections.", "generations.")) for name in names):
            stacks[names] += 1

    signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _names(frame: FrameType | None) -> Iterator[str]:
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith("<compiled"):
            yield f"plan.{code.co_name.rstrip('0123456789')}"
        elif "/asyncio/" not in code.co_filename and not code.co_filename.startswith(__file__):
            yield f"{Path(code.co_filename).stem}.{code.co_name}"
        frame = frame.f_back


def drawn(stacks: Counter[Stack], title: str) -> str:
    """The picture of all stacks, as SVG."""
    boxes = list(_boxes(stacks, 0, 0.0, stacks.total()))
    depth = 1 + max((level for level, *_ in boxes), default=0)
    height = depth * ROW + 30
    lines = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            'font-family="monospace" font-size="11">'
        ),
        f'<rect width="{WIDTH}" height="{height}" fill="#fffdf7"/><text x="6" y="16">{escape(title)}</text>',
    ]
    for level, left, share, name in boxes:
        x, width, y = left * WIDTH, share * WIDTH, height - (level + 1) * ROW - 4
        shown = escape(name if len(name) * 6.7 < width else name[: max(0, int(width / 6.7) - 1)])
        lines.append(
            f'<g><title>{escape(name)}: {share:.1%}</title><rect x="{x:.1f}" y="{y}" width="{width:.1f}" '
            f'height="{ROW - 1}" fill="{_colour(name)}"/><text x="{x + 3:.1f}" y="{y + 12}">{shown}</text></g>'
        )
    return "\n".join([*lines, "</svg>", ""])


def _boxes(
    stacks: Counter[Stack], level: int, left: float, whole: int
) -> Iterator[tuple[int, float, float, str]]:
    """The boxes at a level and above: their level, where they begin, how wide they are (shares of 1), their names."""
    by_name: dict[str, Counter[Stack]] = {}
    for stack, times in stacks.items():
        if len(stack) > level:
            by_name.setdefault(stack[level], Counter())[stack] = times
    for name, own in sorted(by_name.items()):
        share = own.total() / whole
        if share >= THINNEST:
            yield level, left, share, name
            yield from _boxes(own, level + 1, left, whole)
        left += share


def _colour(name: str) -> str:
    """A colour for each module."""
    hue = crc32(name.partition(".")[0].encode()) % 360
    return f"hsl({hue} 65% 78%)"


if __name__ == "__main__":
    main()
