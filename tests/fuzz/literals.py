"""Argument values at random, as GraphQL literals."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

from tests.fuzz.world import Argument, World

Variable = Callable[[str], str | None]
"""Gives a variable (`$v`) to stand where a value of an SDL type is wanted, or None for a literal."""


def no_variable(_type: str) -> None:
    """Want a literal everywhere."""


def arguments_text(
    random: Random, world: World, arguments: Iterable[Argument], variable: Variable = no_variable
) -> str:
    """Arguments with values, in brackets; those that may be left out sometimes are."""
    given = [
        f"{each.name}: {value(random, world, each.type, variable)}"
        for each in arguments
        if (each.type.endswith("!") and each.default is None) or random.random() < 0.6
    ]
    return f"({', '.join(given)})" if given else ""


def value(random: Random, world: World, type_: str, variable: Variable = no_variable) -> str:
    """A value of a type."""
    if name := variable(type_):
        return name
    if type_.endswith("!"):
        type_ = type_[:-1]
    elif random.random() < 0.12:
        return "null"
    if type_.startswith("["):
        items = [value(random, world, type_[1:-1], variable) for _ in range(random.randint(0, 2))]
        return f"[{', '.join(items)}]"
    if type_ in world.enums:
        return random.choice(world.enums[type_])
    if type_ in world.inputs:
        return "{" + arguments_text(random, world, world.inputs[type_], variable)[1:-1] + "}"
    literals = {
        "Int": ("0", "1", "-7"),
        "Float": ("1", "2.5", "1e3"),
        "String": ('""', '"y"', '"a \\"quoted\\" text"', '"""block"""'),
        "Boolean": ("true", "false"),
        "ID": ("1", '"i1"'),
    }
    return random.choice(literals[type_])
