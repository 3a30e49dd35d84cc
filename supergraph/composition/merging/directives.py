"""Directives that reach the supergraph: each with its own way of being one where subgraphs differ."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence

from graphql import (
    BooleanValueNode,
    ConstListValueNode,
    ConstValueNode,
    IntValueNode,
    ListValueNode,
    StringValueNode,
    print_ast,
)

from supergraph.composition.merging.context import Merging
from supergraph.composition.merging.merged import MergedDirective
from supergraph.composition.merging.sources import Sources
from supergraph.composition.subgraphs.schema import Directive, Element
from supergraph.composition.subgraphs.specifications import JOINED

Composer = Callable[[Sequence[Directive]], Iterator[str]]
"""From a directive's applications to the arguments of its applications in the supergraph."""


def merge_directives(
    coordinate: str, sources: Sources[Element], merging: Merging
) -> tuple[MergedDirective, ...]:
    """The directives of one element of the supergraph."""
    applied: dict[str, list[Directive]] = {}
    for source in sources:
        for directive in source.element.directives:
            if _is_composed(directive.name, source.subgraph.name, merging):
                applied.setdefault(directive.name, []).append(directive)
    for name, directives in applied.items():
        _hint_at_differences(coordinate, name, directives, sources, merging)
    return (
        *(
            MergedDirective(merging.names[name], arguments, name)
            for name, directives in sorted(applied.items())
            for arguments in _composer(name, merging)(directives)
        ),
        *_joined(sources),
    )


def _joined(sources: Sources[Element]) -> Iterator[MergedDirective]:
    """What is said only of the subgraphs that say it: `@join__directive` keeps each application and its graphs."""
    graphs: dict[tuple[str, str], dict[str, None]] = {}
    for source in sources:
        for directive in source.element.directives:
            if directive.name in JOINED:
                graphs.setdefault((directive.name, arguments_text(directive)), {})[source.graph.value] = None
    for (name, arguments), applying in graphs.items():
        written = f'graphs: [{", ".join(applying)}], name: "federation__{name}", args: {{{arguments}}}'
        yield MergedDirective("join__directive", written, "join__directive")


def _is_composed(directive: str, subgraph: str, merging: Merging) -> bool:
    custom = merging.custom.get(directive)
    return (
        directive in _COMPOSERS and directive in merging.names
        if custom is None
        else subgraph in custom.subgraphs
    )


def _composer(directive: str, merging: Merging) -> Composer:
    custom = merging.custom.get(directive)
    if custom is None:
        return _COMPOSERS[directive]
    return _each if custom.repeatable else _once


def arguments_text(directive: Directive) -> str:
    """A directive's arguments as SDL."""
    return ", ".join(f"{name}: {print_ast(value)}" for name, value in directive.arguments.items())


def _hint_at_differences(
    coordinate: str,
    name: str,
    directives: list[Directive],
    sources: Sources[Element],
    merging: Merging,
) -> None:
    composer = _composer(name, merging)
    if composer is _each or len({arguments_text(directive) for directive in directives}) == 1:
        return
    having = [source for source in sources if source.element.has(name)]
    if composer is _once:
        merging.findings.hint(
            "INCONSISTENT_NON_REPEATABLE_DIRECTIVE_ARGUMENTS",
            f"@{merging.names[name]} on {coordinate} has different arguments; the supergraph has the commonest.",
            having,
        )
    else:
        merging.findings.hint(
            "MERGED_NON_REPEATABLE_DIRECTIVE_ARGUMENTS",
            f"@{merging.names[name]} on {coordinate} has different arguments; the supergraph has what all ask.",
            having,
        )


def _each(directives: Sequence[Directive]) -> Iterator[str]:
    """Every different application, once."""
    yield from dict.fromkeys(arguments_text(directive) for directive in directives)


def _once(directives: Sequence[Directive]) -> Iterator[str]:
    """The commonest application, the first among equals."""
    written = [arguments_text(directive) for directive in directives]
    yield max(written, key=written.count)


def _highest_cost(directives: Sequence[Directive]) -> Iterator[str]:
    weights = [_integer(directive.arguments.get("weight")) for directive in directives]
    yield f"weight: {max(weight for weight in weights if weight is not None)}"


def _all_of(argument: str) -> Composer:
    """Requirements in disjunctive normal form: who may see the element must meet every subgraph's."""

    def compose(directives: Sequence[Directive]) -> Iterator[str]:
        given = [alternatives(directive.arguments[argument]) for directive in directives]
        combined = dict.fromkeys(
            frozenset[str]().union(*choice) for choice in itertools.product(*dict.fromkeys(map(tuple, given)))
        )
        weakest = [one for one in combined if not any(other < one for other in combined)]
        lists = (", ".join(f'"{name}"' for name in sorted(one)) for one in weakest)
        yield f"{argument}: [{', '.join(f'[{one}]' for one in lists)}]"

    return compose


def alternatives(value: ConstValueNode) -> list[frozenset[str]]:
    """A list of lists of strings; GraphQL takes one item for a list of one."""
    outer = value.values if isinstance(value, ListValueNode) else (value,)
    return [
        frozenset(
            item.value
            for item in (inner.values if isinstance(inner, ListValueNode) else (inner,))
            if isinstance(item, StringValueNode)
        )
        for inner in outer
    ]


def _list_size(directives: Sequence[Directive]) -> Iterator[str]:
    """The largest size, every slicing argument and sized field; one slicing argument is asked for if all ask."""
    arguments: list[str] = []
    sizes = [_integer(directive.arguments.get("assumedSize")) for directive in directives]
    if any(size is not None for size in sizes):
        arguments.append(f"assumedSize: {max(size for size in sizes if size is not None)}")
    for name in ("slicingArguments", "sizedFields"):
        given = [directive.arguments[name] for directive in directives if name in directive.arguments]
        if given:
            items = dict.fromkeys(item for value in given for item in _strings(value))
            arguments.append(f"{name}: [{', '.join(f'{chr(34)}{item}{chr(34)}' for item in items)}]")
    flags = [directive.arguments.get("requireOneSlicingArgument") for directive in directives]
    if any(isinstance(flag, BooleanValueNode) for flag in flags):
        every = all(flag.value for flag in flags if isinstance(flag, BooleanValueNode))
        arguments.append(f"requireOneSlicingArgument: {'true' if every else 'false'}")
    yield ", ".join(arguments)


def _strings(value: ConstValueNode) -> list[str]:
    items = value.values if isinstance(value, ListValueNode | ConstListValueNode) else (value,)
    return [item.value for item in items if isinstance(item, StringValueNode)]


def _integer(value: ConstValueNode | None) -> int | None:
    return int(value.value) if isinstance(value, IntValueNode) else None


_COMPOSERS: dict[str, Composer] = {
    "tag": _each,
    "inaccessible": _once,
    "deprecated": _once,
    "specifiedBy": _once,
    "oneOf": _once,
    "authenticated": _once,
    "requiresScopes": _all_of("scopes"),
    "policy": _all_of("policies"),
    "cost": _highest_cost,
    "listSize": _list_size,
}
