"""A schema with all that a schema can have, documents that are valid on it, and others made of these."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from random import Random
from typing import Any

from graphql import (
    ArgumentNode,
    DefinitionNode,
    DirectiveNode,
    GraphQLSyntaxError,
    NameNode,
    Node,
    ObjectFieldNode,
    SelectionNode,
    TypeNode,
    ValueNode,
    VariableDefinitionNode,
    Visitor,
    build_schema,
    parse,
    visit,
)

SCHEMA = build_schema(
    """
    directive @tagged(as: String!, weight: Int = 1) on FIELD | QUERY | FRAGMENT_DEFINITION | VARIABLE_DEFINITION
    directive @many(n: Int) repeatable on FIELD | INLINE_FRAGMENT
    scalar Json
    scalar Date
    enum Genre { DRAMA COMEDY }
    input Range { from: Int! to: Int = 9 }
    input Filter { genre: Genre range: Range tags: [String!] all: [Filter!] matrix: [[Int]] json: Json }
    input Pick @oneOf { id: ID name: String range: Range }
    interface Node { id: ID! }
    interface Named implements Node { id: ID! name(upper: Boolean = false): String }
    type Film implements Node & Named {
      id: ID! name(upper: Boolean = false): String title(lang: String): String! year: Int
      cast(first: Int! = 3, filter: Filter): [Actor!]! sequel: Film
    }
    type Actor implements Node & Named {
      id: ID! name(upper: Boolean = false): String films(first: Int!): [Film] year: Int!
    }
    type Label { text: String year: Int }
    union Found = Film | Actor | Label
    type Query {
      film(id: ID!): Film films(filter: Filter, genre: Genre = DRAMA, ids: [ID!]): [Film] node(id: ID!): Node
      named: Named found(text: String = "x", on: Date): [Found!]
      pick(by: Pick): Film picked(by: Pick!): Film
      json(value: Json): Json count(n: Int, x: Float, b: Boolean): Int
    }
    type Mutation { rename(id: ID!, name: String!, filter: Filter): Film drop(ids: [ID!]!): Boolean }
    type Subscription { renamed(id: ID): Film dropped: ID }
    """
)

VALID = (
    "{ film(id: 1) { title year } }",
    '{ films(filter: {genre: DRAMA, range: {from: 1}, tags: "a", all: {tags: ["b"]}, matrix: [[1], 2]}) { id } }',
    "query Q($id: ID!, $first: Int = 2) { film(id: $id) { ...F } } fragment F on Film { cast(first: $first) { id } }",
    "query Q($f: Filter, $g: Genre! = DRAMA, $i: ID!) { films(filter: $f, genre: $g, ids: [$i, 3]) { id year } }",
    "query Q($n: Int!, $t: [String!]) { films(filter: {range: {from: $n, to: $n}, tags: $t}) { __typename } }",
    "query Q($yes: Boolean!) { film(id: 2) @skip(if: $yes) { a: year ... @include(if: $yes) { b: title } } }",
    "{ node(id: 3) { id ... on Film { title sequel { id } } ... on Actor { films(first: 1) { id } } } }",
    "{ found { __typename ... on Named { name } ...L } } fragment L on Label { text year }",
    "{ found { ... on Film { year } ... on Label { year } } }",
    "{ found { ... on Film { x: name } ... on Label { x: text } ... on Actor { x: name } } }",
    "{ film(id: 1) { sequel { id } ...S } } fragment S on Film { sequel { ...T } } fragment T on Node { id }",
    "query A { named { ...N } } query B { named { ...N } } fragment N on Named { name(upper: true) name(upper: true) }",
    'mutation M($id: ID!) { rename(id: $id, name: "n") { name } drop(ids: [$id]) other: drop(ids: 4) }',
    "subscription S($id: ID) { renamed(id: $id) { title } }",
    "{ __schema { types { name fields { name } } } __type(name: \"Film\") { name } }",
    "query Q($p: Pick, $id: ID!) { pick(by: $p) { id } a: pick(by: {id: $id}) { id } picked(by: {id: 1}) { id } }",
    "query Q($v: Json, $d: Date) { json(value: {a: [1, {b: null}]}) j: json(value: $v) found(on: $d) { __typename } }",
    "query Q($x: Int) { json(value: {a: $x}) count(n: 1, x: 2.5, b: true) c: count(n: null) }",
    'query Q @tagged(as: "q") { film(id: 1) { id @tagged(as: "a") year @many @many(n: 2) ... @many { title } } }',
    'query Q($r: Range = {from: 1}, $l: [String!] = ["a"]) { films(filter: {range: $r, tags: $l}) { id } }',
)  # fmt: skip

KINDS = (SelectionNode, ArgumentNode, ValueNode, TypeNode, DirectiveNode, DefinitionNode, VariableDefinitionNode,
         ObjectFieldNode, NameNode)  # fmt: skip
"""A node of one of these may stand where another one of the same kind stood."""


Place = tuple[type[Node], int, int]
"""A node's kind, and where its text begins and ends."""


def places(text: str) -> list[Place]:
    """The places of a document where another node may stand."""
    found: list[Place] = []

    class Places(Visitor):
        def enter(self, node: Node, *_: Any) -> None:
            own = next((each for each in KINDS if isinstance(node, each)), None)
            if own and node.loc:
                found.append((own, node.loc.start, node.loc.end))

    visit(parse(text), Places())
    return found


@cache
def donors() -> Mapping[type[Node], list[str]]:
    """The texts of all nodes of the valid documents, by kind."""
    found: dict[type[Node], list[str]] = {each: [] for each in KINDS}
    for text in VALID:
        for own, start, end in places(text):
            found[own].append(text[start:end])
    return found


def changed(random: Random) -> str:
    """A valid document with up to three changes, which is valid no longer, or still is."""
    text = random.choice(VALID)
    for _ in range(random.choice((1, 1, 2, 3))):
        text = _changed(random, text)
    return text


def _changed(random: Random, text: str) -> str:
    """A document with one node left out, put in the place of another one, or added beside it."""
    while True:
        own, start, end = random.choice(places(text))
        other = random.choice((*donors()[own], ""))
        after = f"{text[:start]}{random.choice((text[start:end], ''))} {other}{text[end:]}"
        with suppress(GraphQLSyntaxError):
            parse(after, allow_empty_selection_sets=False)
            return after
