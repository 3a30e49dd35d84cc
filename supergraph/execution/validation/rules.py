"""The rules of validation, and when they are asked."""

from __future__ import annotations

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    assert_valid_schema,
    specified_rules,
    validate,
)

from supergraph.execution.options import Options
from supergraph.execution.validation.facts import Facts
from supergraph.execution.validation.one_of_variables import OneOfVariables
from supergraph.execution.validation.plain import is_plainly_valid

RULES = (*specified_rules, OneOfVariables)


class Validation:
    """Validates documents against one schema, of which these are the `facts`, with the options of one engine."""

    def __init__(self, api: GraphQLSchema, options: Options) -> None:
        self._api = api
        self._options = options
        self.facts = Facts(api)

    def errors(self, document: DocumentNode) -> list[GraphQLError]:
        """What is wrong with a document, in the rules' words."""
        assert_valid_schema(self._api)
        return [] if is_plainly_valid(self.facts, document) else self._judged(document)

    def _judged(self, document: DocumentNode) -> list[GraphQLError]:
        return validate(
            self._api,
            document,
            RULES if self._options.introspection else (*RULES, NoSchemaIntrospectionCustomRule),
            max_errors=self._options.max_request_errors,
            hide_suggestions=not self._options.suggestions,
        )
