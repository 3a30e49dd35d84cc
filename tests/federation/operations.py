"""Operations at random on a schema: aliases that collide, fragments, conditions, arguments, abstract types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    do_types_overlap,
    get_named_type,
    is_composite_type,
    is_required_argument,
)
from hypothesis import strategies as st

Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType
Draw = Callable[[st.SearchStrategy[Any]], Any]

CONDITIONS = [
    "",
    "",
    "",
    "",
    " @include(if: $yes)",
    " @skip(if: $yes)",
    " @include(if: $no)",
    " @skip(if: true)",
]
LITERALS = {"ID": ['"b1"', '"b2"', '"t1"', '"x"'], "Int": ["1", "null"], "String": ['"London"', '""', "null"]}


@dataclass(frozen=True)
class RandomOperation:
    """An operation's text, and values for the variables that it declares."""

    text: str
    variables: dict[str, bool]


@st.composite
def operations(draw: Draw, schema: GraphQLSchema, *, names: Sequence[str], depth: int = 4) -> RandomOperation:
    """Draw a query. `names` are aliases to draw from."""
    assert schema.query_type is not None
    writer = _Writer(draw, schema, names)
    text = "".join([writer.selections(schema.query_type, depth), *writer.fragments])
    used = [name for name in ("yes", "no") if f"${name}" in text]
    declared = ", ".join(f"${name}: Boolean! = true" for name in used)
    values = draw(st.fixed_dictionaries({}, optional={name: st.booleans() for name in used}))
    return RandomOperation(f"query {f'({declared}) ' if declared else ''}{text}", values)


class _Writer:
    def __init__(self, draw: Draw, schema: GraphQLSchema, names: Sequence[str]) -> None:
        self.fragments: list[str] = []
        self._draw = draw
        self._schema = schema
        self._names = names
        self._meanings: dict[str, str] = {}
        self._composites = [
            each
            for each in schema.type_map.values()
            if isinstance(each, Composite) and not each.name.startswith("__")
        ]

    def selections(self, parent: Composite, depth: int) -> str:
        count = self._draw(st.integers(1, 4))
        return "{ " + " ".join(self._selection(parent, depth) for _ in range(count)) + " }"

    def _selection(self, parent: Composite, depth: int) -> str:
        kind = self._draw(st.sampled_from(["field"] * 6 + ["fragment", "spread", "__typename"]))
        if kind == "fragment" and depth:
            on = self._draw(
                st.sampled_from(["", *(f" on {each.name}" for each in self._overlapping(parent))])
            )
            return f"...{on}{self._condition()} {self.selections(self._named(on[4:]) or parent, depth - 1)}"
        if kind == "spread" and depth:
            on = self._draw(st.sampled_from(self._overlapping(parent)))
            selections = self.selections(on, depth - 1)
            name = f"F{len(self.fragments)}"
            self.fragments.append(f" fragment {name} on {on.name} {selections}")
            return f"...{name}{self._condition()}"
        fields = [] if isinstance(parent, GraphQLUnionType) else self._fields(parent, depth)
        if kind == "__typename" or not fields:
            return f"{self._response_key('__typename', '__typename')}{self._condition()}"
        name, field = self._draw(st.sampled_from(fields))
        return self._field(name, field, depth)

    def _field(self, name: str, field: GraphQLField, depth: int) -> str:
        arguments = [text for each in field.args.items() if (text := self._argument(*each))]
        named = get_named_type(field.type)
        below = self.selections(named, depth - 1) if is_composite_type(named) else ""
        bracketed = f"({', '.join(arguments)})" if arguments else ""
        key = self._response_key(name, f"{name}{bracketed} {field.type}")
        return f"{key}{bracketed}{self._condition()} {below}"

    def _argument(self, name: str, argument: GraphQLArgument) -> str:
        if not is_required_argument(argument) and self._draw(st.booleans()):
            return ""
        named = get_named_type(argument.type)
        literals = list(named.values) if isinstance(named, GraphQLEnumType) else LITERALS[named.name]
        if is_required_argument(argument):
            literals = [each for each in literals if each != "null"]
        return f"{name}: {self._draw(st.sampled_from(literals))}"

    def _response_key(self, name: str, meaning: str) -> str:
        """Draw an alias, or none; one response key means one thing in the whole operation."""
        key = self._draw(st.sampled_from([name, name, *self._names]))
        if self._meanings.setdefault(key, meaning) != meaning:
            key = f"x{len(self._meanings)}"
            self._meanings[key] = meaning
        return name if key == name else f"{key}: {name}"

    def _condition(self) -> str:
        return self._draw(st.sampled_from(CONDITIONS))

    def _fields(
        self, parent: GraphQLObjectType | GraphQLInterfaceType, depth: int
    ) -> list[tuple[str, GraphQLField]]:
        return [
            (name, field)
            for name, field in parent.fields.items()
            if depth or not is_composite_type(get_named_type(field.type))
        ]

    def _overlapping(self, parent: Composite) -> list[Composite]:
        return [each for each in self._composites if do_types_overlap(self._schema, parent, each)]

    def _named(self, name: str) -> Composite | None:
        return next((each for each in self._composites if each.name == name), None)
