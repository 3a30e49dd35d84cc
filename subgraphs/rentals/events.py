"""What the counter tells: `rental.*` about a rental, `availability.changed` about a film.

A `rental.*` message carries {id, renterId, movieId, status, open, version}: `open` until the counter has the
box or it is lost, `version` so that a consumer can tell old news from new.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.messages import Message
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
