"""Rounds of random operations, each round on a random supergraph of its own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from tests.fuzz.operation import Operation
from tests.fuzz.shrinking import shrink
from tests.fuzz.trial import Difference, Invalid, Refused, Trial

THOROUGH = 5


@dataclass
class Outcome:
    """What a round came to: how many operations were compared, and what went wrong, ready to be read."""

    operations: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    refused: bool = False
    finding: str = ""


async def run_round(seed: str, operations: int) -> Outcome:
    """Compare operations on the supergraph of a seed, until one differs.

    The plan of one in `THOROUGH` is checked too, and its requests are held against the subgraphs' schemas.
    """
    outcome = Outcome()
    try:
        trial = Trial(seed)
    except Refused as refused:
        outcome.refused = True
        outcome.finding = f"world {seed}: {refused.reason}\n{_sdl(refused.sdl)}"
        return outcome
    for number in range(operations):
        operation = trial.draw(Random(f"{seed}/{number}"))
        thorough = number % THOROUGH == 0
        try:
            difference = await trial.difference(operation, thorough=thorough)
        except Invalid:
            outcome.kinds["invalid"] += 1
            continue
        outcome.operations += 1
        outcome.kinds[operation.kind] += 1
        if difference:
            smallest = await smallest_that_differs(trial, operation, difference, thorough=thorough)
            outcome.finding = await describe(trial, number, smallest, thorough=thorough)
            return outcome
    return outcome


async def smallest_that_differs(
    trial: Trial, operation: Operation, difference: Difference, *, thorough: bool
) -> Operation:
    """Shrink an operation to the smallest that differs in the same way."""

    async def holds(smaller: Operation) -> bool:
        try:
            found = await trial.difference(smaller, thorough=thorough)
        except Invalid:
            return False
        return found is not None and found.kind == difference.kind

    return await shrink(operation, holds)


async def describe(trial: Trial, number: int, operation: Operation, *, thorough: bool) -> str:
    """Everything that is needed to see a difference again."""
    difference = await trial.difference(operation, thorough=thorough)
    assert difference is not None
    return "\n".join(
        [
            f"world {trial.seed}, operation {number}, shrunk:",
            f"  {operation.text}",
            f"  variables: {operation.values}",
            *(f"  {reason}" for reason in difference.reasons[:5]),
            f"  in one piece: {difference.expected}",
            f"  federated:    {difference.answered}",
            _sdl(trial.sdl),
        ]
    )


def _sdl(subgraphs: dict[str, str]) -> str:
    return "\n".join(f"# --- {name}\n{sdl}" for name, sdl in subgraphs.items())
