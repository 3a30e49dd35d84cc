"""Planning: a normalised operation to the query plan with the fewest steps and, of those, the fewest fetches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial

from supergraph.model import Supergraph
from supergraph.planning.answering import NotBefore, TooEarlyError
from supergraph.planning.assembling import Stage, assemble
from supergraph.planning.avoiding import plan_around
from supergraph.planning.canonical_keys import CanonicalKeys
from supergraph.planning.denials import Denials
from supergraph.planning.documents import Documents
from supergraph.planning.earliness import Earliness
from supergraph.planning.errors import UnreachableFieldError
from supergraph.planning.graph import Graph, graph_of
from supergraph.planning.growing import grow
from supergraph.planning.guards import NEVER, any_of, without
from supergraph.planning.operation import Field, Operation, Selections
from supergraph.planning.permissions import Permissions
from supergraph.planning.query_plan import Guard, OperationKind, QueryPlan
from supergraph.planning.reaching import Reach
from supergraph.planning.searching import Search
from supergraph.planning.settling import Settlement
from supergraph.planning.sites import Forest, Site
from supergraph.planning.ways import Ways, best

MOST_COMPARED = 200
"""With more wanted fields than this, the first of several ways with equally few calls is taken as it is."""


def plan(
    supergraph: Supergraph,
    operation: Operation,
    permissions: Permissions | None = None,
    *,
    labels: frozenset[str] = frozenset(),
    avoid: frozenset[str] = frozenset(),
    explain: bool = False,
) -> QueryPlan:
    """The query plan of an operation.

    What `permissions` do not allow is not fetched and is denied in the response's shape; None enforces nothing.
    `labels` are the active labels of `@override`. The subgraphs to `avoid` are asked for that alone which no other
    resolves. With `explain`, the plan says why each field is fetched where.

    Raises `UnreachableFieldError` where no way through the subgraphs answers the operation, and
    `OperationTooComplexError` where planning would exceed its bounds.
    """
    denials = Denials(supergraph, operation, permissions)

    def plan_on(graph: Graph) -> QueryPlan:
        return _Planner(graph, operation, denials).plan(explained=explain)

    around = plan_around(supergraph, labels, avoid, plan_on) if avoid else None
    return around or plan_on(graph_of(supergraph, labels))


ALL_CALLS = -1
"""Every bit: all calls there can be."""


MOST_LATE = 4
"""So many deadlines are tried: one may be too early where objects of an abstract type come from elsewhere than the
search took them to."""

MOST_RETRIED = 4_000
"""So many wanted fields are settled again, all attempts of all deadlines together."""


class _Retries:
    """What is left of the wanted fields that may be settled again."""

    def __init__(self, forest: Forest) -> None:
        self._forest = forest
        self._left = MOST_RETRIED

    def take(self) -> bool:
        """Take what it costs to settle all once more; False where too little is left."""
        self._left -= 1 + self._forest.size
        return self._left >= 0


def _settlement(root: Site, search: Search, steps: int, retries: _Retries) -> Settlement | None:
    """The way with the fewest calls, settled; where none of them is one, another way, or what all calls allow."""
    ways = search.complete(root, None, steps)
    fewest = best(ways)
    compared = fewest if root.forest.size <= MOST_COMPARED else fewest[:1]
    return (
        _earliest(root, search, compared, steps)
        or next(_settled(root, search, _others(ways, compared), steps), None)
        or next(_settled_late(root, search, steps, retries), None)
    )


def _others(ways: Ways, compared: list[int]) -> list[int]:
    return sorted(set(ways) - set(compared), key=lambda way: (way.bit_count(), way))


def _earliest(root: Site, search: Search, ways: Iterable[int], steps: int) -> Settlement | None:
    """Of ways with equally few calls the one with the most early, settled; others only where they might be it."""
    earliest: Settlement | None = None
    for way in ways:
        if earliest and Earliness(search, way, steps).least_lateness(root) >= earliest.lateness:
            continue
        for settled in _settled(root, search, [way], steps):
            if earliest is None or settled.lateness < earliest.lateness:
                earliest = settled
    return earliest


def _settled(root: Site, search: Search, ways: Iterable[int], steps: int) -> Iterator[Settlement]:
    """The ways, settled. One may be none: where the search took objects of an abstract type to come from elsewhere."""
    for way in ways:
        with suppress(UnreachableFieldError):
            yield _consistent(root, partial(Settlement, search, way, steps))


def _consistent(root: Site, begun: Callable[[], Settlement]) -> Settlement:
    """A settlement, settled: once more where something was taken apart that may have been taken of the client's before.

    What is sent as one object is to be taken under one key, whichever need of it was met first.
    """
    while True:
        taken_apart = root.forest.taken_apart
        settlement = begun()
        settlement.settle(root)
        if root.forest.taken_apart == taken_apart:
            return settlement


def _settled_late(root: Site, search: Search, steps: int, retries: _Retries) -> Iterator[Settlement]:
    """What all calls allow, settled: again and again, each time with something later that was too early."""
    not_before: NotBefore = {}
    while True:
        with suppress(TooEarlyError):
            with suppress(UnreachableFieldError):
                settled = _consistent(root, partial(Settlement, search, ALL_CALLS, steps, not_before))
                yield _fewer(root, settled, not_before, retries)
            return
        if not retries.take():
            return


def _fewer(root: Site, settled: Settlement, not_before: NotBefore, retries: _Retries) -> Settlement:
    """The same within fewer calls, where one or the other is not needed; as many as may be are tried."""
    settled.keep_to_made()
    for call in list(settled.made_bits()):
        if not settled.calls & call:
            continue
        if not retries.take():
            break
        begun = partial(Settlement, settled.search, settled.calls & ~call, settled.steps, dict(not_before))
        with suppress(UnreachableFieldError, TooEarlyError):
            settled = _consistent(root, begun)
            settled.keep_to_made()
    return settled


class _Planner:
    def __init__(self, graph: Graph, operation: Operation, denials: Denials) -> None:
        self.graph = graph
        self.operation = operation
        self.denials = denials
        self.keys = CanonicalKeys(graph.field_names)
        self.forests: list[Forest] = []

    def plan(self, *, explained: bool) -> QueryPlan:
        try:
            return self._planned(explained=explained)
        finally:
            for forest in self.forests:
                forest.dissolve()

    def _planned(self, *, explained: bool) -> QueryPlan:
        if self.operation.kind is OperationKind.QUERY:
            stages = [self._stage(self.operation.selections, self.graph.names)]
        else:
            stages = self._serial()
        documents = Documents(self.graph, self.operation.variables, self.operation.name)
        return assemble(self.operation, stages, self.denials, documents, explained=explained)

    def _stage(self, selections: Selections, root_subgraphs: tuple[str, ...]) -> Stage:
        forest = Forest(self.graph, self.keys, root_subgraphs)
        self.forests.append(forest)
        root = grow(forest, selections, self.denials)
        fewest = (reach := Reach(forest)).fewest_steps(root)
        retries = _Retries(forest)
        for steps in range(fewest, fewest + MOST_LATE):
            if settlement := _settlement(root, Search(reach), steps, retries):
                return Stage(selections, root, settlement)
        raise UnreachableFieldError((root.type,))

    def _serial(self) -> list[Stage]:
        """One stage after the other, each begun at one subgraph alone, so that no root field runs twice.

        Root fields that follow each other share a stage where one subgraph answers them: it keeps their order.
        """
        stages: list[Stage] = []
        for field in self._in_turn():
            longer = self._prolonged(stages[-1], field) if stages else None
            if longer:
                stages[-1] = longer
            else:
                stages.append(self._alone((field,)))
        return stages or [self._stage(self.operation.selections, self.graph.names)]

    def _in_turn(self) -> Iterator[Field]:
        """The root fields in the order of their execution: a field for each of its places, of which one counts."""
        selections = self.operation.selections
        earlier: dict[Field, Guard] = {}
        for field, guard in selections.places(selections.type):
            before = earlier.get(field, NEVER)
            here = without(guard, before)
            earlier[field] = any_of(before | guard)
            if here:
                yield field if here == field.guard else replace(field, guard=here)

    def _alone(self, fields: tuple[Field, ...]) -> Stage:
        """The cheapest stage of these fields, over the subgraphs where it may begin."""
        found: list[Stage] = []
        for subgraph in self.graph.names:
            with suppress(UnreachableFieldError):
                found.append(self._stage(self._only(fields), (subgraph,)))
        if not found:
            raise UnreachableFieldError((f"{self.operation.selections.type}.{fields[0].name}",))
        return min(found, key=lambda stage: (stage.settlement.steps, stage.settlement.calls.bit_count()))

    def _prolonged(self, stage: Stage, field: Field) -> Stage | None:
        """The stage with one field more; None where that would run a field out of order."""
        fields = stage.selections.fields[self.operation.selections.type]
        subgraphs = tuple(call.subgraph for call in stage.settlement.made.values())
        if len(subgraphs) > 1:
            return None
        if not subgraphs:
            return self._alone((*fields, field))
        try:
            return self._stage(self._only((*fields, field)), subgraphs)
        except UnreachableFieldError:
            return None

    def _only(self, fields: tuple[Field, ...]) -> Selections:
        root = self.operation.selections.type
        return Selections(root, {root: fields})
