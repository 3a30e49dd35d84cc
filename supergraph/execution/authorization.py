"""Refusing a whole request for the fields in it that its caller may not see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from supergraph.execution.guards import Decisions
from supergraph.execution.request import GraphQLErrorObject, RequestRefused
from supergraph.planning.query_plan import ObjectShape

UNAUTHORIZED = "UNAUTHORIZED_FIELD_OR_TYPE"


def check_authorized(shape: ObjectShape, variables: Mapping[str, Any], most_errors: int) -> None:
    """See that nothing is withheld of what these variables select; raises `RequestRefused`."""
    coordinates = dict.fromkeys(_withheld(shape, Decisions(variables)))
    errors: list[GraphQLErrorObject] = [
        {"message": not_authorized(coordinate), "extensions": {"code": UNAUTHORIZED}}
        for coordinate in list(coordinates)[:most_errors]
    ]
    if errors:
        raise RequestRefused(errors)


def not_authorized(coordinate: str) -> str:
    """Give the message for whoever may not see a field."""
    return f"You are not authorized to see {coordinate}."


def _withheld(shape: ObjectShape, decisions: Decisions) -> Iterator[str]:
    for type_, fields in shape.fields.items():
        for field in fields:
            if not decisions[field.guard]:
                continue
            if field.denied is not None:
                yield f"{type_}.{field.name}"
            elif field.shape is not None:
                yield from _withheld(field.shape, decisions)
