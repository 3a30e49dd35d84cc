"""Arguments and input fields: the supergraph accepts what every subgraph accepts."""

from __future__ import annotations

from graphql import print_ast

from supergraph.composition.merging.context import Merging
from supergraph.composition.merging.descriptions import merge_description
from supergraph.composition.merging.directives import merge_directives
from supergraph.composition.merging.merged import MergedInput
from supergraph.composition.merging.sources import Sources, told_apart
from supergraph.composition.subgraphs.schema import InputValue
from supergraph.composition.subgraphs.type_references import named_type, narrowest, text

_TYPE_HINTS = {
    "FIELD_ARGUMENT_TYPE_MISMATCH": "INCONSISTENT_BUT_COMPATIBLE_ARGUMENT_TYPE",
    "FIELD_TYPE_MISMATCH": "INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE",
}


def merge_input(
    coordinate: str, sources: Sources[InputValue], codes: tuple[str, str], merging: Merging
) -> MergedInput:
    """One argument or input field, declared by all the subgraphs that have its parent.

    `codes` are the errors for a mismatch of types and of defaults.
    """
    return MergedInput(
        name=sources[0].element.name,
        description=merge_description(coordinate, sources, merging.findings),
        directives=merge_directives(coordinate, sources, merging),
        type=_merge_type(coordinate, sources, codes[0], merging),
        default=_merge_default(coordinate, sources, codes[1], merging),
    )


def _merge_type(coordinate: str, sources: Sources[InputValue], code: str, merging: Merging) -> str:
    types = [source.element.type for source in sources]
    merged = narrowest(types, merging.narrower)
    written = {text(node) for node in types}
    if merged is None:
        merging.findings.error(
            code,
            f"{coordinate} has types that no value fits: {told_apart(sources, lambda each: text(each.type))}.",
            sources,
            "Give it one type everywhere; only the non-null marks may differ.",
        )
        return text(types[0])
    if len(written) > 1:
        merging.findings.hint(
            _TYPE_HINTS[code],
            f"{coordinate} has different types: {told_apart(sources, lambda each: text(each.type))}. The supergraph"
            f" has {text(merged)}, which all accept.",
            sources,
        )
    merging.use_as_input(named_type(merged))
    return text(merged)


def _merge_default(coordinate: str, sources: Sources[InputValue], code: str, merging: Merging) -> str | None:
    """The default that all give. A default which only some give is no default: the others would not apply it."""

    def default(element: InputValue) -> str:
        return "none" if element.default is None else print_ast(element.default)

    given = [source.element.default for source in sources]
    written = {print_ast(value) for value in given if value is not None}
    if len(written) > 1:
        merging.findings.error(
            code,
            f"{coordinate} has different defaults: {told_apart(sources, default)}.",
            sources,
            "Give it the same default everywhere.",
        )
        return None
    if not written:
        return None
    if None in given:
        merging.findings.hint(
            "INCONSISTENT_DEFAULT_VALUE_PRESENCE",
            f"{coordinate} has a default in some subgraphs only: {told_apart(sources, default)}."
            " The supergraph has none.",
            sources,
        )
        return None
    return written.pop()
