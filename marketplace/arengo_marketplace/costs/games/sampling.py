"""What each player adds to a part's cost in random orders, averaged over its place in them.

In each order a player is taken out and put back at every place: the mean over the places is still
the Shapley value's expectation, and varies far less than the addition at one place does. All steps
are additions and products of single figures, so that every machine gets the same bits.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from arengo_marketplace.costs.games.permutations import Orders
from arengo_marketplace.costs.games.structure import AtLeast, Curve, Own, Summed
from arengo_marketplace.costs.games.table import Integers, Reals

_ROOM = 1 << 50


class PricedSums:
    """A part that is priced by a sum, ready for arrays. Huge quantities lose their last bits."""

    def __init__(self, part: Summed) -> None:
        shift = max(0, sum(part.quantities).bit_length() - _ROOM.bit_length())
        self.quantities = np.array([q >> shift for q in part.quantities], dtype=np.int64)
        self.tops = np.array([0, *(top >> shift for top in part.curve.tops)], dtype=np.int64)
        pieces = [(Fraction(), Fraction()), *part.curve.pieces]
        self.intercepts = np.array([float(part.factor * a) for a, _ in pieces])
        self.rates = np.array([float(part.factor * rate * 2**shift) for _, rate in pieces])

    def price(self, sums: Integers) -> Reals:
        """The price of each sum."""
        piece = np.searchsorted(self.tops, sums, side="left")
        return self.intercepts[piece] + self.rates[piece] * sums.astype(np.float64)

    def added(self, orders: Orders) -> Reals:
        """Each player's mean addition, one order a row: O(n log n) for each top and order.

        ``sums[k]`` is the sum of the first k of an order. Without the player at place p, the sums
        are ``sums[k]`` up to p and ``sums[k] - quantity`` from p + 2 on.
        """
        count, players = orders.shape
        own = self.quantities[orders]
        sums = np.zeros((count, players + 1), dtype=np.int64)
        np.cumsum(own, axis=1, out=sums[:, 1:])
        prices = _PriceSums(self, sums)
        place = np.broadcast_to(np.arange(players), own.shape)
        nothing, end = np.zeros_like(own), np.full_like(own, players + 1)
        total = prices.over(own, nothing, place + 1) - prices.over(nothing, nothing, place + 1)
        total += prices.over(nothing, place + 2, end) - prices.over(-own, place + 2, end)
        found = np.empty_like(total)
        np.put_along_axis(found, orders, total / players, axis=1)
        return found


class _PriceSums:
    """Sums of prices over a run of an order's sums, by counting where each piece ends."""

    def __init__(self, part: PricedSums, sums: Integers) -> None:
        self.part = part
        self.most = int(sums.max())
        self.width = sums.shape[1]
        self.rows = np.arange(len(sums), dtype=np.int64)[:, None]
        self.band = self.most + 2
        self.sorted = (sums + self.rows * self.band).ravel()
        self.running = np.zeros((len(sums), self.width + 1), dtype=np.int64)
        np.cumsum(sums, axis=1, out=self.running[:, 1:])

    def over(self, shift: Integers, first: Integers, last: Integers) -> Reals:
        """Sum of the prices of ``sums[k] + shift`` for k from ``first`` to before ``last``."""
        total = np.zeros(shift.shape)
        begin = first
        for piece in range(len(self.part.rates)):
            if piece < len(self.part.tops):
                limit = np.clip(self.part.tops[piece] - shift, -1, self.most)
                found = np.searchsorted(self.sorted, limit + self.rows * self.band, side="right")
                end = np.clip(found - self.rows * self.width, begin, last)
            else:
                end = last
            within = end - begin
            sums = np.take_along_axis(self.running, end, 1)
            sums = sums - np.take_along_axis(self.running, begin, 1) + within * shift
            total += self.part.intercepts[piece] * within + self.part.rates[piece] * sums
            begin = end
        return total


class LeastSums:
    """A part with a minimum, ready for arrays."""

    def __init__(self, part: AtLeast) -> None:
        players = len(part.present)
        self.minimum = float(part.minimum)
        self.present = np.array(part.present, dtype=np.int64)
        self.priced = [PricedSums(one) for one in part.parts if isinstance(one, Summed)]
        # Sums are of whole numbers, so own costs are taken to a millionth.
        owns = [one.amounts for one in part.parts if isinstance(one, Own)]
        exact = [sum((own[at] for own in owns), Fraction()) for at in range(players)]
        self.priced.append(
            PricedSums(
                Summed(
                    tuple(round(amount * 10**6) for amount in exact),
                    Curve((), ((Fraction(), Fraction(1, 10**6)),)),
                )
            )
        )

    def price(self, sums: list[Integers], heads: Integers) -> Reals:
        """The cost where the sums are these, the last of them over ``priced``'s last."""
        due = np.zeros(heads.shape)
        for one, quantity in zip(self.priced, sums, strict=True):
            due = due + one.price(quantity)
        return np.where(heads > 0, np.maximum(due, self.minimum), due)

    def added(self, orders: Orders) -> Reals:
        """Each player's mean addition, one order a row: O(n²) for each order."""
        count, players = orders.shape
        measures = [one.quantities for one in self.priced] + [self.present]
        found = np.empty((count, players))
        place = np.arange(players)
        later = place[None, :] > place[:, None]
        for row, order in enumerate(orders):
            before: list[Integers] = []
            after: list[Integers] = []
            for quantities in measures:
                own = quantities[order]
                sums = np.cumsum(own)
                # Row p is the player at place p, column k the sum of the first k of the others.
                least = np.where(later, sums[None, :] - own[:, None], (sums - own)[None, :])
                before.append(least)
                after.append(least + own[:, None])
            gained = self.price(after[:-1], after[-1]) - self.price(before[:-1], before[-1])
            found[row, order] = np.cumsum(gained, axis=1)[:, -1] / players
        return found
