"""What a contract hides, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from supergraph.composition.contracts.contract import Contract
from supergraph.composition.contracts.coordinates import Path, elements, parts, tags_of
from supergraph.composition.merging.merged import MergedSupergraph, MergedType
from supergraph.composition.subgraphs.schema import ROOT_TYPES
from supergraph.model import TypeKind

Hidden = dict[Path, str]
"""What is hidden, each with the reason (`it is tagged "internal"`)."""

_WITH_OUTPUT_FIELDS = {TypeKind.OBJECT, TypeKind.INTERFACE}


def hidden_by(contract: Contract, supergraph: MergedSupergraph) -> Hidden:
    """What a contract adds to what the subgraphs hide themselves."""
    hidden: Hidden = {
        path: "the subgraphs hide it" for path, element in elements(supergraph) if element.inaccessible
    }
    own = frozenset(hidden)
    hidden |= {path: reason for path, reason in _by_tags(contract, supergraph) if path not in hidden}
    _hide_emptied(supergraph, hidden)
    if contract.hide_unreachable:
        _hide_unreachable(contract, supergraph, hidden)
    return {path: reason for path, reason in hidden.items() if path not in own}


def _by_tags(contract: Contract, supergraph: MergedSupergraph) -> Iterator[tuple[Path, str]]:
    for path, element in elements(supergraph):
        parent = supergraph.types[path[0]]
        is_output_field = len(path) == 2 and parent.kind in _WITH_OUTPUT_FIELDS
        tags = tags_of(element) | (
            _inherited(supergraph, parent, element.name) if is_output_field else frozenset()
        )
        is_union = len(path) == 1 and parent.kind is TypeKind.UNION
        if excluded := sorted(tags & contract.exclude):
            yield path, f"it is tagged {_quoted(excluded)}"
        elif contract.include and (is_output_field or is_union) and not tags & contract.include:
            yield path, f"it is not tagged {_quoted(sorted(contract.include))}"


def _inherited(supergraph: MergedSupergraph, parent: MergedType, field: str) -> frozenset[str]:
    """The tags that a field has from its type; and from the interface, where an interface object gives it."""
    given_by = [
        supergraph.types[name]
        for name in parent.interfaces
        if not _is_declared(supergraph, parent.name, field) and field in supergraph.types[name].fields
    ]
    return tags_of(parent).union(
        *(tags_of(interface) | tags_of(interface.fields[field]) for interface in given_by)
    )


def _is_declared(supergraph: MergedSupergraph, type_name: str, field: str) -> bool:
    """Whether a subgraph writes the field on the type itself, where it could be tagged."""
    return any(
        type_name in graph.subgraph.types and field in graph.subgraph.types[type_name].fields
        for graph in supergraph.graphs
    )


def _hide_emptied(supergraph: MergedSupergraph, hidden: Hidden) -> None:
    """Hide types of which every part is hidden; unions last, since they depend on their members."""
    for merged in supergraph.types.values():
        own = [(merged.name, part.name) for part in parts(merged)]
        if merged.name != ROOT_TYPES["query"] and own and all(path in hidden for path in own):
            hidden.setdefault((merged.name,), "everything in it is hidden")
    for merged in supergraph.types.values():
        if merged.members and all((member,) in hidden for member in merged.members):
            hidden.setdefault((merged.name,), "every type in it is hidden")


def _hide_unreachable(contract: Contract, supergraph: MergedSupergraph, hidden: Hidden) -> None:
    reachable = _reachable(supergraph, lambda path: path not in hidden)
    for merged in supergraph.types.values():
        if merged.name not in reachable and not tags_of(merged) & contract.include:
            hidden.setdefault((merged.name,), "no operation leads to it")


def _reachable(supergraph: MergedSupergraph, shows: Callable[[Path], bool]) -> set[str]:
    """The types that visible root fields and directives lead to, through visible elements."""
    implementers: dict[str, list[str]] = {}
    for merged in supergraph.types.values():
        for interface in merged.interfaces:
            implementers.setdefault(interface, []).append(merged.name)
    found: set[str] = set()
    waiting = [*ROOT_TYPES.values(), *_types_in_directives(supergraph)]
    while waiting:
        merged = supergraph.types.get(waiting.pop())
        if merged is None or merged.name in found or not shows((merged.name,)):
            continue
        found.add(merged.name)
        waiting.extend((*merged.members, *merged.interfaces, *implementers.get(merged.name, ())))
        waiting.extend(_types_in(merged, shows))
    return found


def _types_in_directives(supergraph: MergedSupergraph) -> Iterator[str]:
    """The named types of what clients write in directives."""
    for directive in supergraph.executable_directives:
        yield from (
            argument.type.strip("[]!") for argument in directive.arguments if not argument.inaccessible
        )


def _types_in(merged: MergedType, shows: Callable[[Path], bool]) -> Iterator[str]:
    """The named types of the visible fields, arguments and input fields."""
    for field in merged.fields.values():
        if shows((merged.name, field.name)):
            yield field.type.strip("[]!")
            for argument in field.arguments:
                if shows((merged.name, field.name, argument.name)):
                    yield argument.type.strip("[]!")
    for value in merged.inputs.values():
        if shows((merged.name, value.name)):
            yield value.type.strip("[]!")


def unused_tags(contract: Contract, supergraph: MergedSupergraph) -> list[str]:
    """The tags that the contract names and nothing carries."""
    used = frozenset[str]().union(*(tags_of(element) for _, element in elements(supergraph)))
    return sorted((contract.include | contract.exclude) - used)


def _quoted(tags: list[str]) -> str:
    return " or ".join(f'"{tag}"' for tag in tags)
