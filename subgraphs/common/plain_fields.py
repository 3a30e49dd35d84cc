"""Fields that are attributes of their object, read in one call.

Most fields of a reply are such: a page of fifty films has several hundred. Strawberry asks five questions about each
before it reads it, and the answers are the same every time.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema
from strawberry.schema.schema_converter import GraphQLCoreConverter


def read_plain_fields(schema: GraphQLSchema) -> None:
    """Has each field without a resolver or an extension of its own read its attribute, and do nothing else."""
    for each in schema.type_map.values():
        if isinstance(each, GraphQLObjectType):
            for field in each.fields.values():
                if getattr(field.resolve, "_is_default", False):
                    field.resolve = _reader(_attribute(field))


def _attribute(field: GraphQLField) -> str:
    return field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].python_name


def _reader(attribute: str) -> Callable[..., Any]:
    read = attrgetter(attribute)

    def resolve(source: Any, _info: Any, **_arguments: Any) -> Any:
        return read(source)

    return resolve
