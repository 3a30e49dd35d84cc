"""Field sets: the text in `@key`, `@requires`, `@provides` and `@fromContext`, read into the model."""

from __future__ import annotations

from graphql import FieldNode, InlineFragmentNode, Lexer, OperationDefinitionNode, SelectionSetNode, Source
from graphql import parse as parse_document

from supergraph.model import MOST_FIELD_SET_LEVELS, FieldSelection, FieldSet, FragmentSelection


def parse_field_set(text: str) -> FieldSet:
    """Read a field set such as `id owner { id } ... on Film { title(locale: "en") }`.

    Raises `GraphQLSyntaxError` where the text is no selection set, and `ValueError` where it holds more than
    fields, arguments and inline fragments (Federation specification, scalar `FieldSet`), or nests too deep.
    """
    braced = Lexer(Source(text)).advance().kind.value == "{"
    document = parse_document(text if braced else f"{{{text}}}", no_location=True)
    definition = document.definitions[0]
    if len(document.definitions) != 1 or not isinstance(definition, OperationDefinitionNode):
        raise ValueError(f"'{text}' is no field set: write only the fields, such as 'id'.")
    return _selections(definition.selection_set, text, level=1)


def _selections(node: SelectionSetNode | None, text: str, level: int) -> FieldSet:
    if level > MOST_FIELD_SET_LEVELS and node:
        raise ValueError(f"The field set '{text}' nests more than {MOST_FIELD_SET_LEVELS} levels.")
    found: list[FieldSelection | FragmentSelection] = []
    for selection in node.selections if node else ():
        if isinstance(selection, FieldNode):
            found.append(_field(selection, text, level))
        elif not isinstance(selection, InlineFragmentNode):
            raise ValueError(f"The field set '{text}' names a fragment: write its fields out.")  # noqa: TRY004 - the text is wrong, not its type
        else:
            found.extend(_fragment(selection, text, level))
    return tuple(found)


def _field(node: FieldNode, text: str, level: int) -> FieldSelection:
    if node.alias:
        raise ValueError(f"The field set '{text}' has the alias '{node.alias.value}': leave it out.")
    arguments = tuple((argument.name.value, argument.value) for argument in node.arguments or ())
    return FieldSelection(node.name.value, arguments, _selections(node.selection_set, text, level + 1))


def _fragment(node: InlineFragmentNode, text: str, level: int) -> FieldSet:
    inside = _selections(node.selection_set, text, level + 1)
    if node.type_condition is None:
        return inside
    return (FragmentSelection(node.type_condition.name.value, inside),)
