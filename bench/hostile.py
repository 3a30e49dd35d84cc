"""What it costs to plan the operations that are hardest to plan.

    python -m bench.hostile         those that the planner's tests hold to their bounds, in milliseconds of CPU

`plan` is from the parsed document to the plan or the refusal, `explain` the same with the reasons for each field. Each
is the least of many runs, since nothing can make a run too fast.
"""

from __future__ import annotations

from time import process_time

from graphql import DocumentNode, parse

from supergraph.model import Supergraph
from supergraph.planning import OperationTooComplexError, known_spots, normalize, plan
from tests.planning.hostile import ALL_HOSTILE

ROUNDS = 20


def is_planned(supergraph: Supergraph, document: DocumentNode, *, explain: bool) -> bool:
    """Whether there is a plan, which is made."""
    try:
        plan(supergraph, normalize(supergraph, document), explain=explain)
    except OperationTooComplexError:
        return False
    return True


def milliseconds(supergraph: Supergraph, document: DocumentNode, *, explain: bool) -> float:
    """The least that it takes."""
    taken: list[float] = []
    for _ in range(ROUNDS):
        began = process_time()
        is_planned(supergraph, document, explain=explain)
        taken.append(process_time() - began)
    return min(taken) * 1e3


def main() -> None:
    """Print the table. No operation finds what another one left behind of places."""
    known_spots.MOST_KNOWN = -1
    print(f"{'operation':60}{'':9}{'plan':>8}{'explain':>9}")
    for what, (case, text) in ALL_HOSTILE.items():
        supergraph, document = case().supergraph, parse(text)
        outcome = "planned" if is_planned(supergraph, document, explain=False) else "refused"
        took = milliseconds(supergraph, document, explain=False)
        explained = milliseconds(supergraph, document, explain=True)
        print(f"{what:60}{outcome:9}{took:8.1f}{explained:9.1f}", flush=True)


if __name__ == "__main__":
    main()
