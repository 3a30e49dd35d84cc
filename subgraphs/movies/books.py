"""What others keep of the catalogue, to be compared with what they have."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.reconciling import Books, Fact
from subgraphs.movies.models import MovieRow


async def _films(session: AsyncSession) -> list[Fact]:
    films = await session.execute(
        select(MovieRow.id, MovieRow.name, MovieRow.certification, MovieRow.retired_at)
    )
    return [
        Fact(
            "movie", film, {"name": name, "certification": str(certification), "retired": retired is not None}
        )
        for film, name, certification, retired in films
    ]


BOOKS = Books(own=_films)
