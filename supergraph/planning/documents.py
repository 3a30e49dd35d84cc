"""Subgraph documents: the text of each request, with canonical keys for aliases and guards as directives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from graphql import (
    ListValueNode,
    NameNode,
    ObjectValueNode,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    print_ast,
)

from supergraph.model import ContextArgument, TypeKind
from supergraph.planning.canonical_keys import print_field
from supergraph.planning.errors import OperationTooComplexError
from supergraph.planning.graph import Graph
from supergraph.planning.guards import NEVER, Conjunction, any_of, common, either, is_possible
from supergraph.planning.parts import Asked, Call, Part
from supergraph.planning.query_plan import Condition, Guard, OperationKind
from supergraph.planning.sites import Site

MOST_WRITTEN = 10_000
MOST_REPEATED = 1_000
"""Fields below those that are written for several conditions apart. With more of them in one request such a field is
written once, under what its conditions have in common: a little too much may be fetched.
"""


class _TooOften(Exception):
    """More is repeated than may be."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where something is written: what surely holds there.

    A field above that stands under any of several conjunctions is written once for each: here for `outer`, which is
    one of them then, and beside for those of `elsewhere`. `known` are all conditions that hold here.
    """

    outer: Guard
    known: Conjunction
    elsewhere: Guard = NEVER
    repeated: bool = False

    @classmethod
    def within(cls, guard: Guard) -> _Scope:
        """Where no more is known than that this guard holds."""
        return cls(guard, next(iter(common(guard)), frozenset()))

    def conjunctions(self, guard: Guard) -> list[Conjunction]:
        """For which alternatives of its guard a field is to be written here; each is written somewhere."""
        return [each for each in sorted(guard, key=sorted) if self._counts(each)]

    def _counts(self, conjunction: Conjunction) -> bool:
        if not is_possible(conjunction | self.known):
            return False
        if not self.elsewhere or any(outer <= conjunction for outer in self.outer):
            return True
        return not any(other <= conjunction for other in self.elsewhere)

    def below(self, conjunction: Conjunction, guard: Guard) -> _Scope:
        """Below a field of this guard, as it is written here for one of its alternatives."""
        return _Scope(
            frozenset({conjunction}),
            self.known | conjunction,
            guard - {conjunction},
            repeated=self.repeated or len(guard) > 1,
        )


@dataclass(frozen=True, slots=True)
class Document:
    """A request's text, the client's variables in it, and of each entity part the alias, the variable, and the
    variables of its contexts.
    """

    text: str
    variables: tuple[str, ...]
    aliases: Mapping[Part, tuple[str, str]] = field(default_factory=dict)
    contexts: Mapping[Part, tuple[str, ...]] = field(default_factory=dict)


class Documents:
    """Writes the requests of one plan."""

    def __init__(self, graph: Graph, variables: Iterable[VariableDefinitionNode], name: str | None) -> None:
        self.graph = graph
        self.definitions = {node.variable.name.value: print_ast(node) for node in variables}
        self.name = name

    def root(self, part: Part, kind: OperationKind, number: int) -> Document:
        """The request of a root call."""
        writer, selections = _written(self.graph, part, {})
        used = sorted(writer.variables & self.definitions.keys())
        return Document(
            self._header(kind.value, part.call.subgraph, number, [], used) + selections, tuple(used)
        )

    def entities(self, call: Call, parts: list[Part], number: int) -> Document:
        """The request of an entity call: one `_entities` field for each part."""
        aliases: dict[Part, tuple[str, str]] = {}
        contexts: dict[Part, tuple[str, ...]] = {}
        own: list[str] = []
        fields: list[str] = []
        variables: set[str] = set()
        for index, part in enumerate(parts):
            suffix = "" if len(parts) == 1 else f"_{index}"
            alias, variable = f"_entities{suffix}", self._variable(f"representations{suffix}")
            aliases[part] = (alias, variable)
            own.append(f"${variable}:[_Any!]!")
            arguments = [made.argument for made in part.contexts]
            contexts[part] = tuple(self._context_variables(suffix, arguments))
            own += [f"${name}:{each.type}" for name, each in zip(contexts[part], arguments, strict=True)]
            named = dict(zip(arguments, contexts[part], strict=True))
            writer, selections = _written(self.graph, part, named)
            if part.type:
                selections = f"{{...on {part.type}{selections}}}"
            name = alias if alias == "_entities" else f"{alias}:_entities"
            fields.append(f"{name}(representations:${variable}){selections}")
            variables |= writer.variables
        used = sorted(variables & self.definitions.keys())
        text = self._header("query", call.subgraph, number, own, used) + "{" + " ".join(fields) + "}"
        return Document(text, tuple(used), aliases, contexts)

    def _context_variables(self, suffix: str, arguments: list[ContextArgument]) -> Iterator[str]:
        """A variable for each argument; those of one name, of several fields, are numbered."""
        met: dict[str, int] = {}
        for each in arguments:
            met[each.name] = met.get(each.name, 0) + 1
            number = f"_{met[each.name]}" if met[each.name] > 1 else ""
            yield self._variable(f"context{suffix}{number}_{each.name}")

    def _variable(self, name: str) -> str:
        """A variable that is not the client's, nor is any that is made of it with something before it."""
        while any(each.endswith(name) for each in self.definitions):
            name += "_"
        return name

    def _header(self, kind: str, subgraph: str, number: int, own: list[str], used: list[str]) -> str:
        name = f" {self.name}__{_name(subgraph)}__{number}" if self.name else ""
        definitions = ",".join([*own, *(self.definitions[each] for each in used)])
        header = f"{kind}{name}{f'({definitions})' if definitions else ''}"
        return "" if header == "query" else header


def _name(subgraph: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in subgraph)


@dataclass(slots=True)
class _Lines:
    """The selections of one selection set: those on the type itself, then those on other types."""

    direct: list[str] = field(default_factory=list)
    on: dict[str, list[str]] = field(default_factory=dict)

    def add(self, type_: str, text: str) -> None:
        if text:
            (self.on.setdefault(type_, []) if type_ else self.direct).append(text)

    def text(self) -> str:
        fragments = [f"...on {type_}{{{' '.join(fields)}}}" for type_, fields in self.on.items()]
        return "{" + (" ".join([*self.direct, *fragments]) or "__typename") + "}"


def _written(graph: Graph, part: Part, contexts: Mapping[ContextArgument, str]) -> tuple[_Writer, str]:
    """One part's selections, and who wrote them."""
    for apart in (True, False):
        writer = _Writer(graph, part, contexts, apart=apart)
        with suppress(_TooOften):
            return writer, writer.selection_set(part.site, part.type, _Scope.within(part.guard))
    raise AssertionError("nothing is repeated where nothing is written apart")


class _Writer:
    """Writes one part's selections, as its subgraph knows the types.

    A composite field with several alternatives in its guard is written `apart`, for each of them, with what is wanted
    then; or once, wherever one of them could hold.
    """

    def __init__(
        self, graph: Graph, part: Part, contexts: Mapping[ContextArgument, str], *, apart: bool
    ) -> None:
        self.graph = graph
        self.part = part
        self.contexts = contexts
        self.apart = apart
        self.subgraph = part.call.subgraph
        self.variables: set[str] = set()
        self.written = 0
        self.repeated = 0

    def selection_set(self, site: Site, type_: str, scope: _Scope) -> str:
        """The selections at a site where the subgraph's type is `type_` (empty: an entity of any type)."""
        lines = _Lines()
        asked = self.part.asked.get(site, {})
        if site in self.part.typenames:
            lines.add("", "__typename")
        if type_ and not self._is_abstract(type_):
            for each in asked.values():
                lines.add("", self._field(type_, each, _any(each.guards), scope))
            return lines.text()
        possible = self._possible(type_)
        for each in asked.values():
            for guard, types in _by_guard(each, possible).items():
                for name in self._cover(type_, each, types, possible):
                    lines.add("" if name == type_ else name, self._field(name, each, guard, scope))
        return lines.text()

    def _possible(self, type_: str) -> frozenset[str]:
        known = self.graph.type(self.subgraph, type_) if type_ else None
        return self.graph.members(known) if known else frozenset(self.part.represented)

    def _is_abstract(self, type_: str) -> bool:
        known = self.graph.type(self.subgraph, type_)
        return known is not None and known.kind in (TypeKind.INTERFACE, TypeKind.UNION)

    def _cover(self, type_: str, asked: Asked, types: frozenset[str], possible: frozenset[str]) -> list[str]:
        """The fewest types to write a field on: interfaces that stand for several, the rest one by one."""
        left = set(types)
        chosen: list[str] = []
        while len(left) > 1 or (left and types == possible):
            candidates = ([type_] if type_ else []) + list(self.graph.interfaces(self.subgraph))
            covers = [(name, self._covered(name, asked, left, possible)) for name in candidates]
            name, covered = max(covers, key=lambda cover: len(cover[1]), default=("", frozenset[str]()))
            if (len(covered) < 2 and name != type_) or not covered:
                break
            chosen.append(name)
            left -= covered
        return chosen + sorted(left)

    def _covered(self, name: str, asked: Asked, left: set[str], possible: frozenset[str]) -> frozenset[str]:
        """Which of these types an interface stands for here; none, if it stands for others too."""
        known = self.graph.type(self.subgraph, name)
        field_ = self.graph.resolved(self.subgraph, name, asked.want.name)
        if known is None or field_ is None or known.kind is not TypeKind.INTERFACE:
            return frozenset()
        covered = self.graph.members(known) & possible
        if not covered <= left:
            return frozenset()
        alike = all(
            own and own.type == field_.type
            for own in (self.graph.field(self.subgraph, each, asked.want.name) for each in covered)
        )
        return covered if alike else frozenset()

    def _field(self, owner: str, asked: Asked, guard: Guard, scope: _Scope) -> str:
        want = asked.want
        certain = guard == scope.outer
        conjunctions = list(guard) if certain else scope.conjunctions(guard)
        if not conjunctions:
            return ""
        self._count(scope)
        known = self.graph.field(self.subgraph, owner, want.name)
        alias = "" if want.key == want.name else f"{want.key}:"
        if want.arguments:
            self._use(value for _, value in want.arguments)
        arguments = want.arguments
        if known and known.context_arguments:
            arguments = (*arguments, *self._from_context(known.context_arguments))
        field_ = f"{alias}{print_field(want.name, arguments)}"
        child, type_ = want.child, known.named_type if known else ""
        if child is None:
            if certain:
                return field_
            return self._alternatives(field_, "", any_of(each - scope.known for each in conjunctions))
        if certain:
            return field_ + self.selection_set(
                child, type_, _Scope(scope.outer, scope.known, repeated=scope.repeated)
            )
        if self.apart:
            return " ".join(
                self._conditional(
                    field_,
                    self.selection_set(child, type_, scope.below(each, guard)),
                    sorted(each - scope.known),
                )
                for each in conjunctions
            )
        if not (known and known.requires) and not self.graph.is_serial(want.site.type):
            guard = common(guard)
        rest = any_of(each - scope.known for each in guard)
        return self._alternatives(field_, self.selection_set(child, type_, _Scope.within(guard)), rest)

    def _alternatives(self, field_: str, below: str, guard: Guard) -> str:
        return " ".join(self._conditional(field_, below, sorted(each)) for each in sorted(guard, key=sorted))

    def _from_context(self, arguments: Iterable[ContextArgument]) -> Iterator[tuple[str, VariableNode]]:
        for each in arguments:
            yield each.name, VariableNode(name=NameNode(value=self.contexts[each]))

    def _conditional(self, field_: str, below: str, conditions: list[Condition]) -> str:
        """A field under conditions: a directive for each; a fragment around it where one kind comes twice."""
        self.variables.update(condition.variable for condition in conditions)
        on_field = {condition.value: condition for condition in reversed(conditions)}
        text = field_ + "".join(f" {_directive(condition)}" for condition in on_field.values()) + below
        for condition in conditions:
            if condition not in on_field.values():
                text = f"...{_directive(condition)}{{{text}}}"
        return text

    def _count(self, scope: _Scope) -> None:
        self.repeated += scope.repeated
        if self.apart and self.repeated > MOST_REPEATED:
            raise _TooOften
        self.written += 1
        if self.written > MOST_WRITTEN:
            raise OperationTooComplexError("fields in a request to one subgraph", MOST_WRITTEN)

    def _use(self, values: Iterable[ValueNode]) -> None:
        for value in values:
            self.variables.update(_variables_in(value))


def _variables_in(value: ValueNode) -> Iterator[str]:
    """The names of the variables in a value."""
    if isinstance(value, VariableNode):
        yield value.name.value
    elif isinstance(value, ListValueNode):
        for item in value.values:
            yield from _variables_in(item)
    elif isinstance(value, ObjectValueNode):
        for field in value.fields:
            yield from _variables_in(field.value)


def _directive(condition: Condition) -> str:
    return f"@{'include' if condition.value else 'skip'}(if:${condition.variable})"


def _any(guards: Mapping[str, Guard]) -> Guard:
    found = NEVER
    for guard in guards.values():
        found = either(found, guard)
    return found


def _by_guard(asked: Asked, possible: frozenset[str]) -> dict[Guard, frozenset[str]]:
    groups: dict[Guard, set[str]] = {}
    for concrete in sorted(asked.guards.keys() & possible):
        groups.setdefault(asked.guards[concrete], set()).add(concrete)
    return {guard: frozenset(types) for guard, types in groups.items()}
