"""Random orders from a stated generator, the same on every machine and with every version.

Block ``k`` (0, 1, ...) is the SHA-256 of the ASCII text ``arengo.orders.1``, the seed and ``k``,
both as 8 bytes, big-endian. Each block gives four numbers of 64 bits, big-endian. An order of n
begins as 0 ... n-1 and takes the next n-1 numbers: for i = n-1 down to 1, the places i and (number
mod i+1) change their contents (Fisher and Yates 1938; Durstenfeld 1964). The remainder favours no
place by more than n / 2⁶⁴.
"""

from __future__ import annotations

from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

Orders = NDArray[np.intp]

PREFIX = b"arengo.orders.1"


def orders(count: int, players: int, seed: int, first: int = 0) -> Orders:
    """``count`` orders of ``players``, from the order of number ``first`` on; one a row."""
    each = players - 1
    begin, end = first * each, (first + count) * each
    blocks = range(begin // 4, -(-end // 4))
    head = sha256(PREFIX + seed.to_bytes(8, "big"))
    drawn = bytearray()
    for block in blocks:
        one = head.copy()
        one.update(block.to_bytes(8, "big"))
        drawn += one.digest()
    numbers = np.frombuffer(bytes(drawn), dtype=">u8").astype(np.uint64)
    numbers = numbers[begin - blocks.start * 4 :][: count * each].reshape(count, each)
    found = np.tile(np.arange(players), (count, 1))
    rows = np.arange(count)
    for step, place in enumerate(range(players - 1, 0, -1)):
        other = (numbers[:, step] % np.uint64(place + 1)).astype(np.intp)
        moved = found[rows, other]
        found[rows, other] = found[:, place]
        found[:, place] = moved
    return found
