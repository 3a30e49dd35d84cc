"""Text that no store can hold, refused before anything runs."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from graphql import DocumentNode, ExecutionResult, StringValueNode, Visitor, visit
from strawberry.extensions import SchemaExtension

from subgraphs.common.errors import BadUserInput

_ODD = re.compile("[\0\ud800-\udfff]")


class RefuseUnstorableText(SchemaExtension):
    """Answers BAD_USER_INPUT where a variable or a literal has U+0000 or half a surrogate pair in it.

    JSON can carry both; PostgreSQL takes no U+0000, and neither database takes a surrogate.
    """

    def on_execute(self) -> Iterator[None]:
        """Looks at what was sent, and lets nothing run that has such text."""
        context = self.execution_context
        sent = [context.variables, _literals(context.graphql_document, context.query or "")]
        if not is_storable(sent):
            context.result = ExecutionResult(data=None, errors=[unstorable()])
        yield


def unstorable() -> BadUserInput:
    """What is answered to such text."""
    return BadUserInput("Text must be Unicode without U+0000 and without unpaired surrogates.")


def is_storable(value: Any) -> bool:
    """Whether every database takes all the text in a JSON value."""
    try:
        suspicious = b"\\u0000" in orjson.dumps(value)
    except TypeError:
        suspicious = True
    return not suspicious or not any(_ODD.search(text) for text in _texts(value))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield name
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _literals(document: DocumentNode | None, query: str) -> list[str]:
    # Only an escape can put such a character into a document that was read as UTF-8.
    if document is None or "\\u" not in query:
        return []
    collected = _Literals()
    visit(document, collected)
    return collected.values


class _Literals(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.values: list[str] = []

    def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
        self.values.append(node.value)
