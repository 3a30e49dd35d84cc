"""A rule that graphql-core misses where a `@oneOf` input is itself non-null (`by: Pick!`)."""

from __future__ import annotations

from typing import Any

from graphql import (
    GraphQLError,
    NonNullTypeNode,
    OperationDefinitionNode,
    ValidationRule,
    get_named_type,
    is_input_object_type,
    is_non_null_type,
)


class OneOfVariables(ValidationRule):
    """A variable for a field of a `@oneOf` input must be non-null (GraphQL specification, 5.8.5)."""

    def leave_operation_definition(self, operation: OperationDefinitionNode, *_: Any) -> None:
        """Look at all variables that the operation uses."""
        declared = {node.variable.name.value: node for node in operation.variable_definitions or ()}
        for usage in self.context.get_recursive_variable_usages(operation):
            definition = declared.get(usage.node.name.value)
            parent = get_named_type(usage.parent_type) if is_non_null_type(usage.parent_type) else None
            if not definition or isinstance(definition.type, NonNullTypeNode):
                continue
            if is_input_object_type(parent) and parent.is_one_of:
                message = (
                    f"Variable '${usage.node.name.value}' may be null, and a field of the OneOf input "
                    f"'{parent}' may not: make it non-null."
                )
                self.report_error(GraphQLError(message, [definition, usage.node]))
