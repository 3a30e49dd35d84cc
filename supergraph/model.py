"""What the stages share: a supergraph as its subgraphs see it.

Everything here is frozen. Composition makes a `Supergraph` by reading supergraph SDL; planning and
execution only look at it. The vocabulary is that of the Federation specification.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from graphql import GraphQLSchema, ValueNode, is_abstract_type


class TypeKind(Enum):
    """The kind of a named type in one subgraph."""

    SCALAR = "SCALAR"
    OBJECT = "OBJECT"
    INTERFACE = "INTERFACE"
    UNION = "UNION"
    ENUM = "ENUM"
    INPUT_OBJECT = "INPUT_OBJECT"


class FieldSelection(NamedTuple):
    """One field of a field set, with literal arguments and the selections below it.

    A tuple, as `Inputs` is: planning remembers much by field sets, and tuples are quick to hash.
    """

    name: str
    arguments: tuple[tuple[str, ValueNode], ...] = ()
    selections: FieldSet = ()


class FragmentSelection(NamedTuple):
    """An inline fragment of a field set."""

    type_condition: str
    selections: FieldSet


FieldSet = tuple[FieldSelection | FragmentSelection, ...]
"""The selections of `@key(fields:)`, `@requires(fields:)` or `@provides(fields:)`."""

MOST_FIELD_SET_LEVELS = 32
"""So many selections of a field set may be nested in one another: as many as in what a client asks for."""


class Key(NamedTuple):
    """An entity key: what identifies an object of the type in one subgraph.

    `resolvable` says whether that subgraph answers `_entities` for it.
    """

    fields: FieldSet
    resolvable: bool = True


@dataclass(frozen=True, slots=True)
class Override:
    """`@override(from:, label:)` on a field: who gave it up, and under which label (None: for good)."""

    source: str
    label: str | None = None


class ContextArgument(NamedTuple):
    """An argument that `@fromContext` fills: from which context, by which selection on the type that sets it."""

    name: str
    type: str
    context: str
    selection: FieldSet


class Inputs(NamedTuple):
    """What a field is made of besides a key: what it `@requires` of its object, and takes from contexts.

    With `only_of`, it may be asked for of objects of these types alone, once their types are known.

    A tuple, because planning looks things up by it all the time, and tuples are quick to compare.
    """

    requires: FieldSet = ()
    contexts: tuple[ContextArgument, ...] = ()
    only_of: frozenset[str] = frozenset()

    def and_of(self, contexts: tuple[ContextArgument, ...]) -> Inputs:
        """These, and what others take from contexts."""
        return self._replace(contexts=tuple(dict.fromkeys(self.contexts + contexts))) if contexts else self


NO_INPUTS = Inputs()


@dataclass(frozen=True, slots=True)
class SubgraphField:
    """A field as one subgraph knows it.

    `type` is the field's type there, as SDL text (`[Genre!]!`); `named_type` its innermost name.
    `external` fields are known but resolved elsewhere, save on a path that `@provides` them.
    `used_overridden` fields were moved away by an override, and are still read for a key or a requirement.
    `only_of` are the types of which alone planning lets it be asked for (none: of all that have it).
    """

    name: str
    type: str
    named_type: str
    arguments: frozenset[str] = frozenset()
    external: bool = False
    requires: FieldSet = ()
    provides: FieldSet = ()
    override: Override | None = None
    used_overridden: bool = False
    context_arguments: tuple[ContextArgument, ...] = ()
    only_of: frozenset[str] = frozenset()
    inputs: Inputs = field(init=False, repr=False, compare=False)
    """What it takes to ask for the field, of an object that can be entered."""

    def __post_init__(self) -> None:
        """Put the inputs together, once: planning asks for them all the time."""
        inputs = Inputs(self.requires, self.context_arguments, self.only_of)
        object.__setattr__(self, "inputs", NO_INPUTS if inputs == NO_INPUTS else inputs)


@dataclass(frozen=True, slots=True)
class SubgraphType:
    """A composite or leaf type as one subgraph knows it.

    `possible_types` are the object types that a value of it can be, as far as this subgraph knows:
    itself for an object type, the members for a union, the implementers for an interface.
    An `@interfaceObject` has kind OBJECT, `is_interface_object` set, and stands for every implementer: they
    are its `possible_types`, though the subgraph does not know them. `contexts` are those that `@context` sets.
    """

    name: str
    kind: TypeKind
    keys: tuple[Key, ...] = ()
    fields: Mapping[str, SubgraphField] = field(default_factory=dict)
    possible_types: frozenset[str] = frozenset()
    is_interface_object: bool = False
    contexts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Subgraph:
    """One subgraph: its name (as composed), its routing URL (may be empty), and its view of the types."""

    name: str
    url: str
    types: Mapping[str, SubgraphType]


@dataclass(frozen=True, slots=True)
class Authorization:
    """What a caller must have, by `@authenticated`, `@requiresScopes` and `@policy` together.

    Of `scopes` and `policies` one inner list must be met in full; an empty outer list asks for nothing.
    """

    authenticated: bool = False
    scopes: tuple[tuple[str, ...], ...] = ()
    policies: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class ListSize:
    """`@listSize` on a field: how long its list is thought to be, or the lists below it that `sized_fields` name.

    The longest that `slicing_arguments` ask for, else `assumed` (None: it does not say). `require_one` wants exactly
    one slicing argument. Arguments and sized fields may be paths (`page.first`, `page.edges`).
    """

    assumed: int | None = None
    slicing_arguments: tuple[str, ...] = ()
    sized_fields: tuple[str, ...] = ()
    require_one: bool = True


@dataclass(frozen=True, slots=True)
class Costs:
    """What `@cost` and `@listSize` say.

    `weights` are by coordinate: a type (`Movie`), a field or input field (`Query.movies`), an argument
    (`Query.movies(first:)`); `list_sizes` by the field's.
    """

    weights: Mapping[str, int] = field(default_factory=dict)
    list_sizes: Mapping[str, ListSize] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Supergraph:
    """A composed graph; two are the same only if they are one object, so it can key a cache.

    `schema` holds every type and field, `@inaccessible` ones too; `api` is what a client may see.
    `subgraphs` is keyed by subgraph name; `sdl` is the text it was read from. `authorization` is keyed by
    coordinate: a field (`User.email`), or an object, interface, scalar or enum (`User`). `costs` say what
    operations are thought to cost.
    """

    sdl: str
    schema: GraphQLSchema
    api: GraphQLSchema
    subgraphs: Mapping[str, Subgraph]
    authorization: Mapping[str, Authorization] = field(default_factory=dict)
    costs: Costs = field(default_factory=Costs)


def contexts_set(supergraph: Supergraph) -> Mapping[str, frozenset[str]]:
    """By object type, the contexts that its objects set: their own, and those of their interfaces and unions.

    What a mutation's or a subscription's root would set counts for nothing: to read it again is to run it again.
    """
    schema = supergraph.schema
    passing = {root.name for root in (schema.mutation_type, schema.subscription_type) if root}
    found: dict[str, set[str]] = {}
    for subgraph in supergraph.subgraphs.values():
        for type_ in subgraph.types.values():
            if type_.contexts:
                named = schema.type_map[type_.name]
                members = schema.get_possible_types(named) if is_abstract_type(named) else (named,)
                for name in ({member.name for member in members} or {type_.name}) - passing:
                    found.setdefault(name, set()).update(type_.contexts)
    return {name: frozenset(contexts) for name, contexts in found.items()}
