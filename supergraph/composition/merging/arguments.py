"""Arguments of a field or a directive: only what every subgraph takes."""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.merging.context import Merging
from supergraph.composition.merging.inputs import merge_input
from supergraph.composition.merging.merged import MergedInput
from supergraph.composition.merging.sources import Source, Sources, subgraphs_in
from supergraph.composition.subgraphs.schema import ElementWithArguments, InputValue
from supergraph.composition.subgraphs.type_references import is_required

_CODES = ("FIELD_ARGUMENT_TYPE_MISMATCH", "FIELD_ARGUMENT_DEFAULT_MISMATCH")


def merge_arguments(
    owner: str, sources: Sources[ElementWithArguments], merging: Merging
) -> tuple[MergedInput, ...]:
    """The arguments that all the sources have: the subgraphs which resolve the field, or define the directive.

    `owner` is the coordinate of the one that they belong to.
    """
    return tuple(_merged(owner, sources, merging))


def _merged(owner: str, sources: Sources[ElementWithArguments], merging: Merging) -> Iterator[MergedInput]:
    for name in dict.fromkeys(name for source in sources for name in source.element.arguments):
        having = [
            Source(source.graph, source.element.arguments[name])
            for source in sources
            if name in source.element.arguments
        ]
        coordinate = f"{owner}({name}:)"
        if any(source.element.has("fromContext") for source in having):
            _check_contextual(coordinate, having, merging)
        elif len(having) == len(sources):
            yield merge_input(coordinate, having, _CODES, merging)
        else:
            lacking = [source for source in sources if name not in source.element.arguments]
            _leave_out(coordinate, having, lacking, merging)


def _leave_out(
    coordinate: str,
    having: Sources[InputValue],
    lacking: Sources[ElementWithArguments],
    merging: Merging,
) -> None:
    requiring = [source for source in having if is_required(source.element.type, source.element.default)]
    if requiring:
        merging.findings.error(
            "REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH",
            f"{coordinate} is required in {subgraphs_in(requiring)} and missing in {subgraphs_in(lacking)}.",
            requiring,
            "Add the argument everywhere, or make it optional.",
        )
        return
    merging.findings.hint(
        "INCONSISTENT_ARGUMENT_PRESENCE",
        f"{coordinate} is missing in {subgraphs_in(lacking)}, and so in the supergraph.",
        having,
    )


def _check_contextual(coordinate: str, having: Sources[InputValue], merging: Merging) -> None:
    """What a context fills, no client gives; so it must not be required anywhere else."""
    plain = [
        source
        for source in having
        if not source.element.has("fromContext") and is_required(source.element.type, source.element.default)
    ]
    if plain:
        merging.findings.error(
            "CONTEXTUAL_ARGUMENT_NOT_CONTEXTUAL_IN_ALL_SUBGRAPHS",
            f"{coordinate} is filled from a context in one subgraph and required in {subgraphs_in(plain)}.",
            plain,
            "Give it @fromContext everywhere, or make it optional elsewhere.",
        )
