"""How often a process looks for garbage that reference counts do not free."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager

_THRESHOLDS = (10_000, 10, 10)
"""Python's own begin at 700 objects: a request that reads twenty thousand rows would then spend
half of its time looking through rows that are all in use."""


@contextmanager
def starting() -> Generator[None]:
    """For start-up: do not look while it imports and makes what stays; then :func:`settle`.

    Looking through it would take a sixth of the time.
    """
    gc.disable()
    try:
        yield
    finally:
        settle()
        gc.enable()


def settle() -> None:
    """Keep out of the search for good what is there now, and search less often from now on.

    For the end of start-up: what it imported and made stays.
    """
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
