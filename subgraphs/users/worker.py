"""The users subgraph's background work: telling, listening, sending mail, sweeping."""

import asyncio
from functools import partial

from subgraphs.common.broker import open_broker
from subgraphs.common.clock import Clock, utc_now
from subgraphs.common.duties import Duty, every, work
from subgraphs.common.messages import Broker, Message
from subgraphs.common.outbox import relay
from subgraphs.listeners import BALANCES, CLOSINGS, LISTENERS, LOANS, REGISTRATIONS, TITLES
from subgraphs.users.mail.posts import Post, open_post
from subgraphs.users.mail.sending import send_next
from subgraphs.users.models import Outbox
from subgraphs.users.resources import Resources
from subgraphs.users.service.closing import decide
from subgraphs.users.service.projections import take_in_balance, take_in_loan, take_in_title
from subgraphs.users.service.registration import carry_out
from subgraphs.users.service.sweeping import sweep
from subgraphs.users.settings import Settings

MAIL_EVERY_S = 0.5
SWEEP_EVERY_S = 60.0


async def run(stop: asyncio.Event) -> None:
    """Works until `stop` is set; a duty that fails begins again."""
    settings = Settings()
    resources, broker = Resources.of(settings), open_broker(settings, LISTENERS)
    try:
        await do_duties(resources, broker, open_post(settings), stop)
    finally:
        await broker.close()
        await resources.close()


async def do_duties(
    resources: Resources, broker: Broker, post: Post, stop: asyncio.Event, clock: Clock = utc_now
) -> None:
    """Does every duty at once until `stop` is set."""
    duties = {
        "mail": partial(_send_mail, resources, post, clock),
        "sweeping": every(SWEEP_EVERY_S, lambda: sweep(resources, clock())),
        **_listening(resources, broker, clock),
    }
    await asyncio.gather(relay(resources.database, Outbox, broker, stop, clock), work(duties, stop))


def _listening(resources: Resources, broker: Broker, clock: Clock) -> dict[str, Duty]:
    async def register(message: Message) -> None:
        await carry_out(resources, message, clock())

    async def know_title(message: Message) -> None:
        await take_in_title(resources, message, clock())

    async def know_loan(message: Message) -> None:
        await take_in_loan(resources, message, clock())

    async def know_balance(message: Message) -> None:
        await take_in_balance(resources, message, clock())

    async def hear_of_closing(message: Message) -> None:
        await decide(resources, message, clock())

    return {
        "registrations": partial(broker.consume, REGISTRATIONS, LISTENERS[REGISTRATIONS], register),
        "titles": partial(broker.consume, TITLES, LISTENERS[TITLES], know_title),
        "loans": partial(broker.consume, LOANS, LISTENERS[LOANS], know_loan),
        "balances": partial(broker.consume, BALANCES, LISTENERS[BALANCES], know_balance),
        "closings": partial(broker.consume, CLOSINGS, LISTENERS[CLOSINGS], hear_of_closing),
    }


async def _send_mail(resources: Resources, post: Post, clock: Clock) -> None:
    while True:
        if not await send_next(resources, post, clock()):
            await asyncio.sleep(MAIL_EVERY_S)
