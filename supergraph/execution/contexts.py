"""Documents of fetches that read contexts: one `_entities` field for each value that its objects' contexts have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import orjson
from graphql import (
    FieldNode,
    NameNode,
    Node,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

from supergraph.execution.cache import Cache
from supergraph.planning.query_plan import Fetch, Target

MOST_HEADS = 16
"""So many documents of one fetch are kept, by how often each field is repeated."""

_HOLE = "\0"
"""Marks where the number of a batch goes: a character that no document has as it is."""


class Batch(NamedTuple):
    """Representations that are asked for in one `_entities` field, with the encoded values of its contexts.

    `items` are the items of their JSON list, `size` says how many they are.
    """

    contexts: tuple[bytes, ...]
    items: bytes
    size: int


def name_in_batch(batch: int, name: str) -> str:
    """Give what an alias or a variable of a target is called in one of its batches, the first being 0."""
    return f"{_mark(batch)}{name}"


def target_members(target: Target, batches: Sequence[Batch]) -> Iterator[bytes]:
    """Give the variables of a target's batches, each an encoded member of a JSON object."""
    for number, batch in enumerate(batches):
        yield b'"%s":[%s]' % (name_in_batch(number, target.variable).encode(), batch.items)
        for context, value in zip(target.contexts, batch.contexts, strict=True):
            yield b'"%s":%s' % (name_in_batch(number, context.name).encode(), value)


def head_of(document: str) -> bytes:
    """Give the encoded body of a request, up to its variables."""
    return b'{"query":' + orjson.dumps(document)


def _mark(batch: int) -> str:
    return f"_{batch}_" if batch else ""


@dataclass(frozen=True, slots=True)
class _Field:
    """An `_entities` field, the definitions of its own variables, and the client's variables that it uses."""

    text: str
    own: str
    shared: frozenset[str]


class RepeatedDocument:
    """A fetch's document with the field of each target as often as the target has batches.

    Fields without batches are left out, and so are the variables that nothing else uses: a subgraph refuses a
    variable that is not used, or one that may not be null and is not given.
    """

    def __init__(self, fetch: Fetch) -> None:
        (operation,) = parse(fetch.document, no_location=True).definitions
        assert isinstance(operation, OperationDefinitionNode)  # noqa: S101 - planning wrote it
        self._name = operation.name.value if operation.name else ""
        self._definitions = {node.variable.name.value: node for node in operation.variable_definitions or ()}
        nodes = [node for node in operation.selection_set.selections if isinstance(node, FieldNode)]
        self._fields = [self._field(*each) for each in zip(nodes, fetch.targets, strict=True)]
        self._heads: Cache[tuple[int, ...], bytes] = Cache(MOST_HEADS)

    def head(self, batches: tuple[int, ...]) -> bytes:
        """Give the encoded body, up to the variables; `batches` counts those of each target."""
        return self._heads.get(batches, lambda: head_of(self._text(batches)))

    def _field(self, node: FieldNode, target: Target) -> _Field:
        own = (target.variable, *(context.name for context in target.contexts))
        marking = _Marking(frozenset(own))
        marked: FieldNode = visit(node, marking)
        aliased = FieldNode(
            alias=NameNode(value=f"{_HOLE}{target.alias}"),
            name=marked.name,
            arguments=marked.arguments,
            directives=(),
            selection_set=marked.selection_set,
        )
        definitions = (visit(self._definitions[name], marking) for name in own)
        return _Field(print_ast(aliased), ", ".join(map(print_ast, definitions)), frozenset(marking.others))

    def _text(self, batches: tuple[int, ...]) -> str:
        fields: list[str] = []
        definitions: list[str] = []
        shared: set[str] = set()
        for field, count in zip(self._fields, batches, strict=True):
            for batch in range(count):
                shared |= field.shared
                fields.append(field.text.replace(_HOLE, _mark(batch)))
                definitions.append(field.own.replace(_HOLE, _mark(batch)))
        definitions += [print_ast(self._definitions[name]) for name in sorted(shared)]
        return f"query {self._name}({', '.join(definitions)}) {{ {' '.join(fields)} }}"


class _Marking(Visitor):
    """Marks a target's own variables, and gathers the others."""

    def __init__(self, own: frozenset[str]) -> None:
        super().__init__()
        self.own = own
        self.others: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: object) -> Node | None:
        if node.name.value in self.own:
            return VariableNode(name=NameNode(value=f"{_HOLE}{node.name.value}"))
        self.others.add(node.name.value)
        return None
