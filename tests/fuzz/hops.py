"""Which subgraphs an entity can be carried to by its keys."""

from __future__ import annotations

from collections.abc import Mapping

from tests.fuzz.split import Subgraph
from tests.fuzz.world import ObjectType, World


def all_reach_all(
    subgraphs: Mapping[str, Subgraph],
    world: World,
    entity: ObjectType,
    interface_object: tuple[str, str] | None,
) -> bool:
    """Whether from each subgraph that knows an entity all its fields are reached."""
    knowing = {name: each.types[entity.name] for name, each in subgraphs.items() if entity.name in each.types}
    fields = {
        name: {each for each, share in known.fields.items() if share.resolved or known.knows_key(each)}
        for name, known in knowing.items()
    }
    wanted = set[str]().union(*fields.values())
    starts = [set(each) for each in fields.values()]
    if interface_object and entity.name in world.interfaces[interface_object[1]].implementers:
        starts.append({"id"})
        if any("id" not in each for each in fields.values()):
            return False
    for start in starts:
        known = set(start)
        reached: set[str] = set()
        while more := {
            name
            for name in set(knowing) - reached
            if any(
                resolvable and all(each in known for each in _top(key))
                for key, resolvable in knowing[name].keys.items()
            )
        }:
            reached |= more
            for name in more:
                known |= fields[name]
        if not wanted <= known:
            return False
    return True


def _top(key: str) -> list[str]:
    return key.partition(" {")[0].split()
