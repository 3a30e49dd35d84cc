"""A witness: the shortest operation along a path that nobody can answer to its end."""

from __future__ import annotations

from dataclasses import dataclass

from graphql import GraphQLField, get_named_type, is_composite_type, is_required_argument


@dataclass(frozen=True, slots=True)
class Step:
    """A field on the way: the type it is selected on, its name and definition, and the path before it."""

    own_type: str
    name: str
    field: GraphQLField
    before: Step | None = None
    needs_condition: bool = False


def witness(last: Step, kind: str) -> str:
    """The operation as a document, its required arguments as variables."""
    variables: dict[str, str] = {}
    body = "__typename" if is_composite_type(_named(last.field)) else ""
    step: Step | None = last
    while step is not None:
        selection = f"{step.name}{_arguments(step, variables)}"
        body = f"{selection} {{ {body} }}" if body else selection
        if step.needs_condition:
            body = f"... on {step.own_type} {{ {body} }}"
        step = step.before
    declared = ", ".join(f"${name}: {reference}" for name, reference in reversed(variables.items()))
    return f"{kind}{f'({declared})' if declared else ''} {{ {body} }}"


def _arguments(step: Step, variables: dict[str, str]) -> str:
    given: list[str] = []
    for name, argument in step.field.args.items():
        if is_required_argument(argument):
            variable = name if name not in variables else f"{name}{len(variables) + 1}"
            variables[variable] = str(argument.type)
            given.append(f"{name}: ${variable}")
    return f"({', '.join(given)})" if given else ""


def _named(field: GraphQLField) -> object:
    return get_named_type(field.type)
