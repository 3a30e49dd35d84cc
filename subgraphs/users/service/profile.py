"""What people change about themselves."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.caller import Caller
from subgraphs.common.errors import Refused, version_conflict
from subgraphs.users import rules
from subgraphs.users.models import LetterKind, UserRow
from subgraphs.users.resources import Resources
from subgraphs.users.service.access import account_at, own_account
from subgraphs.users.service.directory import enter_words
from subgraphs.users.service.letters import CONFIRMATION_LASTS, write_letter, written_lately


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """What shall be different in the profile that the caller saw in `expected_version`; None stays as it is."""

    expected_version: int
    display_name: str | None = None
    email: str | None = None


async def update_profile(
    resources: Resources, caller: Caller, change: ProfileChange, now: datetime
) -> UserRow:
    """Changes the caller's profile; a new address holds once the link that is mailed to it is followed.

    Raises:
        Refused: a value breaks a rule, or the profile has changed since the caller saw it.
        Unauthenticated: nobody is signed in.
    """
    async with resources.database.transaction() as session:
        account = await own_account(session, caller)
        if account.version != change.expected_version:
            raise Refused(version_conflict(account.version))
        if wrong := rules.problems(_problems(change)):
            raise Refused(*wrong)
        if change.display_name is not None:
            account.display_name = rules.plain(change.display_name)
            await enter_words(session, account)
        if change.email is not None:
            await _ask_new_address(session, resources, account, rules.address_key(change.email), now)
        account.version += 1
    return account


def _problems(change: ProfileChange) -> dict[str, str | None]:
    name, email = change.display_name, change.email
    return {
        "displayName": None if name is None else rules.name_problem(name),
        "email": None if email is None else rules.address_problem(email),
    }


async def _ask_new_address(
    session: AsyncSession, resources: Resources, account: UserRow, address: str, now: datetime
) -> None:
    if address == account.email:
        return
    # Whoever owns the address learns of it; whoever asks does not learn whether anybody does.
    taken = await account_at(session, address) is not None
    kind = LetterKind.ADDRESS_KNOWN if taken else LetterKind.ADDRESS_CONFIRMATION
    if not await written_lately(session, kind, address, now):
        write_letter(
            session,
            resources.keyring,
            kind,
            address,
            now,
            expires_at=now + CONFIRMATION_LASTS,
            user_id=None if taken else account.id,
        )
