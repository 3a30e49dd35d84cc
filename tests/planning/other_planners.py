"""Our plans beside those of other planners, over all operations that the tests have: steps, then fetches."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml
from graphql import GraphQLSyntaxError, parse, validate

from supergraph.composition import SubgraphSource, compose, read
from supergraph.planning import PlanningError, normalize, plan
from tests.planning.subgraph_sdl import SubgraphSdl

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
ORACLES = ROOT / "tests" / "oracles"
PLANNERS = {"apollo": "Apollo", "hive": "Hive"}

FAILURES = {
    "apollo": {
        "Was not able to find any options": "a requirement that takes something from a context",
        'Unknown directive "@shout"': "executable directives of the subgraphs",
    },
    "hive": {
        "No paths found for selection item: __": "what is asked of the schema, which its router answers without it",
        "No paths found for selection item: shelf": "a shared list, of an interface here and an interface object there",
        "be found in selection set of type Query": "contexts at several levels, and the query's root below a mutation",
        "Failed to build a plan": "a mutation that is skipped by its document",
        "Expected a single parent, but the FetchStep": "requirements of an interface's objects below the same one",
        "is not a valid unicode code point": "strings with `\\u{...}`",
        "lib/query-planner/src/ast/merge_path.rs": "a requirement of an abstract type whose members the client "
        "asks for too: its process ends",
    },
}
"""What other planners make no plan for, by a piece of their error."""

Shape = tuple[int, int]
"""The steps on the longest way through a plan, and its fetches."""


@dataclass(frozen=True)
class TheirFetch:
    """One fetch of another planner's plan; `paths` are the keys that lead to the objects that it is for."""

    step: int
    subgraph: str
    text: str
    paths: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Theirs:
    """What another planner makes of an operation: the fetches, or why it makes no plan (`error`)."""

    fetches: tuple[TheirFetch, ...] = ()
    error: str = ""

    @property
    def shape(self) -> Shape | None:
        """The plan's shape; None where there is no plan."""
        return (
            None if self.error else (max((each.step for each in self.fetches), default=0), len(self.fetches))
        )


@dataclass(frozen=True)
class Compared:
    """One operation of a graph by its name: our plan's shape, and what the others make of it."""

    graph: Graph
    name: str
    ours: Shape
    others: Mapping[str, Theirs]

    @property
    def text(self) -> str:
        """The operation."""
        return self.graph.operations[self.name]

    def failure(self, planner: str) -> str | None:
        """Why another planner makes no plan; None where that is not known."""
        error = self.others[planner].error
        return next((reason for piece, reason in FAILURES[planner].items() if piece in error), None)

    def takes_less(self, planner: str) -> bool:
        """Whether another planner's plan has fewer steps, or as many and fewer fetches."""
        theirs = self.others[planner].shape
        return theirs is not None and theirs < self.ours


@dataclass(frozen=True)
class Graph:
    """A supergraph with its operations, by name; and the subgraphs' SDL, where it was composed by us."""

    source: str
    supergraph: str
    operations: Mapping[str, str]
    sources: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def subgraphs(self) -> Mapping[str, SubgraphSdl]:
        """The subgraphs, as a plan is held against them."""
        return {name: SubgraphSdl(sdl) for name, sdl in self.sources.items()}


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
    yield Graph("conformance", composed, queries, {each.name: each.sdl for each in sources})


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
            graph,
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


def _ask(planner: str, lines: list[dict[str, Any]]) -> list[list[Theirs]]:
    """What a planner makes of each line. Where it brings its process down, it is asked on in another."""
    found: list[list[Theirs]] = []
    while len(found) < len(lines):
        left = lines[len(found) :]
        answers, failure = _run(planner, left)
        found.extend(answers)
        if failure and len(answers) < len(left):
            fatal = left[len(answers)]
            found.append([_alone(planner, {**fatal, "operations": [each]}) for each in fatal["operations"]])
    return found


def _alone(planner: str, line: dict[str, Any]) -> Theirs:
    answers, failure = _run(planner, [line])
    return answers[0][0] if answers else Theirs(error=f"the process ended: {failure}")


def _run(planner: str, lines: list[dict[str, Any]]) -> tuple[list[list[Theirs]], str]:
    """The answers until the process ended, and what it ended with if it did not end well."""
    asked = subprocess.run(
        ["node", "plan_shapes.mjs", planner],
        cwd=ORACLES,
        input="".join(json.dumps(line) + "\n" for line in lines),
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode > 0:
        raise RuntimeError(f"the oracle of {PLANNERS[planner]}'s planner failed: {asked.stderr[-2000:]}")
    answers = [[_theirs(made) for made in json.loads(line)] for line in asked.stdout.splitlines()]
    return answers, asked.stderr if asked.returncode else ""


def _theirs(made: Any) -> Theirs:
    if "error" in made:
        return Theirs(error=made["error"])
    return Theirs(
        tuple(
            TheirFetch(each["step"], each["subgraph"], each["text"], tuple(map(tuple, each["paths"])))
            for each in made
        )
    )
