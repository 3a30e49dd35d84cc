"""What the fields of a world come to: any value follows from the seed, the object, the field and its arguments.

So the whole graph and each of its subgraphs can work values out by themselves, and agree.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any
from zlib import crc32

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLNonNull,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
    parse,
)
from graphql.execution.values import get_argument_values

from tests.fuzz.world import ROOTS, Field, World


@dataclass(frozen=True)
class Thing:
    """An object of the world: its concrete type, and what tells it apart from others of its type."""

    type: str
    identity: str


class FieldFails(Exception):
    """Nothing can stand where a null may not."""


ROOT = {name: Thing(name, "") for name in ROOTS}
NULLS, ERRORS, FRAGILITY = 0.1, 0.05, 0.12


class Values:
    """The values of one world. `log` is what the mutations of the running operation have done so far."""

    def __init__(self, world: World, schema: GraphQLSchema) -> None:
        self.world = world
        self.log: list[str] = []
        self._schema = schema
        self._made: dict[tuple[Any, ...], Any] = {}
        self._keys: dict[tuple[str, str], dict[str, Thing]] = {}

    def things(self, entity: str) -> list[Thing]:
        """All objects of an entity type."""
        return [Thing(entity, str(n)) for n in range(self.world.population)]

    def value(self, thing: Thing, name: str, arguments: Mapping[str, Any], inputs: Any = None) -> Any:
        """The value of a field. `inputs` are those of its requirements; without them they are gathered.

        Raises `GraphQLError` where the field fails.
        """
        field = self.world.objects[thing.type].fields[name]
        if field.requires and inputs is None:
            inputs = self.gather(thing, selections_of(field.requires))
        log = tuple(self.log) if field.volatile else ()
        given = json.dumps([arguments, inputs], sort_keys=True)
        key = (thing, name, given, log)
        if key not in self._made:
            self._made[key] = self._make(thing, field, given, log)
        made = self._made[key]
        if isinstance(made, GraphQLError):
            raise _again(made)
        return made

    def find(self, type_name: str, key: str, representation: Mapping[str, Any]) -> Thing | None:
        """The entity of a type, or of one that implements it, whose key has the values of a representation."""
        if (type_name, key) not in self._keys:
            self._keys[type_name, key] = {
                json.dumps(self.gather(thing, selections_of(key)), sort_keys=True): thing
                for member in self.world.members(type_name)
                for thing in self.things(member)
            }
        wanted = json.dumps(pick(representation, selections_of(key)), sort_keys=True)
        return self._keys[type_name, key].get(wanted)

    def gather(self, thing: Thing, selections: SelectionSetNode) -> dict[str, Any]:
        """The values of a field set, errors as nulls."""
        gathered: dict[str, Any] = {}
        for node in selections.selections:
            if isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                if condition is None or thing.type in self.world.members(condition.name.value):
                    gathered |= self.gather(thing, node.selection_set)
            elif isinstance(node, FieldNode):
                gathered[node.name.value] = self._gather_field(thing, node)
        return gathered

    def _gather_field(self, thing: Thing, node: FieldNode) -> Any:
        name = node.name.value
        if name == "__typename":
            return thing.type
        definition = self._schema.type_map[thing.type].fields[name]  # type: ignore[union-attr]
        arguments = get_argument_values(definition, node)
        try:
            return self._complete(self.value(thing, name, arguments), definition.type, node.selection_set)
        except (GraphQLError, FieldFails):
            return None

    def _complete(self, value: Any, type_: GraphQLOutputType, selections: SelectionSetNode | None) -> Any:
        if isinstance(type_, GraphQLNonNull):
            completed = self._complete(value, type_.of_type, selections)
            if completed is None:
                raise FieldFails
            return completed
        try:
            if value is None or isinstance(value, GraphQLError):
                return None
            if is_list_type(type_):
                return [self._complete(item, type_.of_type, selections) for item in value]
            return self.gather(value, selections) if selections else value
        except FieldFails:
            return None

    def _make(self, thing: Thing, field: Field, given: str, log: tuple[str, ...]) -> Any:
        where = f"{thing.type}:{thing.identity}.{field.name}{given}{''.join(log)}"
        random = Random(f"{self.world.seed} {where}")
        if field.unique:
            return self._unique(thing, field)
        definition = self._schema.type_map[thing.type].fields[field.name]  # type: ignore[union-attr]
        maker = _Maker(self.world, field, where, random)
        try:
            return maker.make(definition.type, where)
        except GraphQLError as error:
            return error

    def _unique(self, thing: Thing, field: Field) -> Any:
        number = int(thing.identity) if thing.identity.isdecimal() else 0
        if field.name == "twin":
            return Thing(field.named, thing.identity)
        if field.name == "region":
            return number % 2
        if field.name == "number":
            return f"n{number // 2}"
        return number * 7 + 3 if field.named == "Int" else f"{thing.type}-{field.name}-{thing.identity}"


class _Maker:
    """Makes one value."""

    def __init__(self, world: World, field: Field, where: str, random: Random) -> None:
        self._world = world
        self._field = field
        self._where = where
        self._random = random

    def make(self, type_: GraphQLOutputType, where: str) -> Any:
        """Make a value of a type; raises `GraphQLError`."""
        if is_non_null_type(type_):
            if self._field.fragile and self._random.random() < FRAGILITY:
                return self._nothing(error=self._random.random() < 0.5)
            return self._present(type_.of_type, where)
        chance = self._random.random()
        if not self._field.solid and chance < NULLS + ERRORS:
            return self._nothing(error=chance < ERRORS)
        return self._present(type_, where)

    def _nothing(self, *, error: bool) -> None:
        if error:
            owner = self._where.partition(":")[0]
            message = f"{owner}.{self._field.name} fails: {crc32(self._where.encode()):x}"
            raise GraphQLError(message, extensions={"code": "FAILS"})

    def _present(self, type_: Any, where: str) -> Any:
        if is_list_type(type_):
            count = self._random.choice((0, 1, 1, 2, 2, 3))
            return [self._item(type_.of_type, f"{where}[{index}]") for index in range(count)]
        named = get_named_type(type_).name
        if is_composite_type(type_):
            return self._thing(named, where)
        return self._leaf(named)

    def _item(self, type_: GraphQLOutputType, where: str) -> Any:
        try:
            return self.make(type_, where)
        except GraphQLError as error:
            return error

    def _thing(self, named: str, where: str) -> Thing:
        members = self._world.members(named)
        if self._field.possible is not None:
            members = [name for name in members if name in self._field.possible]
        concrete = self._random.choice(members)
        if self._world.objects[concrete].is_entity:
            return Thing(concrete, str(self._random.randrange(self._world.population)))
        if concrete in ROOT:
            return ROOT[concrete]
        return Thing(concrete, where)

    def _leaf(self, named: str) -> Any:
        random = self._random
        if named in self._world.enums:
            return random.choice(self._world.enums[named])
        number = random.randint(-9, 99)
        made: dict[str, Any] = {
            "Int": number,
            "Float": number / 4,
            "String": f"s{number}" if number % 7 else "",
            "Boolean": number % 2 == 0,
            "ID": f"i{number}",
            "Blob": random.choice(
                (number, [number, None], {"id": "x", "blob": {"__typename": "T0"}}, "b", False)
            ),
        }
        return made[named]


def pick(value: Any, selections: SelectionSetNode | None) -> Any:
    """What a field set selects of a representation; raises `GraphQLError` where it is not there."""
    if value is None or selections is None:
        return value
    if isinstance(value, list):
        return [pick(item, selections) for item in value]
    picked: dict[str, Any] = {}
    for node in selections.selections:
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            if condition is None or value["__typename"] == condition.name.value:
                picked |= pick(value, node.selection_set)
        elif isinstance(node, FieldNode):
            name = node.name.value
            if name not in value:
                raise GraphQLError(f"{name} is missing in a representation", extensions={"code": "UNSOUND"})
            picked[name] = pick(value[name], node.selection_set)
    return picked


@cache
def selections_of(field_set: str) -> SelectionSetNode:
    """A field set, parsed."""
    (operation,) = parse(f"{{{field_set}}}", no_location=True).definitions
    assert isinstance(operation, OperationDefinitionNode)
    return operation.selection_set


def _again(error: GraphQLError) -> GraphQLError:
    """A new error like this one: an error that was raised knows its place, and can be raised no second time."""
    return GraphQLError(error.message, extensions=error.extensions)
