"""Worlds at random."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from tests.fuzz.world import ROOTS, Argument, Field, Interface, ObjectType, World

NAMES = ("name", "title", "size", "kind", "note", "owner", "parts", "rank", "mark", "code", "like", "near")
LEAVES = ("Int", "Float", "String", "Boolean", "ID", "Blob")
WRAPPERS = ("{}",) * 6 + ("{}!",) * 3 + ("[{}]", "[{}!]", "[{}!]!", "[{}]!", "[[{}]]", "[[{}!]!]", "[[{}]!]!")


def invent(seed: str, random: Random) -> World:
    """Invent a world; the same random numbers invent the same one."""
    return _Inventor(seed, random).world


class _Inventor:
    def __init__(self, seed: str, random: Random) -> None:
        self.world = World(seed)
        self._random = random
        self._frailty = random.choice((0, 0, 0.1, 0.25))
        self._invent()

    def _invent(self) -> None:
        random, world = self._random, self.world
        world.enums = {f"E{n}": tuple(f"V{n}{i}" for i in range(3)) for n in range(random.randint(1, 2))}
        world.inputs = {
            "In0": (Argument("a", "Int", "3"), Argument("b", "[String!]"), Argument("c", "In1")),
            "In1": (Argument("d", "E0!", "V01"), Argument("e", "ID")),
        }
        entities = [f"T{n}" for n in range(random.randint(1, 5))]
        values = [f"V{n}" for n in range(random.randint(0, 3))]
        for name in entities:
            self._entity(name)
        for name in values:
            world.objects[name] = ObjectType(name)
        for n in range(random.randint(0, 2)):
            pool = entities if n == 0 or not values else values
            members = sorted(random.sample(pool, random.randint(1, min(3, len(pool)))))
            world.interfaces[f"I{n}"] = Interface(f"I{n}", [], members)
            for member in members:
                world.objects[member].interfaces.append(f"I{n}")
        for n in range(random.randint(0, 2)):
            pool = [*entities, *values]
            world.unions[f"U{n}"] = sorted(random.sample(pool, random.randint(1, min(4, len(pool)))))
        for interface in list(world.interfaces.values()):
            self._interface_fields(interface)
        for name in (*entities, *values):
            self._fields(world.objects[name])
        for name in entities:
            self._twin(world.objects[name], entities)
            self._hide(world.objects[name])
        self._roots()
        self._drop_unused()

    def _entity(self, name: str) -> None:
        random = self._random
        entity = self.world.objects[name] = ObjectType(name, keys=["id"])
        entity.fields["id"] = Field("id", "ID!", unique=True, solid=True)
        if random.random() < 0.4:
            entity.fields["serial"] = Field(
                "serial", random.choice(("String!", "Int!")), unique=True, solid=True
            )
            entity.keys.append("serial")
        if random.random() < 0.25:
            entity.fields["region"] = Field("region", "Int!", unique=True, solid=True)
            entity.fields["number"] = Field("number", "String!", unique=True, solid=True)
            entity.keys.append("region number")
        if random.random() < 0.25:
            spec = self.world.objects[f"Spec{name}"] = ObjectType(f"Spec{name}")
            spec.fields["stamp"] = Field("stamp", "ID!", unique=True, solid=True)
            spec.fields["note"] = Field("note", "String")
            entity.fields["spec"] = Field("spec", f"Spec{name}!", solid=True)
            entity.keys.append("spec { stamp }")
            if "region" in entity.fields:
                entity.keys.append("region spec { stamp }")

    def _twin(self, entity: ObjectType, entities: list[str]) -> None:
        """Let an entity sometimes be known by the key of another."""
        if self._random.random() < 0.2:
            named = self._random.choice(entities)
            entity.fields["twin"] = Field("twin", f"{named}!", unique=True, solid=True)
            entity.keys.append("twin { id }")

    def _hide(self, entity: ObjectType) -> None:
        """Hide some fields of an entity from clients; its own key by preference, and never all fields."""
        shown = {name for each in entity.interfaces for name in self.world.interfaces[each].fields}
        shown |= {name for each in entity.interfaces for name in self.world.interfaces[each].extras}
        for name in ("id", "serial", "region", "twin", *entity.fields):
            visible = [each for each in entity.fields.values() if not each.hidden]
            if name in entity.fields and name not in shown and len(visible) > 1:
                entity.fields[name].hidden |= self._random.random() < 0.06

    def _interface_fields(self, interface: Interface) -> None:
        members = [self.world.objects[name] for name in interface.implementers]
        if members[0].is_entity:
            interface.fields.append("id")
        taken = {name for member in members for name in member.fields}
        free = [name for name in NAMES if name not in taken]
        for name in self._random.sample(free, self._random.randint(1, 3)):
            made = self._field(name)
            interface.fields.append(name)
            interface.declared[name] = made
            for member in members:
                member.fields[name] = self._narrowed(made)
        if members[0].is_entity and self._random.random() < 0.6:
            for n in range(self._random.randint(1, 3)):
                made = self._field(f"extra{interface.name}{n}")
                interface.extras.append(made.name)
                for member in members:
                    member.fields[made.name] = replace(made)

    def _narrowed(self, declared: Field) -> Field:
        """An interface's field as an implementer has it: its type may say more."""
        type_ = declared.type
        members = self.world.members(declared.named)
        if declared.named not in self.world.objects and members and self._random.random() < 0.4:
            type_ = type_.replace(declared.named, self._random.choice(members))
        if not type_.endswith("!") and self._random.random() < 0.2:
            type_ += "!"
        return replace(declared, type=type_)

    def _fields(self, type_: ObjectType) -> None:
        free = [name for name in NAMES if name not in type_.fields]
        for name in self._random.sample(free, self._random.randint(2, 5)):
            type_.fields[name] = self._field(name)

    def _field(self, name: str) -> Field:
        random = self._random
        type_ = random.choice(WRAPPERS).format(self._named())
        return Field(
            name,
            type_,
            self._arguments() if random.random() < 0.25 else (),
            fragile=type_.endswith("!") and random.random() < self._frailty,
            volatile=random.random() < 0.1,
        )

    def _named(self) -> str:
        world, random = self.world, self._random
        if random.random() < 0.5:
            return random.choice((*LEAVES, *world.enums))
        plain = [
            name
            for name in world.objects
            if not name.startswith("Spec") and name not in {"Mutation", "Subscription"}
        ]
        return random.choice((*plain, *plain, *world.interfaces, *world.unions))

    def _arguments(self) -> tuple[Argument, ...]:
        random = self._random
        choices = (
            Argument("x", "Int"),
            Argument("x", "Int!", "7"),
            Argument("y", "String", '"y"'),
            Argument("y", "[ID!]"),
            Argument("z", "Boolean!"),
            Argument("z", "Float"),
            Argument("unit", "E0", "V00"),
            Argument("unit", "E0!"),
            Argument("by", "In0"),
            Argument("by", "[In1!]"),
            Argument("by", "In0", "{a: 1, c: {e: 5}}"),
        )
        drawn = {each.name: each for each in random.sample(choices, random.randint(1, 3))}
        return tuple(drawn.values())

    def _roots(self) -> None:
        random, world = self._random, self.world
        query = world.objects["Query"] = ObjectType("Query")
        composite = [
            name
            for name in (*world.objects, *world.interfaces, *world.unions)
            if name != "Query" and not name.startswith("Spec")
        ]
        for n, name in enumerate(composite):
            if random.random() < 0.8 or not query.fields:
                type_ = random.choice(WRAPPERS).format(name)
                arguments = self._arguments() if random.random() < 0.2 else ()
                fragile = type_.endswith("!") and random.random() < self._frailty
                query.fields[f"get{n}"] = Field(f"get{n}", type_, arguments, fragile=fragile)
        query.fields["count"] = Field("count", "Int", volatile=True)
        if random.random() < 0.6:
            mutation = world.objects["Mutation"] = ObjectType("Mutation")
            for n in range(random.randint(1, 4)):
                made = self._field(f"set{n}")
                mutation.fields[made.name] = made
        if random.random() < 0.4:
            subscription = world.objects["Subscription"] = ObjectType("Subscription")
            for n in range(random.randint(1, 2)):
                made = self._field(f"on{n}")
                subscription.fields[made.name] = made

    def _drop_unused(self) -> None:
        """Drop what nothing leads to; entities and interfaces stay."""
        world = self.world
        used: set[str] = set()
        todo = [*world.interfaces, *(name for name, each in world.objects.items() if each.is_entity)]
        todo += [name for name in ROOTS if name in world.objects]
        while todo:
            if (name := todo.pop()) not in used:
                used.add(name)
                todo += world.members(name)
                for each in world.objects[name].fields.values() if name in world.objects else ():
                    todo += [each.named, *(argument.type.strip("[]!") for argument in each.arguments)]
                todo += [argument.type.strip("[]!") for argument in world.inputs.get(name, ())]
                if name in world.interfaces:
                    todo += [each.named for each in world.interfaces[name].declared.values()]
        for kept in (world.objects, world.unions, world.enums, world.inputs):
            for name in [name for name in kept if name not in used]:
                del kept[name]
        world.scalars = tuple(name for name in world.scalars if name in used)
