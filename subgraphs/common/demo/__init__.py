"""The demo world: one invented shop's worth of facts, which every subgraph seeds its own store from.

Ids are derived from names, so that the three stores agree though no subgraph knows another. Everything is pure
and repeats: the same moment in gives the same world out.
"""

from subgraphs.common.demo.films import DemoCollection, DemoFilm, DemoRole, collections, films
from subgraphs.common.demo.members import PASSPHRASE, DemoMember, members
from subgraphs.common.demo.rentals import DemoRental, rentals
from subgraphs.common.demo.reviews import DemoReview, DemoWatchlistItem, reviews, watchlists
from subgraphs.common.demo.stock import DemoCopy, DemoStore, copies, stores

__all__ = [
    "PASSPHRASE",
    "DemoCollection",
    "DemoCopy",
    "DemoFilm",
    "DemoMember",
    "DemoRental",
    "DemoReview",
    "DemoRole",
    "DemoStore",
    "DemoWatchlistItem",
    "collections",
    "copies",
    "films",
    "members",
    "rentals",
    "reviews",
    "stores",
    "watchlists",
]
