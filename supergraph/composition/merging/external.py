"""`@external`: what a subgraph mentions of a field must agree with the field where it is resolved."""

from __future__ import annotations

from graphql import parse_type, print_ast

from supergraph.composition.merging.context import Merging
from supergraph.composition.merging.merged import MergedInput
from supergraph.composition.merging.sources import Source, Sources
from supergraph.composition.subgraphs.schema import FieldDefinition
from supergraph.composition.subgraphs.type_references import is_subtype, text


def check_external_field(
    coordinate: str,
    sources: Sources[FieldDefinition],
    merged_type: str,
    arguments: tuple[MergedInput, ...],
    merging: Merging,
) -> None:
    """Compare each external mention with the merged field."""
    for source in sources:
        if source.element.external:
            _check_type(coordinate, source, merged_type, merging)
            for argument in arguments:
                _check_argument(coordinate, source, argument, merging)


def _check_type(coordinate: str, source: Source[FieldDefinition], merged: str, merging: Merging) -> None:
    if text(source.element.type) != merged:
        merging.findings.error(
            "EXTERNAL_TYPE_MISMATCH",
            f"{coordinate} is {merged} where it is resolved,"
            f' and {text(source.element.type)} where "{source.subgraph.name}" has it as @external.',
            [source],
            "Give the external field the type that it has where it is resolved.",
        )


def _check_argument(
    coordinate: str, source: Source[FieldDefinition], argument: MergedInput, merging: Merging
) -> None:
    mentioned = source.element.arguments.get(argument.name)
    name = f"{coordinate}({argument.name}:)"
    if mentioned is None:
        merging.findings.error(
            "EXTERNAL_ARGUMENT_MISSING",
            f'{name} is missing in "{source.subgraph.name}", where the field is @external.',
            [source],
            "Give the external field the arguments that it has where it is resolved.",
        )
        return
    if not is_subtype(parse_type(argument.type), mentioned.type, merging.narrower):
        merging.findings.error(
            "EXTERNAL_ARGUMENT_TYPE_MISMATCH",
            f"{name} is {argument.type} where the field is resolved,"
            f' and {text(mentioned.type)} in "{source.subgraph.name}", where it is @external.',
            [Source(source.graph, mentioned)],
            "Give the argument one type.",
        )
    default = print_ast(mentioned.default) if mentioned.default is not None else None
    if default != argument.default:
        merging.findings.error(
            "EXTERNAL_ARGUMENT_DEFAULT_MISMATCH",
            f"{name} has the default {argument.default or 'none'} where the field is resolved,"
            f' and {default or "none"} in "{source.subgraph.name}", where it is @external.',
            [Source(source.graph, mentioned)],
            "Give the argument one default.",
        )
