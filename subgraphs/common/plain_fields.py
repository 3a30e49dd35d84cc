"""Fields without the questions that Strawberry asks about each of them before it is read.

Most fields of a reply are attributes of their object: a page of fifty films has several hundred. Of the others most
have a resolver of ours whose arguments come as they are. The answers to all questions are the same every time.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    get_nullable_type,
    is_leaf_type,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver


class ReadAttribute:
    """A resolver that reads an attribute, and does nothing else."""

    def __init__(self, name: str) -> None:
        self.read = attrgetter(name)

    def __call__(self, source: Any, _info: Any, **_arguments: Any) -> Any:
        """The attribute's value."""
        return self.read(source)


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
        return ReadAttribute(definition.python_name)
    return (
        _directly(definition, resolver, config) if _is_direct(field, definition, resolver) else field.resolve
    )


def _is_direct(field: GraphQLField, definition: StrawberryField, resolver: StrawberryResolver[Any]) -> bool:
    """Whether a resolver takes nothing but its object, the info, and values that come as they are."""
    return (
        not definition.is_subscription
        and resolver.parent_parameter is None
        and resolver.root_parameter is None
        and not any(argument.is_maybe for argument in definition.arguments)
        and all(is_leaf_type(get_nullable_type(argument.type)) for argument in field.args.values())
    )


def _directly(
    definition: StrawberryField, resolver: StrawberryResolver[Any], config: StrawberryConfig
) -> Callable[..., Any]:
    call: Any = resolver.wrapped_func
    named = {config.name_converter.from_argument(each): each.python_name for each in definition.arguments}
    info_name = resolver.info_parameter.name if resolver.info_parameter else None
    takes_source = bool(resolver.self_parameter)

    def resolve(source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        given = {named[name]: value for name, value in arguments.items()} if arguments else arguments
        if info_name is not None:
            given[info_name] = config.info_class(_raw_info=info, _field=definition)
        return call(source, **given) if takes_source else call(**given)

    return resolve
