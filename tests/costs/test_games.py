"""Cost games by table: what must hold for every game."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from arengo_marketplace.costs.errors import NotGivenError
from arengo_marketplace.costs.games.closed_forms import airport_nucleolus, airport_shapley
from arengo_marketplace.costs.games.core import least_core, most_violated
from arengo_marketplace.costs.games.nucleolus import has_imputations, nucleolus
from arengo_marketplace.costs.games.shapley import scrb, shapley
from arengo_marketplace.costs.games.table import CostTable
from tests.costs.games import (
    LETTERS,
    distant_tables,
    excesses,
    players,
    savings,
    table,
    tables,
)


@given(tables(4))
def test_shapley_is_the_mean_over_all_orders(game: CostTable) -> None:
    count = len(game.players)
    added = [Fraction()] * count
    for order in permutations(range(count)):
        before = 0
        for player in order:
            added[player] += game.cost(before | 1 << player) - game.cost(before)
            before |= 1 << player
    assert shapley(game) == [one / factorial(count) for one in added]


@given(tables(), st.data())
def test_the_axioms_of_the_shapley_value(game: CostTable, data: st.DataObject) -> None:
    count = len(game.players)
    shares = shapley(game)
    assert sum(shares) == game.cost(game.whole)
    other = data.draw(tables(count).filter(lambda one: len(one.players) == count))
    units = [
        int((game.cost(mask) + other.cost(mask)) * 300) for mask in range(1 << count)
    ]  # fmt: skip
    both = CostTable.of(game.players, units, 300)
    assert shapley(both) == [a + b for a, b in zip(shares, shapley(other), strict=True)]
    # A dummy adds its own cost to everybody's; a player's twin pays what it pays.
    wide = table(count + 1, lambda own: int(300 * _cost(game, own)) + 700 * (count in own), 300)
    assert shapley(wide) == [*shares, Fraction(7, 3)]
    twins = table(
        count + 1, lambda own: int(300 * _cost(game, {0 if i == count else i for i in own})), 300
    )
    assert shapley(twins)[0] == shapley(twins)[count]


def _cost(game: CostTable, own: list[int] | set[int]) -> Fraction:
    return game.cost(sum(1 << i for i in own if i < len(game.players)))


@given(tables())
@settings(max_examples=40)
def test_the_nucleolus_evens_out_every_pair(game: CostTable) -> None:
    """It lies in the kernel: i presses j as hard as j presses i, unless j pays its own cost."""
    found = nucleolus(game)
    shares = found.shares
    count = len(shares)
    assert sum(shares) == game.cost(game.whole)
    assert found.rational == has_imputations(game)
    excess = excesses(game, shares)
    if found.rational:
        assert all(excess.get(1 << i, Fraction()) <= 0 for i in range(count))
    if count > 1:
        level = least_core(game).epsilon
        assert level is not None
        assert max(excess.values()) >= level
        if level <= 0:
            assert most_violated(game, shares) is None
            assert max(excess.values()) == level
    for i in range(count):
        for j in range(count):
            if i == j:
                continue
            presses = max(e for mask, e in excess.items() if mask >> i & 1 and not mask >> j & 1)
            pressed = max(e for mask, e in excess.items() if mask >> j & 1 and not mask >> i & 1)
            held = found.rational and shares[j] == game.alone(j)
            assert presses <= pressed or held


@given(savings())
@settings(max_examples=25)
def test_where_all_save_the_nucleolus_and_shapley_are_in_the_core(game: CostTable) -> None:
    level = least_core(game).epsilon
    assert level is not None
    assert level <= 0
    found = nucleolus(game)
    assert max(excesses(game, found.shares).values()) <= 0
    assert max(excesses(game, shapley(game)).values()) <= 0
    for share, (least, most) in zip(found.shares, least_core(game).ranges, strict=True):
        assert least <= share <= most


@given(st.lists(st.integers(0, 9), min_size=1, max_size=7))
@settings(max_examples=30)
def test_the_largest_need_in_closed_form_is_what_the_table_says(needs: list[int]) -> None:
    game = table(len(needs), lambda own: max(needs[i] for i in own))
    exact = [Fraction(need) for need in needs]
    assert airport_shapley(exact) == shapley(game)
    assert airport_nucleolus(exact) == nucleolus(game).shares


@given(tables(), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_the_order_of_players_changes_nothing(game: CostTable, random: object) -> None:
    count = len(game.players)
    order = list(range(count))
    random.shuffle(order)  # pyright: ignore[reportAttributeAccessIssue]
    moved = table(count, lambda own: int(300 * _cost(game, [order[i] for i in own])), 300)
    for method in (shapley, scrb, lambda one: nucleolus(one).shares):
        assert method(moved) == [method(game)[i] for i in order]


@given(tables(4), st.data())
def test_the_core_check_finds_the_largest_excess(game: CostTable, data: st.DataObject) -> None:
    count = len(game.players)
    drawn = data.draw(st.lists(st.integers(-20, 20), min_size=count - 1, max_size=count - 1))
    shares = [Fraction(one) for one in drawn]
    shares.append(game.cost(game.whole) - sum(shares, Fraction()))
    worst = most_violated(game, shares)
    excess = excesses(game, shares)
    if max(excess.values(), default=Fraction()) <= Fraction(1, 10**7):
        assert worst is None
    else:
        assert worst is not None
        assert worst.amount == excess[worst.coalition] == max(excess.values())
        smaller = [m for m, e in excess.items() if e == worst.amount]
        assert worst.coalition.bit_count() == min(m.bit_count() for m in smaller)


@given(tables() | distant_tables())
@settings(max_examples=60)
def test_the_nucleolus_meets_kohlbergs_criterion(game: CostTable) -> None:
    """Kohlberg (1971), "On the nucleolus of a characteristic function game", SIAM J. Appl. Math.

    Whoever may pay less without a coalition of a level or above paying more, and without anybody
    at its own cost paying more, leaves them all where they are. The programs here know nothing of
    the figures: they are of 0 and 1.
    """
    found = nucleolus(game)
    count = len(found.shares)
    excess = excesses(game, found.shares)
    held = [found.rational and found.shares[at] == game.alone(at) for at in range(count)]
    for level in sorted(set(excess.values()), reverse=True):
        pressing = [mask for mask, amount in excess.items() if amount >= level]
        rows = np.array([[mask >> at & 1 for at in range(count)] for mask in pressing])
        freed = linprog(
            rows.sum(axis=0),
            A_ub=rows,
            b_ub=np.zeros(len(rows)),
            A_eq=np.ones((1, count)),
            b_eq=[0],
            bounds=[(-1, 0 if own else 1) for own in held],
        )
        assert freed.fun > -1e-6


def test_what_is_out_of_reach_does_not_blur_the_rest() -> None:
    """A group that cannot go alone is often given a price that nobody pays."""
    costs = {0b011: 5, 0b101: 4, 0b110: 3, 0b111: 6}
    game = CostTable.of("ABC", [costs.get(mask, 10**16) if mask else 0 for mask in range(8)], 100)
    assert nucleolus(game).shares == [Fraction(3, 100), Fraction(2, 100), Fraction(1, 100)]
    assert least_core(game).epsilon == 0
    assert most_violated(game, nucleolus(game).shares) is None
    dear = most_violated(game, [Fraction(3, 100), Fraction(3, 100), Fraction(0)])
    assert dear is not None
    assert (game.names(dear.coalition), dear.amount) == (["A", "B"], Fraction(1, 100))


def test_a_nucleolus_of_fifteen_is_not_given() -> None:
    with pytest.raises(NotGivenError, match="not given for 15 members"):
        nucleolus(table(15, len))


def test_sums_are_exact_where_floats_are_not() -> None:
    large = 10**23 + 1
    game = CostTable.of(LETTERS[:3], [0, *(large * len(players(m, 3)) for m in range(1, 8))], 7)
    assert shapley(game) == [Fraction(large, 7)] * 3
