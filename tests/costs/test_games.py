"""Cost games by table: published examples, and what must hold for every game."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from math import factorial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arengo_marketplace.costs.errors import NotGivenError
from arengo_marketplace.costs.games.closed_forms import airport_nucleolus, airport_shapley
from arengo_marketplace.costs.games.core import least_core, most_violated
from arengo_marketplace.costs.games.excess_program import ExcessProgram
from arengo_marketplace.costs.games.nucleolus import always_tight, has_imputations, nucleolus
from arengo_marketplace.costs.games.shapley import scrb, shapley
from arengo_marketplace.costs.games.table import CostTable
from tests.costs.games import LETTERS, excesses, players, savings, table, tables

# Straffin and Heaney (1981), "Game theory and the Tennessee Valley Authority", Int. Journal of
# Game Theory 10: navigation, flood control and power, in thousands of dollars.
TVA = CostTable.of(
    "ABC", [0, 163_520, 140_826, 301_607, 250_096, 378_821, 367_370, 412_584], scale=1
)

# Littlechild and Thompson (1977), "Aircraft landing fees: a game theory approach", Bell Journal of
# Economics 8, after Littlechild and Owen (1973): Birmingham Airport 1968/69, for each type of
# aircraft its landings, its yearly runway cost, and the Shapley value of one landing, in pounds.
BIRMINGHAM = [
    (42, 65_899, "4.86"),
    (9_555, 76_725, "5.66"),
    (288, 95_200, "10.30"),
    (303, 97_200, "10.85"),
    (151, 97_436, "10.92"),
    (1_315, 98_142, "11.13"),
    (505, 102_496, "13.40"),
    (1_128, 104_849, "15.07"),
    (151, 113_322, "44.80"),
    (112, 115_440, "60.61"),
    (22, 117_676, "162.24"),
]


def _rounded(shares: list[Fraction]) -> list[int]:
    return [round(share) for share in shares]


def test_the_tennessee_valley() -> None:
    assert shapley(TVA) == [117_829, Fraction(201_513, 2), Fraction(387_997, 2)]
    assert _rounded(scrb(TVA)) == [117_476, 99_157, 195_951]
    assert nucleolus(TVA).shares == [Fraction(116_234), Fraction(93_540), Fraction(202_810)]
    assert most_violated(TVA, shapley(TVA)) is None
    dear = most_violated(TVA, [Fraction(180_000), Fraction(140_000), Fraction(92_584)])
    assert dear is not None
    assert (TVA.names(dear.coalition), dear.amount) == (["A", "B"], 180_000 + 140_000 - 301_607)


def test_the_runway_of_birmingham() -> None:
    needs = [Fraction(cost) for landings, cost, _ in BIRMINGHAM for _ in range(landings)]
    shares = airport_shapley(needs[::-1])[::-1]
    assert len(shares) == 13_572
    assert sum(shares) == 117_676
    ends = [sum(landings for landings, *_ in BIRMINGHAM[: at + 1]) - 1 for at in range(11)]
    assert [f"{float(shares[end]):.2f}" for end in ends] == [fee for *_, fee in BIRMINGHAM]


@pytest.mark.parametrize(
    ("estate", "wives"),
    [
        (100, [Fraction(100, 3)] * 3),
        (200, [Fraction(50), Fraction(75), Fraction(75)]),
        (300, [Fraction(50), Fraction(100), Fraction(150)]),
    ],
)
def test_the_three_wives_of_the_talmud(estate: int, wives: list[Fraction]) -> None:
    """Aumann and Maschler (1985), J. of Economic Theory 36: a gain, so signs are turned."""
    claims = [100, 200, 300]
    game = table(3, lambda own: -max(0, estate - sum(claims) + sum(claims[i] for i in own)))
    assert [-share for share in nucleolus(game).shares] == wives


def test_the_contested_garment() -> None:
    """Aumann and Maschler (1985) after the Mishna, Bava Metzia 2a: one claims all, one half."""
    game = table(2, lambda own: -max(0, 100 - 150 + sum([100, 50][i] for i in own)))
    assert [-share for share in nucleolus(game).shares] == [75, 25]
    assert [-share for share in shapley(game)] == [75, 25]


def test_votes_and_gloves() -> None:
    """The power index of Shapley and Shubik (1954) for 50, 49 and 1 votes of 100; one left glove
    and two right ones, whose only core is that the left one gets all.
    """
    votes = table(3, lambda own: -(sum([50, 49, 1][i] for i in own) > 50))
    assert [-share for share in shapley(votes)] == [Fraction(2, 3), Fraction(1, 6), Fraction(1, 6)]
    gloves = table(3, lambda own: -min(0 in own, len(set(own) - {0})))
    assert nucleolus(gloves).shares == [-1, 0, 0]
    assert least_core(gloves).ranges[1] == pytest.approx((0, 0), abs=1e-6)


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
        assert max(excess.values()) >= Fraction(level) - Fraction(1, 1000)
        if level < -1e-6:
            assert most_violated(game, shares) is None
            assert float(max(excess.values())) == pytest.approx(level, rel=1e-6, abs=1e-6)
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
    assert level <= 1e-6
    found = nucleolus(game)
    assert max(excesses(game, found.shares).values()) <= 0
    assert max(excesses(game, shapley(game)).values()) <= 0
    for share, (least, most) in zip(found.shares, least_core(game).ranges, strict=True):
        assert least - 1e-6 <= float(share) <= most + 1e-6


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


def test_a_coalition_that_some_optimum_leaves_slack_is_not_held() -> None:
    """The mistake that Guajardo and Jörnsten (2015) found most: here A is tight at one corner."""
    cheap = {0b0011: 10, 0b1100: 30, 0b1111: 36}
    game = CostTable.of(
        "ABCD", [0, *(cheap.get(m, 20 if m.bit_count() == 1 else 100) for m in range(1, 16))], 1
    )
    program = ExcessProgram(game, bounded=False)
    optimum = program.least_level()
    assert optimum.level * program.unit == pytest.approx(-2)
    corner = replace(optimum, pressing=[0b0001, 0b0011, 0b1100])
    assert always_tight(program, corner) == [0b0011, 0b1100]
    assert nucleolus(game).shares == [4, 4, 14, 14]


def test_a_nucleolus_of_fifteen_is_not_given() -> None:
    with pytest.raises(NotGivenError, match="not given for 15 members"):
        nucleolus(table(15, len))


def test_sums_are_exact_where_floats_are_not() -> None:
    large = 10**23 + 1
    game = CostTable.of(LETTERS[:3], [0, *(large * len(players(m, 3)) for m in range(1, 8))], 7)
    assert shapley(game) == [Fraction(large, 7)] * 3
