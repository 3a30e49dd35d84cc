"""What holds between the subgraphs: who leaves is forgotten everywhere, and what each keeps of the others is so."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy import table as sql_table

from tests.journeys.conftest import SUBGRAPHS, Business, Client, command
from tests.journeys.staging import Stage, ask, key, stage, until, usd
from tests.journeys.test_renting import new_film_with_copies

__all__ = ["stage"]


async def kept_of(business: Business, *words: str) -> list[str]:
    """The tables of all subgraphs in which any of the words stands."""
    found = []
    for name in SUBGRAPHS:
        database = business.database(name)
        async with database.engine.connect() as connection:
            for table in await connection.run_sync(lambda held: inspect(held).get_table_names()):
                rows = str((await connection.execute(select(text("*")).select_from(sql_table(table)))).all())
                found += [f"{name}.{table}" for word in words if word in rows]
        await database.close()
    return found


def told_of(business: Business, *words: str) -> list[str]:
    """The messages in the embedded broker's log with any of the words; RabbitMQ keeps none that was heard."""
    file = business.var / "broker.sqlite"
    if not file.exists():
        return []
    with closing(sqlite3.connect(file)) as log:
        messages = [bytes(row[0]).decode() for row in log.execute("SELECT message FROM log")]
    assert messages
    return [message for message in messages if any(word in message for word in words)]


async def test_who_leaves_is_forgotten_by_every_subgraph_and_the_ledger_stays(stage: Stage) -> None:
    client, said = await stage.person(displayName="Wilhelmina Forgetme")
    rental = await stage.rented(client)
    await ask(stage.clerk, "returnCopy", barcode=rental["copy"]["barcode"], **key())
    owed = (await client.data("{ viewer { balance { amountMinor } } }"))["viewer"]["balance"]["amountMinor"]
    await ask(client, "payBalance", amount=usd(owed), paymentToken="demo-ok", **key())
    await until(lambda: ask(client, "closeAccount", password=said["password"]))

    assert await kept_of(stage.business, client.user_id) != []
    left = [""]
    for _ in range(100):
        left = await kept_of(stage.business, said["handle"], "Wilhelmina")
        if not left:
            break
        await asyncio.sleep(0.1)
    assert left == []
    assert told_of(stage.business, said["handle"], "Wilhelmina") == []
    kinds = await stage.business.rows(
        "rentals", "SELECT kind FROM ledger WHERE account_id = :account", account=client.user_id
    )
    assert sorted(kind for (kind,) in kinds) == ["PAYMENT", "RENTAL_CHARGE"]


async def test_the_copies_of_a_retired_film_leave_the_shelf(stage: Stage) -> None:
    slug = await new_film_with_copies(stage.clerk, 2)
    movie = (await stage.clerk.data("query ($s: String!) { movie(slug: $s) { id version } }", s=slug))[
        "movie"
    ]
    await ask(stage.clerk, "retireMovie", id=movie["id"], expectedVersion=movie["version"])
    for _ in range(100):
        on_shelf = await stage.business.rows(
            "rentals", "SELECT count(*) FROM copies WHERE movie_id = :movie AND on_shelf", movie=movie["id"]
        )
        if on_shelf == [(0,)]:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("copies of a retired film stand on the shelf")


async def test_what_each_subgraph_keeps_of_the_others_is_so(
    business: Business, clerk: Client, member: Client, tmp_path: Path
) -> None:
    del clerk, member
    files = {name: tmp_path / f"{name}.jsonl" for name in SUBGRAPHS}

    def drifts() -> dict[str, str]:
        for name, file in files.items():
            file.write_text(command(business, name, "facts").stdout)
        return {
            name: command(
                business,
                name,
                "reconcile",
                *(str(file) for other, file in files.items() if other != name),
            ).stdout
            for name in ("users", "rentals")
        }

    found = {}
    for _ in range(3):  # news may be on its way
        found = await asyncio.to_thread(drifts)
        if not any(found.values()):
            break
    assert found == {"users": "", "rentals": ""}
    assert all(json.loads(line)["kind"] for file in files.values() for line in file.read_text().splitlines())


@pytest.mark.parametrize(
    ("kind", "keeper"), [("movie", "rentals"), ("movie", "users"), ("collection", "users")]
)
async def test_a_title_that_is_kept_by_another_name_is_found_out(
    business: Business, tmp_path: Path, kind: str, keeper: str
) -> None:
    facts = [json.loads(line) for line in command(business, "movies", "facts").stdout.splitlines()]
    told = next(fact for fact in facts if fact["kind"] == kind)
    name, told["values"]["name"] = told["values"]["name"], "Another name"
    file = tmp_path / "movies.jsonl"
    file.write_text("\n".join(map(json.dumps, facts)))
    found = command(business, keeper, "reconcile", str(file))
    assert found.returncode == 1
    assert f"{kind} {told['id']}: name is {name!r} here, and 'Another name' there" in found.stdout
