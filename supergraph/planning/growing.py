"""Growing sites from a normalised operation: what the client's selections want of whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from supergraph.planning.canonical_keys import Arguments
from supergraph.planning.denials import Denials
from supergraph.planning.guards import NEVER, both, either
from supergraph.planning.joining import join
from supergraph.planning.operation import Field, Selections
from supergraph.planning.query_plan import ALWAYS, Guard
from supergraph.planning.rising_nulls import NOTHING, Rising, RisingNulls
from supergraph.planning.sites import ANY, Forest, Site, Want

Wanted = tuple[Field, Guard]
"""A field of the response with the guard under which it is wanted at all (its parents' included)."""


def grow(forest: Forest, selections: Selections, denials: Denials) -> Site:
    """The root site of an operation, with all sites below it."""
    root = Site(forest, selections.type, None)
    _Growth(denials, forest.rising).grow(root, [(selections, ALWAYS)])
    return root


class _Growth:
    def __init__(self, denials: Denials, rising: RisingNulls) -> None:
        self.denials = denials
        self.rising = rising

    def grow(self, site: Site, selected: list[tuple[Selections, Guard]]) -> None:
        site.typename_wanted = site.abstract and not self._uniform(site, selected)
        groups: dict[object, tuple[set[str], list[Wanted]]] = {}
        for concrete in sorted(site.forest.graph.possible(site.type)):
            for identity, wanted in self._by_field(site, concrete, selected).items():
                groups.setdefault(identity, (set(), wanted))[0].add(concrete)
        only = _only(site, groups.values())
        for (types, wanted), spared in zip(groups.values(), only, strict=True):
            for want in _wants(site, types, wanted[0][0]):
                want.only = spared
                for field, _ in wanted:
                    site.answers.update(((name, field), want) for name in want.types)
                self._fill(want, wanted)
        site.typename_wanted = site.abstract and (site.typename_wanted or self._keyed_apart(site, selected))

    def _keyed_apart(self, site: Site, selected: list[tuple[Selections, Guard]]) -> bool:
        """Whether a field of the response stands under several keys, by the concrete type of the object."""
        possible = site.forest.graph.possible(site.type)
        return any(
            len({site.answers[concrete, field].key for concrete in possible}) > 1
            for selections, _ in selected
            for field in next(iter(selections.fields.values()))
        )

    def _by_field(
        self, site: Site, concrete: str, selected: list[tuple[Selections, Guard]]
    ) -> dict[object, list[Wanted]]:
        """The selections of each field of a concrete type, keyed so that equal keys may share a want.

        Of a mutation's own fields none does: one that is asked for twice is executed twice.
        """
        fields: dict[tuple[str, str, Rising, Field | None], list[Wanted]] = {}
        serial = site.want is None and site.forest.graph.is_serial(site.type)
        for selections, guard in selected:
            for field in selections.fields.get(concrete, ()):
                if not field.name.startswith("__") and not self.denials.denial(concrete, field):
                    written = site.forest.keys.written(field.arguments)
                    rising = self.rising.of(field.selections) if field.selections else NOTHING
                    key = (field.name, written, rising, field if serial else None)
                    fields.setdefault(key, []).append((field, both(guard, field.guard)))
        signature = site.forest.graph.signature
        return {
            (key, signature(concrete, key[0]), tuple((id(field), guard) for field, guard in wanted)): wanted
            for key, wanted in fields.items()
        }

    def _fill(self, want: Want, wanted: Sequence[Wanted]) -> None:
        want.guard = _guard(wanted)
        if want.child:
            want.caught = self.rising.caught(want.sample, wanted[0][0])
            below = [(field.selections, guard) for field, guard in wanted if field.selections]
            self.grow(want.child, below)

    def _uniform(self, site: Site, selected: list[tuple[Selections, Guard]]) -> bool:
        """Whether nothing that the client asks for depends on the concrete type of an object."""
        possible = site.forest.graph.possible(site.type)
        return all(
            selections.fields.keys() == possible
            and len(set(selections.fields.values())) == 1
            and len({selections.order.get(name) for name in possible}) == 1
            and not any(
                self._depends_on_type(site, field, possible)
                for field in next(iter(selections.fields.values()))
            )
            for selections, _ in selected
        )

    def _depends_on_type(self, site: Site, field: Field, possible: frozenset[str]) -> bool:
        graph = site.forest.graph
        if field.name.startswith("__") or graph.conflicts(site.type, field.name):
            return True
        if len({graph.field_type(concrete, field.name) for concrete in possible}) > 1:
            return True
        return any(self.denials.denial(concrete, field) for concrete in possible)


def _guard(wanted: Iterable[Wanted]) -> Guard:
    guard = NEVER
    for _, each in wanted:
        guard = either(guard, each)
    return guard


def _only(site: Site, groups: Collection[tuple[set[str], list[Wanted]]]) -> Iterator[frozenset[str]]:
    """The types of which alone each of these may be asked for, as others would suffer; none where that is as well.

    Leaves have one key for all types that want them alike, so it makes no difference in how many groups they are.
    """
    suffering = [site.forest.bystanders.of(min(types), wanted[0][0].name) for types, wanted in groups]
    if not any(suffering):
        yield from [ANY] * len(groups)
        return
    alike: dict[object, set[str]] = defaultdict(set)
    identities: list[object] = []
    for types, wanted in groups:
        field = wanted[0][0]
        written = site.forest.keys.written(field.arguments)
        identities.append((field.name, written, _guard(wanted), id(wanted) if field.selections else None))
        alike[identities[-1]] |= types
    possible = site.forest.graph.possible(site.type)
    for each, identity in zip(suffering, identities, strict=True):
        yield ANY if each & possible <= alike[identity] else frozenset(alike[identity])


def _wants(site: Site, types: set[str], field: Field) -> list[Want]:
    """The wants for one field of these types: one, where they can be planned as one."""
    kinds = [kind for kind in site.kinds if not kind.types.isdisjoint(types)]
    arguments: Arguments = field.arguments
    joint = join(site, types, field.name) if len(kinds) > 1 and field.selections else None
    if joint:
        return [site.add(joint, types, field.name, arguments)]
    return [site.add(kind, types & kind.types, field.name, arguments) for kind in kinds]
