"""No row loads another behind anybody's back: what a request reads is what its loaders ask for."""

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from subgraphs.movies.models import Base as Movies
from subgraphs.rentals.models import Base as Rentals
from subgraphs.users.models import Base as Users


def lazy(base: type[DeclarativeBase]) -> list[str]:
    """The relationships of all tables that load by themselves when they are looked at."""
    return [
        str(relation)
        for mapper in base.registry.mappers
        for relation in mapper.relationships
        if relation.lazy not in ("raise", "raise_on_sql")
    ]


@pytest.mark.parametrize("base", [Movies, Users, Rentals])
def test_no_relationship_loads_by_itself(base: type[DeclarativeBase]) -> None:
    assert lazy(base) == []


def test_one_that_does_would_be_seen() -> None:
    class Base(DeclarativeBase):
        pass

    class Film(Base):
        __tablename__ = "films"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Copy(Base):
        __tablename__ = "copies"
        id: Mapped[int] = mapped_column(primary_key=True)
        film_id: Mapped[int] = mapped_column(ForeignKey("films.id"))
        film: Mapped[Film] = relationship()
        raised: Mapped[Film] = relationship(lazy="raise", viewonly=True)

    assert lazy(Base) == ["Copy.film"]
