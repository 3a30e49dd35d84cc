"""Refusals and errors that all subgraphs speak of in the same words.

A refusal is a result: a type that implements `UserError` and stands in a payload's error union. A
`BadUserInput` is an error of the request: a value that no client should send.
"""

from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry import federation as fed


class BadUserInput(GraphQLError):
    """An argument that the contract rules out (a page size of 10,000); the client sees the message."""

    def __init__(self, message: str) -> None:
        super().__init__(message, extensions={"code": "BAD_USER_INPUT"})


class Forbidden(GraphQLError):
    """The caller may not ask this; the router refuses it first, and a subgraph relies on nobody."""

    def __init__(self) -> None:
        super().__init__("You may not do this.", extensions={"code": "FORBIDDEN"})


class Unauthenticated(GraphQLError):
    """Only somebody who is signed in can ask this."""

    def __init__(self) -> None:
        super().__init__("Sign in first.", extensions={"code": "UNAUTHENTICATED"})


class Refused(Exception):
    """Rolls a transaction back with refusals; `errors` are members of the payload's union, `error` is the first."""

    def __init__(self, error: Any, *others: Any) -> None:
        super().__init__(error.message)
        self.error = error
        self.errors = [error, *others]


@strawberry.interface
class UserError:
    """Why a mutation was refused."""

    code: str
    message: str
    path: list[str] | None = None


@fed.type(shareable=True)
class InvalidInput(UserError):
    """A value in the input breaks a rule; `path` leads to it."""


@fed.type(shareable=True)
class NotFound(UserError):
    """There is no such thing, or it is not for the caller to see."""


@fed.type(shareable=True)
class VersionConflict(UserError):
    """Somebody else changed it first; look at it again and repeat with `currentVersion`."""

    current_version: int = strawberry.field()


@fed.type(shareable=True)
class IdempotencyKeyReused(UserError):
    """The idempotency key belongs to an earlier request with other input."""


def invalid_input(message: str, *path: str) -> InvalidInput:
    """An `InvalidInput` about the input field at `path`."""
    return InvalidInput(code="INVALID_INPUT", message=message, path=["input", *path])


def not_found(what: str, *path: str) -> NotFound:
    """A `NotFound` about the thing that the input field at `path` names."""
    return NotFound(code="NOT_FOUND", message=f"There is no such {what}.", path=["input", *path])


def version_conflict(current_version: int) -> VersionConflict:
    """A `VersionConflict` with the version that the thing has now."""
    return VersionConflict(
        code="VERSION_CONFLICT",
        message=f"It has changed meanwhile: look at it again, then repeat with version {current_version}.",
        path=["input", "expectedVersion"],
        current_version=current_version,
    )


def idempotency_key_reused() -> IdempotencyKeyReused:
    """An `IdempotencyKeyReused`; the mend is a fresh key."""
    return IdempotencyKeyReused(
        code="IDEMPOTENCY_KEY_REUSED",
        message="This idempotency key was used with other input; make a new key for a new request.",
        path=["input", "idempotencyKey"],
    )
