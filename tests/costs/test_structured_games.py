"""Games by the structure of a price: against tables, against the price plan, and by sampling."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from itertools import permutations
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arengo_marketplace.costs.bearer import Bearer, Usage
from arengo_marketplace.costs.charges import (
    Every,
    FixedCharge,
    Measure,
    OneOffCharge,
    Tier,
    TieredCharge,
    TierMode,
    UnitCharge,
)
from arengo_marketplace.costs.errors import NotGivenError
from arengo_marketplace.costs.games import shapley as by_sums
from arengo_marketplace.costs.games.coalition_program import largest_excess
from arengo_marketplace.costs.games.core_check import check_core
from arengo_marketplace.costs.games.permutations import orders
from arengo_marketplace.costs.games.plan_game import game_of
from arengo_marketplace.costs.games.sampling import LeastSums, PricedSums
from arengo_marketplace.costs.games.solutions import nucleolus, scrb, shapley, table_of
from arengo_marketplace.costs.games.structure import (
    AtLeast,
    Curve,
    Largest,
    Own,
    StructuredGame,
    Summed,
)
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.plan_inputs import PlanInputs
from arengo_marketplace.costs.price_plan import Minimum, PricePlan, cost
from tests.costs.games import players
from tests.costs.strategies import METERS, member

CURVES = (
    Curve((20, 60), tuple((Fraction(a), Fraction(r, 2)) for a, r in [(0, 6), (30, 3), (9, 2)])),
    Curve((25,), ((Fraction(5), Fraction(2)), (Fraction(0), Fraction(3, 2)))),
    Curve((), ((Fraction(50), Fraction(1, 3)),)),
)  # fmt: skip


@st.composite
def structured(draw: st.DrawFn, most: int = 6) -> StructuredGame:
    """A few players and parts of every sort."""
    count = draw(st.integers(1, most))
    figures = st.lists(st.integers(0, 40), min_size=count, max_size=count).map(tuple)
    amounts = figures.map(lambda units: tuple(Fraction(unit, 7) for unit in units))
    summed = st.builds(Summed, figures, st.sampled_from(CURVES), st.sampled_from([Fraction(2, 3)]))
    present = st.lists(st.booleans(), min_size=count, max_size=count).map(tuple)
    own = amounts.map(Own)
    due = st.lists(summed | own, max_size=3).map(tuple)
    least = st.builds(AtLeast, st.integers(0, 90).map(Fraction), present, due)
    parts = draw(st.lists(own | amounts.map(Largest) | summed | least, min_size=1, max_size=4))
    return StructuredGame(tuple("ABCDEF"[:count]), tuple(parts))


@given(structured())
def test_a_structure_is_the_table_it_stands_for(game: StructuredGame) -> None:
    count = len(game.players)
    table = table_of(game)
    for mask in range(1 << count):
        assert abs(table.cost(mask) - game.cost(players(mask, count))) < Fraction(1, 10**5)
    close = Fraction(1, 10**4)
    for mine, theirs in [
        (shapley(game).shares, by_sums.shapley(table)),
        (scrb(game).shares, by_sums.scrb(table)),
        (nucleolus(game).shares, nucleolus(table).shares),
    ]:
        assert abs(sum(mine) - game.figures().whole) < close
        assert all(abs(a - b) < close for a, b in zip(mine, theirs, strict=True))


@given(structured(4))
@settings(max_examples=40)
def test_over_all_orders_what_is_sampled_is_the_value_itself(game: StructuredGame) -> None:
    count = len(game.players)
    every = np.array(list(permutations(range(count))), dtype=np.intp)
    for part in game.parts:
        if isinstance(part, Summed | AtLeast):
            ready = PricedSums(part) if isinstance(part, Summed) else LeastSums(part)
            mean = ready.added(every).mean(axis=0)
            exact = by_sums.shapley(table_of(StructuredGame(game.players, (part,))))
            assert mean == pytest.approx([float(share) for share in exact], abs=1e-4)


def test_the_generator_is_the_one_that_is_stated() -> None:
    """Written out once more, slowly, as somebody would who checks a settlement elsewhere."""

    def numbers(seed: int, block: int) -> list[int]:
        text = b"arengo.orders.1" + seed.to_bytes(8, "big") + block.to_bytes(8, "big")
        digest = sha256(text).digest()
        return [int.from_bytes(digest[at : at + 8], "big") for at in range(0, 32, 8)]

    stream = [number for block in range(40) for number in numbers(7, block)]
    expected: list[list[int]] = []
    for _ in range(20):
        order = list(range(8))
        for i in range(7, 0, -1):
            j = stream.pop(0) % (i + 1)
            order[i], order[j] = order[j], order[i]
        expected.append(order)
    assert orders(20, 8, 7).tolist() == expected
    assert orders(5, 8, 7, first=13).tolist() == expected[13:18]
    assert orders(2, 3, 0).tolist() == [[2, 1, 0], [2, 0, 1]]


def _towns(count: int) -> StructuredGame:
    """Towns of 40 to some thousands, tiers of both modes, a fixed part, own units."""
    people = tuple(40 + (n * n * 7919) % 997 * (1 + 11 * (n % 9 == 0)) for n in range(count))
    units = tuple(3 * own + n % 7 for n, own in enumerate(people))
    top = sum(people)
    graduated = Curve(
        (top // 9, top // 3),
        (
            (Fraction(0), Fraction(40)),
            (Fraction(10 * (top // 9)), Fraction(30)),
            (Fraction(10 * (top // 9) + 12 * (top // 3)), Fraction(18)),
        ),
    )
    all_units = Curve((top,), ((Fraction(0), Fraction(5)), (Fraction(0), Fraction(4))))
    return StructuredGame(
        tuple(f"{n:03d}" for n in range(count)),
        (
            Summed((1,) * count, Curve((), ((Fraction(90_000), Fraction(0)),))),
            Own(units),
            Summed(people, graduated),
            Summed(units, all_units),
        ),
    )


def test_a_sample_is_near_the_exact_value_and_says_how_near() -> None:
    """A player more that uses nothing makes 21, too many to be exact; the others' are known."""
    towns = _towns(20)
    exact = shapley(towns)
    assert exact.samples == 0
    wide = StructuredGame(
        (*towns.players, "zero"),
        tuple(
            Own((*part.amounts, Fraction(0)))
            if isinstance(part, Own)
            else Summed((*part.quantities, 0), part.curve, part.factor)
            for part in towns.parts
            if isinstance(part, Own | Summed)
        ),
    )
    sampled = shapley(wide, samples=400, seed=3)
    assert sampled.samples == 400
    assert sum(sampled.shares) == wide.figures().whole == sum(exact.shares)
    assert sampled.shares[-1] == 0
    assert sampled.errors[-1] == 0
    off = [
        float(a - b) / error
        for a, b, error in zip(sampled.shares, exact.shares, sampled.errors, strict=False)
        if error
    ]
    assert len(off) > 15
    assert sqrt(sum(one * one for one in off) / len(off)) < 2
    relative = sorted(
        error / float(share)
        for error, share in zip(sampled.errors, sampled.shares[:-1], strict=False)
    )
    assert relative[10] < 0.02
    assert shapley(wide, samples=400, seed=3) == sampled
    assert shapley(wide, samples=400, seed=4) != sampled


@given(structured(), st.data())
@settings(max_examples=40)
def test_the_program_finds_the_group_that_all_groups_show(
    game: StructuredGame, data: st.DataObject
) -> None:
    count = len(game.players)
    units = data.draw(st.lists(st.integers(0, 60), min_size=count, max_size=count))
    shares = [Fraction(unit, 7) for unit in units]
    groups = [players(mask, count) for mask in range(1, (1 << count) - 1)]
    lost = [sum((shares[at] for at in group), Fraction()) - game.cost(group) for group in groups]
    if lost:
        found = largest_excess(game, shares, 300)
        assert found.proved
        assert found.amount == pytest.approx(max(lost), abs=1e-4)
        assert found.bound == pytest.approx(float(max(lost)), abs=1e-4)
        checked = check_core(game, dict(zip(game.players, shares, strict=True)), 300)
        assert checked.in_core == (max(lost) < Fraction(1, 10**6))
        assert checked.amount == pytest.approx(max(0, *lost), abs=1e-4)


def test_a_tier_holds_up_to_and_including_its_top() -> None:
    """Two of ten units are at the dearer rate still: the group of both must not look cheap."""
    halved = Curve((20,), ((Fraction(0), Fraction(2)), (Fraction(0), Fraction(1))))
    game = StructuredGame(("A", "B", "C"), (Summed((10, 10, 5), halved),))
    found = largest_excess(game, [Fraction(15), Fraction(15), Fraction(0)], 300)
    assert (found.amount, found.proved) == (-5, True)


def test_the_core_of_many_is_proved_or_said_not_to_be() -> None:
    towns = _towns(120)
    value = shapley(towns, samples=200).by_player()
    assert check_core(towns, value, 300).in_core is True
    equal = dict.fromkeys(towns.players, towns.figures().whole / 120)
    dear = check_core(towns, equal, 300)
    assert (dear.in_core, dear.proved) == (False, True)
    group = [towns.players.index(name) for name in dear.members]
    assert dear.amount == sum(equal[name] for name in dear.members) - towns.cost(group)
    hasty = check_core(towns, value, seconds=0)
    assert (hasty.in_core, hasty.proved) == (None, False)
    assert hasty.bound > 0


def test_the_standard_error_is_that_of_the_mean_of_a_sample() -> None:
    """Of two orders half of what they differ by."""
    part = next(part for part in _towns(21).parts if isinstance(part, Summed) and part.curve.tops)
    first, second = PricedSums(part).added(orders(2, 21, 5))
    errors = shapley(StructuredGame(_towns(21).players, (part,)), samples=2, seed=5).errors
    alike = [n for n, own in enumerate(part.quantities) if part.quantities.count(own) == 1]
    assert len(alike) > 15
    for player in alike:
        assert errors[player] == pytest.approx(abs(first[player] - second[player]) / 2)


def test_players_alike_get_the_same_of_a_sample() -> None:
    towns = _towns(24)
    parts = [part for part in towns.parts if isinstance(part, Summed)]
    twins = tuple(Summed((part.quantities[1], *part.quantities[1:]), part.curve) for part in parts)
    shares = shapley(StructuredGame(towns.players, twins), samples=50).shares
    assert shares[0] == shares[1]


def test_the_nucleolus_of_many_is_given_only_in_closed_form() -> None:
    runway = StructuredGame(
        tuple(f"{n:02d}" for n in range(40)),
        (Largest(tuple(map(Fraction, range(40)))), Own((Fraction(2),) * 40)),
    )
    assert sum(nucleolus(runway).shares) == 39 + 80
    with pytest.raises(NotGivenError, match="not given for 40 members"):
        nucleolus(_towns(40))


@st.composite
def plans(draw: st.DrawFn) -> PricePlan:
    """Charges of every sort, with and without a minimum."""
    every = st.sampled_from(list(Every))
    rate = st.decimals(0, 2, places=4)
    tiers = st.tuples(st.integers(1, 300), rate, rate, st.integers(0, 5000)).map(
        lambda one: (Tier(one[0], one[1], one[3]), Tier(None, one[2]))
    )
    cents = st.integers(0, 90_000)
    charge = st.one_of(
        st.builds(FixedCharge, st.just("f"), cents, every),
        st.builds(OneOffCharge, st.just("o"), cents, st.just(date(2026, 9, 20))),
        st.builds(UnitCharge, st.just("u"), st.just(METERS[0]), rate),
        st.builds(
            TieredCharge,
            st.just("t"),
            st.sampled_from(list(Measure)),
            tiers,
            st.sampled_from(list(TierMode)),
            every,
            st.just(METERS[0]),
        ),
    )
    minimum = st.none() | st.builds(Minimum, st.just("m"), cents, every)
    return PricePlan(tuple(draw(st.lists(charge, min_size=1, max_size=4))), draw(minimum))


@given(plans(), st.data())
@settings(max_examples=60)
def test_the_game_of_a_plan_costs_what_the_plan_costs(plan: PricePlan, data: st.DataObject) -> None:
    period = Period(date(2026, 8, 1), date(2026, 10, 1))
    late = (Period(date(2026, 9, 11), date(2027, 1, 1)),)
    bearers = tuple(
        Bearer(member(n), 100 * n, active=late if n == 3 else None) for n in range(1, 5)
    )
    usage: dict[date, Usage] = {
        date(2026, month, 1): {
            METERS[0]: {
                bearer.organization_id: data.draw(st.decimals(0, 300, places=2))
                for bearer in bearers
            }
        }
        for month in (7, 8, 9)
    }
    inputs = PlanInputs(period, bearers, usage)
    game = game_of(plan, inputs)
    for mask in range(1, 16):
        group = players(mask, 4)
        if group == [2]:
            continue  # before it joins, a plan is dear to nobody
        lines = cost(plan, inputs.only({bearers[at].organization_id for at in group}))
        rounded = sum(line.amount.amount for line in lines)
        cents = 2 * (len(plan.charges) * 2 + 2)
        assert abs(game.cost(group) - rounded) <= cents


def test_a_member_of_half_a_month_pays_half_of_a_fixed_day() -> None:
    september = Period.month(2026, 9)
    half = (Period(date(2026, 9, 16), date(2026, 10, 1)),)
    bearers = (Bearer(member(1)), Bearer(member(2), active=half))
    plan = PricePlan((FixedCharge("f", 6000, Every.MONTH),))
    game = game_of(plan, PlanInputs(september, bearers))
    assert shapley(game).shares == nucleolus(game).shares == [4500, 1500]
    assert Decimal(int(game.figures().whole)) == 6000
