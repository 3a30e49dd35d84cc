"""What the database itself never lets be, whoever writes; on both databases."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.users.conftest import People

NEVER = {
    "a state that there is not": "UPDATE users SET state = 'GONE' WHERE handle = 'ada'",
    "a tier that there is not": "UPDATE users SET tier = 'GOLD' WHERE handle = 'ada'",
    "an open account that no mail reaches": "UPDATE users SET email = NULL WHERE handle = 'ada'",
    "a closed account with an address": "UPDATE users SET state = 'CLOSED' WHERE handle = 'ada'",
    "two open accounts of one address": "UPDATE users SET email = 'kim@example.com' WHERE handle = 'ada'",
    "two accounts of one handle": "UPDATE users SET handle = 'kim' WHERE handle = 'ada'",
    "a handle that two hold": "INSERT INTO held_handles (handle) VALUES ('ada')",
    "a role that there is not": "UPDATE user_roles SET role = 'OWNER'",
    "a score of eleven": "UPDATE reviews SET score = 11",
    "a score of nothing": "UPDATE reviews SET score = 0",
    "two reviews by one person of one title": "UPDATE reviews SET title_id = (SELECT min(title_id) FROM reviews)",
    "a review of no title": "UPDATE reviews SET title_id = 'mov_none'",
    "a title on a watchlist twice": "UPDATE watchlist_items SET title_id = (SELECT min(title_id) FROM watchlist_items)",
}


@pytest.mark.parametrize("what", NEVER)
async def test_the_database_refuses(people: People, what: str) -> None:
    with pytest.raises(IntegrityError):
        async with people.database.transaction() as session:
            await session.execute(text(NEVER[what]))
