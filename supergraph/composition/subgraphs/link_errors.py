"""What can be wrong with a schema's `@link`s."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.subgraphs.links import Link
from supergraph.composition.subgraphs.specifications import (
    DIRECTIVES,
    FEDERATION,
    LATEST,
    LINK,
    LINK_VERSION,
    SCALARS,
    UNSUPPORTED,
    known_directives,
)


def link_errors(subgraph: str, links: tuple[Link, ...]) -> list[CompositionError]:
    """Every fault of every link."""
    repeated = (link for number, link in enumerate(links) if _is_linked(link, links[:number]))
    return [
        *(error for link in links for error in _errors_of(subgraph, link)),
        *(_repeated(subgraph, link) for link in repeated),
    ]


def _is_linked(link: Link, earlier: tuple[Link, ...]) -> bool:
    return bool(link.identity) and any(link.identity == other.identity for other in earlier)


def _repeated(subgraph: str, link: Link) -> CompositionError:
    return CompositionError(
        "INVALID_LINK_DIRECTIVE_USAGE",
        f"{link.identity} is linked more than once.",
        (place_of(subgraph, link.node),),
        "Write one @link, with all imports.",
    )


def _errors_of(subgraph: str, link: Link) -> Iterator[CompositionError]:
    place = (place_of(subgraph, link.node),)
    for fault in link.faults:
        yield CompositionError(
            "INVALID_LINK_DIRECTIVE_USAGE",
            f"The @link to {link.url or 'nothing'} is malformed: {fault}.",
            place,
            'Write @link(url: "https://your.example/name/v1.0", import: ["@name", {name: "@other", as: "@here"}]).',
        )
    if link.url and (link.version is None or not _is_absolute(link.url)):
        yield CompositionError(
            "INVALID_LINK_IDENTIFIER",
            f'"{link.url}" names no version of a specification.',
            place,
            "End the url with the version: https://your.example/name/v1.0.",
        )
        return
    if link.identity == LINK and link.version != LINK_VERSION:
        yield CompositionError(
            "UNKNOWN_LINK_VERSION",
            f"{link.url} is no version of the link specification that is known here.",
            place,
            f"Link {LINK}/v{LINK_VERSION[0]}.{LINK_VERSION[1]}, or leave the link out.",
        )
    if link.identity in UNSUPPORTED:
        yield CompositionError(
            "UNSUPPORTED_FEATURE",
            f"{link.url} is for {UNSUPPORTED[link.identity]}, which this composition does not support.",
            place,
            "Remove the link, and resolve in a subgraph what it stands for.",
        )
    if link.identity != FEDERATION or link.version is None:
        return
    if link.version[0] != LATEST[0]:
        yield CompositionError(
            "UNKNOWN_FEDERATION_LINK_VERSION",
            f"{link.url} is no version of the federation specification that is known here.",
            place,
            f"Link {FEDERATION}/v{LATEST[0]}.{LATEST[1]}.",
        )
        return
    for name in _unknown_imports(link):
        yield CompositionError(
            "INVALID_LINK_DIRECTIVE_USAGE",
            f"{link.url} has no element {name} to import.",
            place,
            _advice_on_import(name),
        )


def _is_absolute(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.scheme and parts.netloc)


def _unknown_imports(link: Link) -> Iterator[str]:
    known = {f"@{name}" for name in known_directives(link.version or LATEST)} | set(SCALARS)
    return (name for name in link.imports if name not in known)


def _advice_on_import(name: str) -> str:
    directive = DIRECTIVES.get(name.removeprefix("@"))
    if directive is not None and not name.startswith("@"):
        return f"A directive is imported with its @: @{name}."
    if directive is not None:
        return (
            f"{name} came with version {directive.since[0]}.{directive.since[1]}: link that or a later one."
        )
    return "Import only what the linked version defines; look for a slip of the pen."
