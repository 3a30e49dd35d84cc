"""What others keep of the catalogue, to be compared with what they have."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.reconciling import Books, Fact
from subgraphs.movies.models import CollectionRow, MovieRow


async def _titles(session: AsyncSession) -> list[Fact]:
    films = await session.execute(
        select(MovieRow.id, MovieRow.name, MovieRow.certification, MovieRow.retired_at)
    )
    collections = await session.execute(select(CollectionRow.id, CollectionRow.name))
    return [
        *(
            Fact(
                "movie",
                film,
                {"name": name, "certification": str(certification), "retired": retired is not None},
            )
            for film, name, certification, retired in films
        ),
        *(
            Fact("collection", collection, {"name": name, "retired": False})
            for collection, name in collections
        ),
    ]


BOOKS = Books(own=_titles)
