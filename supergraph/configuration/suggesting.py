"""What was meant by a key that does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import get_args

from pydantic import BaseModel


def suggestion(model: type[BaseModel], place: Sequence[str | int]) -> str | None:
    """The key of this model that is most like the last one of a place in it; None where none is like it."""
    *above, key = place
    section: type[BaseModel] | None = model
    for part in above:
        section = None if section is None else _section(section, str(part))
    if section is None:
        return None
    found = get_close_matches(str(key), [_name(section, name) for name in section.model_fields], 1)
    return found[0] if found else None


def _name(section: type[BaseModel], field: str) -> str:
    return section.model_fields[field].alias or field


def _section(section: type[BaseModel], key: str) -> type[BaseModel] | None:
    """The section under a key: the field's, or that of the values of a mapping, whose keys are names."""
    for name, field in section.model_fields.items():
        if key in {name, field.alias}:
            return _model_in(field.annotation)
    return section if key else None


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for each in get_args(annotation) if (model := _model_in(each)) is not None), None)
