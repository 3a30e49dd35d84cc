"""`supergraph`, which counts what a request does: started as a file, in any checkout, by `bench.shop`.

From SIGUSR1 to SIGUSR2 the calls of the event loop's thread are noted; then they are in the file that
`SHOP_CALLS` names, as `pstats` reads them.
"""

from __future__ import annotations

import cProfile
import os
import signal
from pathlib import Path
from types import FrameType

from supergraph.__main__ import main

CALLS = Path(os.environ["SHOP_CALLS"])
_profiles = list[cProfile.Profile]()


def _begin(_signal: int, _frame: FrameType | None) -> None:
    _profiles.append(cProfile.Profile())
    _profiles[-1].enable()


def _end(_signal: int, _frame: FrameType | None) -> None:
    profile = _profiles.pop()
    profile.disable()
    written = CALLS.with_suffix(".new")
    profile.dump_stats(written)
    written.replace(CALLS)


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, _begin)
    signal.signal(signal.SIGUSR2, _end)
    main()
