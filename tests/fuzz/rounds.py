"""Rounds of random operations, each round on a random supergraph of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from random import Random

from supergraph.execution import RequestRefused
from tests.fuzz.operation import Operation
from tests.fuzz.operations import with_other_values
from tests.fuzz.shrinking import shrink
from tests.fuzz.trial import Difference, Invalid, Refused, Trial

THOROUGH = 5
MORE_VALUES = 2

Comparison = Callable[[Operation], Awaitable[Difference | None]]


@dataclass
class Outcome:
    """What a round came to: how many answers were compared, and what went wrong, ready to be read."""

    operations: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    refused: bool = False
    finding: str = ""


async def run_round(seed: str, operations: int) -> Outcome:
    """Compare the answers to so many documents on the supergraph of a seed, until one differs.

    A document with variables is asked several times, with other values: a plan serves them all. Each time counts.
    The plan of one in `THOROUGH` is checked too, and its requests are held against the subgraphs' schemas. Of
    another in `THOROUGH`, queries are answered once more while a subgraph is down.
    """
    outcome = Outcome()
    try:
        trial = Trial(seed)
    except Refused as refused:
        outcome.refused = True
        outcome.finding = f"world {seed}: {refused.reason}\n{_sdl(refused.sdl)}"
        return outcome
    for number in range(operations):
        chance = Random(f"{seed}/{number}")
        operation = trial.draw(chance)
        outcome.kinds["document"] += 1
        try:
            for way, asked, compare in _comparisons(trial, operation, number, chance):
                if difference := await compare(asked):
                    smallest = await smallest_that_differs(trial, compare, asked, difference)
                    outcome.finding = await describe(trial, number, smallest, compare)
                    return outcome
                outcome.kinds[way] += 1
                outcome.operations += 1
        except Invalid:
            outcome.kinds["invalid"] += 1
    return outcome


def _comparisons(
    trial: Trial, operation: Operation, number: int, chance: Random
) -> Iterator[tuple[str, Operation, Comparison]]:
    """The requests of a document, and how the answer to each is looked at, by name."""
    compare = partial(trial.difference, thorough=number % THOROUGH == 0)
    yield operation.kind, operation, compare
    if operation.kind == "query" and number % THOROUGH == 1:
        yield "outage", operation, partial(trial.outage, down=chance.choice(list(trial.subgraphs)))
    for _ in range(MORE_VALUES if operation.variables else 0):
        yield operation.kind, with_other_values(chance, trial.world, operation), compare


async def smallest_that_differs(
    trial: Trial, compare: Comparison, operation: Operation, difference: Difference
) -> Operation:
    """Shrink an operation to the smallest that differs in the same way."""

    async def holds(smaller: Operation) -> bool:
        if not trial.is_valid(smaller):
            return False
        try:
            found = await compare(smaller)
        except (Invalid, RequestRefused):
            return False
        return found is not None and found.kind == difference.kind

    return await shrink(operation, holds)


async def describe(trial: Trial, number: int, operation: Operation, compare: Comparison) -> str:
    """Everything that is needed to see a difference again."""
    difference = await compare(operation)
    assert difference is not None
    return "\n".join(
        [
            f"world {trial.seed}, operation {number}, shrunk:",
            f"  {operation.text}",
            f"  variables: {operation.values}, labels: {sorted(operation.labels)}, drawn: {operation.draw:.2f}",
            *(f"  {reason}" for reason in difference.reasons[:5]),
            f"  in one piece: {difference.expected}",
            f"  federated:    {difference.answered}",
            _sdl(trial.sdl),
        ]
    )


def _sdl(subgraphs: dict[str, str]) -> str:
    return "\n".join(f"# --- {name}\n{sdl}" for name, sdl in subgraphs.items())
