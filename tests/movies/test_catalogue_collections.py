"""Collections: made and renamed by staff, and told to those who keep titles."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from subgraphs.common.caller import ANONYMOUS
from subgraphs.common.reconciling import Fact
from subgraphs.movies.books import BOOKS
from subgraphs.movies.models import Outbox
from tests.databases import WHATEVER_THE_DATABASE
from tests.movies.conftest import Catalogue

CREATE = """mutation ($input: CreateCollectionInput!) { createCollection(input: $input) {
  collection { id slug name version movies { name } } errors { __typename ... on UserError { code path } } } }"""
RENAME = """mutation ($input: RenameCollectionInput!) { renameCollection(input: $input) {
  collection { id slug name version } errors { __typename ... on UserError { code path }
    ... on VersionConflict { currentVersion } } } }"""


async def create(catalogue: Catalogue, name: str = "Xylo Trilogy", key: str = "key-1") -> dict[str, Any]:
    """The payload of making a collection."""
    return (await catalogue.data(CREATE, input={"name": name, "idempotencyKey": key}))["createCollection"]


async def rename(catalogue: Catalogue, collection_id: str, version: int, name: str) -> dict[str, Any]:
    """The payload of renaming a collection."""
    given = {"id": collection_id, "expectedVersion": version, "name": name}
    return (await catalogue.data(RENAME, input=given))["renameCollection"]


async def told(catalogue: Catalogue) -> list[tuple[str, str, int]]:
    """What the outbox holds: kinds, names and versions."""
    async with catalogue.database.read() as session:
        rows = (await session.scalars(select(Outbox).order_by(Outbox.sequence))).all()
    return [(row.kind, row.payload["name"], row.payload["version"]) for row in rows]


async def test_a_collection_is_made_once_however_often_it_is_asked_for(catalogue: Catalogue) -> None:
    first, again = await create(catalogue), await create(catalogue)
    assert first == again
    assert first["collection"] | {"id": ""} == {
        "id": "",
        "slug": "xylo-trilogy",
        "name": "Xylo Trilogy",
        "version": 1,
        "movies": [],
    }
    assert await told(catalogue) == [("collection.created", "Xylo Trilogy", 1)]


async def test_a_renamed_collection_keeps_its_slug_and_is_told_of(catalogue: Catalogue) -> None:
    made = (await create(catalogue))["collection"]
    renamed = (await rename(catalogue, made["id"], 1, "Xylo Saga"))["collection"]
    assert renamed == {"id": made["id"], "slug": "xylo-trilogy", "name": "Xylo Saga", "version": 2}
    assert (await told(catalogue))[1:] == [("collection.renamed", "Xylo Saga", 2)]


async def test_a_collection_is_a_fact_by_its_present_name(catalogue: Catalogue) -> None:
    made = (await create(catalogue))["collection"]
    await rename(catalogue, made["id"], 1, "Xylo Saga")
    async with catalogue.database.read() as session:
        facts = list(await BOOKS.own(session))
    assert [fact for fact in facts if fact.id == made["id"]] == [
        Fact("collection", made["id"], {"name": "Xylo Saga", "retired": False})
    ]


async def test_of_two_clerks_who_rename_at_once_one_wins(catalogue: Catalogue) -> None:
    made = (await create(catalogue))["collection"]
    payloads = await asyncio.gather(*(rename(catalogue, made["id"], 1, f"Saga {n}") for n in range(2)))
    refused = [payload["errors"][0] for payload in payloads if payload["errors"]]
    assert [(error["__typename"], error["currentVersion"]) for error in refused] == [("VersionConflict", 2)]


@WHATEVER_THE_DATABASE
@pytest.mark.parametrize("name", ["", "!?", "x" * 301])
async def test_a_collection_needs_a_name(catalogue: Catalogue, name: str) -> None:
    made = (await create(catalogue))["collection"]
    for payload in (
        await create(catalogue, name, "key-2"),
        await rename(catalogue, made["id"], 1, name),
    ):
        assert [(error["__typename"], error["path"]) for error in payload["errors"]] == [
            ("InvalidInput", ["input", "name"])
        ]


async def test_two_collections_of_one_name_made_at_once_are_one_and_a_refusal(catalogue: Catalogue) -> None:
    payloads = await asyncio.gather(*(create(catalogue, key=f"key-{n}") for n in range(2)))
    kinds = sorted(error["__typename"] for payload in payloads for error in payload["errors"])
    assert kinds == ["InvalidInput"]


async def test_what_cannot_be_renamed_or_made_again_is_refused(catalogue: Catalogue) -> None:
    await create(catalogue)
    payloads = [await rename(catalogue, "col_none", 1, "X"), await create(catalogue, "Other")]
    kinds = [error["__typename"] for payload in payloads for error in payload["errors"]]
    assert kinds == ["NotFound", "IdempotencyKeyReused"]


@WHATEVER_THE_DATABASE
async def test_nobody_without_the_scope_makes_a_collection(catalogue: Catalogue) -> None:
    answer = await catalogue.ask(CREATE, ANONYMOUS, input={"name": "Mine", "idempotencyKey": "k"})
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await told(catalogue) == []
