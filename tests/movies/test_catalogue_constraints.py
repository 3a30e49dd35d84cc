"""What the database itself never lets be, whoever writes; on both databases."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.movies.conftest import Catalogue

NEVER = {
    "a certification that there is not": "UPDATE movies SET certification = 'X'",
    "a film that runs for no time": "UPDATE movies SET runtime_minutes = 0",
    "a negative cost": "UPDATE movies SET wholesale_minor = -1",
    "a cost without a currency": "UPDATE movies SET wholesale_currency = NULL WHERE wholesale_minor IS NOT NULL",
    "a version before the first": "UPDATE movies SET version = 0",
    "two films of one slug": "UPDATE movies SET slug = 'heat-1995' WHERE slug = 'alien-1979'",
    "a film of no collection": "UPDATE movies SET collection_id = 'col_none'",
    "two people of one slug": "UPDATE people SET slug = (SELECT min(slug) FROM people)",
    "two genres of one slug": "UPDATE genres SET slug = (SELECT min(slug) FROM genres)",
    "a credit of a kind that there is not": "UPDATE credits SET kind = 'CATERING'",
    "a place before the first in the billing": "UPDATE credits SET billing = 0",
    "a credit of nobody": "UPDATE credits SET person_id = 'per_none'",
}


@pytest.mark.parametrize("what", NEVER)
async def test_the_database_refuses(catalogue: Catalogue, what: str) -> None:
    with pytest.raises(IntegrityError):
        async with catalogue.database.transaction() as session:
            await session.execute(text(NEVER[what]))
