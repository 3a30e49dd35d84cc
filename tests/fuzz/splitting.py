"""Splits at random that are valid by construction: whatever a world allows to be asked, its subgraphs can answer."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from tests.fuzz.field_sets import FieldSets
from tests.fuzz.hops import all_reach_all
from tests.fuzz.narrowing import narrow
from tests.fuzz.split import Known, Share, Subgraph
from tests.fuzz.world import ROOTS, Field, Interface, ObjectType, World

LABELS = ("moves", "percent(40)")
NAMES = ("alpha", "beta", "gamma", "delta", "epsilon")


def split(world: World, random: Random) -> dict[str, Subgraph]:
    """Split a world; what fields require is noted in the world, whose values depend on it."""
    return _Splitter(world, random).split()


class _Splitter:
    def __init__(self, world: World, random: Random) -> None:
        self.world = world
        self.random = random
        names = NAMES[: random.randint(2, 5)]
        self.subgraphs = {name: Subgraph(name, world) for name in names}
        self.banned: dict[str, set[str]] = {name: set() for name in names}
        self.interface_object: tuple[str, str] | None = None

    def split(self) -> dict[str, Subgraph]:
        self._choose_interface_object()
        entities = [each for each in self.world.objects.values() if each.is_entity]
        for entity in entities:
            self._choose_homes(entity)
        for interface in self.world.interfaces.values():
            self._host(interface)
        for entity in entities:
            self._place_fields(entity)
        for name in ROOTS:
            if name in self.world.objects:
                self._place_root(self.world.objects[name])
        self._settle_keys(entities)
        FieldSets(self.world, self.subgraphs, self.random, self.include, self.placeable).add()
        self._override(entities)
        self._complete_interfaces()
        self._settle_keys(entities)
        self._share()
        subgraphs = {name: each for name, each in self.subgraphs.items() if each.types}
        narrow(self.world, subgraphs.values())
        self._write_some_as_first_version(subgraphs)
        return subgraphs

    # --- what may stand where

    def _choose_interface_object(self) -> None:
        """Let a subgraph know an interface as one object type; it then can know none of the implementers."""
        candidates = [name for name, each in self.world.interfaces.items() if each.extras]
        if not candidates:
            return
        interface = self.world.interfaces[candidates[0]]
        subgraph = self.random.choice(list(self.subgraphs.values()))
        self.interface_object = (subgraph.name, interface.name)
        self.banned[subgraph.name] = set(interface.implementers)
        if not all(
            self.placeable(subgraph, self.world.field_of(interface.name, name).named)
            for name in interface.extras
        ):
            self.interface_object = None
            self.banned[subgraph.name] = set()
            return
        known = subgraph.known(interface.name)
        known.interface_object = True
        known.keys["id"] = True
        known.fields["id"] = Share()
        for name in interface.extras:
            self.place(subgraph, interface.name, name)

    def placeable(self, subgraph: Subgraph, named: str) -> bool:
        """Whether a type and all that it brings along may stand in a subgraph."""
        banned = self.banned[subgraph.name]
        seen: set[str] = set()
        todo = [named]
        while todo:
            name = todo.pop()
            if name in seen or (subgraph.name, name) == self.interface_object:
                continue
            seen.add(name)
            if name in banned:
                return False
            if name in self.world.interfaces or name in self.world.unions:
                todo += self.world.members(name)
            elif name in self.world.objects and not self.world.objects[name].is_entity:
                todo += [each.named for each in self.world.objects[name].fields.values()]
        return True

    def place(self, subgraph: Subgraph, type_name: str, name: str) -> Share:
        """Let a subgraph resolve a field, and know what the field's type brings along."""
        share = subgraph.known(type_name).fields.setdefault(name, Share())
        self.include(subgraph, self.world.field_of(type_name, name).named)
        return share

    def include(self, subgraph: Subgraph, name: str) -> None:
        """Let a subgraph know a type: an entity by a key, a value type in full, an abstract type with its members."""
        if (subgraph.name, name) == self.interface_object or name in subgraph.unions:
            return
        if name in self.world.interfaces and name not in subgraph.interfaces:
            self._include_interface(subgraph, self.world.interfaces[name])
        elif name in self.world.unions:
            members = self.world.unions[name]
            if self.random.random() < 0.3:
                members = sorted(self.random.sample(members, self.random.randint(1, len(members))))
            subgraph.unions[name] = members
            for member in self.world.unions[name]:
                self.include(subgraph, member)
        elif name in self.world.objects and name not in subgraph.types:
            self._include_object(subgraph, self.world.objects[name])

    def _include_interface(self, subgraph: Subgraph, interface: Interface) -> None:
        subgraph.interfaces[interface.name] = Known()
        for member in interface.implementers:
            self.include(subgraph, member)
            if self.world.objects[member].is_entity:
                self._add_key(subgraph, member, "id", resolvable=subgraph.types[member].keys.get("id", False))

    def _include_object(self, subgraph: Subgraph, type_: ObjectType) -> None:
        if type_.is_entity:
            key = self.random.choice(self._keys(subgraph, type_))
            self._add_key(subgraph, type_.name, key, resolvable=self.random.random() < 0.4)
            return
        subgraph.known(type_.name)
        for name in ("count",) if type_.name == "Query" else type_.fields:
            self.place(subgraph, type_.name, name)

    def _add_key(self, subgraph: Subgraph, type_name: str, key: str, *, resolvable: bool) -> None:
        known = subgraph.known(type_name)
        known.keys[key] = resolvable
        for name in key.partition(" {")[0].split():
            known.fields.setdefault(name, Share())
        if "spec {" in key:
            self.include(subgraph, self.world.objects[type_name].fields["spec"].named)
        if "twin {" in key:
            twin = self.world.objects[type_name].fields["twin"].named
            resolvable = subgraph.known(twin).keys.get("id", self.random.random() < 0.4)
            self._add_key(subgraph, twin, "id", resolvable=resolvable)

    def _keys(self, subgraph: Subgraph, entity: ObjectType) -> list[str]:
        """The keys by which an entity may be known in a subgraph."""
        banned = self.banned[subgraph.name]
        return [
            key for key in entity.keys if "twin {" not in key or entity.fields["twin"].named not in banned
        ]

    # --- entities

    def _choose_homes(self, entity: ObjectType) -> None:
        free = [each for each in self.subgraphs.values() if entity.name not in self.banned[each.name]]
        count = self.random.randint(1, min(4, len(free)))
        for subgraph in self.random.sample(free, count):
            keys = self._keys(subgraph, entity)
            for key in self.random.sample(keys, self.random.randint(1, min(2, len(keys)))):
                self._add_key(subgraph, entity.name, key, resolvable=True)

    def _host(self, interface: Interface) -> None:
        """Choose for each field of an interface a subgraph that has it of the interface and all implementers."""
        entity_interface = self.world.objects[interface.implementers[0]].is_entity
        hosts = [
            each
            for each in self.subgraphs.values()
            if self.placeable(each, interface.name)
            and (each.name, interface.name) != self.interface_object
            and all(
                self.placeable(each, self.world.field_of(interface.name, name).named)
                for name in interface.fields
            )
        ]
        host = self.random.choice(hosts)
        extras = (
            [] if self.interface_object and self.interface_object[1] == interface.name else interface.extras
        )
        for name in (*interface.fields, *extras):
            if self.random.random() < 0.2:
                host = self.random.choice(hosts)
            self.include(host, interface.name)
            for member in interface.implementers:
                if entity_interface:
                    self._add_key(host, member, "id", resolvable=True)
                if name != "id":
                    self.place(host, member, name)
        if self.interface_object and self.interface_object[1] == interface.name:
            self.include(host, interface.name)
            for member in interface.implementers:
                self._add_key(host, member, "id", resolvable=True)
            host.interfaces[interface.name].keys["id"] = True

    def _place_fields(self, entity: ObjectType) -> None:
        extras = {
            name
            for each in self.world.interfaces.values()
            if self.interface_object
            and self.interface_object[1] == each.name
            and entity.name in each.implementers
            for name in each.extras
        }
        keys = {name for key in entity.keys for name in key.partition(" {")[0].split()}
        for name, each in entity.fields.items():
            placed = any(name in s.types[entity.name].fields for s in self._homes(entity))
            if name in extras or (name in keys and placed) or (placed and self.random.random() < 0.8):
                continue
            for subgraph in self._owners(entity, each):
                self.place(subgraph, entity.name, name)

    def _homes(self, entity: ObjectType) -> list[Subgraph]:
        return [each for each in self.subgraphs.values() if entity.name in each.types]

    def _owners(self, entity: ObjectType, field: Field) -> list[Subgraph]:
        """Choose the subgraphs that resolve a field, mostly one; each is entered by a key."""
        able = [
            each
            for each in self.subgraphs.values()
            if entity.name not in self.banned[each.name] and self.placeable(each, field.named)
        ]
        homes = [
            each for each in able if entity.name in each.types and any(each.types[entity.name].keys.values())
        ]
        owners = self.random.sample(
            homes or able, 1 if self.random.random() < 0.75 else min(2, len(homes or able))
        )
        for subgraph in owners:
            known = subgraph.known(entity.name)
            if not any(known.keys.values()):
                key = self.random.choice(self._keys(subgraph, entity))
                self._add_key(subgraph, entity.name, key, resolvable=True)
        return owners

    def _place_root(self, root: ObjectType) -> None:
        for name, each in root.fields.items():
            able = [one for one in self.subgraphs.values() if self.placeable(one, each.named)]
            several = root.name == "Query" and self.random.random() < 0.2
            for subgraph in self.random.sample(able, min(len(able), 2 if several else 1)):
                self.place(subgraph, root.name, name)

    def _settle_keys(self, entities: list[ObjectType]) -> None:
        """See to it that from wherever an object is known, all who resolve a field of it can be reached."""
        for entity in entities:
            if not all_reach_all(self.subgraphs, self.world, entity, self.interface_object):
                for subgraph in self._homes(entity):
                    self._add_key(subgraph, entity.name, "id", resolvable=True)

    # --- the finish

    def _override(self, entities: list[ObjectType]) -> None:
        for entity in entities:
            for name in entity.fields:
                owners = [each for each in self._homes(entity) if name in each.types[entity.name].fields]
                if len(owners) != 1 or self.random.random() > 0.15:
                    continue
                share = owners[0].types[entity.name].fields[name]
                others = [
                    each
                    for each in self._homes(entity)
                    if each is not owners[0] and self.placeable(each, entity.fields[name].named)
                ]
                is_key = owners[0].types[entity.name].knows_key(name)
                if share != Share() or not others or is_key or entity.fields[name].unique:
                    continue
                loser = self.random.choice(others)
                left = self.place(loser, entity.name, name)
                share.override = loser.name
                if self.random.random() < 0.5:
                    left.lost = True
                    continue
                share.label = left.leaving = self.random.choice(LABELS)
                for each in (owners[0], loser):
                    self._add_key(each, entity.name, "id", resolvable=True)

    def _complete_interfaces(self) -> None:
        """Complete each interface in a subgraph, and those that its fields bring along."""
        for subgraph in self.subgraphs.values():
            completed: list[str] = []
            while left := [name for name in subgraph.interfaces if name not in completed]:
                for name in left:
                    self._complete_interface(subgraph, self.world.interfaces[name])
                completed += left

    def _complete_interface(self, subgraph: Subgraph, interface: Interface) -> None:
        """Give an interface in a subgraph the fields that all its implementers have there."""
        for each in (*interface.fields, *interface.extras):
            shares = [subgraph.types[member].fields.get(each) for member in interface.implementers]
            named = self.world.field_of(interface.name, each).named
            known_here = all(share is not None and not share.external for share in shares)
            if known_here and self.placeable(subgraph, named):
                subgraph.interfaces[interface.name].fields[each] = Share()
                self.include(subgraph, named)

    def _share(self) -> None:
        """Mark what several subgraphs resolve."""
        for type_name in {name for each in self.subgraphs.values() for name in each.types}:
            knowing = [each.types[type_name] for each in self.subgraphs.values() if type_name in each.types]
            for name in {name for known in knowing for name in known.fields}:
                shares = [known.fields[name] for known in knowing if name in known.fields]
                resolving = [share for share in shares if share.resolved and not share.leaving]
                provided = any(share.external and self._is_provided(name) for share in shares)
                for share in resolving:
                    share.shareable = len(resolving) > 1 or provided

    def _write_some_as_first_version(self, subgraphs: Mapping[str, Subgraph]) -> None:
        """Write some subgraphs as for Federation 1, if they have nothing that it does not know."""
        for subgraph in subgraphs.values():
            if self.random.random() < 0.4 and self._is_plain(subgraph):
                subgraph.first_version = True
                for name, known in subgraph.types.items():
                    elsewhere = any(
                        _has_base(each, name) for each in subgraphs.values() if each is not subgraph
                    )
                    known.extended = bool(known.keys) and elsewhere and self.random.random() < 0.5

    def _is_plain(self, subgraph: Subgraph) -> bool:
        if any(known.interface_object for known in subgraph.types.values()):
            return False
        if any(known.keys for known in subgraph.interfaces.values()):
            return False
        return not any(
            share.override
            or share.leaving
            or self.world.field_of(type_name, name).hidden
            or (share.shareable and bool(known.keys) and not known.knows_key(name))
            or not all(known.keys.values())
            for type_name, known in subgraph.types.items()
            for name, share in known.fields.items()
        )

    def _is_provided(self, name: str) -> bool:
        return any(
            name in share.provides
            for subgraph in self.subgraphs.values()
            for known in subgraph.types.values()
            for share in known.fields.values()
        )


def _has_base(subgraph: Subgraph, name: str) -> bool:
    """Whether a subgraph defines a type, and does not only extend it."""
    return name in subgraph.types and not subgraph.types[name].extended
