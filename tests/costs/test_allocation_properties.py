from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from arengo_core.money import Money
from arengo_marketplace.costs.allocation import allocate
from arengo_marketplace.costs.charges import Every, accrued
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.pool import CostPool
from tests.costs.strategies import METERS, SEPTEMBER, Case, cases


def _allocate(case: Case):
    return allocate(case.pool, case.rule, case.members, case.usage)


@given(cases())
def test_shares_add_up_to_the_pool(case: Case) -> None:
    shares = _allocate(case).shares
    assert sum(share.amount.amount for share in shares) == case.pool.net.amount
    assert len(shares) == len(case.members)


@given(cases())
def test_components_add_up_over_members_and_over_keys(case: Case) -> None:
    result = _allocate(case)
    for share in result.shares:
        assert sum(part.amount.amount for part in share.components) == share.amount.amount
    for index, key in enumerate(result.keys):
        column = [share.components[index].amount.amount for share in result.shares]
        assert sum(column) == key.amount.amount
        assert sum(s.components[index].weight for s in result.shares) == key.weight
    assert sum(key.amount.amount for key in result.keys) == case.pool.net.amount


@given(cases())
def test_every_share_is_its_exact_value_rounded_up_or_down(case: Case) -> None:
    result = _allocate(case)
    assert sum((share.exact for share in result.shares), Fraction()) == case.pool.net.amount
    for share in result.shares:
        assert abs(share.rounding) < 1
        for part in share.components:
            assert abs(part.amount.amount - part.exact) < 2


@given(cases())
def test_the_cents_left_over_go_to_the_largest_remainders_then_to_the_first_id(case: Case) -> None:
    sign = -1 if case.pool.net.amount < 0 else 1
    shares = _allocate(case).shares
    exact = [share.exact * sign for share in shares]
    floors = [value // 1 for value in exact]
    left = abs(case.pool.net.amount) - sum(floors)
    order = sorted(range(len(shares)), key=lambda index: (floors[index] - exact[index], index))
    expected = [floor + (index in order[:left]) for index, floor in enumerate(floors)]
    assert [share.amount.amount * sign for share in shares] == expected


@given(cases())
def test_a_key_divides_its_per_cent_to_the_cent_when_everybody_has_weight(case: Case) -> None:
    if case.everybody_weighs:
        for key in _allocate(case).keys:
            exact = case.pool.net.amount * Fraction(key.part.weight) / 100
            assert abs(key.amount.amount - exact) < 1


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_members_changes_nothing(case: Case, random: Random) -> None:
    shuffled = list(case.members)
    random.shuffle(shuffled)
    assert allocate(case.pool, case.rule, shuffled, case.usage) == _allocate(case)


@given(cases())
def test_a_credit_mirrors_a_cost(case: Case) -> None:
    credit = CostPool.of(-case.pool.net, SEPTEMBER)
    mirrored = allocate(credit, case.rule, case.members, case.usage)
    for share, other in zip(_allocate(case).shares, mirrored.shares, strict=True):
        assert share.amount == -other.amount


@given(cases())
def test_without_days_or_weight_nothing_is_charged(case: Case) -> None:
    for share in _allocate(case).shares:
        if share.days == 0:
            assert share.amount == Money(0)
        for part in share.components:
            if part.weight == 0:
                assert part.amount == Money(0)


@given(cases(), st.integers(1, 5000), st.sampled_from(METERS))
def test_more_usage_never_pays_less(case: Case, more: int, meter: str) -> None:
    first = case.members[0].organization_id
    usage = dict(case.usage)
    usage[meter] = {**usage[meter], first: usage[meter][first] + more}
    pool = CostPool.of(Money(abs(case.pool.net.amount)), SEPTEMBER)
    before = allocate(pool, case.rule, case.members, case.usage).share_of(first)
    after = allocate(pool, case.rule, case.members, usage).share_of(first)
    # A meter that was silent was divided by another key: nothing to compare.
    if any(case.usage[meter].values()):
        assert after.amount.amount >= before.amount.amount


@given(cases(), st.integers(1, 5000))
def test_a_larger_population_never_pays_less(case: Case, more: int) -> None:
    first = case.members[0]
    grown = replace(first, population=(first.population or 0) + more)
    pool = CostPool.of(Money(abs(case.pool.net.amount)), SEPTEMBER)
    before = allocate(pool, case.rule, case.members, case.usage)
    after = allocate(pool, case.rule, (grown, *case.members[1:]), case.usage)
    if not any(key.fell_back for key in before.keys):
        share = after.share_of(first.organization_id)
        assert share.amount.amount >= before.share_of(first.organization_id).amount.amount


@given(cases())
def test_members_alike_pay_the_same_to_one_cent(case: Case) -> None:
    first = case.members[0]
    twin = replace(first, organization_id=type(first.organization_id)(int=2**64))
    usage = {
        meter: {**read, twin.organization_id: read[first.organization_id]}
        for meter, read in case.usage.items()
    }
    result = allocate(case.pool, case.rule, (*case.members, twin), usage)
    one = result.share_of(first.organization_id).amount.amount
    other = result.share_of(twin.organization_id).amount.amount
    assert abs(one - other) <= 1


def test_a_month_is_accrued_whole_from_its_days() -> None:
    edges = [SEPTEMBER.start + timedelta(days=number) for number in range(31)]
    days = [Period(day, following) for day, following in pairwise(edges)]
    for every in Every:
        whole = accrued(Fraction(100003), every, SEPTEMBER)
        assert sum(accrued(Fraction(100003), every, day) for day in days) == whole
