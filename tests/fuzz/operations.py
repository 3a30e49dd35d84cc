"""Operations at random on a world's schema.

Aliases are few and also names of fields, so that they collide; conditions, variables and fragments are many.
What does not validate is drawn again by whoever draws.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from graphql import GraphQLSchema

from tests.fuzz.literals import arguments_text, value
from tests.fuzz.operation import Fragment, Operation, Selection
from tests.fuzz.world import World

ALIASES = ("id", "name", "title", "serial", "region", "spec", "x", "y", "_0", "__typename_")
SIZES = (6, 15, 40)
"""About how many fields an operation has at most; most faults show in few."""


def draw(random: Random, world: World, schema: GraphQLSchema) -> Operation:
    """Draw an operation."""
    return _Writer(random, world, schema).write()


def with_other_values(random: Random, world: World, operation: Operation) -> Operation:
    """The same operation with other values for its variables; none of a condition is null."""
    values = {
        name: random.random() < 0.6 if name.startswith("b") else _json(random, world, type_)
        for name, declared in operation.variables.items()
        for type_, has_default in [(declared.partition(" =")[0], "=" in declared)]
        if (type_.endswith("!") and not has_default) or random.random() < 0.6
    }
    return replace(operation, values=values)


class _Writer:
    def __init__(self, random: Random, world: World, schema: GraphQLSchema) -> None:
        self._random = random
        self._world = world
        self._schema = schema
        self._meanings: dict[tuple[tuple[str, ...], str], tuple[str, str, str]] = {}
        self._budget = random.choice(SIZES)
        self._operation = Operation(self._kind(), [])
        self._composites = [*world.interfaces, *world.unions, *world.objects]
        self._variability = random.choice((0, 0.2, 0.5))
        self._conditionality = random.choice((0, 0.1, 0.3))

    def write(self) -> Operation:
        operation = self._operation
        root = operation.kind.capitalize()
        if operation.kind == "subscription":
            source = self._field(root, self._random.choice(self._names(root)), 0, ())
            source.conditions = []
            operation.selections = [source]
        else:
            operation.selections = self._selections(root, 0, ())
        operation.labels = frozenset(("moves",) if self._random.random() < 0.5 else ())
        operation.draw = self._random.random()
        return operation

    def _kind(self) -> str:
        roots = ("Mutation", 0.2), ("Subscription", 0.1)
        kinds = [
            name for name, share in roots if name in self._world.objects and self._random.random() < share
        ]
        return kinds[0].lower() if kinds else "query"

    def _selections(self, parent: str, depth: int, path: tuple[str, ...]) -> list[Selection]:
        count = self._random.randint(1, 4 if depth < 3 else 2)
        return [self._selection(parent, depth, path) for _ in range(count)]

    def _selection(self, parent: str, depth: int, path: tuple[str, ...]) -> Selection:
        chance = self._random.random()
        self._budget -= 1
        abstract = parent in self._world.interfaces or parent in self._world.unions
        if chance < (0.45 if abstract else 0.15) and self._budget > 0 and depth < 6:
            return self._fragment(parent, depth, path)
        if chance > 0.93 or parent in self._world.unions:
            return self._field(parent, "__typename", depth, path)
        return self._field(parent, self._random.choice(self._names(parent)), depth, path)

    def _names(self, parent: str) -> list[str]:
        if parent in self._world.interfaces:
            interface = self._world.interfaces[parent]
            return [*interface.fields, *interface.extras]
        return [name for name, each in self._world.objects[parent].fields.items() if not each.hidden]

    def _fragment(self, parent: str, depth: int, path: tuple[str, ...]) -> Selection:
        known = [
            name
            for name, each in self._operation.fragments.items()
            if self._overlap(parent, each.on) and each.selections
        ]
        if known and self._random.random() < 0.15:
            return Selection(spread=self._random.choice(known), conditions=self._conditions())
        on = self._random.choice([name for name in self._composites if self._overlap(parent, name)])
        if self._random.random() < 0.35:
            name = f"F{len(self._operation.fragments)}"
            fragment = self._operation.fragments[name] = Fragment(on, [])
            fragment.selections = self._selections(on, depth + 1, path)
            return Selection(spread=name, conditions=self._conditions())
        bare = self._random.random() < 0.15
        selections = self._selections(parent if bare else on, depth + 1, path)
        return Selection(on="" if bare else on, conditions=self._conditions(), selections=selections)

    def _overlap(self, one: str, other: str) -> bool:
        return bool(set(self._world.members(one)) & set(self._world.members(other)))

    def _field(self, parent: str, name: str, depth: int, path: tuple[str, ...]) -> Selection:
        if name == "__typename":
            key = self._key(path, parent, name, "", "String!")
            return Selection(name, key, conditions=self._conditions())
        field = self._world.field_of(parent, name)
        composite = bool(self._world.members(field.named))
        if composite and (depth >= 5 or self._budget <= 0):
            return self._field(parent, "__typename", depth, path)
        arguments = arguments_text(self._random, self._world, field.arguments, self._variable)
        key = self._key(path, parent, name, arguments, field.type)
        below = self._selections(field.named, depth + 1, (*path, key)) if composite else []
        return Selection(name, key, arguments, conditions=self._conditions(), selections=below)

    def _key(self, path: tuple[str, ...], parent: str, name: str, arguments: str, type_: str) -> str:
        """A response key that nothing else has here, except for what may stand under one key with this."""
        candidates = [name] * 8 + [self._random.choice(ALIASES) for _ in range(3)]
        self._random.shuffle(candidates)
        for key in candidates:
            earlier = self._meanings.setdefault((path, key), (parent, f"{name}{arguments}", type_))
            if earlier[1:] == (f"{name}{arguments}", type_):
                return key
            apart = parent != earlier[0] and {parent, earlier[0]} <= set(self._world.objects)
            if apart and earlier[2] == type_ and not self._world.members(type_.strip("[]!")):
                return key
        key = f"a{len(self._meanings)}"
        self._meanings[path, key] = (parent, f"{name}{arguments}", type_)
        return key

    def _conditions(self) -> list[str]:
        if self._random.random() > self._conditionality:
            return []
        names = self._random.choice((("include",), ("skip",), ("skip", "include")))
        return [f"@{name}(if: {self._condition()})" for name in names]

    def _condition(self) -> str:
        chance = self._random.random()
        if chance < 0.15:
            return "true" if chance < 0.1 else "false"
        name = f"b{self._random.randrange(3)}"
        if name not in self._operation.variables:
            type_ = self._random.choice(("Boolean!", "Boolean! = true", "Boolean = false"))
            self._operation.variables[name] = type_
            if "=" not in type_ or self._random.random() < 0.5:
                self._operation.values[name] = self._random.random() < 0.6
        return f"${name}"

    def _variable(self, type_: str) -> str | None:
        """A variable for a value of this type, or none."""
        if self._random.random() >= self._variability:
            return None
        operation = self._operation
        fitting = [name for name, each in operation.variables.items() if each.partition(" =")[0] == type_]
        if fitting and self._random.random() < 0.5:
            return f"${self._random.choice(fitting)}"
        name = f"v{len(operation.variables)}"
        declared = type_
        if self._random.random() < 0.3:
            if (default := value(self._random, self._world, type_)) == "null":
                return None
            declared = f"{type_} = {default}"
        operation.variables[name] = declared
        if declared.endswith("!") or self._random.random() < 0.6:
            operation.values[name] = _json(self._random, self._world, type_)
        return f"${name}"


def _json(random: Random, world: World, type_: str) -> Any:
    """A value of a type, as JSON."""
    if type_.endswith("!"):
        type_ = type_[:-1]
    elif random.random() < 0.15:
        return None
    if type_.startswith("["):
        return [_json(random, world, type_[1:-1]) for _ in range(random.randint(0, 2))]
    if type_ in world.enums:
        return random.choice(world.enums[type_])
    if type_ in world.inputs:
        return {
            each.name: _json(random, world, each.type)
            for each in world.inputs[type_]
            if (each.type.endswith("!") and each.default is None) or random.random() < 0.6
        }
    values: dict[str, tuple[Any, ...]] = {
        "Int": (0, 1, -7),
        "Float": (1, 2.5),
        "String": ("", "y", "ü\n\"'"),
        "Boolean": (True, False),
        "ID": ("i1", 5),
    }
    return random.choice(values[type_])
