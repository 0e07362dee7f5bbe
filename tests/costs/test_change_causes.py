"""A month beside the one before: the causes of each difference add up to the cent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from arengo_core.money import Money
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.built_in_keys import BUILT_IN
from arengo_marketplace.costs.change_causes import Cause, OfferMonth
from arengo_marketplace.costs.comparing import compare
from arengo_marketplace.costs.frozen import Frozen
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.plan_inputs import PlanInputs
from arengo_marketplace.costs.pool import CostKind, CostLine, CostPool
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.costs.rule import CostRule, RulePart

OFFER = UUID(int=99)
A, B, C = (UUID(int=place) for place in range(1, 4))
AUGUST, SEPTEMBER = Period.month(2026, 8), Period.month(2026, 9)
MIX = CostRule(
    (
        RulePart("equal", Decimal(30)),
        RulePart("population", Decimal(45)),
        RulePart("usage", Decimal(25), {"meter": "m"}),
    )
)


def month(period, lines, people, usage=None, fees=0, funding=0, rule=MIX) -> OfferMonth:
    """A divided month; ``lines`` by kind, ``people`` inhabitants by member."""
    members = tuple(Bearer(member, count, str(member)) for member, count in people.items())
    pool = CostPool(
        period,
        tuple(CostLine(kind, "", Money(amount), period) for kind, amount in lines.items()),
        Money(fees),
        Money(funding),
    )
    read = {"m": {member: Decimal(units) for member, units in (usage or {}).items()}}
    frozen = Frozen(rule, PricePlan(()), PlanInputs(period, members), read, {}, {})
    shares = {
        share.bearer.organization_id: share.amount.amount
        for share in frozen.divide(pool, BUILT_IN).shares
    }
    return OfferMonth(pool, shares, frozen)


def compared(before, now):
    return compare({OFFER: before} if before else {}, {OFFER: now} if now else {}, BUILT_IN)


BEFORE = month(AUGUST, {CostKind.FIXED: 60_000}, {A: 100, B: 300}, {A: 5})


def test_each_cause_is_told_apart() -> None:
    people = {A: 100, B: 300}
    fixed = {CostKind.FIXED: 60_000}
    cases = {
        Cause.FIXED: month(SEPTEMBER, {CostKind.FIXED: 70_000}, people, {A: 5}),
        Cause.ONE_OFF: month(SEPTEMBER, fixed | {CostKind.ONE_OFF: 5_000}, people, {A: 5}),
        Cause.USAGE: month(SEPTEMBER, fixed | {CostKind.USAGE: 900}, people, {A: 5}),
        Cause.FEES: month(SEPTEMBER, fixed, people, {A: 5}, fees=300),
        Cause.GRANTS: month(SEPTEMBER, fixed, people, {A: 5}, funding=20_000),
    }
    for cause, now in cases.items():
        found = compared(BEFORE, now)
        assert found.causes == {cause: found.whole.amount}, cause
        assert found.whole.amount != 0
    moved = compared(BEFORE, month(SEPTEMBER, fixed, people, {A: 5, B: 5}))
    assert moved.causes == {}
    assert moved.members[A].causes == {Cause.USAGE: -7_500}
    older = compared(BEFORE, month(SEPTEMBER, fixed, {A: 300, B: 300}, {A: 5}))
    assert older.members[A].causes == {Cause.RULE: 6_750}


def test_joining_relieves_the_others_and_leaving_burdens_them() -> None:
    joined = compared(BEFORE, month(SEPTEMBER, {CostKind.FIXED: 60_000}, {A: 100, B: 300, C: 200}))
    assert joined.members[C].causes == {Cause.JOINED: joined.members[C].whole.now}
    assert joined.members[B].causes[Cause.MEMBERS] < 0
    assert joined.members[C].whole.before is None
    left = compared(BEFORE, month(SEPTEMBER, {CostKind.FIXED: 60_000}, {A: 100}, {A: 5}))
    assert left.members[B].causes == {Cause.LEFT: -BEFORE.shares[B]}
    assert left.members[A].causes == {Cause.MEMBERS: BEFORE.shares[B]}
    assert left.members[B].whole.per_cent == -100


def test_a_service_comes_and_goes_as_a_whole() -> None:
    assert compared(None, BEFORE).causes == {Cause.SERVICES: 60_000}
    assert compared(BEFORE, None).causes == {Cause.SERVICES: -60_000}
    assert compared(None, BEFORE).whole.per_cent is None


def test_what_cannot_be_told_apart_is_one_cause() -> None:
    now = month(SEPTEMBER, {CostKind.FIXED: 61_000}, {A: 100, B: 300}, {A: 5})
    unkept = compared(replace(BEFORE, frozen=None), now)
    assert unkept.causes == {Cause.WHOLE: 1_000}
    floors = CostRule.from_json(
        {
            "parts": [{"key": "equal", "weight": "100"}],
            "floors": [{"amount": 30_000, "every": "month"}],
        }
    )
    before = month(AUGUST, {CostKind.FIXED: 60_000}, {A: 100, B: 300}, rule=floors)
    # Three floors of 300 do not fit in the 600 of August: what lies between cannot be divided.
    later = month(SEPTEMBER, {CostKind.FIXED: 99_000}, {A: 100, B: 300, C: 9}, rule=floors)
    found = compared(before, later)
    assert set(found.causes) <= {Cause.WHOLE, Cause.JOINED}
    assert sum(found.causes.values()) == 39_000


AMOUNTS = st.dictionaries(st.sampled_from(list(CostKind)), st.integers(1, 10**6), min_size=1)
PEOPLE = st.dictionaries(st.sampled_from([A, B, C]), st.integers(1, 9_000), min_size=1)
USAGE = st.dictionaries(st.sampled_from([A, B, C]), st.integers(0, 500))


@given(*(one for _ in range(2) for one in (AMOUNTS, PEOPLE, USAGE, st.integers(0, 10**6))))
def test_causes_add_up_for_every_member_and_for_all(
    lines, people, usage, fees, later_lines, later_people, later_usage, funding
) -> None:
    before = month(AUGUST, lines, people, usage, fees=fees)
    now = month(SEPTEMBER, later_lines, later_people, later_usage, funding=funding)
    found = compared(before, now)
    assert found.whole.before == before.pool.net.amount
    assert found.whole.now == now.pool.net.amount
    assert sum(found.causes.values()) == found.whole.amount
    for member, one in found.members.items():
        assert sum(one.causes.values()) == one.whole.amount
        assert one.whole.now == now.shares.get(member)
