"""Operations that were parsed and validated before, and need not be again.

Routers send the same documents over and over. What Strawberry does around an execution, with its hooks and its caches
and their keys, takes longer than many an operation does; all that comes of it is kept here.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from graphql import DocumentNode, ExecutionResult, GraphQLError, execute
from strawberry import Schema
from strawberry.execution.is_awaitable import optimized_is_awaitable
from strawberry.extensions import SchemaExtension
from strawberry.types.graphql import OperationType

from subgraphs.common.executing.executor import ByColumns
from subgraphs.common.executing.selections import KEPT_OPERATIONS
from subgraphs.common.masking import MaskUnexpectedErrors
from subgraphs.common.text import is_storable, unstorable


class KnownOperation(NamedTuple):
    """A valid document, and the operation in it that was asked for."""

    document: DocumentNode
    name: str | None
    type: OperationType


class KnownOperations:
    """The operations of one schema that were found valid, by their text and the name that was asked for."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._known: dict[tuple[str, str | None], KnownOperation] = {}

    def find(self, query: str, name: str | None) -> KnownOperation | None:
        """The operation of this name (None: the only one) in a text, if it is known."""
        return self._known.get((query, name))

    def remember(self, query: str, name: str | None, operation: KnownOperation) -> None:
        """Keeps an operation; the one that was kept first makes room."""
        self._known[query, name] = operation
        if len(self._known) > KEPT_OPERATIONS:
            del self._known[next(iter(self._known))]

    async def executed(
        self,
        operation: KnownOperation,
        variables: dict[str, Any] | None,
        context: Any,
        extensions: dict[str, Any] | None,
    ) -> ExecutionResult:
        """What comes of an operation, as `schema.execute` gives it."""
        result = ExecutionResult(None, [unstorable()])
        if is_storable(variables):
            result = await self._executed(
                operation, variable_values=variables, context_value=context, operation_extensions=extensions
            )
        if result.errors:
            self._schema._process_errors(result.errors)
            MaskUnexpectedErrors().mask(result)
        return result

    async def _executed(self, operation: KnownOperation, **given: Any) -> ExecutionResult:
        given |= {"is_awaitable": optimized_is_awaitable, "executor_class": ByColumns}
        try:
            result = execute(self._schema._schema, operation.document, operation_name=operation.name, **given)
            return result if isinstance(result, ExecutionResult) else await result
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told as an error
            return ExecutionResult(None, [GraphQLError(str(error), original_error=error)])


class Remembering(SchemaExtension):
    """Remembers an operation as soon as it is to be executed, which no invalid one is."""

    def __init__(self, known: KnownOperations) -> None:
        super().__init__()
        self._known = known

    def on_execute(self) -> Iterator[None]:
        """Keeps what is executed."""
        context: Any = self.execution_context
        # Whose literals have escapes is looked at for text that no store holds, each time.
        if "\\u" not in context.query:
            operation = KnownOperation(
                context.graphql_document, context.operation_name, context.operation_type
            )
            self._known.remember(context.query, context._provided_operation_name, operation)
        yield
