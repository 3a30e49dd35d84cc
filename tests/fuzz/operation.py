"""An operation as a tree that can be printed, and taken apart piece by piece."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Selection:
    """A field (`name`), an inline fragment (`on`, maybe empty), or a fragment spread (`spread`)."""

    name: str = ""
    alias: str = ""
    arguments: str = ""
    on: str = ""
    spread: str = ""
    conditions: list[str] = field(default_factory=list)
    selections: list[Selection] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The response key of a field."""
        return self.alias or self.name

    def __str__(self) -> str:
        conditions = "".join(f" {each}" for each in self.conditions)
        below = f" {braced(self.selections)}" if self.selections else ""
        if self.spread:
            return f"...{self.spread}{conditions}"
        if self.name:
            alias = f"{self.alias}: " if self.alias and self.alias != self.name else ""
            return f"{alias}{self.name}{self.arguments}{conditions}{below}"
        return f"...{f' on {self.on}' if self.on else ''}{conditions}{below}"


@dataclass
class Fragment:
    """A named fragment."""

    on: str
    selections: list[Selection]


@dataclass
class Operation:
    """An operation; `variables` are types with defaults, as SDL text, and `values` what is sent.

    `labels` are the override labels that are on, and `draw` decides on those by percent.
    """

    kind: str
    selections: list[Selection]
    fragments: dict[str, Fragment] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    labels: frozenset[str] = frozenset()
    draw: float = 0.0

    @property
    def text(self) -> str:
        """The document: the fragments and variables that are used."""
        body = braced(self.selections)
        used: dict[str, str] = {}
        todo = [body]
        while todo:
            for name in re.findall(r"\.\.\.(F\d+)", todo.pop()):
                if name not in used:
                    fragment = self.fragments[name]
                    used[name] = f" fragment {name} on {fragment.on} {braced(fragment.selections)}"
                    todo.append(used[name])
        whole = body + "".join(used.values())
        names = [name for name in self.variables if re.search(rf"\${name}\b", whole)]
        declared = ", ".join(f"${name}: {self.variables[name]}" for name in names)
        return f"{self.kind} {f'({declared}) ' if declared else ''}{whole}"

    @property
    def lists(self) -> Iterator[list[Selection]]:
        """Every list of selections in the operation."""
        todo = [self.selections, *(each.selections for each in self.fragments.values())]
        while todo:
            selections = todo.pop()
            yield selections
            todo += [each.selections for each in selections if each.selections]


def braced(selections: list[Selection]) -> str:
    """A selection set's text."""
    return f"{{ {' '.join(map(str, selections))} }}"
