"""However long the chains and rings are that keys and requirements make, they compose or are refused in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from supergraph.composition import Composition, read
from supergraph.composition.reading import InvalidSupergraphError

Composes = Callable[..., Composition]
MANY = 300


def entities(owner: str, *, in_a_ring: bool) -> str:
    """Types whose keys nest into each other: of each its own id, and that of the next."""
    ring = [
        f'type T{number} @key(fields: "id n {{ id }}") {{ n: T{(number + 1) % MANY} @shareable {fields(owner)} }}'
        for number in range(MANY)
    ]
    if not in_a_ring:
        ring[-1] = f'type T{MANY - 1} @key(fields: "id") {{ {fields(owner)} }}'
    return " ".join(ring)


def fields(owner: str) -> str:
    return f"id: ID! @shareable {owner}: Int"


@pytest.mark.parametrize("in_a_ring", [True, False], ids=["ring", "chain"])
def test_keys_of_hundreds_of_types_may_need_each_other(composes: Composes, *, in_a_ring: bool) -> None:
    a, b = (entities(owner, in_a_ring=in_a_ring) for owner in "ab")
    assert composes(a=f"type Query {{ t: T0 }} {a}", b=b).errors == ()


def requirements(*, in_a_ring: bool) -> dict[str, str]:
    """Fields of two owners in turn, that each require the one before: the last one first."""
    owned: tuple[list[str], list[str]] = ([], [])
    for number in reversed(range(MANY)):
        requires = f'@requires(fields: "f{(number - 1) % MANY}")' if number or in_a_ring else ""
        owned[number % 2].append(f"f{number}: Int {requires}")
        if in_a_ring or number < MANY - 1:
            owned[1 - number % 2].append(f"f{number}: Int @external")
    a, b = (f'type T @key(fields: "id") {{ {" ".join(each)} id: ID! }}' for each in owned)
    return {"a": f"type Query {{ t: T }} {a}", "b": b}


def test_hundreds_of_fields_may_require_each_other_in_a_chain(composes: Composes) -> None:
    assert composes(**requirements(in_a_ring=False)).errors == ()


def test_fields_that_require_each_other_in_a_ring_cannot_be_had_however_long_it_is(
    composes: Composes,
) -> None:
    errors = composes(**requirements(in_a_ring=True)).errors
    assert {error.code for error in errors} == {"SATISFIABILITY_ERROR"}


def nesting(levels: int) -> tuple[str, str]:
    key = "n { " * (levels - 1) + "id" + " }" * (levels - 1)
    entity = f'type T @key(fields: "{key}") {{ id: ID! @shareable n: T @shareable OWN: Int }}'
    return f"type Query {{ t: T }} {entity.replace('OWN', 'a')}", entity.replace("OWN", "b")


def test_a_field_set_may_nest_as_deep_as_an_operation(composes: Composes) -> None:
    a, b = nesting(32)
    assert composes(a=a, b=b).errors == ()


@pytest.mark.parametrize("levels", [33, 150])
def test_a_field_set_that_nests_deeper_is_refused_with_the_bound(composes: Composes, levels: int) -> None:
    a, b = nesting(levels)
    errors = composes(a=a, b=b).errors
    assert [error.code for error in errors] == ["KEY_INVALID_FIELDS", "KEY_INVALID_FIELDS"]
    assert all("it nests more than 32 levels" in str(error) for error in errors)


def test_a_supergraph_whose_field_sets_nest_deeper_is_refused_with_the_bound(composes: Composes) -> None:
    a, b = nesting(32)
    sdl = composes(a=a, b=b).supergraph_sdl
    assert sdl
    with pytest.raises(InvalidSupergraphError, match="nests more than 32 levels"):
        read(sdl.replace("{ id }", "{ n { id } }"))
