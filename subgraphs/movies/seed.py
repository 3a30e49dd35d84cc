"""The demo world's films, put into an empty catalogue."""

from datetime import datetime

from sqlalchemy import select

from subgraphs.common.database import Database
from subgraphs.common.demo import DemoFilm, films
from subgraphs.movies.models import CreditKind, MovieRow
from subgraphs.movies.service.adding import NewCredit, NewFilm, add_films


async def seed(database: Database, now: datetime) -> None:
    """Fills the catalogue with the demo world's films, unless it holds any film."""
    async with database.transaction() as session:
        if await session.scalar(select(MovieRow.id).limit(1)) is None:
            await add_films(session, [_film(film) for film in films()], now)


def _film(film: DemoFilm) -> NewFilm:
    return NewFilm(
        id=film.id,
        slug=film.slug,
        name=film.name,
        original_name=film.original_name,
        synopsis=film.synopsis,
        release_date=film.release_date,
        release_year=film.release_date.year,
        runtime_minutes=film.runtime_minutes,
        certification=film.certification,
        genres=film.genres,
        collection=film.collection,
        credits=(
            *(
                NewCredit(CreditKind.CAST, name, role, place)
                for place, (name, role) in enumerate(film.cast, 1)
            ),
            *(NewCredit(CreditKind.DIRECTOR, name) for name in film.directors),
            *(NewCredit(CreditKind.WRITER, name) for name in film.writers),
        ),
        palette=film.palette,
        layout=film.layout,
        wholesale_minor=film.wholesale_cost_minor,
    )
