"""How often a process that serves or works looks for garbage that reference counts do not free."""

from __future__ import annotations

import gc

_THRESHOLDS = (10_000, 10, 10)
"""Python's own begin at 700 objects: a request that reads twenty thousand rows would then spend
half of its time looking through rows that are all in use."""


def settle() -> None:
    """Keep out of the search for good what is there now, and search less often from now on.

    For the end of start-up: what it imported and made stays.
    """
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
