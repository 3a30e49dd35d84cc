"""A world: one schema in one piece, and what is to be known of each of its fields to make up values for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import GraphQLSchema, build_schema

ROOTS = ("Query", "Mutation", "Subscription")


@dataclass(frozen=True)
class Argument:
    """An argument, or an input field: type and default as SDL text."""

    name: str
    type: str
    default: str | None = None

    def __str__(self) -> str:
        return f"{self.name}: {self.type}" + (f" = {self.default}" if self.default is not None else "")


@dataclass
class Field:
    """A field; `type` is SDL text.

    `unique`: its values tell objects apart. `fragile`: what may not be null may fail all the same. `volatile`:
    its value depends on the mutations before. `hidden`: clients do not see it. `requires` is a field set on which
    its value depends, and `possible` are the types that it gives where that is fewer than its type allows.
    """

    name: str
    type: str
    arguments: tuple[Argument, ...] = ()
    unique: bool = False
    solid: bool = False
    fragile: bool = False
    volatile: bool = False
    hidden: bool = False
    requires: str = ""
    possible: frozenset[str] | None = None

    @property
    def named(self) -> str:
        """The innermost name of the type."""
        return self.type.strip("[]!")

    def __str__(self) -> str:
        arguments = f"({', '.join(map(str, self.arguments))})" if self.arguments else ""
        return f"{self.name}{arguments}: {self.type}"


@dataclass
class ObjectType:
    """An object type; one with `keys` (field sets) is an entity."""

    name: str
    fields: dict[str, Field] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    interfaces: list[str] = field(default_factory=list)

    @property
    def is_entity(self) -> bool:
        """Whether objects of this type are known by a key."""
        return bool(self.keys)


@dataclass
class Interface:
    """An interface: the names of its fields, and where its implementers' types are narrower those that it declares.

    `extras` are the fields that an `@interfaceObject` may give to all implementers.
    """

    name: str
    fields: list[str]
    implementers: list[str]
    extras: list[str] = field(default_factory=list)
    declared: dict[str, Field] = field(default_factory=dict)


@dataclass
class World:
    """One schema in one piece."""

    seed: str
    objects: dict[str, ObjectType] = field(default_factory=dict)
    interfaces: dict[str, Interface] = field(default_factory=dict)
    unions: dict[str, list[str]] = field(default_factory=dict)
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    inputs: dict[str, tuple[Argument, ...]] = field(default_factory=dict)
    scalars: tuple[str, ...] = ("Blob",)
    population: int = 4

    def members(self, name: str) -> list[str]:
        """The object types that a composite type stands for; none for any other type."""
        if name in self.interfaces:
            return self.interfaces[name].implementers
        if name in self.unions:
            return self.unions[name]
        return [name] if name in self.objects else []

    def field_of(self, composite: str, name: str) -> Field:
        """A field of an object type, or of an interface."""
        if composite in self.interfaces and name in self.interfaces[composite].declared:
            return self.interfaces[composite].declared[name]
        return self.objects[self.members(composite)[0]].fields[name]

    def schema(self) -> GraphQLSchema:
        """The whole schema."""
        return build_schema("\n".join(self._definitions(hidden=True)))

    def api(self) -> GraphQLSchema:
        """What clients see of it."""
        return build_schema("\n".join(self._definitions(hidden=False)))

    def _definitions(self, *, hidden: bool) -> Iterator[str]:
        yield from (f"scalar {name}" for name in self.scalars)
        yield from (f"enum {name} {{ {' '.join(values)} }}" for name, values in self.enums.items())
        for name, arguments in self.inputs.items():
            yield f"input {name} {{ {', '.join(map(str, arguments))} }}"
        for interface in self.interfaces.values():
            yield block("interface", interface.name, [], self._interface_fields(interface))
        yield from (f"union {name} = {' | '.join(members)}" for name, members in self.unions.items())
        for type_ in self.objects.values():
            fields = [str(each) for each in type_.fields.values() if hidden or not each.hidden]
            yield block("type", type_.name, type_.interfaces, fields)

    def _interface_fields(self, interface: Interface) -> list[str]:
        return [str(self.field_of(interface.name, name)) for name in (*interface.fields, *interface.extras)]


def block(keyword: str, name: str, interfaces: list[str], fields: object, directives: str = "") -> str:
    """A type definition with fields, one a line."""
    implements = f" implements {' & '.join(interfaces)}" if interfaces else ""
    lines = "".join(f"  {each}\n" for each in fields)  # type: ignore[attr-defined]
    return f"{keyword} {name}{implements}{directives} {{\n{lines}}}"
