"""From a request's text to a valid document and the operation in it."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    DirectiveNode,
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    parse,
)

from supergraph.execution.limits import check_limits
from supergraph.execution.options import Options
from supergraph.execution.refusal import refused, refused_because
from supergraph.execution.validation import Validation

CONDITIONS = frozenset({"skip", "include"})


def read_document(validation: Validation, query: str, options: Options) -> DocumentNode:
    """Parse and validate a document.

    Raises `RequestRefused` (GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED, or the limit that it is over).
    """
    try:
        document = parsed(query, options.max_tokens)
        check_limits(document, options.limits)
        errors = validation.errors(document)
    except GraphQLSyntaxError as error:
        raise refused("GRAPHQL_PARSE_FAILED", [error]) from None
    except RecursionError:
        raise refused_because("GRAPHQL_PARSE_FAILED", "The document is nested too deeply.") from None
    if errors:
        raise refused("GRAPHQL_VALIDATION_FAILED", errors)
    return document


def parsed(query: str, max_tokens: int | None = None) -> DocumentNode:
    """Parse a document, and part each token from the one before it.

    Only the garbage collector could free what leads to and fro.
    """
    document = parse(query, max_tokens=max_tokens, allow_empty_selection_sets=False)
    token = document.loc.start_token if document.loc else None
    while token is not None:
        token.prev = None
        token = token.next
    return document


def select_operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """Select the operation of this name, or the only one (GraphQL specification, 6.1).

    Raises `RequestRefused` (OPERATION_RESOLUTION_FAILURE).
    """
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if name is not None:
        operations = [node for node in operations if name_of(node) == name]
    if len(operations) == 1:
        return operations[0]
    if operations:
        problem = "The document has several operations: `operationName` must say which one is meant."
    elif name is not None:
        problem = "The document has no operation of the name that `operationName` gives."
    else:
        problem = "The document has no operation."
    raise refused("OPERATION_RESOLUTION_FAILURE", [GraphQLError(problem)])


def name_of(operation: OperationDefinitionNode) -> str | None:
    """Give an operation's name, if it has one."""
    return operation.name.value if operation.name else None


def condition_variables(document: DocumentNode) -> frozenset[str]:
    """Give the variables that `@skip` and `@include` look at."""
    return frozenset(
        argument.value.name.value
        for directive in _directives(document)
        if directive.name.value in CONDITIONS
        for argument in directive.arguments or ()
        if isinstance(argument.value, VariableNode)
    )


def _directives(document: DocumentNode) -> Iterator[DirectiveNode]:
    """All directives on what is selected."""
    waiting: list[SelectionSetNode | None] = [
        getattr(definition, "selection_set", None) for definition in document.definitions
    ]
    while waiting:
        if selection_set := waiting.pop():
            for node in selection_set.selections:
                yield from node.directives or ()
                waiting.append(getattr(node, "selection_set", None))
