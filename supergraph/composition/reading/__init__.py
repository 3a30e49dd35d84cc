"""Reading supergraph SDL back into the model that planning and execution work on."""

from supergraph.composition.reading.errors import InvalidSupergraphError
from supergraph.composition.reading.field_set import parse_field_set
from supergraph.composition.reading.supergraph_sdl import read

__all__ = ["InvalidSupergraphError", "parse_field_set", "read"]
