"""Paying: through a provider that may decline, hang, or fail after it has charged."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from subgraphs.common.settings import SettingsError
from subgraphs.rentals.models import LedgerRow, PaymentRow
from subgraphs.rentals.payments import (
    Charged,
    Declined,
    DemoProvider,
    NoProvider,
    PaymentProvider,
    open_provider,
)
from subgraphs.rentals.service import paying
from subgraphs.rentals.service.paying import Payer, settle_pending
from subgraphs.rentals.settings import Settings
from tests.rentals.conftest import ADA, BAMBI, PAY, Desk


class UnsteadyProvider:
    """Charges each key once, and is lost the first few times that it is asked: once it has charged, or before."""

    def __init__(self, lost_answers: int, lose: Callable[[], Any], *, before: bool = False) -> None:
        self.charges: dict[str, int] = {}
        self.asked: list[str] = []
        self._lost_answers = lost_answers
        self._lose = lose
        self._before = before

    async def charge(self, amount: int, token: str, idempotency_key: str) -> Charged | Declined:
        """Takes the money and says so, or fails on the way."""
        del token
        self.asked.append(idempotency_key)
        is_lost = len(self.asked) <= self._lost_answers
        if is_lost and self._before:
            await self._lose()
        self.charges.setdefault(idempotency_key, amount)
        if is_lost:
            await self._lose()
        return Charged(f"ref-{idempotency_key}")


async def fail() -> None:
    """As a connection that breaks."""
    raise ConnectionError("gone")


async def hang() -> None:
    """As a provider that never answers."""
    await asyncio.sleep(60)


class DecliningProvider:
    """Declines until it is told otherwise."""

    answer: Charged | Declined = Declined("no cover.")

    async def charge(self, amount: int, token: str, idempotency_key: str) -> Charged | Declined:
        """Its answer of the day."""
        del amount, token, idempotency_key
        return self.answer


def refusal(answer: dict[str, Any]) -> dict[str, Any]:
    """The one error of a payload without a user."""
    assert answer["user"] is None
    (error,) = answer["errors"]
    return error


async def entries(desk: Desk, kind: str) -> list[int]:
    """The amounts of all ledger entries of a kind."""
    async with desk.database.read() as session:
        return list(await session.scalars(select(LedgerRow.amount).where(LedgerRow.kind == kind)))


async def payments(desk: Desk) -> list[tuple[str, str | None]]:
    """The status of all payments, and the token that is still kept."""
    async with desk.database.read() as session:
        rows = await session.scalars(select(PaymentRow).order_by(PaymentRow.created_at, PaymentRow.id))
        return [(row.status, row.token) for row in rows]


async def ask_again(desk: Desk) -> int:
    """What the worker does a while later."""
    desk.now += timedelta(minutes=2)
    payer = Payer(desk.database, desk.provider, desk.now)
    return await settle_pending(payer, desk.now - timedelta(minutes=1))


async def test_paying_lowers_the_balance(desk: Desk) -> None:
    await desk.rented(BAMBI)
    answer = await desk.pay(100)
    assert answer == {"user": {"id": ADA.subject, "balance": {"amountMinor": 129}}, "errors": []}
    assert await payments(desk) == [("PAID", None)]


async def test_two_payments_in_one_request_each_show_the_balance_then(desk: Desk) -> None:
    await desk.rented(BAMBI)
    field = 'payBalance(input: {{amount: {{amountMinor: 100, currency: "USD"}}, paymentToken: "demo-ok", '
    field += 'idempotencyKey: "{}"}}) {{ user {{ balance {{ amountMinor }} }} }}'
    data = await desk.ask(f"mutation {{ a: {field.format('a')} b: {field.format('b')} }}", ADA)
    assert [data[name]["user"]["balance"]["amountMinor"] for name in "ab"] == [129, 29]


async def test_a_declined_payment_changes_nothing(desk: Desk) -> None:
    await desk.rented(BAMBI)
    error = refusal(await desk.pay(100, "demo-declined"))
    assert (error["code"], error["path"]) == ("PAYMENT_DECLINED", ["input", "paymentToken"])
    assert await desk.balance() == 229


async def test_a_declined_amount_can_be_paid_otherwise(desk: Desk) -> None:
    await desk.rented(BAMBI)
    await desk.pay(229, "demo-declined")
    assert (await desk.pay(229))["errors"] == []


async def test_after_a_decline_the_same_request_asks_again(desk: Desk) -> None:
    await desk.rented(BAMBI)
    desk.provider = provider = DecliningProvider()
    assert refusal(await desk.pay(100, key="again"))["code"] == "PAYMENT_DECLINED"
    provider.answer = Charged("ref")
    assert (await desk.pay(100, key="again"))["errors"] == []


@pytest.mark.parametrize("amount", [230, 2**31 - 1])
async def test_more_than_is_owed_is_refused(desk: Desk, amount: int) -> None:
    await desk.rented(BAMBI)
    error = refusal(await desk.pay(amount))
    assert (error["code"], error["balance"]) == ("OVERPAYMENT", {"amountMinor": 229})


async def test_who_owes_nothing_pays_nothing(desk: Desk) -> None:
    error = refusal(await desk.pay(1))
    assert (error["code"], error["balance"]) == ("OVERPAYMENT", {"amountMinor": 0})


@pytest.mark.parametrize(
    ("amount", "currency", "token", "path"),
    [
        (0, "USD", "demo-ok", ["input", "amount", "amountMinor"]),
        (-100, "USD", "demo-ok", ["input", "amount", "amountMinor"]),
        (100, "EUR", "demo-ok", ["input", "amount", "currency"]),
        (100, "usd", "demo-ok", ["input", "amount", "currency"]),
        (100, "USD", "", ["input", "paymentToken"]),
        (100, "USD", "a\nb", ["input", "paymentToken"]),
        (100, "USD", "x" * 501, ["input", "paymentToken"]),
    ],
)
async def test_a_payment_that_makes_no_sense_is_invalid(
    desk: Desk, amount: int, currency: str, token: str, path: list[str]
) -> None:
    await desk.rented(BAMBI)
    error = refusal(await desk.pay(amount, token, currency=currency))
    assert (error["code"], error["path"]) == ("INVALID_INPUT", path)
    assert await desk.rows(PaymentRow) == 0


async def test_a_repeated_payment_is_charged_once(desk: Desk) -> None:
    await desk.rented(BAMBI)
    answers = [await desk.pay(100, key="again") for _ in range(2)]
    assert answers[0] == answers[1]
    assert await entries(desk, "PAYMENT") == [-100]


async def test_the_key_of_another_payment_is_refused(desk: Desk) -> None:
    await desk.rented(BAMBI)
    await desk.pay(100, key="again")
    assert refusal(await desk.pay(50, key="again"))["code"] == "IDEMPOTENCY_KEY_REUSED"


@pytest.mark.parametrize("lose", [fail, hang])
@pytest.mark.parametrize("before", [True, False], ids=["before it charges", "after it has charged"])
async def test_a_provider_that_fails_or_hangs_is_asked_again_under_the_same_key_and_booked_once(
    either_desk: Desk, lose: Callable[[], Any], monkeypatch: pytest.MonkeyPatch, *, before: bool
) -> None:
    monkeypatch.setattr(paying, "PROVIDER_SECONDS", 0.05)
    desk = either_desk
    await desk.rented(BAMBI)
    desk.provider = provider = UnsteadyProvider(1, lose, before=before)
    assert await desk.refused(PAY, ADA, input=payment(100, "again")) == "PAYMENT_PENDING"
    assert (await entries(desk, "PAYMENT"), await desk.balance()) == ([], 229)
    assert (await desk.pay(100, key="again"))["errors"] == []
    assert len(provider.asked) == 2
    assert provider.charges == {provider.asked[0]: 100}
    assert (await entries(desk, "PAYMENT"), await desk.balance()) == ([-100], 129)


async def test_a_provider_that_hangs_is_not_waited_for_beyond_its_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paying, "PROVIDER_SECONDS", 0.05)
    await desk.rented(BAMBI)
    desk.provider = UnsteadyProvider(1, hang)
    async with asyncio.timeout(5):
        assert await desk.refused(PAY, ADA, input=payment(100, "again")) == "PAYMENT_PENDING"
    assert [status for status, _ in await payments(desk)] == ["PENDING"]


async def test_a_member_and_the_worker_who_ask_at_once_book_a_lost_charge_once(either_desk: Desk) -> None:
    desk = either_desk
    await desk.rented(BAMBI)
    desk.provider = provider = UnsteadyProvider(1, fail)
    await desk.refused(PAY, ADA, input=payment(100, "again"))
    paid, _ = await asyncio.gather(desk.pay(100, key="again"), ask_again(desk))
    assert paid["errors"] == []
    assert provider.charges == {provider.asked[0]: 100}
    assert (await entries(desk, "PAYMENT"), await desk.balance()) == ([-100], 129)


async def test_a_charge_whose_answer_was_lost_is_booked_by_the_worker(either_desk: Desk) -> None:
    desk = either_desk
    await desk.rented(BAMBI)
    desk.provider = provider = UnsteadyProvider(2, fail)
    await desk.refused(PAY, ADA, input=payment(100, "again"))
    assert [await ask_again(desk), await ask_again(desk), await ask_again(desk)] == [0, 1, 0]
    assert len(set(provider.asked)) == len(provider.charges) == 1
    assert await entries(desk, "PAYMENT") == [-100]
    assert (await desk.pay(100, key="again"))["errors"] == []
    assert await desk.balance() == 129


async def test_a_decline_that_the_worker_hears_frees_the_amount(desk: Desk) -> None:
    await desk.rented(BAMBI)
    desk.provider = UnsteadyProvider(1, fail)
    await desk.refused(PAY, ADA, input=payment(229, "first"))
    desk.provider = DecliningProvider()
    assert await ask_again(desk) == 1
    desk.provider = DemoProvider()
    assert (await desk.pay(229))["errors"] == []
    assert await desk.balance() == 0


async def test_a_payment_that_waits_for_its_answer_is_reserved(desk: Desk) -> None:
    await desk.rented(BAMBI)
    desk.provider = UnsteadyProvider(1, fail)
    await desk.refused(PAY, ADA, input=payment(200, "first"))
    error = refusal(await desk.pay(30))
    assert (error["code"], error["balance"]) == ("OVERPAYMENT", {"amountMinor": 29})


async def test_a_payment_in_progress_is_left_to_its_request_for_a_while(desk: Desk) -> None:
    await desk.rented(BAMBI)
    desk.provider = provider = UnsteadyProvider(1, fail)
    await desk.refused(PAY, ADA, input=payment(100, "first"))
    assert (
        await settle_pending(Payer(desk.database, provider, desk.now), desk.now - timedelta(minutes=1)) == 0
    )


async def test_nobody_pays_without_signing_in(desk: Desk) -> None:
    assert await desk.refused(PAY, input=payment(100, "key")) == "UNAUTHENTICATED"


@pytest.mark.parametrize(("demo", "provider"), [(True, DemoProvider), (False, NoProvider)])
def test_the_demo_provider_serves_the_demo_alone(*, demo: bool, provider: type[PaymentProvider]) -> None:
    assert type(open_provider(Settings(demo=demo))) is provider


async def test_a_shop_without_a_provider_declines(desk: Desk) -> None:
    await desk.rented(BAMBI)
    desk.provider = NoProvider()
    assert refusal(await desk.pay(100))["code"] == "PAYMENT_DECLINED"


def test_a_provider_is_named_by_an_import_string() -> None:
    settings = Settings(payment_provider=f"{DemoProvider.__module__}:DemoProvider")
    assert isinstance(open_provider(settings), DemoProvider)


@pytest.mark.parametrize("name", ["nowhere:Provider", "subgraphs.rentals.payments:Nobody", "nonsense"])
def test_a_provider_that_is_not_there_is_said_to_be_so(name: str) -> None:
    with pytest.raises(SettingsError, match="RENTALS_PAYMENT_PROVIDER"):
        open_provider(Settings(payment_provider=name))


def payment(amount: int, key: str) -> dict[str, Any]:
    """The input of a payment."""
    return {
        "amount": {"amountMinor": amount, "currency": "USD"},
        "paymentToken": "demo-ok",
        "idempotencyKey": key,
    }


async def test_whatever_is_booked_is_told_with_what_is_owed_by_then(either_desk: Desk) -> None:
    desk = either_desk
    rental = await desk.rented(BAMBI)
    desk.pass_days(9)
    await desk.take_in(rental)
    await desk.pay(400)
    assert await desk.told_balances() == [(229, 1), (229 + 230, 2), (59, 3)]
