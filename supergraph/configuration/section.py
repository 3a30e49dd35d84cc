"""What all parts of the configuration have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ConfigurationError(Exception):
    """The configuration cannot be used; each line of the message names the file, the key, and what to do."""


class Section(BaseModel):
    """A part of the configuration: a key that it does not know is refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)
