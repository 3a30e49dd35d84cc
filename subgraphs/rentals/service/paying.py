"""Paying what is owed, through a provider that may hang or fail at any moment.

The intent is written before the provider is asked, and reserves its amount. Whatever happens then, the worker
(or the member, with the same idempotency key) asks again under the same provider key until its word is known, and
whoever hears it first books it. So a charge is neither lost nor booked twice.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import structlog
from graphql import GraphQLError
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.database import Database
from subgraphs.common.errors import Refused, invalid_input
from subgraphs.common.idempotency import Request, earlier_result, forget, keep_result
from subgraphs.common.ids import new_id
from subgraphs.common.money import USD
from subgraphs.rentals.domain import LedgerKind
from subgraphs.rentals.models import Idempotency, LedgerRow, PaymentRow, PaymentStatus
from subgraphs.rentals.payments import Charged, Declined, PaymentProvider
from subgraphs.rentals.refusals import overpayment, payment_declined
from subgraphs.rentals.service.accounts import balance, enter, locked_account
from subgraphs.rentals.service.keyed import keyed

_log = structlog.get_logger(__name__)

PROVIDER_SECONDS = 10.0
LONGEST_TOKEN = 500
MUTATION = "payBalance"
BATCH = 50


class PaymentPending(GraphQLError):
    """The provider's word is not known yet; nothing is lost, and the same request may be sent again."""

    def __init__(self) -> None:
        super().__init__(
            "The payment provider has not answered. Nothing is lost: send the same request with the same "
            "idempotency key again, or wait until the payment stands in the ledger.",
            extensions={"code": "PAYMENT_PENDING"},
        )


@dataclass(frozen=True, slots=True)
class Payer:
    """Where a payment is kept, who charges it, and when it is."""

    database: Database
    provider: PaymentProvider
    now: datetime


async def pay_balance(payer: Payer, *, who: str, amount: int, currency: str, token: str, key: str) -> None:
    """Pays so many cents of what the member owes.

    Raises:
        Refused: with InvalidInput, Overpayment, PaymentDeclined or IdempotencyKeyReused.
        PaymentPending: the provider did not answer; its word will be asked for again.
    """
    request = keyed(who, MUTATION, key, amount=amount, currency=currency, paymentToken=token)
    payment = await _intent(payer, request, amount, currency, token)
    if payment.status == PaymentStatus.PENDING:
        answer = await _ask(payer, payment)
        await _settle(payer.database, payment.id, answer, payer.now)
        if isinstance(answer, Declined):
            raise Refused(payment_declined(answer.reason))


async def settle_pending(payer: Payer, before: datetime) -> int:
    """Asks again for each payment that was begun before this moment and is still open; gives how many are settled."""
    async with payer.database.read() as session:
        pending = select(PaymentRow).where(
            PaymentRow.status == PaymentStatus.PENDING, PaymentRow.created_at < before
        )
        payments = (await session.scalars(pending.order_by(PaymentRow.created_at).limit(BATCH))).all()
    return sum([await _settled_later(payer, payment) for payment in payments])


async def _settled_later(payer: Payer, payment: PaymentRow) -> bool:
    try:
        answer = await _ask(payer, payment)
    except PaymentPending:
        return False
    await _settle(payer.database, payment.id, answer, payer.now)
    return True


async def _intent(payer: Payer, request: Request, amount: int, currency: str, token: str) -> PaymentRow:
    """The payment of this request: the one it began before, else a new one, committed before anybody is asked."""
    async with payer.database.transaction() as session:
        earlier = await earlier_result(session, Idempotency, request, payer.now)
        await locked_account(session, request.who)
        if earlier is not None:
            return await session.get_one(PaymentRow, earlier["payment"])
        await _check(session, request.who, amount, currency, token)
        payment = PaymentRow(
            id=new_id("pay"),
            account_id=request.who,
            amount=amount,
            token=token,
            idempotency_key=request.key,
            status=PaymentStatus.PENDING,
            reference=None,
            created_at=payer.now,
        )
        session.add(payment)
        await keep_result(session, Idempotency, request, {"payment": payment.id})
        return payment


async def _check(session: AsyncSession, who: str, amount: int, currency: str, token: str) -> None:
    if currency != USD:
        raise Refused(invalid_input(f"Accounts are kept in {USD}.", "amount", "currency"))
    if amount < 1:
        raise Refused(invalid_input("Pay one cent or more.", "amount", "amountMinor"))
    if not 1 <= len(token) <= LONGEST_TOKEN or not token.isprintable():
        message = f"A payment token is 1 to {LONGEST_TOKEN} printable characters."
        raise Refused(invalid_input(message, "paymentToken"))
    reserved = select(func.sum(PaymentRow.amount)).where(
        PaymentRow.account_id == who, PaymentRow.status == PaymentStatus.PENDING
    )
    unpaid = await balance(session, who) - int(await session.scalar(reserved) or 0)
    if amount > unpaid:
        raise Refused(overpayment(max(unpaid, 0)))


async def _ask(payer: Payer, payment: PaymentRow) -> Charged | Declined:
    try:
        async with asyncio.timeout(PROVIDER_SECONDS):
            return await payer.provider.charge(payment.amount, payment.token or "", payment.id)
    except Exception as error:  # whatever it was, whether the provider charged is not known
        _log.warning("payment provider gave no answer", payment=payment.id, error=repr(error))
        raise PaymentPending from error


async def _settle(database: Database, payment_id: str, answer: Charged | Declined, now: datetime) -> None:
    """Books the provider's word, unless somebody has heard and booked it already."""
    async with database.transaction() as session:
        account_id = await session.scalar(select(PaymentRow.account_id).where(PaymentRow.id == payment_id))
        await locked_account(session, account_id or "")
        payment = await session.get_one(PaymentRow, payment_id)
        if payment.status != PaymentStatus.PENDING:
            return
        payment.token = None
        if isinstance(answer, Charged):
            payment.status, payment.reference = PaymentStatus.PAID, answer.reference
            await enter(session, _entry(payment, now), now)
        else:
            payment.status = PaymentStatus.DECLINED
            await forget(session, Idempotency, keyed(payment.account_id, MUTATION, payment.idempotency_key))


def _entry(payment: PaymentRow, now: datetime) -> LedgerRow:
    return LedgerRow(
        id=new_id("led"),
        account_id=payment.account_id,
        rental_id=None,
        payment_id=payment.id,
        kind=LedgerKind.PAYMENT,
        amount=-payment.amount,
        created_at=now,
        memo="Payment",
    )
