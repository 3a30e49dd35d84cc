"""From a request's text to a valid document and the operation in it."""

from __future__ import annotations

from graphql import (
    DirectiveNode,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)

from supergraph.execution.limits import check_limits
from supergraph.execution.one_of_variables import OneOfVariables
from supergraph.execution.options import Options
from supergraph.execution.refusal import refused, refused_because

RULES = (*specified_rules, OneOfVariables)


def read_document(api: GraphQLSchema, query: str, options: Options) -> DocumentNode:
    """Parse and validate a document.

    Raises `RequestRefused` (GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED, or the limit that it is over).
    """
    try:
        document = parse(query, max_tokens=options.max_tokens)
        check_limits(document, options.limits)
        errors = validate(
            api,
            document,
            RULES if options.introspection else (*RULES, NoSchemaIntrospectionCustomRule),
            max_errors=options.max_request_errors,
            hide_suggestions=not options.suggestions,
        )
    except GraphQLSyntaxError as error:
        raise refused("GRAPHQL_PARSE_FAILED", [error]) from None
    except RecursionError:
        raise refused_because("GRAPHQL_PARSE_FAILED", "The document is nested too deeply.") from None
    if errors:
        raise refused("GRAPHQL_VALIDATION_FAILED", errors)
    return document


def select_operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """Select the operation of this name, or the only one (GraphQL specification, 6.1).

    Raises `RequestRefused` (OPERATION_RESOLUTION_FAILURE).
    """
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if name is not None:
        operations = [node for node in operations if node.name is not None and node.name.value == name]
    if len(operations) == 1:
        return operations[0]
    if operations:
        problem = "The document has several operations: `operationName` must say which one is meant."
    elif name is not None:
        problem = "The document has no operation of the name that `operationName` gives."
    else:
        problem = "The document has no operation."
    raise refused("OPERATION_RESOLUTION_FAILURE", [GraphQLError(problem)])


def condition_variables(document: DocumentNode) -> frozenset[str]:
    """Give the variables that `@skip` and `@include` look at."""
    names: set[str] = set()

    class Conditions(Visitor):
        def enter_directive(self, node: DirectiveNode, *_: object) -> None:
            if node.name.value in {"skip", "include"}:
                values = (argument.value for argument in node.arguments or ())
                names.update(value.name.value for value in values if isinstance(value, VariableNode))

    visit(document, Conditions())
    return frozenset(names)
