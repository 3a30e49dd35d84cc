"""Joining: a registration is accepted at once, and carried out by the worker."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.database import insert_into
from subgraphs.common.errors import Refused
from subgraphs.common.idempotency import Request, earlier_result, keep_result
from subgraphs.common.ids import new_id
from subgraphs.common.messages import Message
from subgraphs.common.outbox import first_delivery, record
from subgraphs.users import rules
from subgraphs.users.events import registration_accepted
from subgraphs.users.keyring import Keyring, digest
from subgraphs.users.models import (
    AccountState,
    HeldHandleRow,
    Idempotency,
    Inbox,
    LetterKind,
    Outbox,
    RegistrationRow,
    RegistrationState,
    UserRow,
)
from subgraphs.users.passwords import Passwords
from subgraphs.users.refusals import handle_taken
from subgraphs.users.resources import Resources
from subgraphs.users.roles import MembershipTier
from subgraphs.users.service.access import account_at
from subgraphs.users.service.directory import enter_words
from subgraphs.users.service.letters import write_letter, written_lately

LASTS = timedelta(hours=48)
"""How long a registration waits for its activation, and holds its handle."""
LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Application:
    """What somebody who wants to join says of themselves."""

    handle: str
    display_name: str
    email: str
    birth_date: date
    idempotency_key: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A registration, and the token that opens it."""

    status_token: str
    registration: RegistrationRow


async def register(resources: Resources, application: Application, now: datetime) -> Accepted:
    """Accepts a registration: its handle is held, and the worker will hear of it.

    Raises:
        Refused: something in it breaks a rule, the handle is taken, or the idempotency key is used.
    """
    wrong = rules.problems(await _problems(resources.passwords, application, now.date()))
    password_hash = "" if wrong else await resources.passwords.hash(application.password)
    request = _request(resources.keyring, application)
    async with resources.database.transaction() as session:
        earlier = await earlier_result(session, Idempotency, request, now)
        if earlier is None:
            if wrong:
                raise Refused(*wrong)
            registration = await _accept(session, resources.keyring, application, password_hash, now)
            await keep_result(session, Idempotency, request, {"registrationId": registration.id})
        else:
            registration = await session.get_one(RegistrationRow, earlier["registrationId"])
    return Accepted(_status_token(resources.keyring, registration.id), registration)


async def registration_of(session: AsyncSession, status_token: str) -> RegistrationRow | None:
    """The registration that the token opens."""
    opened = select(RegistrationRow).where(RegistrationRow.status_token_digest == digest(status_token))
    return await session.scalar(opened)


def state_at(registration: RegistrationRow, now: datetime) -> RegistrationState:
    """How far the registration has come; one whose time is over has expired, whether or not anybody has swept."""
    state = RegistrationState(registration.state)
    if state is not RegistrationState.ACTIVE and registration.expires_at <= now:
        return RegistrationState.EXPIRED
    return state


async def resend_activation(resources: Resources, status_token: str, now: datetime) -> None:
    """Writes the letter of a registration again, not more often than once a minute."""
    async with resources.database.transaction() as session:
        registration = await registration_of(session, status_token)
        if registration and state_at(registration, now) is RegistrationState.AWAITING_ACTIVATION:
            await _write(session, resources.keyring, registration, now)


async def carry_out(resources: Resources, message: Message, now: datetime) -> None:
    """Does what was accepted: makes the account and writes its activation letter, once for each message.

    An address that has an account already gets a letter that says so, and everything else looks the same.
    """
    async with resources.database.transaction() as session:
        if not await first_delivery(session, Inbox, message, now):
            return
        registration = await session.get(
            RegistrationRow, message.payload["registrationId"], with_for_update=True
        )
        if registration is None or state_at(registration, now) is not RegistrationState.ACCEPTED:
            return
        if registration.email and await account_at(session, registration.email) is None:
            account = _pending_account(registration, now)
            session.add(account)
            await session.flush()
            await enter_words(session, account)
            registration.user_id = account.id
        registration.state = RegistrationState.AWAITING_ACTIVATION
        registration.display_name = registration.password_hash = registration.birth_date = None
        await _write(session, resources.keyring, registration, now)


async def _problems(passwords: Passwords, application: Application, today: date) -> dict[str, str | None]:
    key = application.idempotency_key
    return {
        "handle": rules.handle_problem(application.handle),
        "displayName": rules.name_problem(application.display_name),
        "email": rules.address_problem(application.email),
        "password": await passwords.problem(
            application.password, application.handle, application.email, application.display_name
        ),
        "birthDate": rules.birth_date_problem(application.birth_date, today),
        "idempotencyKey": rules.text_problem("A key", key, LONGEST_KEY, shortest=1),
    }


def _request(keyring: Keyring, application: Application) -> Request:
    # A digest of a bare password could be tried out by whoever reads the database; one of a derived token cannot.
    said = {
        "handle": application.handle,
        "displayName": application.display_name,
        "email": application.email,
        "birthDate": application.birth_date.isoformat(),
        "password": keyring.derive("password", application.password),
    }
    return Request("anonymous", "register", digest(application.idempotency_key), said)


async def _accept(
    session: AsyncSession, keyring: Keyring, application: Application, password_hash: str, now: datetime
) -> RegistrationRow:
    handle = rules.handle_key(application.handle)
    hold = insert_into(session, HeldHandleRow).values(handle=handle).on_conflict_do_nothing()
    if (await session.execute(hold.returning(HeldHandleRow.handle))).first() is None:
        raise Refused(handle_taken(handle))
    registration_id = new_id("reg")
    registration = RegistrationRow(
        id=registration_id,
        status_token_digest=digest(_status_token(keyring, registration_id)),
        handle=handle,
        display_name=rules.plain(application.display_name),
        email=rules.address_key(application.email),
        password_hash=password_hash,
        birth_date=application.birth_date,
        state=RegistrationState.ACCEPTED,
        user_id=None,
        created_at=now,
        expires_at=now + LASTS,
    )
    session.add(registration)
    record(session, Outbox, registration_accepted(registration, now))
    return registration


def _status_token(keyring: Keyring, registration_id: str) -> str:
    return keyring.derive("registration", registration_id)


def _pending_account(registration: RegistrationRow, now: datetime) -> UserRow:
    return UserRow(
        id=new_id("usr"),
        handle=registration.handle,
        display_name=registration.display_name,
        email=registration.email,
        password_hash=registration.password_hash,
        birth_date=registration.birth_date,
        tier=MembershipTier.STANDARD,
        tier_since=now,
        state=AccountState.PENDING,
        created_at=now,
        version=1,
    )


async def _write(
    session: AsyncSession, keyring: Keyring, registration: RegistrationRow, now: datetime
) -> None:
    kind = LetterKind.ACTIVATION if registration.user_id else LetterKind.ADDRESS_KNOWN
    address = registration.email
    if address is None or await written_lately(session, kind, address, now):
        return
    write_letter(
        session,
        keyring,
        kind,
        address,
        now,
        expires_at=registration.expires_at,
        user_id=registration.user_id,
    )
