"""Unions that not every subgraph knows in full, and what fields then can give."""

from __future__ import annotations

from collections.abc import Collection

from tests.fuzz.split import Subgraph
from tests.fuzz.world import World


def narrow(world: World, subgraphs: Collection[Subgraph]) -> None:
    """Note in the world which types a field can give: those that all know who have the field.

    Where they agree on none, or nobody is left who knows a type, unions are known in full after all.
    """
    while not all(_narrow(world, subgraphs, union) for union in world.unions):
        pass


def _narrow(world: World, subgraphs: Collection[Subgraph], union: str) -> bool:
    """Narrow the fields of one union; False where the union was widened for it."""
    knowing = [each for each in subgraphs if union in each.unions]
    if set().union(*(each.unions[union] for each in knowing)) != set(world.unions[union]):
        return _widen(world, knowing, union)
    if lacking := [each for each in knowing if _lacks_a_narrower_type(world, each, union)]:
        return _widen(world, lacking, union)
    for type_name, name in _coordinates(world, union):
        owners = {type_name, *world.objects[type_name].interfaces}
        having = [each for each in knowing if any(name in _fields(each, owner) for owner in owners)]
        possible = frozenset(world.unions[union]).intersection(*(each.unions[union] for each in having))
        if not possible:
            return _widen(world, having, union)
        world.objects[type_name].fields[name].possible = possible
    return True


def _lacks_a_narrower_type(world: World, subgraph: Subgraph, union: str) -> bool:
    """Whether an interface here has a field of the union, and an implementer's field a type that the union lacks."""
    return any(
        world.objects[implementer].fields[name].named not in (union, *subgraph.unions[union])
        for interface, known in subgraph.interfaces.items()
        for name in known.fields
        if world.field_of(interface, name).named == union
        for implementer in world.interfaces[interface].implementers
    )


def _coordinates(world: World, union: str) -> list[tuple[str, str]]:
    return [
        (each.name, name)
        for each in world.objects.values()
        for name, field in each.fields.items()
        if field.named == union
    ]


def _fields(subgraph: Subgraph, name: str) -> Collection[str]:
    known = subgraph.types.get(name) or subgraph.interfaces.get(name)
    return known.fields if known else ()


def _widen(world: World, subgraphs: Collection[Subgraph], union: str) -> bool:
    for each in subgraphs:
        each.unions[union] = world.unions[union]
    return False
