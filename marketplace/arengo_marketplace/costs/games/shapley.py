"""The Shapley value and separable costs–remaining benefits of a table, exactly.

Shapley, L. S. (1953), "A value for n-person games", Contributions to the Theory of Games II.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb

import numpy as np

from arengo_marketplace.costs.games.table import CostTable, sizes_of_coalitions


def shapley(table: CostTable) -> list[Fraction]:
    """Each player's mean addition to the cost over all orders of joining; exact.

    The coalitions with a player are summed by size s; in a random order the player completes
    such a one with probability 1 / (n · C(n-1, s-1)).
    """
    count = len(table.players)
    sizes = sizes_of_coalitions(count)
    order = np.argsort(sizes, kind="stable")
    starts = np.searchsorted(sizes[order], np.arange(count + 1))
    *with_player, over_all = table.grouped_sums(order, starts)
    return [
        sum(
            (
                Fraction(within[size] - (over_all[size - 1] - within[size - 1]))
                / (count * comb(count - 1, size - 1))
                for size in range(1, count + 1)
            ),
            Fraction(),
        )
        / table.scale
        for within in with_player
    ]


def separable_costs_remaining_benefits(
    whole: Fraction, without: Sequence[Fraction], alone: Sequence[Fraction]
) -> list[Fraction]:
    """Each pays what it adds to all others; the rest goes by what each saves against alone.

    ``without`` is the cost of all others, ``alone`` of each by itself. Who saves nothing bears
    nothing of the rest; when nobody saves, the rest goes in equal parts. Straffin and Heaney
    (1981), "Game theory and the Tennessee Valley Authority", Int. Journal of Game Theory 10.
    """
    separable = [whole - other for other in without]
    savings = [max(a - s, Fraction()) for a, s in zip(alone, separable, strict=True)]
    if not any(savings):
        savings = [Fraction(1) for _ in separable]
    rest = whole - sum(separable, Fraction())
    together = sum(savings, Fraction())
    return [s + rest * saving / together for s, saving in zip(separable, savings, strict=True)]


def scrb(table: CostTable) -> list[Fraction]:
    """Separable costs–remaining benefits of a table."""
    return separable_costs_remaining_benefits(*table.figures())
