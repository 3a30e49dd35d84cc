"""Variables: what the client sent, coerced by the API schema (GraphQL specification, 6.1.2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import GraphQLSchema, VariableDefinitionNode, get_variable_values

from supergraph.execution.limits import check_values
from supergraph.execution.options import Options
from supergraph.execution.plain_variables import PlainVariables
from supergraph.execution.refusal import refused, refused_because


@dataclass(frozen=True, slots=True)
class Variables:
    """Coerced values by name, defaults included, and each of them encoded as a member of a JSON object.

    `cost` is what the operation is estimated to cost with them (None: not known).
    """

    values: Mapping[str, Any]
    members: Mapping[str, bytes]
    cost: int | None = None


NO_VARIABLES = Variables({}, {})


@dataclass(frozen=True, slots=True, eq=False)
class DefinedVariables:
    """The variables that an operation defines.

    `conditions` are those of `@skip` and `@include`: a default makes them nullable, a null no condition.
    """

    definitions: Collection[VariableDefinitionNode]
    conditions: Collection[str]
    plain: PlainVariables


def coerce_variables(
    api: GraphQLSchema, defined: DefinedVariables, inputs: Mapping[str, Any], options: Options
) -> Variables:
    """Coerce a request's variables; raises `RequestRefused` (BAD_USER_INPUT, or the limit that they are over)."""
    check_values(inputs, options.limits)
    if not defined.definitions:
        return NO_VARIABLES
    coerced = defined.plain.coerced(inputs)
    if coerced is None:
        coerced = _judged(api, defined, inputs, options)
    for name in defined.conditions:
        if name in coerced and coerced[name] is None:
            raise refused_because(
                "BAD_USER_INPUT", f"Variable '${name}' decides about a selection: not null."
            )
    return Variables(coerced, {name: member(name, value) for name, value in coerced.items()})


def _judged(
    api: GraphQLSchema, defined: DefinedVariables, inputs: Mapping[str, Any], options: Options
) -> Mapping[str, Any]:
    """What graphql-core makes of the variables, which says what is wrong with them."""
    coerced = get_variable_values(
        api,
        defined.definitions,
        dict(inputs),
        max_errors=options.max_request_errors,
        hide_suggestions=not options.suggestions,
    )
    if isinstance(coerced, list):
        raise refused("BAD_USER_INPUT", coerced)
    return coerced.coerced


def member(name: str, value: Any) -> bytes:
    """Encode a variable as a member of a JSON object; raises `RequestRefused` where JSON cannot have its value."""
    try:
        return b'"%s":%s' % (name.encode(), orjson.dumps(value))
    except orjson.JSONEncodeError as error:
        message = f"Variable '${name}' has a value that cannot be sent as JSON: {error}."
        raise refused_because("BAD_USER_INPUT", message) from error
