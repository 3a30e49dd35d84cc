"""What an operation costs that was never seen before, stage by stage.

    python -m bench.stages          the shop's operations, one line each, in microseconds of CPU (medians)

The stages are those of the engine: `parse`, `validate` (a quick look is enough for these), `plan` (normalised, then
planned for a customer who is signed in) and `compile` (the plan as Python, which only those get that are run again).
`calls` are the Python calls of all four, which do not depend on the machine.
"""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from graphql import DocumentNode, parse

from supergraph.composition import read
from supergraph.execution.compilation import compile_plan
from supergraph.execution.compiled.program import compile_program
from supergraph.execution.guards import Decisions
from supergraph.execution.options import Options
from supergraph.execution.validation import Validation
from supergraph.model import Supergraph
from supergraph.planning import Permissions, normalize, plan

SCHEMA = Path(__file__).parent.parent / "schema"
ROUNDS = 15


class Cold:
    """The stages of one operation, in order; each begins with what the one before it gave."""

    def __init__(self, supergraph: Supergraph, text: str) -> None:
        self._supergraph = supergraph
        self._text = text
        self._permissions = Permissions(authenticated=True)
        self._validation = Validation(supergraph.api, Options())
        self._document: DocumentNode = parse(text)

    def parse(self) -> None:
        """Text to document."""
        self._document = parse(self._text)

    def validate(self) -> None:
        """Document to errors, of which there are none."""
        assert not self._validation.errors(self._document)  # noqa: S101 - the shop's operations are valid

    def plan(self) -> None:
        """Document to plan."""
        operation = normalize(self._supergraph, self._document, None)
        self._compiled = compile_plan(plan(self._supergraph, operation, self._permissions))

    def compile(self) -> None:
        """Plan to Python, for variables that are all true."""
        compile_program(self._compiled.plan, self._compiled.shape, Decisions(_AllTrue()))


class _AllTrue(dict[str, Any]):
    def __missing__(self, _: str) -> bool:
        return True


def microseconds(stage: Callable[[], None]) -> float:
    """The median of what a stage takes."""
    taken: list[float] = []
    for _ in range(ROUNDS):
        began = process_time()
        stage()
        taken.append(process_time() - began)
    return median(taken) * 1e6


def calls(stages: list[Callable[[], None]]) -> int:
    """How many Python calls stages make."""
    profile = cProfile.Profile()
    for stage in stages:
        profile.runcall(stage)
    return int(pstats.Stats(profile).total_calls)  # pyright: ignore[reportAttributeAccessIssue] - it has them


def main() -> None:
    """Print the table."""
    supergraph = read((SCHEMA / "supergraph.graphql").read_text())
    print(f"{'operation':24}{'parse':>10}{'validate':>10}{'plan':>10}{'compile':>10}{'calls':>10}")
    for file in sorted((SCHEMA / "operations").glob("*.graphql")):
        cold = Cold(supergraph, file.read_text())
        stages = [cold.parse, cold.validate, cold.plan, cold.compile]
        times = "".join(f"{microseconds(stage):10.0f}" for stage in stages)
        print(f"{file.stem:24}{times}{calls(stages):10}")


if __name__ == "__main__":
    main()
