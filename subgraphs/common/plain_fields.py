"""Fields without the questions that Strawberry asks about each of them before it is read.

Most fields of a reply are attributes of their object: a page of fifty films has several hundred. Of the others most
have a resolver of ours whose arguments come as they are. The answers to all questions are the same every time.
"""

from collections.abc import Callable, Mapping, Sequence
from inspect import iscoroutinefunction
from operator import attrgetter
from typing import Any, cast

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    get_nullable_type,
    is_leaf_type,
)
from graphql.pyutils import Path
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types import Info
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from subgraphs.common.dataloader import is_loading


class Attribute:
    """A resolver that reads an attribute, and does nothing else."""

    def __init__(self, name: str) -> None:
        self.read = attrgetter(name)

    def __call__(self, source: Any, _info: Any, **_arguments: Any) -> Any:
        """The attribute's value."""
        return self.read(source)


class Method:
    """A resolver of ours that takes nothing but its object, the info, and arguments that come as they are."""

    def __init__(
        self, definition: StrawberryField, resolver: StrawberryResolver[Any], config: StrawberryConfig
    ) -> None:
        self._definition = definition
        self._call = cast("Callable[..., Any]", resolver.wrapped_func)
        self._takes_source = bool(resolver.self_parameter)
        self._info_name = resolver.info_parameter.name if resolver.info_parameter else None
        self._names = {
            config.name_converter.from_argument(each): each.python_name for each in definition.arguments
        }
        self.is_async = iscoroutinefunction(self._call)
        self.is_loading = is_loading(self._call)

    def __call__(self, source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        """The value of the field of one object."""
        return self.called([source], self.given(Info(_raw_info=info, _field=self._definition), arguments))[0]

    def info(self, info: GraphQLResolveInfo) -> Info[Any, Any]:
        """What the resolver of many objects is told of the operation."""
        return InfoOfMany(_raw_info=info, _field=self._definition)

    def given(self, info: Info[Any, Any] | None, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """The info and arguments, by the names that the resolver has for them."""
        given = {self._names[name]: value for name, value in arguments.items()}
        return given if self._info_name is None else given | {self._info_name: info}

    @property
    def takes_info(self) -> bool:
        """Whether the resolver wants to be told of the operation."""
        return self._info_name is not None

    def called(self, sources: Sequence[Any], given: Mapping[str, Any]) -> list[Any]:
        """The values of the fields of objects; coroutines where the resolver is one."""
        call = self._call
        if self._takes_source:
            return [call(source, **given) for source in sources]
        return [call(**given) for _ in sources]


class InfoOfMany(Info[Any, Any]):
    """An info that the resolvers of many objects share, so that it knows no place of any."""

    @property
    def path(self) -> Path:
        """None that would be true."""
        raise NotImplementedError("A field of many objects is resolved for all of them, wherever they stand.")


def read_plain_fields(schema: GraphQLSchema, config: StrawberryConfig) -> None:
    """Has fields without a resolver read their attribute, and calls resolvers that need no preparation as they are.

    Fields with an extension, and resolvers whose arguments must be made first, stay as Strawberry has them.
    """
    for each in schema.type_map.values():
        if isinstance(each, GraphQLObjectType):
            for field in each.fields.values():
                definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
                if isinstance(definition, StrawberryField) and not definition.extensions:
                    field.resolve = _shortest(field, definition, config)


def _shortest(field: GraphQLField, definition: StrawberryField, config: StrawberryConfig) -> Any:
    resolver = definition.base_resolver
    if resolver is None:
        return Attribute(definition.python_name)
    return Method(definition, resolver, config) if _is_direct(field, definition, resolver) else field.resolve


def _is_direct(field: GraphQLField, definition: StrawberryField, resolver: StrawberryResolver[Any]) -> bool:
    """Whether a resolver takes nothing but its object, the info, and values that come as they are."""
    return (
        not definition.is_subscription
        and resolver.parent_parameter is None
        and resolver.root_parameter is None
        and not any(argument.is_maybe for argument in definition.arguments)
        and all(is_leaf_type(get_nullable_type(argument.type)) for argument in field.args.values())
    )
