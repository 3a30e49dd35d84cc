"""Python source in the making: its lines, and the objects that they name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from types import CodeType
from typing import Any

_numbers = count(1)


class Source:
    """Lines of one module. Objects are known in it under names that `bind` gives.

    Text of documents and replies gets into it as literals only (`repr`).
    """

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}
        self._lines: list[str] = []
        self._depth = 0
        self._bound: dict[tuple[str, int], str] = {}

    @property
    def text(self) -> str:
        """The source so far."""
        return "\n".join(self._lines) + "\n"

    def add(self, line: str) -> None:
        """Add a line at the depth of now."""
        self._lines.append("    " * self._depth + line)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Add a line, and what is added in this context below it."""
        self.add(head)
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    def bind(self, name: str, value: Any) -> str:
        """Give the name of an object, which begins like this."""
        key = (name, id(value))
        if key not in self._bound:
            self._bound[key] = f"{name}_{len(self._bound)}"
            self.names[self._bound[key]] = value
        return self._bound[key]

    def run(self) -> dict[str, Any]:
        """Run the module, and give what it defines."""
        name = f"<compiled plan {next(_numbers)}>"
        text = self.text
        code: CodeType = compile(text, name, "exec")
        namespace = dict(self.names)
        exec(code, namespace)  # noqa: S102 - written here, with all foreign text as literals
        return namespace
