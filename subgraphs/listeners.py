"""Who listens to what: every queue of the business, and the kinds of message that it takes.

All workers hold the one table, so that whoever starts first makes everybody's queues, and what is told waits there for
readers that have never run.
"""

from collections.abc import Mapping, Sequence

REGISTRATIONS, TITLES, LOANS, BALANCES, CLOSINGS = USERS_QUEUES = (
    "users.registrations",
    "users.titles",
    "users.loans",
    "users.balances",
    "users.closings",
)
FILMS, MEMBERS = RENTALS_QUEUES = ("rentals.movies", "rentals.users")

LISTENERS: Mapping[str, Sequence[str]] = {
    REGISTRATIONS: ("registration.accepted",),
    TITLES: (
        "movie.created",
        "movie.renamed",
        "movie.retired",
        "collection.created",
        "collection.renamed",
    ),
    LOANS: ("rental.rented", "rental.sent_back", "rental.returned", "rental.overdue", "rental.lost"),
    BALANCES: ("account.balance_changed",),
    CLOSINGS: ("account.closing_confirmed", "account.closing_refused"),
    FILMS: ("movie.created", "movie.renamed", "movie.retired"),
    MEMBERS: ("user.opened", "user.changed", "user.closing", "user.closed"),
}

UNHEARD = ("availability.changed", "rental.extended", "rental.fee_waived")
"""Kinds that no queue takes, on purpose: the counter's own subscriptions read them from its outbox."""
