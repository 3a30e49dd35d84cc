"""What the shop's own operations cost, from a client's socket to the stores and back.

    python -m bench.shop                            on SQLite and on PostgreSQL
    python -m bench.shop sqlite --beside FOLDER     beside another checkout, such as `git worktree add FOLDER v1`

A business runs as `make run` runs it, router and subgraphs in one process, over the demo world. One client, signed in,
asks over one connection, one after another, with the documents that the shop sends. Two businesses are asked by turns.
A line an operation: requests a second, and microseconds of the process's own processor time for one, each the median;
and for one request, while nothing else is done, the SQL statements with their BEGINs and the Python calls of the event
loop's thread, each the least of some. `ratio` is the first business's processor time over this one's.

PostgreSQL is the server that `TEST_POSTGRESQL_URL` names, on databases of its own; what PostgreSQL itself takes is
in the requests a second, and not in the processor time.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.shop.business import SUBGRAPHS, Business, Cost, Counts, business
from bench.shop.operations import Shopping, queries
from tests.databases import empty_database

HERE = Path(__file__).parents[2]
STORES = ("sqlite", "postgresql")
WARMED, COUNTED = 8, 10
RENTED = "rentMovie"


@dataclass
class Tally:
    """What an operation has cost one business so far."""

    costs: list[Cost] = field(default_factory=list)
    counts: list[Counts] = field(default_factory=list)

    def rate(self) -> float:
        """Requests a second, one after another."""
        return 1 / median(cost.seconds for cost in self.costs)

    def processor(self) -> float:
        """Microseconds of processor time."""
        return median(cost.processor for cost in self.costs) * 1e6


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.shop")
    parser.add_argument("stores", nargs="*", choices=[[], *STORES], help="both, where none is named")
    parser.add_argument("--beside", type=Path, help="another checkout, to be asked by turns")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--times", type=int, default=15, help="requests a round and operation")
    wanted = parser.parse_args()
    for kind in wanted.stores or STORES:
        checkouts = [HERE] if wanted.beside is None else [wanted.beside.resolve(), HERE]
        measure(kind, checkouts, wanted.rounds, wanted.times)


def measure(kind: str, checkouts: list[Path], rounds: int, times: int) -> None:
    """Asks the businesses of these checkouts on one kind of store, and prints what it cost each."""
    tallies: dict[str, list[Tally]] = {what: [Tally() for _ in checkouts] for what in (*queries(), RENTED)}
    with running(kind, checkouts, working=True) as shoppers:
        warm(tallies, shoppers)
        for _ in range(rounds):
            for what, own in tallies.items():
                for (each, shopping), tally in zip(shoppers, own, strict=True):
                    tally.costs += asked(what, each, shopping, times)
    with running(kind, checkouts, working=False) as shoppers:
        warm(tallies, shoppers)
        for what, own in tallies.items():
            for (each, shopping), tally in zip(shoppers, own, strict=True):
                tally.counts += counted(what, each, shopping)
    report(kind, checkouts, tallies)


@contextmanager
def running(kind: str, checkouts: list[Path], *, working: bool) -> Iterator[list[tuple[Business, Shopping]]]:
    """A business of each checkout, with somebody who shops there."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        shoppers = list[tuple[Business, Shopping]]()
        for number, checkout in enumerate(checkouts):
            environment = stack.enter_context(stores(kind, folder))
            own = business(checkout, folder / str(number), environment, working=working)
            each = stack.enter_context(own)
            shoppers.append((each, Shopping(each)))
        yield shoppers


def warm(operations: Iterable[str], shoppers: list[tuple[Business, Shopping]]) -> None:
    """Asks each operation often enough that all of its ways are trodden."""
    for what in operations:
        for each, shopping in shoppers:
            asked(what, each, shopping, WARMED)


def asked(what: str, each: Business, shopping: Shopping, times: int) -> list[Cost]:
    """What an operation costs a business, so many times."""
    if what == RENTED:
        return shopping.rented(each.timed, times)
    return shopping.asked(queries()[what], each.timed, times)


def counted(what: str, each: Business, shopping: Shopping) -> list[Counts]:
    """What a business does for an operation, some times."""
    if what == RENTED:
        return shopping.rented(each.counted, COUNTED)
    operation = queries()[what]
    return shopping.asked(operation, each.counted, COUNTED)


@contextmanager
def stores(kind: str, folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a business with stores of this kind, which go with it."""
    with asyncio.Runner() as runner, ExitStack() as stack:
        environment = {}
        for name in SUBGRAPHS if kind == "postgresql" else ():
            made = empty_database(kind, folder)
            environment[f"{name.upper()}_DATABASE_URL"] = runner.run(made.__aenter__())
            stack.callback(lambda made=made: runner.run(made.__aexit__(None, None, None)))
        yield environment


def report(kind: str, checkouts: list[Path], tallies: dict[str, list[Tally]]) -> None:
    """Prints a table."""
    print(f"\n{kind}: {', then '.join(checkout.name for checkout in checkouts)}")
    print(f"{'':18}" + f"{'req/s':>9}{'CPU µs':>9}{'SQL':>6}{'calls':>9}{'ratio':>7}" * len(checkouts))
    for what, own in tallies.items():
        line = f"{what:18}"
        for tally in own:
            statements = min(count.statements for count in tally.counts)
            calls = min(count.calls for count in tally.counts)
            ratio = own[0].processor() / tally.processor()
            line += f"{tally.rate():9.1f}{tally.processor():9.0f}{statements:6}{calls:9}{ratio:7.2f}"
        print(line)


if __name__ == "__main__":
    main()
