"""What people change about themselves, and how they leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.caller import Caller
from subgraphs.common.errors import Refused, Unauthenticated, version_conflict
from subgraphs.common.ids import new_id
from subgraphs.common.outbox import record
from subgraphs.users import rules
from subgraphs.users.events import USER_CLOSED, user_event
from subgraphs.users.models import (
    AccountState,
    BalanceRow,
    HeldHandleRow,
    LetterKind,
    LetterRow,
    LoanRow,
    Outbox,
    RegistrationRow,
    ReviewRow,
    SessionRow,
    UserRoleRow,
    UserRow,
    UserWordRow,
    WatchlistItemRow,
)
from subgraphs.users.refusals import (
    BalanceOutstanding,
    RentalsOutstanding,
    balance_outstanding,
    rentals_outstanding,
)
from subgraphs.users.resources import Resources
from subgraphs.users.roles import MembershipTier
from subgraphs.users.service.access import account_at, open_account, own_account
from subgraphs.users.service.directory import enter_words
from subgraphs.users.service.letters import CONFIRMATION_LASTS, write_letter, written_lately
from subgraphs.users.service.signing_in import forget_attempts, prove_own_password

FORMER_NAME = "Former member"


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


async def close_account(resources: Resources, caller: Caller, password: str, now: datetime) -> None:
    """Closes the caller's account and erases what identifies them; others hear of it and do the same.

    Their scores stay in the ratings, without a word of theirs.

    Raises:
        Refused: the password is another, something is still on loan, or something is owed.
        Unauthenticated: nobody is signed in.
    """
    proved = await prove_own_password(resources, caller, password, now, "password")
    async with resources.database.transaction() as session:
        account = await open_account(session, proved.id)
        if account is None:
            raise Unauthenticated
        if open_matters := await _open_matters(session, account.id):
            raise Refused(*open_matters)
        await _erase_belongings(session, account)
        await _erase_person(session, account, now)
        record(session, Outbox, user_event(USER_CLOSED, account, now))


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


async def _open_matters(
    session: AsyncSession, user_id: str
) -> Sequence[RentalsOutstanding | BalanceOutstanding]:
    loans = await _open_loans(session, user_id)
    owed = await session.scalar(select(BalanceRow.amount).where(BalanceRow.user_id == user_id)) or 0
    return [
        *([rentals_outstanding(loans)] if loans else ()),
        *([balance_outstanding(owed)] if owed > 0 else ()),
    ]


async def _open_loans(session: AsyncSession, user_id: str) -> int:
    counted = select(func.count()).select_from(LoanRow).where(LoanRow.user_id == user_id, LoanRow.open)
    return (await session.execute(counted)).scalar_one()


async def _erase_belongings(session: AsyncSession, account: UserRow) -> None:
    owned = (WatchlistItemRow, UserRoleRow, UserWordRow, SessionRow, LoanRow, BalanceRow)
    for table in owned:
        await session.execute(delete(table).where(table.user_id == account.id))
    await session.execute(
        delete(LetterRow).where((LetterRow.user_id == account.id) | (LetterRow.address == account.email))
    )
    await session.execute(delete(RegistrationRow).where(RegistrationRow.user_id == account.id))
    await session.execute(delete(HeldHandleRow).where(HeldHandleRow.handle == account.handle))
    silenced = update(ReviewRow).where(ReviewRow.author_id == account.id)
    await session.execute(silenced.values(headline=None, body=None))
    await forget_attempts(session, account.handle)


async def _erase_person(session: AsyncSession, account: UserRow, now: datetime) -> None:
    account.handle = rules.FORMER + new_id("usr").removeprefix("usr_")
    account.display_name = FORMER_NAME
    account.email = account.password_hash = account.birth_date = None
    account.tier, account.tier_since = MembershipTier.STANDARD, now
    account.state = AccountState.CLOSED
    account.version += 1
    await session.flush()
