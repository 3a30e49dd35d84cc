"""Who may ask: the router refuses first, and the subgraph relies on nobody."""

from subgraphs.common.errors import Forbidden, Unauthenticated
from subgraphs.rentals.context import RentalsInfo


def member(info: RentalsInfo) -> str:
    """The caller's id.

    Raises:
        Unauthenticated: nobody is signed in.
    """
    if info.context.caller.subject is None:
        raise Unauthenticated
    return info.context.caller.subject


def staff(info: RentalsInfo, scope: str) -> str:
    """The id of a caller who holds the scope.

    Raises:
        Unauthenticated: nobody is signed in.
        Forbidden: they do not hold it.
    """
    who = member(info)
    if not info.context.caller.may(scope):
        raise Forbidden
    return who
