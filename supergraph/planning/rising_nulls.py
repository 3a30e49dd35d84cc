"""Which of an object's fields can take the object itself along when they fail (GraphQL specification, 6.4.4).

A field under two aliases is two fields of the response, and each has its own null: where `a: me { name! }` fails,
`b: me { nick }` does not. A subgraph nulls what it answers under one key, though. So objects that are asked for
twice share a canonical key only where the same fields can null them; else each alias has a key of its own, in the
same request. That makes no more fetches, nor steps: only as many resolver calls as any server would make.

What a key, a context or a `@requires` needs of the objects of a field has a key of its own, too, where a field that
only the client asks for could null them and not what they stand in: what is computed must not come out otherwise for
it. The other way round there is none: what is needed may take along what the client wants beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.model import FieldSelection, FieldSet
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

    def caught(self, concrete: str, field: Field) -> Rising:
        """Those whose null rises to the objects of a field, if it may end there."""
        return self.of(field.selections) if self._graph.nullability(concrete, field.name).catches else NOTHING

    def takes_along(self, rising: Rising, needed: FieldSet) -> bool:
        """Whether of such fields one that is not needed itself can take along what is needed of the objects."""
        for concrete, name, arguments, _, below in rising:
            alike = [
                each
                for each in self._of_type(concrete, needed)
                if each.name == name and print_arguments(each.arguments) == arguments
            ]
            if not alike or self.takes_along(below, tuple(one for each in alike for one in each.selections)):
                return True
        return False

    def _of_type(self, concrete: str, fields: FieldSet) -> Iterator[FieldSelection]:
        for selection in fields:
            if isinstance(selection, FieldSelection):
                yield selection
            elif concrete in self._graph.possible(selection.type_condition):
                yield from self._of_type(concrete, selection.selections)

    def _below(self, concrete: str, field: Field) -> Rising | None:
        """What makes a field null that must not be; None where it may be null, in each schema that has it."""
        nullability = self._graph.nullability(concrete, field.name)
        if not nullability.never_null:
            return None
        return self.of(field.selections) if nullability.rises else NOTHING
