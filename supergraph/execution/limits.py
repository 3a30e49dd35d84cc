"""What one document may weigh: counted in one pass over its text, before it is validated.

Fragments count as often as they are spread, so that nothing hides in them; each is weighed once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from supergraph.execution.refusal import refused_because


@dataclass(frozen=True, slots=True)
class OperationLimits:
    """The most that an operation may have, its fragments spread.

    `depth` is in levels of fields, `root_fields` are those of the operation itself, `fields`, `aliases` and
    `directives` are counted in all of it, and `variables` are its definitions. `fragments` are those that the document
    defines: to validate them takes time by their square. The values of the variables are `variable_values` in all,
    on `variable_depth` levels.
    """

    depth: int = 40
    root_fields: int = 100
    fields: int = 5_000
    aliases: int = 500
    directives: int = 500
    variables: int = 200
    fragments: int = 250
    variable_values: int = 10_000
    variable_depth: int = 50


class _Weight(NamedTuple):
    depth: int = 0
    top: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0


_NOTHING = _Weight()


def check_limits(document: DocumentNode, limits: OperationLimits) -> None:
    """See that no operation of the document weighs too much.

    Raises `RequestRefused`, with a code that names the limit: MAX_DEPTH_LIMIT, MAX_ROOT_FIELDS_LIMIT,
    MAX_FIELDS_LIMIT, MAX_ALIASES_LIMIT, MAX_DIRECTIVES_LIMIT, MAX_VARIABLES_LIMIT, MAX_FRAGMENTS_LIMIT.
    """
    fragments = sum(isinstance(definition, FragmentDefinitionNode) for definition in document.definitions)
    if fragments > limits.fragments:
        raise refused_because(
            "MAX_FRAGMENTS_LIMIT",
            f"The document has {fragments:,} fragments, and may have {limits.fragments:,}.",
        )
    scale = _Scale(document)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            for name, code, found, allowed in _findings(scale, definition, limits):
                if found > allowed:
                    raise refused_because(
                        code, f"The operation has {found:,} {name}, and may have {allowed:,}."
                    )


def check_values(variables: Mapping[str, Any], limits: OperationLimits) -> None:
    """See that the values of a request's variables are not too many, nor nested too deeply.

    Raises `RequestRefused`: MAX_VARIABLE_VALUES_LIMIT, MAX_VARIABLE_DEPTH_LIMIT.
    """
    values, depth, level = 0, 0, list(variables.values())
    while level:
        values, depth = values + len(level), depth + 1
        if values > limits.variable_values:
            raise refused_because(
                "MAX_VARIABLE_VALUES_LIMIT",
                f"The variables may have {limits.variable_values:,} values in all.",
            )
        if depth > limits.variable_depth:
            raise refused_because(
                "MAX_VARIABLE_DEPTH_LIMIT",
                f"The variables may be nested {limits.variable_depth:,} levels deep.",
            )
        level = [
            inner
            for value in level
            if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]


def _findings(
    scale: _Scale, operation: OperationDefinitionNode, limits: OperationLimits
) -> Iterator[tuple[str, str, int, int]]:
    weight = scale.weigh(operation.selection_set)
    directives = weight.directives + len(operation.directives or ())
    yield "levels of fields", "MAX_DEPTH_LIMIT", weight.depth, limits.depth
    yield "root fields", "MAX_ROOT_FIELDS_LIMIT", weight.top, limits.root_fields
    yield "fields", "MAX_FIELDS_LIMIT", weight.fields, limits.fields
    yield "aliases", "MAX_ALIASES_LIMIT", weight.aliases, limits.aliases
    yield "directives", "MAX_DIRECTIVES_LIMIT", directives, limits.directives
    variables = len(operation.variable_definitions or ())
    yield "variables", "MAX_VARIABLES_LIMIT", variables, limits.variables


class _Scale:
    """Weighs selection sets; a fragment inside of itself weighs nothing there, since validation refuses it."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._known: dict[str, _Weight] = {}

    def weigh(self, selection_set: SelectionSetNode | None) -> _Weight:
        """The weight of all that is selected here and below."""
        if selection_set is None:
            return _NOTHING
        parts = [self._selection(selection) for selection in selection_set.selections]
        depths, tops, fields, aliases, directives = zip(*parts, strict=True)
        return _Weight(max(depths), sum(tops), sum(fields), sum(aliases), sum(directives))

    def _selection(self, selection: SelectionNode) -> _Weight:
        directives = len(selection.directives or ())
        if isinstance(selection, FieldNode):
            below, aliased = self.weigh(selection.selection_set), selection.alias is not None
            return _Weight(
                below.depth + 1, 1, below.fields + 1, below.aliases + aliased, below.directives + directives
            )
        spread = (
            self._fragment(selection.name.value)
            if isinstance(selection, FragmentSpreadNode)
            else self.weigh(selection.selection_set)  # pyright: ignore[reportAttributeAccessIssue] - an inline fragment
        )
        return spread._replace(directives=spread.directives + directives) if directives else spread

    def _fragment(self, name: str) -> _Weight:
        if name not in self._known:
            self._known[name] = _NOTHING
            fragment = self._fragments.get(name)
            self._known[name] = self.weigh(fragment.selection_set) if fragment else _NOTHING
        return self._known[name]
