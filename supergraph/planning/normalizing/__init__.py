"""Normalising: an operation document to what each concrete type is asked for, in named passes, one a file."""

from supergraph.planning.normalizing.normalize import normalize

__all__ = ["normalize"]
