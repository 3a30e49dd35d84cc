"""What the composition tests share: cases, other composers, and what a supergraph means."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import pytest
from graphql import (
    DirectiveNode,
    DocumentNode,
    ListValueNode,
    Node,
    ObjectValueNode,
    StringValueNode,
    TypeDefinitionNode,
    ValueNode,
    parse,
    print_ast,
)

from supergraph.composition import Composition, Contract, SubgraphSource, compose
from supergraph.composition.subgraphs.specifications import known_directives

CORPUS = Path(__file__).parent / "corpus"
AUDIT = Path(__file__).parents[3] / "shared" / "federation-audit"
ORACLES = Path(__file__).parent.parent / "oracles"
_MACHINERY = ("join__", "link__", "core__")
_FIELD_SETS = frozenset({"key", "requires", "provides"})
_DEFAULTS = {"extension: false", "resolvable: true", "isInterfaceObject: false", "external: false"}

Meaning = set[tuple[str, str]]
"""Facts, each a coordinate and what is said of it."""

_LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [{}])'
_SUBGRAPH = re.compile(r"^# subgraph (\S+)( of Federation 1)?\n", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """Subgraphs of the corpus, and what composing them gives: error codes, none where they compose.

    `apollo` and `guild` are what the other composers say where they differ from that.
    """

    name: str
    subgraphs: tuple[SubgraphSource, ...]
    expected: str
    apollo: str
    guild: str


def read_case(path: Path) -> Case:
    """Read a case. A subgraph that does not link federation links all of v2.9, on a line after its last."""
    head, *sections = _SUBGRAPH.split(path.read_text())
    facts = dict(re.findall(r"^# (\w+): (.*)$", head, re.MULTILINE))
    expected = facts["expected"]
    subgraphs = tuple(
        SubgraphSource(
            name,
            f"http://{name}",
            sdl if federation_1 or "specs.apollo.dev/federation" in sdl else f"{sdl}\n{_every_import()}",
        )
        for name, federation_1, sdl in zip(sections[::3], sections[1::3], sections[2::3], strict=True)
    )
    return Case(path.stem, subgraphs, expected, facts.get("apollo", expected), facts.get("guild", expected))


def _every_import() -> str:
    return _LINK.format(" ".join(f'"@{name}"' for name in known_directives((2, 9))))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`case` runs over the corpus, `suite` over the audit's suites."""
    if "case" in metafunc.fixturenames:
        cases = [read_case(path) for path in sorted(CORPUS.glob("*.graphql"))]
        metafunc.parametrize("case", cases, ids=[case.name for case in cases])
    if "suite" in metafunc.fixturenames:
        paths = [path for path in sorted(AUDIT.glob("*.json")) if path.stem not in {"index", "descriptions"}]
        metafunc.parametrize("suite", paths, ids=[path.stem for path in paths])


@pytest.fixture(scope="session")
def composes() -> Callable[..., Composition]:
    """Compose subgraphs given as `name=sdl`, each linking all of federation v2.9 on a line after its last."""

    def compose_all(**sdls: str) -> Composition:
        return compose([SubgraphSource(name, "", f"{sdl}\n{_every_import()}") for name, sdl in sdls.items()])

    return compose_all


Oracle = Callable[..., dict]


@pytest.fixture(scope="session")
def meaning() -> Callable[..., Meaning]:
    """From SDL to the facts in it, whatever their order and writing."""
    return meaning_of


@pytest.fixture(scope="session")
def oracle() -> Iterator[Oracle]:
    """Another composer's answer to a set of subgraphs: `oracle("guild" or "apollo", subgraphs)`.

    `oracle("guild", subgraphs, contract)` is its answer to a contract,
    `oracle("load", supergraph_sdl)` is what Apollo's gateway says to a supergraph.
    """
    with _conversation("compose.mjs") as answer:

        @cache
        def ask(
            composer: str, given: tuple[SubgraphSource, ...] | str, contract: Contract | None = None
        ) -> dict:
            if isinstance(given, str):
                return answer({"supergraph": given})
            request = {"composer": composer, "subgraphs": [asdict(one) for one in given]}
            return answer(request if contract is None else {**request, "contract": _choice(contract)})

        yield ask


def _choice(contract: Contract) -> dict[str, object]:
    return {
        "include": sorted(contract.include),
        "exclude": sorted(contract.exclude),
        "hideUnreachable": contract.hide_unreachable,
    }


@pytest.fixture(scope="session")
def apollo_codes() -> list[str]:
    """Every error code that Apollo's composition knows."""
    with _conversation("compose.mjs") as answer:
        return answer({"codes": True})["codes"]


@pytest.fixture(scope="session")
def other_router() -> Iterator[Callable[..., dict]]:
    """What another router makes of a supergraph and an operation.

    `other_router("hive" or "apollo", supergraph_sdl, operation)` gives `plan` and `errors`;
    `other_router("gateway", ..., answers={subgraph: data})` executes it: `data`, `asked` and `errors`.
    """
    with _conversation("routers.mjs") as answer:

        def ask(router: str, supergraph: str, operation: str, **more: object) -> dict:
            return answer({"router": router, "supergraph": supergraph, "operation": operation, **more})

        yield ask


@contextmanager
def _conversation(script: str) -> Iterator[Callable[[dict[str, object]], dict]]:
    """A script of `tests/oracles` that answers each request, a line of JSON, with one."""
    if not (ORACLES / "node_modules").is_dir():
        pytest.fail("The other composers are not installed: run `npm ci` in tests/oracles, or `make test`.")
    node = shutil.which("node") or "node"
    process = subprocess.Popen(
        [node, script], cwd=ORACLES, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout
    stdin, stdout = process.stdin, process.stdout

    def answer(request: dict[str, object]) -> dict:
        stdin.write(json.dumps(request) + "\n")
        stdin.flush()
        return json.loads(stdout.readline())

    yield answer
    stdin.close()
    process.wait(timeout=10)
    stdout.close()


def meaning_of(sdl: str, *, descriptions: bool = True) -> Meaning:
    """The facts of a supergraph or an API schema."""
    document = parse(sdl)
    return {
        fact
        for definition in document.definitions
        if isinstance(definition, TypeDefinitionNode) and not definition.name.value.startswith(_MACHINERY)
        for fact in _facts(definition, definition.name.value, _graphs(document))
        if descriptions or not fact[1].startswith("description ")
    }


def _graphs(document: DocumentNode) -> dict[str, str]:
    """The subgraph that each value of `join__Graph` stands for."""
    return {
        value.name.value: print_ast(argument.value)
        for definition in document.definitions
        if isinstance(definition, TypeDefinitionNode) and definition.name.value == "join__Graph"
        for value in getattr(definition, "values", ())
        for directive in value.directives
        for argument in directive.arguments
        if argument.name.value == "name"
    }


def _facts(node: Node, coordinate: str, graphs: dict[str, str]) -> Iterator[tuple[str, str]]:
    yield coordinate, node.kind
    if description := getattr(node, "description", None):
        yield coordinate, f"description {description.value}"
    if reference := getattr(node, "type", None):
        yield coordinate, f"type {print_ast(reference)}"
    if default := getattr(node, "default_value", None):
        yield coordinate, f"default {print_ast(default)}"
    for named in (*(getattr(node, "interfaces", None) or ()), *(getattr(node, "types", None) or ())):
        yield coordinate, f"of {named.name.value}"
    for directive in getattr(node, "directives", None) or ():
        yield coordinate, _directive(directive, graphs)
    for part in ("fields", "arguments", "values"):
        for child in getattr(node, part, None) or ():
            yield from _facts(child, f"{coordinate}.{child.name.value}", graphs)


def _directive(node: DirectiveNode, graphs: dict[str, str]) -> str:
    arguments = (
        f"{argument.name.value}: {_value(argument.name.value, argument.value, graphs)}"
        for argument in node.arguments or ()
    )
    told = sorted(argument for argument in arguments if argument not in _DEFAULTS)
    return f"@{node.name.value}({', '.join(told)})"


def _value(name: str, value: ValueNode, graphs: dict[str, str]) -> str:
    if name == "graph":
        return graphs[print_ast(value)]
    if name in _FIELD_SETS and isinstance(value, StringValueNode):
        text = value.value.strip()
        return " ".join(print_ast(parse(text if text.startswith("{") else f"{{{text}}}")).split())
    if isinstance(value, ListValueNode):
        return f"[{', '.join(sorted(_value('', item, graphs) for item in value.values))}]"
    if isinstance(value, ObjectValueNode):
        fields = (f"{field.name.value}: {_value('', field.value, graphs)}" for field in value.fields)
        return f"{{{', '.join(sorted(fields))}}}"
    return print_ast(value)
