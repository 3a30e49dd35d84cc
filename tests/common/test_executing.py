"""Executing by columns gives what the ordinary executor gives, errors and their places too."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import field
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

import pytest
import strawberry
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry.extensions import ParserCache
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from subgraphs.common.executing.executor import ByColumns
from subgraphs.common.plain_fields import read_plain_fields
from subgraphs.common.scalars import SCALARS


@strawberry.enum
class Shape(Enum):
    """A shape."""

    ROUND = "r"
    FLAT = "f"


class Later:
    """A value that must be waited for, and need not be: an error may come before."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __await__(self) -> Generator[None, None, Any]:
        yield
        return self._value


def later(value: Any) -> Any:
    """A value that must be waited for."""
    return Later(value)


@strawberry.type
class Part:
    """A part."""

    name: str
    size: int | None = 1


@strawberry.interface
class Named:
    """Whatever has a name."""

    name: str


@strawberry.type
class Cog(Named):
    """One with a name."""

    teeth: int = 8


@strawberry.type
class Rod(Named):
    """Another."""

    length: int = 3


@strawberry.type
class Thing:
    """Something with fields of every kind."""

    id: strawberry.ID = strawberry.ID("thing")
    name: str | None = "a thing"
    needed: str = "always"
    count: int | None = 3
    weight: float | None = 1.5
    whole: bool | None = True
    shape: Shape | None = Shape.FLAT
    made: date | None = date(2020, 2, 2)
    seen: datetime | None = datetime(2020, 2, 2, 12, tzinfo=UTC)
    part: Part | None = None
    must: Part = field(default_factory=lambda: Part(name="must"))
    parts: list[Part] = field(default_factory=lambda: [Part(name="one"), Part(name="two")])
    marks: list[int] | None = None
    piece: Named | None = field(default_factory=lambda: Cog(name="piece"))
    pieces: list[Cog | Rod] = field(
        default_factory=lambda: [Cog(name="a"), Rod(name="b"), Rod(name="c", length=4), Cog(name="d")]
    )

    @strawberry.field
    async def slow(self, info: strawberry.Info, times: int = 2, at: Shape = Shape.ROUND) -> str | None:
        """A resolver that is waited for."""
        return f"{self.id}{info.field_name}{times}{at.name}"

    @strawberry.field
    def quick(self) -> Part | None:
        """A resolver that is not."""
        return Part(name="quick")

    @strawberry.field
    def failing(self) -> str:
        """A resolver that fails."""
        raise LookupError("it failed")


FIELDS = """__typename id name needed count weight whole shape made seen part { name } must { name other: size }
  parts { name size __typename } marks slow again: slow(times: 3, at: FLAT) quick { name }
  piece { __typename name ... on Rod { length } }
  pieces { __typename ... on Cog { teeth name } ... on Rod { length } }"""
SELECTED = [
    "id name needed",
    "count weight whole shape made seen",
    "part { name size }",
    "must { name }",
    "parts { name }",
    "marks",
    "piece { name ... on Cog { teeth } }",
    "pieces { ... on Cog { name } ... on Rod { length } }",
    "slow quick { size }",
    "failing",
]
COUNTED = "fragment F on Thing { count }"
SPOILT: list[dict[str, Callable[[], Any]]] = [
    {},
    {"needed": lambda: None},
    {"name": lambda: 5},
    {"name": lambda: Thing},
    {"name": lambda: later("at last")},
    {"name": lambda: ValueError("a value that is an error")},
    {"count": lambda: 2**31},
    {"count": lambda: True},
    {"count": lambda: "4"},
    {"weight": lambda: 2},
    {"weight": lambda: float("nan")},
    {"whole": lambda: 1},
    {"shape": lambda: "r"},
    {"shape": lambda: "none such"},
    {"made": lambda: "2020-02-02"},
    {"seen": lambda: None},
    {"part": lambda: Part(name=None)},  # pyright: ignore[reportArgumentType]
    {"part": lambda: later(Part(name="late"))},
    {"part": lambda: RuntimeError("no part")},
    {"must": lambda: None},
    {"must": lambda: Part(name=None)},  # pyright: ignore[reportArgumentType]
    {"parts": lambda: [Part(name="one"), None]},
    {"parts": lambda: [Part(name="one", size=2**40)]},
    {"parts": lambda: 5},
    {"marks": lambda: [1, 2**31]},
    {"piece": lambda: Part(name="no piece")},
    {"piece": lambda: later(Rod(name="late"))},
    {"pieces": lambda: [Cog(name="a"), Part(name="no piece"), Cog(name="b")]},
    {"pieces": lambda: [later(Rod(name="late")), Rod(name="b"), None]},
    {"pieces": lambda: [Rod(name="a"), "no object", LookupError("lost")]},
]


def schema_of(
    executor: type[StrawberryGraphQLCoreExecutionContext], **spoilt: Callable[[], Any]
) -> strawberry.Schema:
    """A schema over a thing with these attributes, which has this executor."""

    def spoil() -> Thing:
        thing = Thing()
        for name, value in spoilt.items():
            setattr(thing, name, value())
        return thing

    @strawberry.type
    class Query:
        thing: Thing | None = strawberry.field(resolver=spoil)
        things: list[Thing | None] = strawberry.field(resolver=lambda: [Thing(), spoil(), None, Thing()])
        late: list[Thing | None] = strawberry.field(
            resolver=lambda: [later(Thing()), spoil(), later(spoil())]
        )

    schema = strawberry.Schema(
        Query,
        types=[Cog, Rod],
        config=StrawberryConfig(scalar_map=SCALARS),
        execution_context_class=executor,
        extensions=[lambda: ParserCache(maxsize=10)],
    )
    if executor is ByColumns:
        read_plain_fields(schema._schema, schema.config)
    return schema


async def answers(
    executor: type[StrawberryGraphQLCoreExecutionContext],
    query: str,
    *variables: dict[str, Any],
    **spoilt: Callable[[], Any],
) -> Any:
    """What an executor answers, by these variables one after another: the data, and each error with its path."""
    schema = schema_of(executor, **spoilt)
    results = [await schema.execute(query, each) for each in variables or ({"none": None},)]
    return [
        (result.data, sorted(f"{error.message} {error.path}" for error in result.errors or ()))
        for result in results
    ]


@pytest.mark.parametrize("number", range(len(SPOILT)), ids=lambda number: str(list(SPOILT[number])))
@pytest.mark.parametrize("root", ["thing", "things", "late"])
async def test_whatever_an_object_holds_the_answer_is_the_ordinary_one(root: str, number: int) -> None:
    query = f"{{ {root} {{ {FIELDS} }} }}"
    ordinary = await answers(StrawberryGraphQLCoreExecutionContext, query, **SPOILT[number])
    assert await answers(ByColumns, query, **SPOILT[number]) == ordinary


@pytest.mark.parametrize(
    "query",
    [
        "{ thing { failing } }",
        "{ thing { ...F ...F name } } fragment F on Thing { name part { name } must { size } }",
        "{ thing { must { name } must { size } ... @include(if: false) { name } id @skip(if: true) } }",
        "{ things { id failing } }",
        "{ late { id failing } }",
        "{ thing { id } things { failing } other: things { id part { size } } }",
        "{ things { ... @include(if: false) { id } } }",
        "{ things { unknown: __typename pieces { ... on Cog { teeth } } } late { __typename } }",
        "{ __schema { queryType { name } } thing { __typename } }",
        "query ($times: Int) { thing { slow(times: $times) } }",
        "query ($times: Int = 4) { thing { slow(times: $times) } things { other: slow(times: $times) } }",
        "query ($none: Int) { thing { id slow(times: $none) } }",
    ],
)
async def test_whatever_is_asked_the_answer_is_the_ordinary_one(query: str) -> None:
    ordinary = await answers(StrawberryGraphQLCoreExecutionContext, query)
    assert await answers(ByColumns, query) == ordinary


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("query ($a: Boolean!) { thing { id name @include(if: $a) ...F @skip(if: $a) } } " + COUNTED,
         ({"a": True}, {"a": False})),
        ("query ($a: Int) { things { slow(times: $a) again: slow(times: 7) } }", ({"a": 1}, {"a": 2}, {})),
        ("query ($a: Shape) { things { slow(at: $a) } }", ({"a": "FLAT"}, {"a": None}, {"a": "ROUND"})),
        ("query ($a: Boolean!) { thing { id } other: thing @include(if: $a) { id } }", ({"a": True}, {"a": False})),
    ],
)  # fmt: skip
async def test_an_operation_that_is_sent_again_is_answered_by_its_own_variables(
    query: str, variables: tuple[dict[str, Any], ...]
) -> None:
    ordinary = await answers(StrawberryGraphQLCoreExecutionContext, query, *variables)
    assert await answers(ByColumns, query, *variables) == ordinary


@settings(max_examples=30)
@given(
    st.lists(st.sampled_from(SPOILT), max_size=3),
    st.lists(st.sampled_from(SELECTED), min_size=1, max_size=4),
    st.sampled_from(["thing", "things", "late"]),
)
async def test_whatever_is_spoilt_together_the_answer_is_the_ordinary_one(
    spoilt: list[dict[str, Callable[[], Any]]], selected: list[str], root: str
) -> None:
    together = {name: value for each in spoilt for name, value in each.items()}
    query = f"{{ {root} {{ {' '.join(selected)} }} other: things {{ {selected[0]} }} }}"
    ordinary = await answers(StrawberryGraphQLCoreExecutionContext, query, **together)
    assert await answers(ByColumns, query, **together) == ordinary


async def test_what_is_in_order_is_never_resolved_the_ordinary_way(monkeypatch: pytest.MonkeyPatch) -> None:
    resolved: list[str] = []
    ordinary = ByColumns.execute_field

    def noting(self: ByColumns, parent_type: Any, source: Any, details: Any, *others: Any) -> Any:
        resolved.append(details[0].node.name.value)
        return ordinary(self, parent_type, source, details, *others)

    monkeypatch.setattr(ByColumns, "execute_field", noting)
    await answers(ByColumns, f"{{ thing {{ {FIELDS} }} }}")
    assert resolved == ["thing"]
