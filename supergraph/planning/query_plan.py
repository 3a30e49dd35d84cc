"""The query plan: what planning hands to execution.

Three ideas carry it.

*Canonical keys.* Inside the engine a field of an object is known by one key: its name where it has no
arguments, else a name made from field and argument values. Subgraph requests alias to that key, and the
client's aliases appear only in the response shape. So no alias can collide with a key or a requirement.

*Positions.* A position is a place in the response where objects stand (`viewer`, `viewer.rentals.edges`).
Positions form a tree under the root position, number 0. A field that is only fetched for a requirement has
its position too, although no client sees it.

*Parts.* Replies are read, never changed or merged. An object at a position is the sum of its parts, and each
part is one fetch's share of it: either embedded in the same part of the parent's object, under the
position's key, or attached, as the answer to the representation that was made for this object. A root fetch
is one part (attached to position 0), and so is each target of an entity fetch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from graphql import GraphQLOutputType


class OperationKind(Enum):
    """The kind of an operation, as its GraphQL keyword."""

    QUERY = "query"
    MUTATION = "mutation"
    SUBSCRIPTION = "subscription"


@dataclass(frozen=True, slots=True, order=True)
class Condition:
    """True when the Boolean variable has this value (`@include`: True, `@skip`: False)."""

    variable: str
    value: bool


Guard = frozenset[frozenset[Condition]]
"""When a selection counts: any of the conjunctions holds. `ALWAYS` holds; the empty set never does."""

ALWAYS: Guard = frozenset({frozenset[Condition]()})


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the response where objects stand.

    `key` is the canonical key under the parent's object (the root has parent None and key "").
    `type` is the composite type there in the supergraph's schema.
    `embedded` are the parts that bring the object along in the same part of the parent's object, the
    first one that is not null being its identity; `attached` the parts that entity fetches (or, at the
    root, root fetches) add. A position of the query root type deeper down (`payload { query { ... } }`) has
    root fetches attached too: each of its objects is the whole of their data.
    `typename` are the parts whose `__typename` tells the concrete type, in order of preference. It is
    empty where `type` is an object type, and where nothing depends on the concrete type of an abstract
    one: then every object counts as of type `type`, and `ObjectShape.fields` has that one key.
    """

    id: int
    parent: int | None
    key: str
    type: str
    embedded: tuple[int, ...] = ()
    attached: tuple[int, ...] = ()
    typename: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RepresentationField:
    """One field of a representation.

    `name` is the field's name in the representation, `key` its canonical key in the `sources` parts, which
    are tried in order. For a composite field `position` is where its objects stand and `fields` what to
    take of them (lists are walked); `types` restricts it to objects of these concrete types (None: all).
    A `required` field belongs to the entity's key: where it is null there is nothing to ask. An input of
    `@requires` may be null. One that is not `nullable` is of a non-null type where it comes from.
    """

    name: str
    key: str
    sources: tuple[int, ...]
    required: bool
    position: int | None = None
    fields: tuple[RepresentationField, ...] = ()
    types: frozenset[str] | None = None
    guard: Guard = ALWAYS
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Representation:
    """How the representation of an object of one of `types` is made.

    `types` None is for every object, whose concrete type may not be known yet (an `@interfaceObject`'s).
    `typename` is the `__typename` to send; None means the object's own concrete type.
    """

    types: frozenset[str] | None
    typename: str | None
    fields: tuple[RepresentationField, ...]


@dataclass(frozen=True, slots=True)
class ContextVariable:
    """A variable of a request that is filled from an object further up (`@fromContext`).

    `position` is where that object stands, above the target's. `fields` lead to the value: the one whose `types`
    fit the object is taken, and of a composite field's objects again one of its `fields`; lists give lists.
    Where a `required` value is null there is nothing to ask.
    """

    name: str
    position: int
    fields: tuple[RepresentationField, ...]
    required: bool


@dataclass(frozen=True, slots=True)
class Target:
    """One `_entities` field of an entity fetch: for which objects, under which alias, as which part.

    Objects at `position` whose concrete type no representation names are left out.
    Objects for which `contexts` have different values are asked for apart: the document has the field once, as it
    stands where all values are alike; for each further value it is repeated under another alias, with other
    names for its `variable` and those of the contexts, and for none it is left out.
    A target that is `separate` gives each object a share of its own, even where two have one representation:
    below it there are fields whose contexts may differ, though the objects are otherwise the same.
    """

    part: int
    position: int
    alias: str
    variable: str
    representations: tuple[Representation, ...]
    guard: Guard = ALWAYS
    contexts: tuple[ContextVariable, ...] = ()
    separate: bool = False


@dataclass(frozen=True, slots=True)
class Fetch:
    """One request to one subgraph.

    `document` is sent as it is; `variables` names the client's variables that go with it.
    A root fetch has a `part` and no targets; an entity fetch has targets, each with a part of its own.
    `after` are the fetches that must have ended before (failed ones too: what depends on them is null).
    A mutation's root fetches, and all that hangs on them, are ordered through `after`.
    """

    id: int
    subgraph: str
    kind: OperationKind
    document: str
    variables: tuple[str, ...]
    after: frozenset[int]
    part: int | None = None
    targets: tuple[Target, ...] = ()
    guard: Guard = ALWAYS


@dataclass(frozen=True, slots=True)
class Denial:
    """Why a field is withheld: the scopes or policies it wants (empty: any signed-in caller)."""

    coordinate: str
    directive: str
    wants: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class FieldShape:
    """One field of the response.

    `response_key` is the client's; `type` the field's type in the API schema, wrappers included.
    A value is found under the canonical `key` in the `sources` parts: the first that has it for a leaf,
    all of them (through `shape.position`) for an object. `__typename` has the key "__typename" and no
    sources. Introspection fields (`__schema`, `__type`) have no sources either; the API schema answers them.
    A `denied` field is null, with an error, and is never fetched. Nor is a `disputed` one: it is of a type that
    one of the subgraphs that share the field above does not know, so by them there can be no such object (see
    `Walk.is_agreed`, for why this takes nothing from subgraphs that agree).
    """

    response_key: str
    name: str
    key: str
    type: GraphQLOutputType
    sources: tuple[int, ...]
    guard: Guard = ALWAYS
    shape: ObjectShape | None = None
    denied: Denial | None = None
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class ObjectShape:
    """The response's fields at a position, in the client's order, by the object's concrete type.

    Where conditions decide on the order a field stands there several times, with the guard of each place. The
    first that holds counts.
    """

    position: int
    fields: Mapping[str, tuple[FieldShape, ...]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A subgraph that could have answered a field: at which cost, or why not (`reason`).

    It would answer in `step`, and with all that is asked below the field take `fetches` that the plan does not make
    otherwise; a plan that would thereby get longer would have `steps` of them.
    """

    subgraph: str
    step: int = 0
    fetches: int = 0
    steps: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Collected:
    """Fields of one fetch's reply that are sent in the representations of another, as a field set."""

    fields: str
    fetch: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Why a field is fetched where it is, and who else could have answered it.

    `path` has canonical keys, as the fetches' documents have; `coordinates` name the field in each type of objects
    there. It is answered in `step`, by a `fetch` that enters the subgraph with a `key` (empty: the objects come
    along in that fetch), with what the field `requires` and takes of `contexts`; as an `interface_object` where
    the subgraph knows the objects as that, and as `provided` where it resolves the field on this path alone. Where
    the objects' types must be known before, `typed_by` are the fetches that tell them. A field that the client did
    not ask for is `required_by` others.

    A `denied` field is fetched nowhere. Nor is a disputed one: there `unaware` are the subgraphs that share the
    field above it and do not know its type.
    """

    path: tuple[str, ...]
    coordinates: tuple[str, ...]
    subgraph: str = ""
    fetch: int = 0
    step: int = 0
    key: tuple[Collected, ...] = ()
    requires: tuple[Collected, ...] = ()
    contexts: tuple[Collected, ...] = ()
    required_by: tuple[str, ...] = ()
    typed_by: tuple[int, ...] = ()
    interface_object: str = ""
    provided: bool = False
    guard: Guard = ALWAYS
    denied: Denial | None = None
    candidates: tuple[Candidate, ...] = ()
    unaware: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """How one operation is answered.

    `fetches` stand in an order in which each follows what it is `after`; a fetch's id is its index, as a
    position's is in `positions`. `introspection` is the operation text that the API schema itself answers
    (empty: none). `choices` explain the plan, where they were asked for.
    """

    kind: OperationKind
    fetches: tuple[Fetch, ...]
    positions: tuple[Position, ...]
    shape: ObjectShape
    introspection: str = ""
    choices: tuple[Choice, ...] = ()

    @property
    def depths(self) -> tuple[int, ...]:
        """In which step each fetch is made, 1 the first: one more than the latest that it is after."""
        depths: list[int] = []
        for fetch in self.fetches:
            depths.append(1 + max((depths[earlier] for earlier in fetch.after), default=0))
        return tuple(depths)

    @property
    def steps(self) -> int:
        """How many fetches follow each other on the longest way through the plan."""
        return max(self.depths, default=0)
