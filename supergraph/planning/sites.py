"""Sites: the places of a response where objects stand, and what is wanted there, before it is decided from whom.

A site becomes a `Position` of the plan once a part serves it. Its kinds of concrete types are planned apart, as
subgraphs may know them differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from supergraph.model import ContextArgument, FieldSelection, FieldSet
from supergraph.planning.bystanders import Bystanders
from supergraph.planning.canonical_keys import Arguments, CanonicalKeys
from supergraph.planning.errors import OperationTooComplexError
from supergraph.planning.graph import Graph, Kind
from supergraph.planning.guards import NEVER
from supergraph.planning.known_spots import KnownSpots, known_spots
from supergraph.planning.operation import Field
from supergraph.planning.query_plan import Guard
from supergraph.planning.rising_nulls import NOTHING, RisingNulls
from supergraph.planning.spots import Origin, Place, Spot, offers, places, ways_in

MOST_SITES = 400

ANY = frozenset[str]()

TypedKey = tuple[str, FieldSet]
"""A key, and the `__typename` to send with it (empty: the concrete type's)."""


class Want:
    """A field that is wanted of objects at a site: of which types, and when.

    Types share a want where they select the same below it and all subgraphs treat the field of both alike. A field
    has several wants where it is asked for under several aliases, or for the client and for others, and these may fail
    apart (see `rising_nulls`).
    """

    __slots__ = (
        "arguments",
        "caught",
        "child",
        "guard",
        "key",
        "kind",
        "name",
        "only",
        "sample",
        "site",
        "types",
        "written",
    )

    def __init__(self, site: Site, kind: Kind, types: set[str], name: str, arguments: Arguments) -> None:
        self.site = site
        self.kind = kind
        self.types = frozenset(types)
        self.sample = min(types)
        self.name = name
        self.arguments = arguments
        self.written = site.forest.keys.written(arguments)
        self.guard: Guard = NEVER
        self.only = frozenset[str]()
        """The types whose objects alone may be asked for it (see `bystanders`); none where that is as well."""
        self.caught = NOTHING
        """The client's fields whose null rises to the field's objects, and may end there."""
        self.key = ""
        self.child: Site | None = None

    def keeps(self, needed: FieldSet) -> bool:
        """Whether what is needed of the field's objects is there even if the client's fields fail."""
        return not self.site.forest.rising.takes_along(self.caught, needed)


class Arrival:
    """Objects of one kind at a site, and the spots where they can stand; one for all sites where that is the same.

    Objects of an abstract type have one `home`, the spot that they came with: another subgraph's object at this
    place need not be of the same type, so nothing of it is mixed in, other than by a key. Objects of an object
    type are the same in all subgraphs that resolve the (shareable) field, and have no particular home.
    """

    __slots__ = ("_keys", "_offers", "_spared", "home", "kind", "site", "spots")

    def __init__(self, site: Site, kind: Kind, home: Spot | None) -> None:
        self.site = site
        self.kind = kind
        self.home = home
        self.spots = tuple(
            spot for spot in site.spots(kind) if home is None or spot is home or not spot.origins
        )
        self._offers = site.known.offers.setdefault((id(site.spots(kind)), home), {})
        self._spared: dict[tuple[str, str, frozenset[str]], tuple[Origin, ...]] = {}
        self._keys: dict[Spot, tuple[TypedKey, ...]] = {}

    def of(self, kind: Kind) -> Arrival:
        """The same objects, seen as of another kind (one that was joined from several, or one of those)."""
        if kind is self.kind:
            return self
        origin = self.home.origins[0][0] if self.home else None
        return self.site.arrival(kind, self.site.spot_from(kind, origin) if origin else None)

    def offers(self, concrete: str, field: str, only: frozenset[str] = ANY) -> tuple[Origin, ...]:
        """The spots from which a field can be asked for, of these types alone if they are named.

        One with `@requires` is only answered on entering.
        """
        coordinate = (concrete, field)
        if coordinate not in self._offers:
            self._offers[coordinate] = tuple(offers(self.site.forest.graph, self.spots, concrete, field))
        offered = self._offers[coordinate]
        return self._sparing(concrete, field, only, offered) if only else offered

    def _sparing(
        self, concrete: str, field: str, only: frozenset[str], offered: tuple[Origin, ...]
    ) -> tuple[Origin, ...]:
        memo = (concrete, field, only)
        if memo not in self._spared:
            spared = self.site.forest.bystanders.spared(self.spots, concrete, offered, only)
            self._spared[memo] = tuple(spared)
        return self._spared[memo]

    def keys(self, spot: Spot) -> tuple[TypedKey, ...]:
        """The keys that enter a spot, as the kind or as any type that can be here."""
        if spot not in self._keys:
            self._keys[spot] = tuple(self._all_keys(spot))
        return self._keys[spot]

    def _all_keys(self, spot: Spot) -> Iterator[TypedKey]:
        graph = self.site.forest.graph
        for key in graph.keys(spot.subgraph, spot.type_of(self.kind.sample)):
            yield spot.hidden_by, key.fields
        if self.site.abstract and not spot.hidden_by:
            for interface, key in graph.interface_keys(spot.subgraph, graph.possible(self.site.type)):
                yield interface, key.fields


class Site:
    """A place of the response: its type, and the wanted fields of each kind of concrete types."""

    def __init__(self, forest: Forest, type_: str, want: Want | None) -> None:
        self.forest = forest
        self.id = forest.register(self)
        self.type = type_
        self.want = want
        self.abstract = forest.graph.is_abstract(type_)
        self.kinds = forest.graph.kinds(type_)
        self.wants: dict[Kind, list[Want]] = {kind: [] for kind in self.kinds}
        self.typename_wanted = False
        self.contexts: Mapping[str, Want] = self._contexts_above(want)
        self.known = forest.known_in_contexts if self.contexts else forest.known
        self.answers: dict[tuple[str, Field], Want] = {}
        """Which want stands for a field of the response, of a concrete type."""
        self._index: dict[tuple[str, str, str], list[Want]] = {}
        self._composite_keys: set[str] = set()
        self._spots: dict[Kind, tuple[Spot, ...]] = {}
        self._spots_from: dict[tuple[Kind, Spot], Spot | None] = {}
        self._arrivals: dict[tuple[Kind, Spot | None], Arrival] = {}
        self._homes: dict[Spot | None, tuple[object, ...]] = {}
        self._structure: int | None = None

    def _contexts_above(self, want: Want | None) -> Mapping[str, Want]:
        """By context, the field whose objects set it: the nearest one on the way here."""
        if want is None:
            return {}
        setting = self.forest.graph.contexts(want.sample)
        return {**want.site.contexts, **dict.fromkeys(setting, want)} if setting else want.site.contexts

    def reads_as_above(self, contexts: Iterable[ContextArgument]) -> bool:
        """Whether objects here take these from contexts of the same objects as those above them do."""
        above = self.want.site.contexts if self.want else {}
        return all(self.contexts.get(each.context) is above.get(each.context) for each in contexts)

    def kind_of(self, concrete: str) -> Kind:
        """The kind that a concrete type is of."""
        return next(kind for kind in self.kinds if concrete in kind.types)

    def want_of(self, concrete: str, name: str, arguments: Arguments, needed: FieldSet) -> Want:
        """A want for a field of a concrete type, and for what is needed below it.

        It is made for all types alike where nobody wanted it yet, or nobody in a way that keeps what is needed.
        """
        written = self.forest.keys.written(arguments)
        found = self._keeping(concrete, name, written, needed)
        if found:
            return found
        self.forest.taken_apart += (concrete, name, written) in self._index
        kind = self.kind_of(concrete)
        signature = self.forest.graph.signature(concrete, name)
        alike = {
            each
            for each in kind.types
            if self.forest.graph.signature(each, name) == signature
            and self._keeping(each, name, written, needed) is None
        }
        return self.add(kind, alike, name, arguments)

    def _keeping(self, concrete: str, name: str, written: str, needed: FieldSet) -> Want | None:
        """A want that keeps what is needed: one that keeps anything, where there is one.

        A representation has one name for a field, whatever it is needed for, and so takes it under one key.
        """
        kept: Want | None = None
        for want in self._index.get((concrete, name, written), ()):
            if not want.caught:
                return want
            if kept is None and want.keeps(needed):
                kept = want
        return kept

    def wants_of(self, types: Iterable[str], needed: FieldSelection) -> dict[Want, list[str]]:
        """The wants for a field that is needed of these types, each with those of them that it is for."""
        found: dict[Want, list[str]] = {}
        for concrete in types:
            want = self.want_of(concrete, needed.name, needed.arguments, needed.selections)
            found.setdefault(want, []).append(concrete)
        return found

    def add(self, kind: Kind, types: set[str], name: str, arguments: Arguments) -> Want:
        """A new want for these types, beside those that they may have for this field."""
        want = Want(self, kind, types, name, arguments)
        self.wants[kind].append(want)
        earlier = 0
        for concrete in types:
            alike = self._index.setdefault((concrete, name, want.written), [])
            earlier = max(earlier, len(alike))
            alike.append(want)
        child = self.forest.graph.composite_type(want.sample, name)
        want.key = self._key(want, earlier, composite=child is not None)
        if child:
            want.child = Site(self.forest, child, want)
        return want

    def _key(self, want: Want, earlier: int, *, composite: bool) -> str:
        key = self.forest.keys.key(want.name, want.arguments)
        if earlier:
            key = self.forest.keys.variant(key, str(earlier + 1))
        if self.forest.graph.conflicts(self.type, want.name) or (composite and key in self._composite_keys):
            key = self.forest.keys.variant(key, want.sample)
        if composite:
            self._composite_keys.add(key)
        return key

    def spots(self, kind: Kind) -> tuple[Spot, ...]:
        """All ways to stand here for objects of this kind, embedded ones first."""
        if kind not in self._spots:
            self._spots[kind] = self._all_spots(kind)
        return self._spots[kind]

    def _all_spots(self, kind: Kind) -> tuple[Spot, ...]:
        """The spots for a kind, made once for all sites that are come to in the same ways."""
        identity = (kind, *self._way_here())
        known = self.known.below.get(identity)
        return self.known.below.setdefault(identity, self._new_spots(kind)) if known is None else known

    def _way_here(self) -> tuple[object, ...]:
        """What sites have in common that are come to in the same ways."""
        want = self.want
        if want is None:
            return self.forest.root_subgraphs
        # The first site with such an arrival stands for the others, whether its spots are known or not.
        want.site.arrival(want.kind, None)
        return (id(want.site.spots(want.kind)), want.sample, want.name, want.only, self._below_contexts)

    def _new_spots(self, kind: Kind) -> tuple[Spot, ...]:
        found = self._places(kind)
        identity = (
            kind,
            self.forest.root_subgraphs if self.want is None else (),
            self._below_contexts,
            tuple((place, ways_in(origins)) for place, origins in found.items()),
        )
        if known := self.known.made.get(identity):
            return known
        embedded = [Spot(*place, tuple(origins)) for place, origins in found.items()]
        entered = [Spot(door.subgraph, door.interface_object) for door in kind.doors]
        spots = (*embedded, *self._root_spots(kind.sample), *entered)
        return self.known.made.setdefault(identity, spots)

    @property
    def _below_contexts(self) -> int:
        """What sites have in common that are below the same contexts: 0 where there are none."""
        return id(self.contexts) if self.contexts else 0

    def spot_from(self, kind: Kind, origin: Spot) -> Spot | None:
        """The spot at which an object of this kind stands that came with this spot of the parent's site."""
        memo = (kind, origin)
        if memo not in self._spots_from:
            self._spots_from[memo] = self.known.spot_from(self.spots(kind), origin)
        return self._spots_from[memo]

    def arrival(self, kind: Kind, home: Spot | None) -> Arrival:
        """The objects of a kind that came with a spot, or (None) with any."""
        memo = (kind, home)
        if memo not in self._arrivals:
            self._arrivals[memo] = self._arrival(kind, home if self.abstract else None)
        return self._arrivals[memo]

    def _arrival(self, kind: Kind, home: Spot | None) -> Arrival:
        """One for all sites that are come to in the same ways."""
        identity = (id(self.spots(kind)), home)
        if identity not in self.forest.arrivals:
            self.forest.arrivals[identity] = Arrival(self, kind, home)
        return self.forest.arrivals[identity]

    def dissolve(self) -> None:
        """Let go of all that leads back here."""
        self.want = None
        self.contexts = {}
        for held in (self.wants, self.answers, self._index, self._arrivals):
            held.clear()

    def possible_homes(self, kind: Kind) -> tuple[Spot | None, ...]:
        """The spots that objects of a kind can come with; None where that makes no difference."""
        if not self.abstract:
            return (None,)
        return tuple(spot for spot in self.spots(kind) if spot.origins)

    def homes(self, origin: Spot | None) -> tuple[object, ...]:
        """Where objects stand that came with a spot of the parent's site, of each kind; equal only where all is."""
        if origin not in self._homes:
            self._homes[origin] = tuple(
                (id(self.spots(kind)), self.spot_from(kind, origin) if origin else None)
                for kind in self.wants
            )
        return self._homes[origin]

    @property
    def structure(self) -> int:
        """A number that sites have in common where the same is wanted, arguments and conditions aside."""
        if self._structure is None:
            wants = frozenset(
                (
                    kind,
                    self.forest.graph.signature(want.sample, want.name),
                    want.only,
                    want.child and want.child.structure,
                )
                for kind, wants in self.wants.items()
                for want in wants
                if want.guard
            )
            written = (self.type, self.typename_wanted, wants)
            self._structure = self.forest.structures.setdefault(written, len(self.forest.structures))
        return self._structure

    def _places(self, kind: Kind) -> dict[Place, list[Origin]]:
        want = self.want
        if want is None:
            return {}
        offered = want.site.arrival(want.kind, None).offers(want.sample, want.name, want.only)
        return places(self.forest.graph, want.sample, want.name, offered, kind.sample)

    def _root_spots(self, root: str) -> Iterator[Spot]:
        query = self.forest.graph.schema.query_type
        if root not in self.forest.graph.roots:
            return
        if self.want is None or (query and root == query.name):
            for name in self.forest.root_subgraphs if self.want is None else self.forest.graph.names:
                if self.forest.graph.type(name, root):
                    yield Spot(name, root=True)


class Forest:
    """All sites of one planning, and what they share."""

    def __init__(self, graph: Graph, keys: CanonicalKeys, root_subgraphs: tuple[str, ...]) -> None:
        self.graph = graph
        self.bystanders = Bystanders(graph)
        self.rising = RisingNulls(graph)
        self.keys = keys
        self.taken_apart = 0
        """How often what is needed of a field's objects was given a want beside the client's."""
        self.root_subgraphs = root_subgraphs
        self.sites: list[Site] = []
        self.known = known_spots(graph)
        self.known_in_contexts = KnownSpots()
        self.arrivals: dict[tuple[int, Spot | None], Arrival] = {}
        self.structures: dict[object, int] = {}

    @property
    def size(self) -> int:
        """How many fields are wanted, each counted for every type that it is wanted of."""
        wants = (want for site in self.sites for each in site.wants.values() for want in each)
        return sum(len(want.types) for want in wants)

    def register(self, site: Site) -> int:
        """Number a new site; raises `OperationTooComplexError` where there are too many."""
        if len(self.sites) == MOST_SITES:
            raise OperationTooComplexError("places with objects", MOST_SITES)
        self.sites.append(site)
        return len(self.sites) - 1

    def dissolve(self) -> None:
        """Take the sites apart, once the plan is made: they hold each other in circles.

        So they are gone at once. The garbage collector, which would have to find that out, takes longer than to plan a
        small operation does for every few of them.
        """
        for site in self.sites:
            site.dissolve()
        self.sites.clear()
        self.arrivals.clear()
