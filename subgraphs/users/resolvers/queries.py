"""What can be asked about people."""

from functools import partial

import strawberry
from strawberry import federation as fed

from subgraphs.common.connections import CountedConnection, page_size
from subgraphs.common.directives import SIZED_BY_FIRST
from subgraphs.common.errors import BadUserInput
from subgraphs.users.context import UsersInfo
from subgraphs.users.models import AccountState, UserRow
from subgraphs.users.roles import READ_USERS
from subgraphs.users.service.registration import registration_of
from subgraphs.users.service.staff import count_users, list_users
from subgraphs.users.types.people import User
from subgraphs.users.types.sessions import Registration

LONGEST_SEARCH = 100


@strawberry.type
class Query:
    """People, for themselves, for each other and for staff."""

    @strawberry.field(description="Who is asking; null when signed out.")
    async def viewer(self, info: UsersInfo) -> User | None:
        """The caller, while their account is open."""
        subject = info.context.caller.subject
        return _open(await info.context.loaders.user.load(subject)) if subject else None

    @strawberry.field(description="One person, by exactly one of `id` and `handle`.")
    async def user(
        self,
        info: UsersInfo,
        id: strawberry.ID | None = strawberry.UNSET,
        handle: str | None = strawberry.UNSET,
    ) -> User | None:
        """Somebody with an open account."""
        loaders = info.context.loaders
        if id and not handle:
            return _open(await loaders.user.load(id))
        if handle and not id:
            return _open(await loaders.user_by_handle.load(handle))
        raise BadUserInput("Give exactly one of `id` and `handle`.")

    @fed.field(requires_scopes=[[READ_USERS]], tags=["staff"], directives=[SIZED_BY_FIRST])
    async def users(
        self,
        info: UsersInfo,
        search: str | None = strawberry.UNSET,
        first: int = 20,
        after: str | None = strawberry.UNSET,
    ) -> CountedConnection[User] | None:
        """By handle."""
        wanted = search or ""
        if len(wanted) > LONGEST_SEARCH:
            raise BadUserInput(f"`search` has at most {LONGEST_SEARCH} characters.")
        async with info.context.database.read() as session:
            page = await list_users(session, info.context.caller, wanted, page_size(first), after or None)
        return page.counted(User.of, partial(_count, info, wanted))

    @strawberry.field(description="How far a registration has come, for whoever holds its status token.")
    async def registration(self, info: UsersInfo, status_token: str) -> Registration | None:
        """The registration that the token opens."""
        async with info.context.database.read() as session:
            row = await registration_of(session, status_token)
        return row and Registration.of(row, info.context.now)


def _open(row: UserRow | None) -> User | None:
    return User.of(row) if row and row.state == AccountState.OPEN else None


async def _count(info: UsersInfo, search: str) -> int:
    async with info.context.database.read() as session:
        return await count_users(session, search)
