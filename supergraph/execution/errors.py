"""What clients are told when something goes wrong, and what only the log is told.

One contract for errors in a response: a message, the path in the client's terms, and in `extensions` a
`code`, where the options say so the `service` it came from, and, unless a subgraph meant it for clients, an `errorId`
to find it in the log by.

An error of a subgraph is meant for clients where it carries a code of its own. An error without a code, or
with one that says that the router or the subgraph failed, is masked; so is every outage.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from supergraph.execution.options import Options
from supergraph.execution.request import GraphQLErrorObject
from supergraph.upstream import SubgraphError, SubgraphTimeout

logger = logging.getLogger(__name__)

INTERNAL_CODES = frozenset(
    {"INTERNAL_SERVER_ERROR", "DOWNSTREAM_SERVICE_ERROR", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"}
)
_SUGGESTION = re.compile(r"\s*Did you mean .*", re.DOTALL)

Cause = SubgraphError | Mapping[str, Any]
"""What is withheld: an outage, or an error as the subgraph wrote it."""

Report = Callable[[str, str, Cause], None]
"""Takes note of an error: its `errorId`, the subgraph (empty: none in particular), the cause."""

Noted = dict[str, str]
"""The `errorId` of what is wrong with each field, by its coordinate: one execution takes note of it once."""


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """Something that went wrong once, as clients may see it; it can show at many paths."""

    message: str
    extensions: Mapping[str, Any]

    def at(self, path: list[str | int] | None) -> GraphQLErrorObject:
        """Give the error at this path of the response; None where it belongs to no field of it."""
        error: GraphQLErrorObject = {"message": self.message}
        if path is not None:
            error["path"] = path
        error["extensions"] = self.extensions
        return error


def log_cause(error_id: str, subgraph: str, cause: Cause) -> None:
    """Report to the log of this module."""
    exception = cause if isinstance(cause, SubgraphError) else None
    found_by = {"error_id": error_id, "subgraph": subgraph or None}
    who = f"subgraph {subgraph}" if subgraph else "subgraphs"
    logger.error("error %s: %s: %s", error_id, who, cause, exc_info=exception, extra=found_by)


def random_id() -> str:
    """Give an `errorId` that nobody can guess."""
    return secrets.token_hex(8)


@dataclass(frozen=True, slots=True)
class ErrorPolicy:
    """Decides what clients see of an error; `report` takes note of what they do not see."""

    options: Options
    report: Report = log_cause
    new_id: Callable[[], str] = random_id

    def outage(self, error: SubgraphError) -> Fault:
        """Tell that a subgraph gave no usable reply."""
        who = f"The service {error.subgraph!r}" if self._names_services else "A service"
        if isinstance(error, SubgraphTimeout):
            message = f"{who} did not answer in time."
        elif error.code == "SUBREQUEST_MALFORMED_RESPONSE":
            message = f"{who} gave an answer that cannot be used."
        else:
            message = f"{who} is not available."
        shown = {"reason": error.reason} if self.options.show_errors else {}
        return self._masked(message, error.code, error.subgraph, error, shown)

    def of_subgraph(self, subgraph: str, error: Mapping[str, Any]) -> Fault:
        """Tell of an error in a subgraph's reply. `error` has a string `message`."""
        extensions = error.get("extensions")
        extensions = extensions if isinstance(extensions, dict) else {}
        code = extensions.get("code")
        if isinstance(code, str) and code not in INTERNAL_CODES:
            passed = (
                extensions
                if self.options.show_errors
                else {k: v for k, v in extensions.items() if k in self.options.error_extensions}
            )
            return Fault(self._plain(error["message"]), {"code": code, **passed, **self._service(subgraph)})
        code = code if isinstance(code, str) else "DOWNSTREAM_SERVICE_ERROR"
        message = error["message"] if self.options.show_errors else "Something went wrong in a service."
        return self._masked(message, code, subgraph, error, extensions if self.options.show_errors else {})

    def invalid(self, subgraph: str, coordinate: str, message: str, noted: Noted) -> Fault:
        """Tell that a value in a subgraph's reply does not fit its type. `message` is shown as it is."""
        error_id = self._note(subgraph, coordinate, message, noted)
        extensions = {"code": "RESPONSE_VALIDATION_FAILED", **self._service(subgraph), "errorId": error_id}
        return Fault(message, extensions)

    def disputed(self, coordinate: str, noted: Noted) -> Fault:
        """Tell that subgraphs which share an object disagree on its type."""
        message = f"{coordinate} is left out: not every service that shares the object knows its type."
        error_id = self._note("", coordinate, message, noted)
        return Fault(message, {"code": "INCONSISTENT_RUNTIME_TYPES", "errorId": error_id})

    def _note(self, subgraph: str, coordinate: str, message: str, noted: Noted) -> str:
        error_id = noted.get(coordinate)
        if error_id is None:
            error_id = noted[coordinate] = self.new_id()
            self.report(error_id, subgraph, {"message": message})
        return error_id

    def _masked(
        self, message: str, code: str, subgraph: str, cause: Cause, shown: Mapping[str, Any]
    ) -> Fault:
        error_id = self.new_id()
        self.report(error_id, subgraph, cause)
        return Fault(message, {**shown, "code": code, **self._service(subgraph), "errorId": error_id})

    @property
    def _names_services(self) -> bool:
        return self.options.show_services or self.options.show_errors

    def _service(self, subgraph: str) -> Mapping[str, str]:
        return {"service": subgraph} if self._names_services else {}

    def _plain(self, message: str) -> str:
        return message if self.options.suggestions else _SUGGESTION.sub("", message)
