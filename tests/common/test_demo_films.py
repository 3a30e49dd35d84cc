"""The demo world's films are real, whole and varied enough to show the shop."""

import re
from collections import Counter
from collections.abc import Callable
from itertools import chain

from subgraphs.common.demo import DemoFilm, collections, films
from subgraphs.movies.models import Certification
from subgraphs.movies.wording import slug

GENRES = {
    *("Action", "Adventure", "Animation", "Comedy", "Crime", "Documentary", "Drama", "Family", "Fantasy"),
    *("History", "Horror", "Music", "Mystery", "Romance", "Science Fiction", "Thriller", "War", "Western"),
}


def test_there_are_at_least_160_films() -> None:
    assert len(films()) >= 160


def test_ids_are_unique() -> None:
    assert len({film.id for film in films()}) == len(films())


def test_slugs_are_unique() -> None:
    assert len({film.slug for film in films()}) == len(films())


def test_a_slug_is_kebab_case_and_ends_in_the_year() -> None:
    assert_each(lambda film: re.fullmatch(rf"[a-z0-9]+(-[a-z0-9]+)*-{film.release_date.year}", film.slug))


def test_a_cast_is_four_to_eight_people_and_nobody_twice() -> None:
    assert_each(lambda film: 4 <= len(film.cast) == len({role.name for role in film.cast}) <= 8)


def test_a_film_has_a_director_a_certification_and_a_length() -> None:
    assert_each(lambda film: film.directors)
    assert_each(lambda film: film.certification in set(Certification))
    assert_each(lambda film: 60 <= film.runtime_minutes <= 240)


def test_no_text_is_empty_or_untidy() -> None:
    assert_each(lambda film: all(text == " ".join(text.split()) != "" for text in texts(film)))


def test_a_synopsis_is_one_line_of_one_sentence() -> None:
    assert_each(lambda film: re.fullmatch(r"[^\n]{30,140}\.", film.synopsis))


def test_genres_come_from_the_fixed_vocabulary() -> None:
    assert_each(lambda film: 1 <= len(film.genres) == len(set(film.genres)) <= 3)
    assert_each(lambda film: set(film.genres) <= GENRES)


def test_a_palette_is_three_hex_colours_and_a_layout_is_one_of_six() -> None:
    assert_each(lambda film: all(re.fullmatch(r"#[0-9a-f]{6}", colour) for colour in film.palette))
    assert_each(lambda film: film.layout in range(6))


def test_a_posters_ink_can_be_read_on_its_background() -> None:
    """The contrast that WCAG 2.2 asks of text, 1.4.3."""
    assert_each(lambda film: contrast(*film.palette[:2]) >= 4.5)


def test_wholesale_costs_are_what_discs_cost() -> None:
    assert_each(lambda film: film.wholesale_cost_minor is None or 899 <= film.wholesale_cost_minor <= 3499)


def test_a_few_films_cannot_be_bought() -> None:
    assert 3 <= sum(film.wholesale_cost_minor is None for film in films()) <= 15


def test_every_decade_from_the_1920s_to_the_2020s_has_films() -> None:
    decades = Counter(film.release_date.year // 10 * 10 for film in films())
    assert all(decades[decade] >= 5 for decade in range(1920, 2030, 10))


def test_every_certification_and_genre_is_met_at_least_three_times() -> None:
    met = Counter(chain.from_iterable((film.certification, *film.genres) for film in films()))
    assert all(met[word] >= 3 for word in [*Certification, *GENRES])


def test_some_films_share_a_name() -> None:
    names = Counter(film.name for film in films())
    assert sum(count > 1 for count in names.values()) >= 2


def test_people_connect_films() -> None:
    credits_of = Counter(name for film in films() for name in people(film))
    assert sum(count >= 3 for count in credits_of.values()) >= 40


def test_no_two_people_share_a_slug() -> None:
    names = {name for film in films() for name in people(film)}
    assert len({slug(name) for name in names}) == len(names)


def test_there_are_at_least_eight_collections_each_of_two_films_or_more() -> None:
    assert len(collections()) >= 8
    assert all(len(collection.films) >= 2 for collection in collections())


def test_a_collection_has_the_slug_that_the_catalogue_gives_it() -> None:
    assert [slug(collection.name) for collection in collections()] == [c.slug for c in collections()]


def assert_each(holds: Callable[[DemoFilm], object]) -> None:
    """That it holds of every film; fails with the slugs of those of which it does not."""
    assert [film.slug for film in films() if not holds(film)] == []


def texts(film: DemoFilm) -> list[str]:
    roles = chain.from_iterable(film.cast)
    found = [film.name, film.synopsis, film.original_name, film.collection]
    return [text for text in [*found, *film.directors, *film.writers, *roles] if text is not None]


def people(film: DemoFilm) -> set[str]:
    return {*film.directors, *film.writers, *(role.name for role in film.cast)}


def contrast(one: str, other: str) -> float:
    """Contrast ratio, as WCAG 2.2 defines it."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
