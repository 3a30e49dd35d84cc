"""How often clients may ask, and how many of them at once."""

from supergraph.server.limiting.places import Places, Streams
from supergraph.server.limiting.rate_limits import RateLimits, Standings
from supergraph.server.limiting.setup import Limiting, create_limiting
from supergraph.server.limiting.slots import Slots

__all__ = ["Limiting", "Places", "RateLimits", "Slots", "Standings", "Streams", "create_limiting"]
