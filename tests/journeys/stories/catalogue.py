"""What clerks do with films and collections."""

from functools import partial

from tests.journeys.staging import Stage, Stories, Told, ask, film, key


async def create_movie(stage: Stage) -> Told:
    given = film()
    yield None, await ask(stage.clerk, "createMovie", **given)
    yield "IdempotencyKeyReused", await ask(stage.clerk, "createMovie", **given | {"name": "Another"})
    yield "InvalidInput", await ask(stage.clerk, "createMovie", **film(name=""))


async def update_movie(stage: Stage) -> Told:
    movie = (await ask(stage.clerk, "createMovie", **film()))["movie"]
    change = partial(ask, stage.clerk, "updateMovie", id=movie["id"], expectedVersion=movie["version"])
    yield "InvalidInput", await change(name="")
    yield None, await change(synopsis="One.")
    yield "VersionConflict", await change(synopsis="Two.")
    yield "NotFound", await ask(stage.clerk, "updateMovie", id="mov_none", expectedVersion=1, synopsis="x")


async def retire_movie(stage: Stage) -> Told:
    movie = (await ask(stage.clerk, "createMovie", **film()))["movie"]
    retire = partial(ask, stage.clerk, "retireMovie")
    yield "VersionConflict", await retire(id=movie["id"], expectedVersion=movie["version"] + 1)
    yield None, await retire(id=movie["id"], expectedVersion=movie["version"])
    yield "NotFound", await retire(id="mov_none", expectedVersion=1)


async def create_collection(stage: Stage) -> Told:
    given = {"name": "Films about trains", **key()}
    yield None, await ask(stage.clerk, "createCollection", **given)
    yield "IdempotencyKeyReused", await ask(stage.clerk, "createCollection", **given | {"name": "Another"})
    yield "InvalidInput", await ask(stage.clerk, "createCollection", name="", **key())


async def rename_collection(stage: Stage) -> Told:
    made = await ask(stage.clerk, "createCollection", name="Films about ships", **key())
    collection = made["collection"]
    rename = partial(
        ask, stage.clerk, "renameCollection", id=collection["id"], expectedVersion=collection["version"]
    )
    yield "InvalidInput", await rename(name="")
    yield None, await rename(name="Films at sea")
    yield "VersionConflict", await rename(name="Films at anchor")
    yield "NotFound", await ask(stage.clerk, "renameCollection", id="col_none", expectedVersion=1, name="x")


STORIES: Stories = {
    "createMovie": create_movie,
    "updateMovie": update_movie,
    "retireMovie": retire_movie,
    "createCollection": create_collection,
    "renameCollection": rename_collection,
}
