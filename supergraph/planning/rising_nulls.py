"""Which of an object's fields can take the object itself along when they fail (GraphQL specification, 6.4.4).

A field under two aliases is two fields of the response, and each has its own null: where `a: me { name! }` fails,
`b: me { nick }` does not. A subgraph nulls what it answers under one key, though. So objects that are asked for
twice share a canonical key only where the same fields can null them; else each alias has a key of its own, in the
same request. That makes no more fetches, nor steps: only as many resolver calls as any server would make.

What a key or a `@requires` needs is asked for along with what the client wants of the object, non-null or not.
"""

from __future__ import annotations

from supergraph.planning.canonical_keys import print_arguments
from supergraph.planning.graph import Graph
from supergraph.planning.operation import Field, Selections
from supergraph.planning.query_plan import Guard

Rising = frozenset[tuple[str, str, str, Guard, "Rising"]]
"""By concrete type, name, arguments and guard the fields that must not be null, and what nulls these in turn."""

NOTHING: Rising = frozenset()


class RisingNulls:
    """Tells what can null the objects of a selection; each selection is looked into once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._found: dict[Selections, Rising] = {}
        self._never_null: dict[tuple[str, str], tuple[bool, bool]] = {}

    def of(self, selections: Selections | None) -> Rising:
        """The fields of a selection whose null rises to the object above them; none of a leaf's."""
        if selections is None:
            return NOTHING
        if selections not in self._found:
            self._found[selections] = frozenset(
                (concrete, field.name, print_arguments(field.arguments), field.guard, below)
                for concrete, fields in selections.fields.items()
                for field in fields
                if not field.name.startswith("__") and (below := self._below(concrete, field)) is not None
            )
        return self._found[selections]

    def _below(self, concrete: str, field: Field) -> Rising | None:
        """What makes a field null that must not be; None where it may be null, in each schema that has it."""
        coordinate = (concrete, field.name)
        if coordinate not in self._never_null:
            types = self._graph.written_types(*coordinate)
            self._never_null[coordinate] = (
                any(type_.endswith("!") for type_ in types),
                any(type_.count("!") > type_.count("[") for type_ in types),
            )
        never_null, rises = self._never_null[coordinate]
        if not never_null:
            return None
        return self.of(field.selections) if rises else NOTHING
