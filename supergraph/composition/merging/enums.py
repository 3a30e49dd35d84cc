"""Enums: which values survive depends on where the enum is used.

In results alone every subgraph's values may turn up, in inputs alone only those that all know may be sent;
in both, all must agree.
"""

from __future__ import annotations

from supergraph.composition.merging.context import Merging
from supergraph.composition.merging.descriptions import merge_description
from supergraph.composition.merging.directives import merge_directives
from supergraph.composition.merging.merged import MergedDirective, MergedElement
from supergraph.composition.merging.sources import Source, Sources, subgraphs_in
from supergraph.composition.subgraphs.schema import Element, TypeDefinition


def merge_values(sources: Sources[TypeDefinition], merging: Merging) -> dict[str, MergedElement]:
    """The values of one enum."""
    enum = sources[0].element.name
    is_input, is_output = enum in merging.inputs, enum in merging.outputs
    if not is_input and not is_output:
        merging.findings.hint(
            "UNUSED_ENUM_TYPE",
            f"{enum} is used nowhere; the supergraph has the values of all subgraphs.",
            sources,
        )
    merged: dict[str, MergedElement] = {}
    for name in dict.fromkeys(name for source in sources for name in source.element.values):
        value = _merged(name, sources, merging)
        lacking = [source for source in sources if name not in source.element.values]
        if not lacking or value.inaccessible or _survives(name, sources, lacking, merging):
            merged[name] = value
    if not merged:
        merging.findings.error(
            "EMPTY_MERGED_ENUM_TYPE",
            f"No value of {enum} is in all of {subgraphs_in(sources)}, and clients send it.",
            sources,
            "Define one value of it in all of them: clients may send only what every subgraph knows.",
        )
    return merged


def _merged(name: str, sources: Sources[TypeDefinition], merging: Merging) -> MergedElement:
    having: list[Source[Element]] = [
        Source(source.graph, source.element.values[name])
        for source in sources
        if name in source.element.values
    ]
    coordinate = f"{sources[0].element.name}.{name}"
    joins = (
        MergedDirective("join__enumValue", f"graph: {source.graph.value}", "join__enumValue")
        for source in having
    )
    return MergedElement(
        name=name,
        description=merge_description(coordinate, having, merging.findings),
        directives=(*joins, *merge_directives(coordinate, having, merging)),
    )


def _survives(
    name: str, sources: Sources[TypeDefinition], lacking: Sources[TypeDefinition], merging: Merging
) -> bool:
    """Whether a value that some subgraphs do not know is in the supergraph."""
    enum = sources[0].element.name
    is_input, is_output = enum in merging.inputs, enum in merging.outputs
    if is_input and is_output:
        merging.findings.error(
            "ENUM_VALUE_MISMATCH",
            f"{enum} is both sent and returned, and {subgraphs_in(lacking)} does not know its value {name}.",
            sources,
            "Add the value everywhere, or mark it @inaccessible where it is not yet known everywhere.",
        )
        return True
    if is_input:
        merging.findings.hint(
            "INCONSISTENT_ENUM_VALUE_FOR_INPUT_ENUM",
            f"{enum}.{name} is unknown to {subgraphs_in(lacking)}, and so left out: clients send {enum}.",
            lacking,
        )
        return False
    merging.findings.hint(
        "INCONSISTENT_ENUM_VALUE_FOR_OUTPUT_ENUM",
        f"{enum}.{name} is unknown to {subgraphs_in(lacking)}.",
        lacking,
    )
    return True
