"""Introspection: what the API schema itself answers, by graphql-core."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from graphql import GraphQLSchema, execute_sync, parse

from supergraph.execution.cache import Cache


class Introspection:
    """Answers introspection operations, and keeps the last answers: one costs as much as many fetches."""

    def __init__(self, api: GraphQLSchema, *, kept: int = 16) -> None:
        self._api = api
        self._answers: Cache[tuple[str, bytes], Mapping[str, Any]] = Cache(kept)

    def answer(self, operation: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer an operation that asks for `__schema` and `__type` only; empty where there is none."""
        if not operation:
            return {}
        used = variables if "$" in operation else {}
        key = (operation, orjson.dumps(used, option=orjson.OPT_SORT_KEYS))
        return self._answers.get(key, lambda: self._execute(operation, used))

    def _execute(self, operation: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        result = execute_sync(self._api, parse(operation), variable_values=dict(variables))
        return result.data or {}
