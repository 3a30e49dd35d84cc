"""Our plans beside those of other planners, over all operations that the tests have: steps, then fetches."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from graphql import GraphQLSyntaxError, parse, validate

from supergraph.composition import SubgraphSource, compose, read
from supergraph.planning import PlanningError, normalize, plan

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
ORACLES = ROOT / "tests" / "oracles"
PLANNERS = {"apollo": "Apollo", "hive": "Hive"}

Shape = tuple[int, int]
"""The steps on the longest way through a plan, and its fetches."""


@dataclass(frozen=True)
class Compared:
    """One operation: where it is from, its text, our plan's shape, and the others' (None: they make no plan)."""

    source: str
    name: str
    ours: Shape
    others: Mapping[str, Shape | None]


@dataclass(frozen=True)
class Graph:
    """A supergraph with its operations, by name."""

    source: str
    supergraph: str
    operations: Mapping[str, str]


def graphs() -> Iterator[Graph]:
    """The whole corpus: the shop, the conformance cases, and the shared audit and benchmark where they are."""
    schema = ROOT / "schema"
    yield Graph("shop", (schema / "supergraph.graphql").read_text(), _texts(schema / "operations"))
    for folder in sorted((ROOT / "tests" / "federation" / "cases").iterdir()):
        yield from _conformance(folder)
    for path in sorted((SHARED / "federation-audit").glob("*.json")):
        content = json.loads(path.read_text())
        if isinstance(content.get("supergraph"), str):
            queries = {f"{path.stem} {number}": test["query"] for number, test in enumerate(content["tests"])}
            yield Graph("audit", content["supergraph"], queries)
    bench = SHARED / "bench"
    if bench.exists():
        yield Graph("benchmark", (bench / "supergraph.graphql").read_text(), _texts(bench / "queries"))


def _texts(folder: Path) -> dict[str, str]:
    return {path.stem: path.read_text() for path in sorted(folder.glob("*.graphql"))}


def _conformance(folder: Path) -> Iterator[Graph]:
    sources = [
        SubgraphSource(path.stem, f"http://{path.stem}", path.read_text())
        for path in sorted(folder.glob("*.graphql"))
    ]
    composed = compose(sources).supergraph_sdl
    if composed is None:
        return
    written = yaml.safe_load((folder / "operations.yaml").read_text())
    alone = [each for each in written if "caller" not in each and "operation" not in each]
    queries = {f"{folder.name}: {each['claim']}": each["query"] for each in alone}
    yield Graph("conformance", composed, queries)


@cache
def comparison() -> tuple[Compared, ...]:
    """Every operation of the corpus that is valid and that can be planned at all."""
    ours = [(graph, shapes) for graph in graphs() if (shapes := _our_shapes(graph))]
    lines = [
        {"supergraph": graph.supergraph, "operations": [graph.operations[name] for name in shapes]}
        for graph, shapes in ours
    ]
    others = {planner: _ask(planner, lines) for planner in PLANNERS}
    return tuple(
        Compared(
            graph.source,
            name,
            shape,
            {planner: found[at][number] for planner, found in others.items()},
        )
        for at, (graph, shapes) in enumerate(ours)
        for number, (name, shape) in enumerate(shapes.items())
    )


def _our_shapes(graph: Graph) -> dict[str, Shape]:
    supergraph = read(graph.supergraph)
    shapes: dict[str, Shape] = {}
    for name, text in graph.operations.items():
        try:
            document = parse(text)
            if validate(supergraph.api, document):
                continue
            made = plan(supergraph, normalize(supergraph, document))
        except (GraphQLSyntaxError, PlanningError):
            continue
        shapes[name] = made.steps, len(made.fetches)
    return shapes


def _ask(planner: str, lines: list[dict[str, Any]]) -> list[list[Shape | None]]:
    """What a planner makes of each line. Where it brings its process down, it is asked on in another."""
    found: list[list[Shape | None]] = []
    while len(found) < len(lines):
        left = lines[len(found) :]
        answers, whole = _run(planner, left)
        found.extend(answers)
        if not whole and len(answers) < len(left):
            fatal = left[len(answers)]
            alone = [{**fatal, "operations": [each]} for each in fatal["operations"]]
            found.append([shape for each in alone for shape in (_run(planner, [each])[0] or [[None]])[0]])
    return found


def _run(planner: str, lines: list[dict[str, Any]]) -> tuple[list[list[Shape | None]], bool]:
    """The answers until the process ended, and whether it ended well."""
    asked = subprocess.run(
        ["node", "plan_shapes.mjs", planner],
        cwd=ORACLES,
        input="".join(json.dumps(line) + "\n" for line in lines),
        capture_output=True,
        text=True,
        check=False,
    )
    answers: list[list[Shape | None]] = [
        [None if "error" in shape else (shape["steps"], shape["fetches"]) for shape in json.loads(line)]
        for line in asked.stdout.splitlines()
    ]
    if asked.returncode > 0:
        raise RuntimeError(f"the oracle of {PLANNERS[planner]}'s planner failed: {asked.stderr[-2000:]}")
    return answers, asked.returncode == 0


PAGE = ROOT / "docs" / "planning.md"
_BEGIN, _END = "<!-- comparison -->\n", "<!-- end of comparison -->\n"


def table() -> str:
    """The comparison in Markdown: the totals, then where our plans take less."""
    lines = [
        f"{len(comparison())} operations:",
        "",
        "| planner | same | ours takes less | ours takes more | no plan of theirs |",
    ]
    lines.append("|---|---|---|---|---|")
    for planner, name in PLANNERS.items():
        theirs = [(each.ours, each.others[planner]) for each in comparison()]
        counts = (
            sum(other == ours for ours, other in theirs),
            sum(other is not None and ours < other for ours, other in theirs),
            sum(other is not None and ours > other for ours, other in theirs),
            sum(other is None for _, other in theirs),
        )
        lines.append(f"| {name} | {' | '.join(map(str, counts))} |")
    lines += [
        "",
        "Ours takes less (steps, fetches):",
        "",
        "| operation | ours | Apollo | Hive |",
        "|---|---|---|---|",
    ]
    for each in comparison():
        if any(other and each.ours < other for other in each.others.values()):
            others = " | ".join(_written(each.others[planner]) for planner in PLANNERS)
            lines.append(f"| {each.source}: {each.name} | {_written(each.ours)} | {others} |")
    return "\n".join(lines) + "\n"


def _written(shape: Shape | None) -> str:
    return f"{shape[0]}, {shape[1]}" if shape else "none"


def is_written(text: str) -> bool:
    """Whether the page on planning has this comparison."""
    return f"{_BEGIN}{text}{_END}" in PAGE.read_text()


def write(text: str) -> None:
    """Put the comparison into the page on planning."""
    before, _, rest = PAGE.read_text().partition(_BEGIN)
    PAGE.write_text(f"{before}{_BEGIN}{text}{_END}{rest.partition(_END)[2]}")


if __name__ == "__main__":
    write(table())
