"""What the database itself never lets be, whoever writes; on both databases."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.rentals.conftest import BAMBI, Desk

RENTAL = """INSERT INTO rentals SELECT 'ren_2', account_id, copy_id, movie_id, store_id, rented_at, due_at, lost_at,
    sent_back_at, returned_at, price, loan_days, late_fee_per_day, replacement_fee, extensions_used, late_fee_waived,
    overdue_told_at, lost_told_at, version FROM rentals"""
ENTRY = """INSERT INTO ledger (id, account_id, rental_id, kind, amount, created_at)
    SELECT 'led_2', account_id, id, '{kind}', {amount}, rented_at FROM rentals"""
PAYMENT = """INSERT INTO payments (id, account_id, amount, idempotency_key, status, created_at)
    SELECT 'pay_2', account_id, {amount}, 'k', '{status}', rented_at FROM rentals"""
NEVER = {
    "two open rentals of one copy": RENTAL,
    "a negative price": "UPDATE rentals SET price = -1",
    "a negative late fee": "UPDATE rentals SET late_fee_per_day = -1",
    "a negative replacement fee": "UPDATE rentals SET replacement_fee = -1",
    "a rental that is due before it began": "UPDATE rentals SET due_at = rented_at",
    "a rental that is lost before it is due": "UPDATE rentals SET lost_at = due_at",
    "a rental without a day": "UPDATE rentals SET loan_days = 0",
    "fewer extensions than none": "UPDATE rentals SET extensions_used = -1",
    "a rental of nobody": "UPDATE rentals SET account_id = 'usr_none'",
    "a rental of no copy": "UPDATE rentals SET copy_id = 'cpy_none'",
    "a tier that there is not": "UPDATE accounts SET tier = 'GOLD'",
    "a condition that there is not": "UPDATE copies SET condition = 'SHINY'",
    "a format that there is not": "UPDATE copies SET format = 'VHS'",
    "a retired copy on the shelf": "UPDATE copies SET on_shelf = TRUE, retired_at = '2026-01-01 00:00:00'",
    "a certification that there is not": "UPDATE movies SET certification = 'X'",
    "a rental that is charged twice": ENTRY.format(kind="RENTAL_CHARGE", amount=1),
    "a payment that raises what is owed": ENTRY.format(kind="PAYMENT", amount=1),
    "a waiver of nothing": ENTRY.format(kind="WAIVER", amount=0),
    "a fee that lowers what is owed": ENTRY.format(kind="LATE_FEE", amount=-1),
    "an entry of a kind that there is not": ENTRY.format(kind="GIFT", amount=1),
    "a payment of nothing": PAYMENT.format(amount=0, status="PENDING"),
    "a payment in a state that there is not": PAYMENT.format(amount=1, status="LOST"),
}


@pytest.mark.parametrize("what", NEVER)
async def test_the_database_refuses(either_desk: Desk, what: str) -> None:
    await either_desk.rented(BAMBI)
    with pytest.raises(IntegrityError):
        async with either_desk.database.transaction() as session:
            await session.execute(text(NEVER[what]))
