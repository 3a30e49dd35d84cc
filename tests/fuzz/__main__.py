"""The long run: `python -m tests.fuzz --operations 100000`, or `make fuzz N=100000`.

Random supergraphs, and random operations on each, answered as a federation and as one graph, on all cores. A
difference is printed with what reproduces it, and ends the run with exit code 1.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator

from tests.fuzz.rounds import Outcome, run_round


def main() -> int:
    """Run until enough operations were compared, or to the first difference; gives the exit code."""
    asked = _arguments()
    started = time.monotonic()
    done, worlds, refusals, findings, kinds = 0, 0, 0, 0, Counter[str]()
    shown = started
    with multiprocessing.get_context("fork").Pool(asked.processes, _quiet, maxtasksperchild=50) as pool:
        for outcome in pool.imap_unordered(_round, _rounds(asked)):
            worlds += 1
            done += outcome.operations
            refusals += outcome.refused
            kinds += outcome.kinds
            if outcome.finding:
                findings += 1
                print(f"{'REFUSED' if outcome.refused else 'DIFFERENCE'} in {outcome.finding}\n", flush=True)
                if not asked.keep_going:
                    break
            if time.monotonic() - shown > asked.every:
                shown = time.monotonic()
                print(_figures(done, worlds, refusals, findings, shown - started), flush=True)
            if done >= asked.operations:
                break
        pool.terminate()
    print(_figures(done, worlds, refusals, findings, time.monotonic() - started), dict(kinds), flush=True)
    return 1 if findings else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--operations", type=int, default=10_000, help="how many to compare in all")
    parser.add_argument("--seed", default="1", help="the same seed gives the same worlds and operations")
    parser.add_argument("--per-world", type=int, default=150, help="documents on each supergraph")
    parser.add_argument("--world", help="only the world of this seed, as a difference names it")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--every", type=float, default=10, help="seconds between two lines of progress")
    parser.add_argument("--keep-going", action="store_true", help="do not end at the first difference")
    return parser.parse_args()


def _rounds(asked: argparse.Namespace) -> Iterator[tuple[str, int]]:
    """The worlds' seeds, as many as are sure to be enough: where operations are invalid, a few more."""
    if asked.world:
        yield asked.world, asked.per_world
        return
    for number in range(2 * asked.operations // asked.per_world + 2):
        yield f"{asked.seed}-{number}", asked.per_world


def _round(one: tuple[str, int]) -> Outcome:
    return asyncio.run(run_round(*one))


def _quiet() -> None:
    """Masked errors are part of what is tried, and no news."""
    logging.disable(logging.CRITICAL)


def _figures(done: int, worlds: int, refusals: int, findings: int, seconds: float) -> str:
    return (
        f"{done} operations on {worlds} supergraphs ({refusals} refused), {findings} findings, "
        f"{seconds:.0f} s, {done / max(seconds, 1):.0f} a second"
    )


if __name__ == "__main__":
    sys.exit(main())
