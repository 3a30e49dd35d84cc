"""Hostile operations, with the supergraphs that make them hard to plan."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from tests.planning.cases import Case, federation

OWNERS = 8
CASE = federation(
    **{
        f"s{number}": f"""
            type Query {{ root: A @shareable }}
            type A @key(fields: "id") {{
              id: ID! a: A @shareable b: A @shareable f(x: Int): A @shareable x{number}: Int
            }}
        """
        for number in range(OWNERS)
    }
)


def nested(depth: int, field: str = "a") -> str:
    return "{ root {" + f"{field} {{ x1 " * depth + "id" + "}" * depth + "} }"


def bushy(depth: int) -> str:
    selection = "id"
    for level in range(depth):
        selection = f"x{level % OWNERS} a {{ {selection} }} b {{ {selection} }}"
    return "{ root { " + selection + " } }"


def bushy_in_three(depth: int) -> str:
    selection = "id"
    for level in range(depth):
        selection = f"x{level} a {{ {selection} }} b {{ {selection} }} f {{ {selection} }}"
    return "{ root { " + selection + " } }"


def fragments(count: int, body: str) -> str:
    chain = " ".join(f"fragment F{i} on A {{ {body.replace('NEXT', f'...F{i + 1}')} }}" for i in range(count))
    return f"{chain} fragment F{count} on A {{ id }}"


VARIABLES = ", ".join(f"$v{number}: Boolean!" for number in range(20))
HOSTILE = {
    "ten thousand aliases of a leaf": "{ root {" + " ".join(f"a{i}: id" for i in range(10_000)) + "} }",
    "aliases of an object": "{ root {" + " ".join(f"a{i}: a {{ id }}" for i in range(1_500)) + "} }",
    "aliases with arguments": "{ root {" + " ".join(f"a{i}: f(x: {i}) {{ x1 }}" for i in range(900)) + "} }",
    "ten thousand aliases with arguments": "{ root {"
    + " ".join(f"a{i}: f(x: {i}) {{ id }}" for i in range(10_000))
    + "} }",
    "fragments that double at each level": "{ root { ...F0 } }" + fragments(30, "a { NEXT } b { NEXT }"),
    "fragments that repeat": "{ root { ...F0 } }" + fragments(60, "NEXT NEXT"),
    "fragments within fragments": "{ root { ...F0 } }" + fragments(2_500, "NEXT"),
    "fragments within fragments of what is asked of the schema": "{ __schema { types { ...F0 } } }"
    + fragments(2_500, "NEXT").replace(" on A {", " on __Type {").replace("{ id }", "{ name }"),
    "fragments under conditions": f"query ({VARIABLES}) {{ root {{ ...F0 }} }}"
    + " ".join(
        f"fragment F{i} on A {{ ...F{i + 1} @include(if: $v{i}) ...F{i + 1} @skip(if: $v{i}) }}"
        for i in range(20)
    )
    + " fragment F20 on A { id }",
    "objects under conditions": f"query ({VARIABLES}) {{ root {{ ...F0 }} }}"
    + " ".join(
        f"fragment F{i} on A {{ a @include(if: $v{i}) {{ ...F{i + 1} }} a {{ ...F{i + 1} @skip(if: $v{i + 1}) }} }}"
        for i in range(15)
    )
    + " fragment F15 on A { id }",
    "deep nesting over shareable owners": nested(30),
    "too deep": nested(50),
    "a bush over shareable owners": bushy(8),
    "a bush over shareable owners, just small enough": bushy_in_three(5),
}


@cache
def chains(inputs: int, length: int = 30) -> Case:
    """Many fields over eight subgraphs, each of which requires those before it that others resolve."""
    owned: list[str] = []
    for owner in range(OWNERS):
        fields: list[str] = []
        external: set[int] = set()
        for number in range(length):
            before = [each for each in range(max(0, number - inputs), number) if each % OWNERS != owner]
            if number % OWNERS == owner:
                external.update(before)
                requires = f'@requires(fields: "{" ".join(f"f{each}" for each in before)}")' if before else ""
                fields.append(f"f{number}: Int {requires}")
        fields.extend(f"f{each}: Int @external" for each in sorted(external))
        root = "type Query { t: T }" if owner == 0 else ""
        owned.append(f'{root} type T @key(fields: "id") {{ id: ID! self: T @shareable {" ".join(fields)} }}')
    return federation(**{f"s{number}": sdl for number, sdl in enumerate(owned)})


@cache
def wide(count: int = 60) -> Case:
    """An interface of many types, all of which six subgraphs know."""
    return federation(
        **{
            f"s{owner}": f"type Query {{ items: [I] @shareable }} interface I {{ id: ID! x{owner}: Int link: I }}"
            + " ".join(
                f'type M{number} implements I @key(fields: "id") {{ id: ID! x{owner}: Int link: I @shareable }}'
                for number in range(count)
            )
            for owner in range(6)
        }
    )


@cache
def many_owners(count: int = 30) -> Case:
    """An object that leads to itself, shared by many subgraphs."""
    return federation(
        **{
            f"s{owner}": f"""
                type Query {{ root: A @shareable }}
                type A @key(fields: "id") {{ id: ID! a: A @shareable b: A @shareable x{owner}: Int }}
            """
            for owner in range(count)
        }
    )


@cache
def interface_objects(count: int = 20) -> Case:
    """An interface of many types, to which five subgraphs each add fields as an interface object."""
    return federation(
        types='type Query { items: [I] } interface I @key(fields: "id") { id: ID! own: Int }'
        + " ".join(
            f'type M{number} implements I @key(fields: "id") {{ id: ID! own: Int }}'
            for number in range(count)
        ),
        **{
            f"s{owner}": f"""
                type I @interfaceObject @key(fields: "id") {{
                  id: ID! link: I @shareable x{owner}: Int before: Int @external
                  y{owner}: Int {'@requires(fields: "before")' if owner else ""}
                }}
            """.replace("before: Int @external", f"y{owner - 1}: Int @external" if owner else "").replace(
                '"before"', f'"y{owner - 1}"'
            )
            for owner in range(5)
        },
    )


@cache
def nested_key(levels: int = 20) -> Case:
    """An entity whose key is nested in itself, so that each level of it may come from either subgraph."""
    key = "n { " * levels + "id" + " }" * levels
    sdl = f'type T @key(fields: "{key}") {{ id: ID! @shareable n: T @shareable OWN: Int }}'
    return federation(a="type Query { t: T } " + sdl.replace("OWN", "a"), b=sdl.replace("OWN", "b"))


@cache
def hops(count: int = 47) -> Case:
    """An entity that each subgraph knows by the key of the one before it, and by another."""
    return federation(
        **{
            f"s{number}": f"""
                {"" if number else "type Query { t: T }"}
                type T @key(fields: "k{number}") @key(fields: "k{number + 1}") {{
                  k{number}: ID! @shareable k{number + 1}: ID! @shareable x{number}: Int
                }}
            """
            for number in range(count)
        }
    )


@cache
def union() -> Case:
    """A union whose members each lead to all members again, in four subgraphs."""
    return federation(
        **{
            f"s{owner}": "type Query { u: U @shareable } union U = "
            + " | ".join(f"T{number}" for number in range(4))
            + " ".join(
                f' type T{number} @key(fields: "id") {{ id: ID! u: U @shareable x{owner}: Int }}'
                for number in range(4)
            )
            for owner in range(4)
        }
    )


@cache
def contexts() -> Case:
    """A chain of objects that set a context which the other subgraph reads, and that lead back to each other."""
    return federation(
        a="""
            type Query { t: T }
            type T @key(fields: "id") { id: ID! name: String t: T u: U }
            type U @key(fields: "id") { id: ID! t: T }
        """,
        b="""
            type T @key(fields: "id") @context(name: "t") { id: ID! name: String @external }
            type U @key(fields: "id") {
              id: ID! u: U read(name: String @fromContext(field: "$t { name }")): U
            }
        """,
    )


def doubling(count: int) -> str:
    """Fragments on a union that go on in two of its members."""
    body = "... on T0 {{ u {{ ...F{0} }} }} ... on T1 {{ u {{ ...F{0} }} }}"
    chain = " ".join(f"fragment F{i} on U {{ {body.format(i + 1)} }}" for i in range(count))
    return f"{{ u {{ ...F0 }} }} {chain} fragment F{count} on U {{ __typename }}"


ALL_FIELDS = " ".join(f"f{number}" for number in range(30))
HOSTILE_TYPES: dict[str, tuple[Callable[[], Case], str]] = {
    "requirements in a chain": (lambda: chains(1), "{ t { f29 } }"),
    "requirements of several inputs in chains": (lambda: chains(3), "{ t { " + ALL_FIELDS + " } }"),
    "chains of requirements, deeply nested": (
        lambda: chains(3),
        "{ t { " + "self { " * 12 + ALL_FIELDS + "}" * 12 + " } }",
    ),
    "all types of an interface, one by one": (
        wide,
        "{ items { " + " ".join(f"... on M{number} {{ x{number % 6} }}" for number in range(60)) + " } }",
    ),
    "all types of an interface, each leading to all": (
        wide,
        "{ items { "
        + " ".join(f"... on M{number} {{ link {{ x{number % 6} }} }}" for number in range(60))
        + " } }",
    ),
    "fragments that double in a union": (union, doubling(25)),
    "contexts, deeply nested": (
        contexts,
        "{ t { " + "t { name u { read { u { read { id } } } } " * 14 + "}" * 14 + " } }",
    ),
    "a longer chain of requirements": (lambda: chains(1, 47), "{ t { f46 } }"),
    "a key that is nested in itself": (nested_key, "{ t { a b n { a b } } }"),
    "a long way from key to key": (hops, "{ t { x46 x20 } }"),
    "a chain of requirements that is too long": (lambda: chains(1, 60), "{ t { f59 } }"),
    "many owners, under conditions": (
        many_owners,
        f"query ({VARIABLES}) {{ root {{ "
        + " ".join(
            f"a @include(if: $v{number % 20}) {{ x{number} b @skip(if: $v{(number + 7) % 20}) {{ x{29 - number} }} }}"
            for number in range(16)
        )
        + " } }",
    ),
    "many owners, deeply nested": (
        many_owners,
        "{ root {" + "a { x1 x9 x21 b { x29 } " * 25 + "id" + "}" * 25 + "} }",
    ),
    "interface objects, deeply nested": (
        interface_objects,
        "{ items { " + "link { x1 y4 ... on M3 { x2 } " * 12 + "own" + "}" * 12 + " } }",
    ),
    "fifteen thousand tokens of inline fragments": (
        lambda: wide(200),
        "{ items { "
        + " ".join(f"... on M{number % 200} {{ x{number % 6} }}" for number in range(2_140))
        + " } }",
    ),
    "an interface of many types, deeply nested": (
        wide,
        "{ items { " + "link { x1 ... on M3 { x2 } " * 12 + "}" * 12 + " } }",
    ),
}
ALL_HOSTILE = {name: (lambda: CASE, query) for name, query in HOSTILE.items()} | HOSTILE_TYPES
"""By name the supergraph, and the operation."""
