"""Cost games for the tests: made from a function of the coalition, or drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from hypothesis import strategies as st

from arengo_marketplace.costs.games.table import CostTable

LETTERS = "ABCDEFGHIJKLMNOPQRST"


def table(count: int, cost: Callable[[list[int]], int], scale: int = 1) -> CostTable:
    """The table of a function of the numbers of a coalition's players."""
    units = [0, *(cost(players(mask, count)) for mask in range(1, 1 << count))]
    return CostTable.of(LETTERS[:count], units, scale)


def players(mask: int, count: int) -> list[int]:
    """The numbers of the players of a coalition."""
    return [index for index in range(count) if mask >> index & 1]


def excesses(game: CostTable, shares: Sequence[Fraction]) -> dict[int, Fraction]:
    """What each coalition but nobody and all pays above its own cost."""
    count = len(shares)
    return {
        mask: sum((shares[i] for i in players(mask, count)), Fraction()) - game.cost(mask)
        for mask in range(1, game.whole)
    }


@st.composite
def tables(draw: st.DrawFn, most: int = 5) -> CostTable:
    """Any figures, small ones so that ties are common."""
    count = draw(st.integers(1, most))
    figures = st.one_of(st.integers(-4, 12), st.integers(0, 10**7))
    units = draw(st.lists(figures, min_size=(1 << count) - 1, max_size=(1 << count) - 1))
    return CostTable.of(LETTERS[:count], [0, *units], draw(st.sampled_from([1, 3, 100])))


@st.composite
def distant_tables(draw: st.DrawFn) -> CostTable:
    """Figures of a million millions beside cents, and millions that differ by cents."""
    count = draw(st.integers(2, 4))
    last = st.integers(-3, 3)
    figures = st.one_of(
        last, last.map(lambda cents: 10**14 + cents), last.map(lambda cents: 10**8 + cents)
    )
    units = draw(st.lists(figures, min_size=(1 << count) - 1, max_size=(1 << count) - 1))
    return CostTable.of(LETTERS[:count], [0, *units], 100)


@st.composite
def savings(draw: st.DrawFn) -> CostTable:
    """Costs of things needed by groups: each is paid once by whoever needs it, so all save."""
    count = draw(st.integers(2, 6))
    things = draw(
        st.lists(
            st.tuples(st.integers(1, (1 << count) - 1), st.integers(0, 50)), min_size=1, max_size=6
        )
    )
    units = [sum(price for needed, price in things if needed & mask) for mask in range(1 << count)]
    return CostTable.of(LETTERS[:count], units, 1)
