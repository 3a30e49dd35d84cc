"""Canonical keys: one name for a field with its arguments, whatever the client calls it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

from graphql import ObjectValueNode, ValueNode, print_ast

Arguments = tuple[tuple[str, ValueNode], ...]
"""What a field is asked with: its arguments by name, and each directive for the subgraphs by `@name`, whose own
arguments are an object. So one field with and without a directive is two, as it is with different arguments.
"""


class CanonicalKeys:
    """The keys of one operation, numbered as they are first met; no key is a field's own name by accident."""

    def __init__(self, taken: frozenset[str]) -> None:
        self._taken = taken
        self._keys: dict[tuple[str, str], str] = {}
        self._written: dict[int, tuple[Arguments, str]] = {}
        self._names: set[str] = set()
        self._numbers: dict[str, Iterator[int]] = {}

    def key(self, name: str, arguments: Arguments) -> str:
        """The key of a field: its name, or a numbered one where it has arguments (`weight__1`)."""
        return self._numbered(name, self.written(arguments)) if arguments else name

    def written(self, arguments: Arguments) -> str:
        """The arguments as text, each tuple of them printed once."""
        if not arguments:
            return ""
        identity = id(arguments)
        if identity not in self._written:
            self._written[identity] = arguments, print_arguments(arguments)
        return self._written[identity][1]

    def variant(self, key: str, owner: str) -> str:
        """A key beside `key` where one cannot serve all, for objects of one type, or for one alias (`owner`)."""
        return self._unique(f"{key}__{owner}", (key, owner))

    def _numbered(self, name: str, written: str) -> str:
        if (name, written) not in self._keys:
            numbers = self._numbers.setdefault(name, count(1))
            candidates = (f"{name}__{number}" for number in numbers)
            self._keys[name, written] = self._first_free(candidates)
        return self._keys[name, written]

    def _unique(self, wanted: str, identity: tuple[str, str]) -> str:
        if identity not in self._keys:
            candidates = (wanted if number == 0 else f"{wanted}_{number}" for number in count())
            self._keys[identity] = self._first_free(candidates)
        return self._keys[identity]

    def _first_free(self, candidates: Iterable[str]) -> str:
        key = next(each for each in candidates if each not in self._taken and each not in self._names)
        self._names.add(key)
        return key


def print_arguments(arguments: Arguments) -> str:
    """The arguments as GraphQL text, sorted by name, so that order makes no difference."""
    if not arguments:
        return ""
    return ", ".join(f"{name}: {print_ast(value)}" for name, value in sorted(arguments, key=_name))


def print_field(name: str, arguments: Arguments) -> str:
    """A field with its arguments and directives, as GraphQL text."""
    if not arguments:
        return name
    own = tuple(each for each in arguments if not each[0].startswith("@"))
    directives = (_directive(*each) for each in arguments if each[0].startswith("@"))
    return " ".join([_called(name, own), *directives])


def _directive(name: str, value: ValueNode) -> str:
    fields = value.fields if isinstance(value, ObjectValueNode) else ()
    return _called(name, tuple((each.name.value, each.value) for each in fields))


def _called(name: str, arguments: Arguments) -> str:
    return f"{name}({print_arguments(arguments)})" if arguments else name


def _name(argument: tuple[str, ValueNode]) -> str:
    return argument[0]
