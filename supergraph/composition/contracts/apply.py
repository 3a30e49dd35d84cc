"""A contract applied to a merged supergraph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from supergraph.composition.contracts.contract import Contract
from supergraph.composition.contracts.hiding import Hidden, hidden_by, unused_tags
from supergraph.composition.merging.merged import (
    MergedDirective,
    MergedElement,
    MergedField,
    MergedSupergraph,
    MergedType,
)
from supergraph.composition.result import CompositionError, CompositionHint
from supergraph.composition.rules.supergraph import INACCESSIBLE_RULES
from supergraph.composition.rules.supergraph.declarations import coordinate

E = TypeVar("E", bound=MergedElement)
_SHOWN = 3


def apply_contract(
    contract: Contract, supergraph: MergedSupergraph, mark: MergedDirective
) -> tuple[MergedSupergraph, list[CompositionError], list[CompositionHint]]:
    """The supergraph with what the contract leaves out marked `@inaccessible`; and what forbids that.

    `mark` is `@inaccessible` as the supergraph calls it.
    """
    faults = list(contract.faults())
    if faults:
        return supergraph, faults, []
    hidden = hidden_by(contract, supergraph)
    marked = _Marking(hidden, mark).supergraph(supergraph)
    reasons = {coordinate(*path): reason for path, reason in hidden.items()}
    errors = [_of_contract(contract, error, reasons) for rule in INACCESSIBLE_RULES for error in rule(marked)]
    return marked, errors, list(_hints(contract, supergraph))


def _hints(contract: Contract, supergraph: MergedSupergraph) -> Iterator[CompositionHint]:
    for tag in unused_tags(contract, supergraph):
        does = "includes" if tag in contract.include else "excludes"
        yield CompositionHint(
            "CONTRACT_TAG_UNUSED",
            f'The contract "{contract.name}" {does} the tag "{tag}", which nothing carries: is it spelled so?',
        )


def _of_contract(contract: Contract, error: CompositionError, reasons: Mapping[str, str]) -> CompositionError:
    """A breach of the rules of `@inaccessible`, told of the contract that hides."""
    why = " ".join(_why(error.inaccessible, reasons))
    return replace(
        error,
        message=f'In the contract "{contract.name}": {error.message}',
        advice=f"{why} {error.advice}".strip(),
    )


def _why(coordinates: tuple[str, ...], reasons: Mapping[str, str]) -> Iterator[str]:
    """Why elements are hidden, a sentence for each reason."""
    by_reason: dict[str, list[str]] = {}
    for each in coordinates:
        if each in reasons:
            by_reason.setdefault(reasons[each], []).append(each)
    for reason, alike in by_reason.items():
        more = f" (and {len(alike) - _SHOWN} more)" if len(alike) > _SHOWN else ""
        yield f"{', '.join(alike[:_SHOWN])}{more}: hidden, because {reason}."


class _Marking:
    """Puts a mark on what is hidden."""

    def __init__(self, hidden: Hidden, mark: MergedDirective) -> None:
        self.hidden = hidden
        self.mark = mark

    def supergraph(self, supergraph: MergedSupergraph) -> MergedSupergraph:
        return replace(
            supergraph, types={name: self._type(merged) for name, merged in supergraph.types.items()}
        )

    def _type(self, merged: MergedType) -> MergedType:
        name = merged.name
        return replace(
            self._marked(merged, name),
            fields={key: self._field(name, field) for key, field in merged.fields.items()},
            inputs={key: self._marked(value, name, key) for key, value in merged.inputs.items()},
            values={key: self._marked(value, name, key) for key, value in merged.values.items()},
        )

    def _field(self, type_name: str, field: MergedField) -> MergedField:
        arguments = tuple(
            self._marked(argument, type_name, field.name, argument.name) for argument in field.arguments
        )
        return replace(self._marked(field, type_name, field.name), arguments=arguments)

    def _marked(self, element: E, *path: str) -> E:
        if path not in self.hidden:
            return element
        return replace(element, directives=(*element.directives, self.mark))
