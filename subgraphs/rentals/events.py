"""What the counter tells: of rentals, of films' stock, of what members owe.

A `rental.*` message carries {id, renterId, movieId, status, open, version}: `open` until the counter has the
box or it is lost, `version` so that a consumer can tell old news from new. `availability.changed` carries {movieId}.
`account.balance_changed` carries {userId, balanceMinor, currency, entries}: what is owed, and of how many ledger
entries it is the sum; the ledger only grows, so the more entries, the newer the news.
`account.closing_confirmed` and `account.closing_refused` answer `user.closing`, whose `closingId` they carry with
{userId}; a refusal has {openRentals, balanceMinor} too.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.messages import Message
from subgraphs.common.money import USD
from subgraphs.common.outbox import record
from subgraphs.rentals.models import Outbox, RentalRow

RENTED = "rental.rented"
EXTENDED = "rental.extended"
SENT_BACK = "rental.sent_back"
RETURNED = "rental.returned"
OVERDUE = "rental.overdue"
LOST = "rental.lost"
FEE_WAIVED = "rental.fee_waived"
RENTAL_KINDS = (RENTED, EXTENDED, SENT_BACK, RETURNED, OVERDUE, LOST, FEE_WAIVED)
AVAILABILITY_CHANGED = "availability.changed"
BALANCE_CHANGED = "account.balance_changed"
CLOSING_CONFIRMED = "account.closing_confirmed"
CLOSING_REFUSED = "account.closing_refused"


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account owes in cents, as the sum of so many ledger entries."""

    amount: int
    entries: int


def tell(session: AsyncSession, kind: str, rental: RentalRow, now: datetime) -> None:
    """Tells, with the transaction at hand, that something happened to a rental."""
    payload = {
        "id": rental.id,
        "renterId": rental.account_id,
        "movieId": rental.movie_id,
        "status": rental.status(now),
        "open": rental.is_in_use(now),
        "version": rental.version,
    }
    record(session, Outbox, Message.new(kind, rental.id, payload, now))


def tell_availability(session: AsyncSession, movie_id: str, now: datetime) -> None:
    """Tells, with the transaction at hand, that a film's copies went out, came in or changed in number."""
    message = Message.new(AVAILABILITY_CHANGED, movie_id, {"movieId": movie_id}, now)
    record(session, Outbox, message)


def tell_balance(session: AsyncSession, account_id: str, balance: Balance, now: datetime) -> None:
    """Tells, with the transaction at hand, what an account owes by now."""
    payload = {
        "userId": account_id,
        "balanceMinor": balance.amount,
        "currency": USD,
        "entries": balance.entries,
    }
    record(session, Outbox, Message.new(BALANCE_CHANGED, account_id, payload, now))


def tell_closing_confirmed(session: AsyncSession, account_id: str, closing_id: str, now: datetime) -> None:
    """Tells, with the transaction at hand, that an account is closed here, and lends nothing any more."""
    payload = {"userId": account_id, "closingId": closing_id}
    record(session, Outbox, Message.new(CLOSING_CONFIRMED, account_id, payload, now))


def tell_closing_refused(
    session: AsyncSession, account_id: str, closing_id: str, *, open_rentals: int, owed: int, now: datetime
) -> None:
    """Tells, with the transaction at hand, what keeps an account open."""
    payload = {
        "userId": account_id,
        "closingId": closing_id,
        "openRentals": open_rentals,
        "balanceMinor": owed,
    }
    record(session, Outbox, Message.new(CLOSING_REFUSED, account_id, payload, now))
