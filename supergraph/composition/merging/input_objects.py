"""Input objects: only the fields that every subgraph takes."""

from __future__ import annotations

from supergraph.composition.merging.context import Merging
from supergraph.composition.merging.inputs import merge_input
from supergraph.composition.merging.merged import MergedDirective, MergedInput
from supergraph.composition.merging.sources import Source, Sources, subgraphs_in
from supergraph.composition.subgraphs.schema import InputValue, TypeDefinition
from supergraph.composition.subgraphs.type_references import is_required, text

_CODES = ("FIELD_TYPE_MISMATCH", "INPUT_FIELD_DEFAULT_MISMATCH")


def merge_input_fields(sources: Sources[TypeDefinition], merging: Merging) -> dict[str, MergedInput]:
    """The fields of one input object."""
    merged: dict[str, MergedInput] = {}
    for name in dict.fromkeys(name for source in sources for name in source.element.inputs):
        having = [
            Source(source.graph, source.element.inputs[name])
            for source in sources
            if name in source.element.inputs
        ]
        coordinate = f"{sources[0].element.name}.{name}"
        everywhere = len(having) == len(sources)
        hidden = any(source.element.has("inaccessible") for source in having)
        if everywhere or (hidden and not _requiring(having)):
            merged[name] = _merged(coordinate, having, merging, everywhere=everywhere)
        else:
            _leave_out(coordinate, sources, having, merging)
    if not merged:
        merging.findings.error(
            "EMPTY_MERGED_INPUT_TYPE",
            f"No field of {sources[0].element.name} is in all of {subgraphs_in(sources)}.",
            sources,
            "Define one field of it in all of them: clients may send only what every subgraph takes.",
        )
    return merged


def _requiring(having: Sources[InputValue]) -> list[Source[InputValue]]:
    return [source for source in having if is_required(source.element.type, source.element.default)]


def _merged(
    coordinate: str, sources: Sources[InputValue], merging: Merging, *, everywhere: bool
) -> MergedInput:
    merged = merge_input(coordinate, sources, _CODES, merging)
    same_type = len({text(source.element.type) for source in sources}) == 1
    if same_type and everywhere:
        return merged
    joins = (
        MergedDirective(
            "join__field",
            f"graph: {source.graph.value}" + ("" if same_type else f', type: "{text(source.element.type)}"'),
            "join__field",
        )
        for source in sources
    )
    return MergedInput(
        name=merged.name,
        description=merged.description,
        directives=(*joins, *merged.directives),
        type=merged.type,
        default=merged.default,
    )


def _leave_out(
    coordinate: str, sources: Sources[TypeDefinition], having: Sources[InputValue], merging: Merging
) -> None:
    name = having[0].element.name
    lacking = [source for source in sources if name not in source.element.inputs]
    requiring = _requiring(having)
    if requiring:
        merging.findings.error(
            "REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH",
            f"{coordinate} is required in {subgraphs_in(requiring)} and missing in {subgraphs_in(lacking)}.",
            requiring,
            "Add the field everywhere, or make it optional.",
        )
        return
    merging.findings.hint(
        "INCONSISTENT_INPUT_OBJECT_FIELD",
        f"{coordinate} is missing in {subgraphs_in(lacking)}, and so in the supergraph.",
        having,
    )
