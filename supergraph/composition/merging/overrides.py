"""`@override`: which subgraphs give up a field, and to whom.

Source: https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/directives#override.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from supergraph.composition.merging.context import Merging
from supergraph.composition.merging.sources import Source, Sources
from supergraph.composition.subgraphs.schema import Directive, FieldDefinition

_LABEL = re.compile(r"[A-Za-z][\w\-:./]*")
_PERCENT = re.compile(r"percent\((\d{1,2}(?:\.\d{1,8})?|100(?:\.0{1,8})?)\)")
_COLLIDING_HERE = ("external",)
_COLLIDING_THERE = ("requires", "provides")


@dataclass(frozen=True, slots=True)
class Overrides:
    """The overrides of one field: by subgraph the `@override` that takes it away, and its label if it has one."""

    taken_from: Mapping[str, Directive]

    def gives_up(self, subgraph: str) -> bool:
        """Whether the subgraph no longer resolves the field, whatever any label says."""
        override = self.taken_from.get(subgraph)
        return override is not None and override.text("label") is None

    def label(self, subgraph: str) -> str | None:
        """The label under which the subgraph gives up the field."""
        override = self.taken_from.get(subgraph)
        return override.text("label") if override else None


def overrides_of(coordinate: str, sources: Sources[FieldDefinition], merging: Merging) -> Overrides:
    """Read and check the overrides of one field."""
    by_name = {source.subgraph.name: source for source in sources}
    taken: dict[str, Directive] = {}
    for source in sources:
        override = source.element.directive("override")
        origin = override and override.text("from")
        if override is None or origin is None:
            continue
        if _is_sound(coordinate, source, override, by_name, merging) and origin in by_name:
            taken[origin] = override
    return Overrides(taken)


def _is_sound(
    coordinate: str,
    source: Source[FieldDefinition],
    override: Directive,
    by_name: Mapping[str, Source[FieldDefinition]],
    merging: Merging,
) -> bool:
    origin = override.text("from") or ""
    if origin == source.subgraph.name:
        merging.findings.error(
            "OVERRIDE_FROM_SELF_ERROR",
            f'{coordinate} in "{origin}" overrides itself.',
            [source],
            "Name the subgraph that the field moves away from.",
        )
        return False
    if not _is_label(override.text("label")):
        merging.findings.error(
            "OVERRIDE_LABEL_INVALID",
            f'The label "{override.text("label")}" of @override on {coordinate} is malformed.',
            [source],
            "Write a label of letters, digits and _-:./ that begins with a letter,"
            ' or "percent(x)" with x from 0 to 100.',
        )
        return True
    if origin not in {graph.subgraph.name for graph in merging.graphs}:
        merging.findings.hint(
            "FROM_SUBGRAPH_DOES_NOT_EXIST",
            f'{coordinate} in "{source.subgraph.name}" overrides "{origin}", and there is no such subgraph.',
            [source],
        )
        return False
    overridden = by_name.get(origin)
    if overridden is None:
        merging.findings.hint(
            "OVERRIDE_DIRECTIVE_CAN_BE_REMOVED",
            f'{coordinate} is no longer in "{origin}": the @override in "{source.subgraph.name}" can be removed.',
            [source],
        )
        return False
    if not _do_not_collide(coordinate, source, overridden, merging):
        return False
    _hint_at_what_is_left(coordinate, overridden, source, merging)
    return not overridden.element.external


def _do_not_collide(
    coordinate: str,
    source: Source[FieldDefinition],
    overridden: Source[FieldDefinition],
    merging: Merging,
) -> bool:
    both = [source, overridden]
    if overridden.element.has("override"):
        merging.findings.error(
            "OVERRIDE_SOURCE_HAS_OVERRIDE",
            f"{coordinate} is overridden from a subgraph that overrides it itself.",
            both,
            "Let one subgraph override the field, from the one that resolves it today.",
        )
        return False
    colliding = [name for name in _COLLIDING_HERE if source.element.has(name)]
    colliding += [name for name in _COLLIDING_THERE if overridden.element.has(name)]
    if colliding:
        merging.findings.error(
            "OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE",
            f"{coordinate} is overridden and has @{colliding[0]}, which do not go together.",
            both,
            f"Move the field without @{colliding[0]}, or keep it where it is.",
        )
        return False
    return True


def _hint_at_what_is_left(
    coordinate: str,
    overridden: Source[FieldDefinition],
    source: Source[FieldDefinition],
    merging: Merging,
) -> None:
    override = source.element.directive("override")
    if override is not None and override.text("label") is not None:
        merging.findings.hint(
            "OVERRIDE_MIGRATION_IN_PROGRESS",
            f'{coordinate} is moving from "{overridden.subgraph.name}" to "{source.subgraph.name}".',
            [overridden, source],
        )
        return
    merging.findings.hint(
        "OVERRIDDEN_FIELD_CAN_BE_REMOVED",
        f'{coordinate} is resolved by "{source.subgraph.name}": "{overridden.subgraph.name}" can remove it.',
        [overridden],
    )


def _is_label(label: str | None) -> bool:
    return label is None or bool(_LABEL.fullmatch(label) or _PERCENT.fullmatch(label))
