"""The application: what it needs to start, what it seeds, and what is open to everybody."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from subgraphs.common.caller import Caller
from subgraphs.common.database import Database
from subgraphs.common.gate import mint_token
from subgraphs.common.settings import SettingsError
from subgraphs.users.app import create
from subgraphs.users.keyring import Keyring
from subgraphs.users.models import UserRow
from subgraphs.users.resources import Resources
from subgraphs.users.settings import Settings
from tests.databases import WHATEVER_THE_DATABASE
from tests.users.conftest import KEY, NOW, People, cheap_passwords


def resources(settings: Settings) -> Resources:
    return Resources(settings, Database(settings.database("users")), Keyring(settings), cheap_passwords())


async def start(settings: Settings, at: datetime = NOW) -> None:
    app = create(settings, resources(settings), lambda: at)
    async with app.router.lifespan_context(app):
        pass


async def test_without_a_token_nothing_is_answered(people: People) -> None:
    answer = await people.client.post("/graphql", json={"query": "{ viewer { id } }"})
    assert answer.status_code == 401


async def test_a_token_for_another_subgraph_opens_nothing(people: People) -> None:
    token = mint_token(KEY.encode(), "movies", Caller(), timedelta(minutes=1), lambda: datetime.now(UTC))
    answer = await people.client.post(
        "/graphql", json={"query": "{ viewer { id } }"}, headers={"authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 401


@WHATEVER_THE_DATABASE
@pytest.mark.parametrize("path", ["/health", "/.well-known/jwks.json"])
async def test_probe_and_key_set_are_open(people: People, path: str) -> None:
    assert (await people.client.get(path)).status_code == 200


async def test_routers_may_keep_the_key_set_for_a_while(people: People) -> None:
    answer = await people.client.get("/.well-known/jwks.json")
    assert answer.headers["cache-control"] == "public, max-age=300"


def test_an_application_is_made_without_key_or_file(tmp_path: Path) -> None:
    create(Settings(var=tmp_path))
    assert list(tmp_path.iterdir()) == []


async def test_it_does_not_start_without_a_key_for_identity_tokens(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="SUPERGRAPH_INTERNAL_KEY"):
        await start(Settings(var=tmp_path))


async def test_a_second_start_keeps_what_is_there(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path, internal_key=KEY, demo=True)  # pyright: ignore[reportArgumentType] - pydantic makes it a secret
    await start(settings)
    held = resources(settings)
    async with held.database.transaction() as session:
        await session.execute(
            update(UserRow).where(UserRow.handle == "ada").values(display_name="Ada Lovelace")
        )
    await start(settings, NOW + timedelta(days=1))
    async with held.database.read() as session:
        names = (await session.scalars(select(UserRow.display_name).where(UserRow.handle == "ada"))).all()
    await held.close()
    assert names == ["Ada Lovelace"]


async def test_a_store_that_is_no_demo_starts_empty(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path, internal_key=KEY)  # pyright: ignore[reportArgumentType] - pydantic makes it a secret
    await start(settings)
    held = resources(settings)
    async with held.database.read() as session:
        count = (await session.execute(select(func.count()).select_from(UserRow))).scalar_one()
    await held.close()
    assert count == 0


@WHATEVER_THE_DATABASE
@pytest.mark.parametrize(
    "query", ["{ viewer { emial } }", "{ user(idd: 1) { id } }", "{ viewer { ... on Usr { id } } }"]
)
async def test_the_schema_gives_no_hints_to_whoever_guesses_names(people: People, query: str) -> None:
    answer = await people.ask(query)
    assert "Did you mean" not in answer["errors"][0]["message"]


async def test_an_unexpected_error_shows_only_its_id(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    async def break_down(*_: object) -> None:
        raise RuntimeError("a secret of the database")

    monkeypatch.setattr("subgraphs.users.resolvers.queries.registration_of", break_down)
    (error,) = (await people.ask('{ registration(statusToken: "x") { status } }'))["errors"]
    assert "secret" not in str(error)
    assert set(error["extensions"]) == {"code", "errorId"}
