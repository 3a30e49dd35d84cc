"""What lives long is set aside, and does not stay there once it is garbage."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from supergraph.commands.garbage import set_aside


class Ring:
    """Refers to itself, so that only the collector can free it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def test_the_collector_passes_over_what_was_set_aside() -> None:
    ring = Ring()
    set_aside()
    assert not any(each is ring for each in gc.get_objects())


def test_what_was_set_aside_and_is_garbage_now_is_freed_the_next_time() -> None:
    ring = weakref.ref(Ring())
    kept = Ring()
    set_aside()
    watched = weakref.ref(kept)
    del kept
    set_aside()
    assert ring() is None
    assert watched() is None
