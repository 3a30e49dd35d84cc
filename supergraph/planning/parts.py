"""Parts while they are being made: what one call is asked for, of the objects at one site and below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from supergraph.model import ContextArgument, FieldSelection, FieldSet, Inputs
from supergraph.planning.canonical_keys import print_arguments
from supergraph.planning.guards import NEVER, either
from supergraph.planning.query_plan import Guard
from supergraph.planning.sites import Site, Want
from supergraph.planning.spots import Spot


@dataclass(slots=True, eq=False)
class Asked:
    """One field that a part is asked for: of which concrete types, and when."""

    want: Want
    guards: dict[str, Guard] = field(default_factory=dict)

    def add(self, types: Iterable[str], guard: Guard) -> None:
        """Ask for it of these types too."""
        for concrete in types:
            self.guards[concrete] = either(self.guards.get(concrete, NEVER), guard)


@dataclass(slots=True, eq=False)
class Input:
    """One field of a representation while it is being made.

    `source` is the part that it is taken from, `nullable` whether it may be null there. Where the field is
    composite its objects stand at `site`, and `fields` are what to take of them, by concrete type and name.
    """

    name: str
    key: str
    source: Part
    guard: Guard
    required: bool
    nullable: bool = True
    site: Site | None = None
    fields: dict[str, dict[str, Input]] = field(default_factory=dict)

    def add(self, concrete: str, inputs: Iterable[Input]) -> None:
        """Take these of the field's objects of a type."""
        merge_inputs(self.fields.setdefault(concrete, {}), inputs)

    def merge(self, other: Input) -> None:
        """Take in another input of the same field."""
        self.guard = either(self.guard, other.guard)
        self.required = self.required or other.required
        for concrete, inputs in other.fields.items():
            self.add(concrete, inputs.values())


def merge_inputs(inputs: dict[str, Input], more: Iterable[Input]) -> None:
    """Add inputs to others; those of the same name become one."""
    for each in more:
        if each.name in inputs:
            inputs[each.name].merge(each)
        else:
            inputs[each.name] = each


@dataclass(slots=True, eq=False)
class FromContext:
    """A contextual argument while it is being made: at which site the objects that set the context stand, and
    what to take of them, by concrete type and name.
    """

    argument: ContextArgument
    site: Site
    fields: dict[str, dict[str, Input]] = field(default_factory=dict)

    @property
    def required(self) -> bool:
        """Whether there is nothing to ask for without a value."""
        return self.argument.type.endswith("!")

    def add(self, concrete: str, inputs: Iterable[Input]) -> None:
        """Take these of objects of a type."""
        merge_inputs(self.fields.setdefault(concrete, {}), inputs)


@dataclass(slots=True, eq=False)
class Represented:
    """How objects of one concrete type are represented: the `__typename` to send (empty: theirs), the fields."""

    typename: str
    inputs: dict[str, Input] = field(default_factory=dict)

    @property
    def keys(self) -> dict[str, str]:
        """By name what is sent, under which key it is found."""
        return {name: each.key for name, each in self.inputs.items()}

    def add(self, inputs: Iterable[Input]) -> None:
        """Send these too."""
        merge_inputs(self.inputs, inputs)


class CallId(NamedTuple):
    """Which call: at which step, of which subgraph, and whether it begins at a root."""

    step: int
    subgraph: str
    root: bool


@dataclass(slots=True, eq=False)
class Call:
    """One request to one subgraph at one step, with its parts by site.

    A site has several parts where fields require one input with different arguments: a representation has
    only one name for it, so there is one representation for each. So it has where the subgraph knows some of the
    objects by their own type, and others as an `@interfaceObject`. Fields that take the same from contexts have a
    part to themselves: objects that differ in it are asked for apart, and without it perhaps not at all. And so have
    fields that of an `@interfaceObject` are asked of some types alone.
    """

    step: int
    subgraph: str
    root: bool
    parts: dict[Site, list[Part]] = field(default_factory=dict)

    @property
    def id(self) -> CallId:
        """Which call it is. A part knows that of its call, and not the call itself, which has its parts."""
        return CallId(self.step, self.subgraph, self.root)

    def part(self, site: Site, type_: str, inputs: Inputs) -> Part:
        """The part for objects at a site, with representations that can carry what is required."""
        parts = self.parts.setdefault(site, [])
        required = dict(_arguments(inputs.requires))
        for part in parts:
            if part.type == type_ and part.takes(inputs, required):
                break
        else:
            contexts = tuple(FromContext(each, site.contexts[each.context].site) for each in inputs.contexts)
            part = Part(self.id, site, type_, contexts, inputs.only_of)
            parts.append(part)
        part.required.update(required)
        return part

    def all_parts(self) -> list[Part]:
        """The parts of all sites, in the order of the response."""
        return [part for site in sorted(self.parts, key=lambda site: site.id) for part in self.parts[site]]


def _arguments(fields: FieldSet, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """The path of each field of a field set, with its arguments."""
    for selection in fields:
        if isinstance(selection, FieldSelection):
            here = (*path, selection.name)
            yield here, print_arguments(selection.arguments)
            yield from _arguments(selection.selections, here)
        else:
            yield from _arguments(selection.selections, path)


@dataclass(slots=True, eq=False)
class Part:
    """One call's share of the objects at a site, and of those below that it brings along.

    `type` is the type as which the subgraph knows the objects where it is entered as one type for all (a root
    type, an `@interfaceObject`), else empty. `required` are the arguments of each field that representations carry
    for a requirement, by its path. `uses` are the parts without which the objects cannot be found or
    represented.
    """

    call: CallId
    site: Site
    type: str = ""
    contexts: tuple[FromContext, ...] = ()
    only_of: frozenset[str] = frozenset()
    required: dict[tuple[str, ...], str] = field(default_factory=dict)
    asked: dict[Site, dict[str, Asked]] = field(default_factory=dict)
    typenames: dict[Site, Guard] = field(default_factory=dict)
    represented: dict[str, Represented] = field(default_factory=dict)
    uses: dict[Part, None] = field(default_factory=dict)
    guard: Guard = NEVER

    @property
    def size(self) -> int:
        """How many fields it is asked for."""
        return len(self.typenames) + sum(map(len, self.asked.values()))

    def takes(self, inputs: Inputs, required: Mapping[tuple[str, ...], str]) -> bool:
        """Whether fields that are made of these can be asked for here, beside what is."""
        return (
            inputs.only_of == self.only_of
            and inputs.contexts == tuple(each.argument for each in self.contexts)
            and all(self.required.get(path, arguments) == arguments for path, arguments in required.items())
        )

    def is_told_apart(self, concrete: str) -> bool:
        """Whether the representation of a type is made of other values than that of the first type is."""
        first = next(iter(self.represented.values()))
        own = self.represented[concrete]
        return own is not first and own.keys != first.keys

    def ask(self, want: Want, types: Iterable[str], guard: Guard) -> None:
        """Ask for a field of objects of these types."""
        asked = self.asked.setdefault(want.site, {})
        if want.key not in asked:
            asked[want.key] = Asked(want)
        asked[want.key].add(types, guard)

    def ask_typename(self, site: Site, guard: Guard) -> None:
        """Ask for `__typename` at a site."""
        self.typenames[site] = either(self.typenames.get(site, NEVER), guard)

    def represent(self, concrete: str, typename: str) -> Represented:
        """The representation for objects of a type; the `__typename` of the first time stays."""
        return self.represented.setdefault(concrete, Represented(typename))

    def add_guard(self, guard: Guard) -> None:
        """Needed under this guard too."""
        self.guard = either(self.guard, guard)


class Served:
    """What serves a site: the parts that bring its objects along, those that tell their type, and each field's."""

    def __init__(self) -> None:
        self.embedded: dict[Part, None] = {}
        self.typenames: dict[Part, None] = {}
        self.sources: dict[tuple[Want, str], dict[Part, None]] = {}
        self.stood: dict[tuple[Spot, Guard, tuple[ContextArgument, ...]], Part] = {}
        self.origin: Spot | None = None

    @property
    def home(self) -> Part:
        """The part that the objects come from."""
        return next(iter(self.embedded))
