"""What lives as long as a router, and what of it the garbage collector looks at.

A supergraph with its plans is hundreds of thousands of objects. To go through them again and again, because requests
make and drop a few thousand others, took up to half of the time of a large answer.
"""

from __future__ import annotations

import gc

YOUNGEST = 10_000
"""So many more objects are made than dropped before the collector looks at them: a large answer has thousands."""


def set_aside() -> None:
    """Collect what is garbage now, and have the collector pass over all that is left.

    To be called when what serves is complete, and again when something of it is gone: what was set aside before is
    looked at then too, so that none of it stays for good.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNGEST, 10, 10)
