"""Rules with mixes by kind, exemptions, fixed amounts, discounts, phase-ins, caps and floors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arengo_core.money import Money
from arengo_marketplace.costs.adjusting import Adjusting, within_limits
from arengo_marketplace.costs.adjustments import Limit
from arengo_marketplace.costs.allocation import Allocation, allocate
from arengo_marketplace.costs.bearer import Bearer, Usage
from arengo_marketplace.costs.charges import Every, round_half_up
from arengo_marketplace.costs.errors import CostError, InvalidRuleError, RuleUnmetError
from arengo_marketplace.costs.keys import Background
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.pool import CostKind, CostLine, CostPool
from arengo_marketplace.costs.rounding import Exact
from arengo_marketplace.costs.rule import CostRule
from tests.costs.strategies import METERS, SEPTEMBER, member, quantities, ranges

NOBODY = Background()
MIXED = {
    "parts": [{"key": "equal", "weight": 40}, {"key": "population", "weight": 60}],
    "kinds": {"usage": [{"key": "usage", "weight": 100, "meter": METERS[0]}]},
}
A, B, C = (
    Bearer(member(number), people, name, attributes=attributes, code=name)
    for number, people, name, attributes in [
        (1, 600, "Alba", {"altitude": 300, "area": Decimal("12.5"), "zone": "plain"}),
        (2, 300, "Borgo", {"altitude": 900, "area": Decimal("25"), "zone": "hill"}),
        (3, 100, "Colle", {"altitude": 1500, "area": Decimal("62.5"), "zone": "peak"}),
    ]
)


def _shares(
    rule: dict[str, Any], *, total: int = 10000, background: Background = NOBODY
) -> list[int]:
    result = allocate(
        CostPool.of(Money(total), SEPTEMBER),
        CostRule.from_json(rule),
        [A, B, C],
        background=background,
    )
    _adds_up(result)
    return [share.amount.amount for share in result.shares]


def _adds_up(result: Allocation) -> None:
    assert sum(share.amount.amount for share in result.shares) == result.pool.net.amount
    for share in result.shares:
        parts = [one.amount.amount for one in (*share.components, *share.adjustments)]
        assert sum(parts) == share.amount.amount
        assert abs(share.rounding) < 1


BY_POPULATION = {"parts": [{"key": "population", "weight": 100}]}  # 60.00, 30.00, 10.00
EQUAL = {"parts": [{"key": "equal", "weight": 100}]}


@pytest.mark.parametrize(
    ("change", "shares"),
    [
        ({"exempt": [{"members": ["Colle"]}]}, [6667, 3333, 0]),
        ({"exempt": [{"attribute": "altitude", "at_least": 1000}]}, [6667, 3333, 0]),
        ({"exempt": [{"attribute": "zone", "is": "plain"}]}, [0, 7500, 2500]),
        ({"fixed_amounts": {"Colle": 100}}, [6600, 3300, 100]),
        ({"fixed_amounts": {"Colle": 100}, "exempt": [{"members": ["Colle"]}]}, [6667, 3333, 0]),
        # A fifth off for Borgo: 6.00, of which Alba bears six parts and Colle one.
        ({"discounts": [{"per_cent": 20, "members": ["Borgo"]}]}, [6514, 2400, 1086]),
        (
            {"discounts": [{"per_cent": cut, "members": ["Borgo"]} for cut in (10, 20, 15)]},
            [6514, 2400, 1086],
        ),
        ({"caps": [{"amount": 4000}]}, [4000, 4000, 2000]),  # 30 : 10 of 60.00 breaks 40.00 again
        ({"caps": [{"amount": 4500}]}, [4500, 4125, 1375]),
        ({"floors": [{"amount": 1900}]}, [5400, 2700, 1900]),
        ({"floors": [{"amount": 1900}], "caps": [{"amount": 5000}]}, [5000, 3100, 1900]),
        ({"caps": [{"per_inhabitant": "0.08", "members": ["Alba"]}]}, [4800, 3900, 1300]),
        ({"caps": [{"amount": 48000, "every": "year"}]}, [4000, 4000, 2000]),
    ],
)
def test_one_adjustment_worked_by_hand(change: dict[str, Any], shares: list[int]) -> None:
    assert _shares(BY_POPULATION | change) == shares
    rule = CostRule.from_json(BY_POPULATION | change)
    assert CostRule.from_json(json.loads(json.dumps(rule.to_json()))) == rule
    assert _shares(BY_POPULATION | change, total=0) == [0, 0, 0] or "floors" in change


def test_what_was_paid_before() -> None:
    past = Background(past={A.organization_id: 3000, B.organization_id: 3000})
    rule = BY_POPULATION | {
        "phase_in": [
            {"from": "2026-01-01", "per_cent": 25},
            {"from": "2027-01-01", "per_cent": 100},
        ]
    }
    # Alba and Borgo pay 90.00 by the new rule and shared it equally: a quarter of the way.
    assert _shares(rule, background=past) == [4875, 4125, 1000]
    assert _shares({"parts": [{"key": "past", "weight": 100}]}, background=past) == [5000, 5000, 0]
    year_ago = Background(last_year={A.organization_id: 5000, C.organization_id: 2000})
    capped = BY_POPULATION | {"caps": [{"against_last_year": 110}]}
    assert _shares(capped, background=year_ago) == [5500, 3375, 1125]


@pytest.mark.parametrize(
    ("part", "shares"),
    [
        ({"key": "area"}, [1250, 2500, 6250]),
        ({"key": "attribute", "attribute": "altitude"}, [1111, 3333, 5556]),
        (
            {
                "key": "attribute",
                "attribute": "altitude",
                "bands": [
                    {"below": 600, "weight": 1},
                    {"below": "900", "weight": 5},
                    {"weight": 2},
                ],
            },
            [2000, 4000, 4000],
        ),
        (
            {
                "key": "attribute",
                "attribute": "zone",
                "weights": {"plain": 2, "hill": "1.5", "peak": 1.5},
            },
            [4000, 3000, 3000],
        ),
        ({"key": "fixed", "amounts": {"Alba": 700, "Colle": "300"}}, [7000, 0, 3000]),
        ({"key": "population", "as_of": "2024-01-01"}, [6000, 3000, 1000]),
    ],
)
def test_a_key_worked_by_hand(part: dict[str, Any], shares: list[int]) -> None:
    rule = {"parts": [part | {"weight": 100}]}
    assert _shares(rule) == shares
    read = CostRule.from_json(rule)
    assert CostRule.from_json(json.loads(json.dumps(read.to_json()))) == read


def test_each_kind_of_cost_by_its_own_mix() -> None:
    lines = [(CostKind.FIXED, 6000), (CostKind.ONE_OFF, 1500), (CostKind.USAGE, 2500)]
    pool = CostPool(
        SEPTEMBER,
        tuple(CostLine(kind, "", Money(amount), SEPTEMBER) for kind, amount in lines),
        fees=Money(1000),
    )
    used = {METERS[0]: {C.organization_id: Decimal(7)}}
    rule = CostRule.from_json(BY_POPULATION | {"kinds": MIXED["kinds"]})
    result = allocate(pool, rule, [A, B, C], used)
    _adds_up(result)
    # Fees lower all kinds alike: 67.50 by inhabitants and 22.50 by use.
    assert [share.amount.amount for share in result.shares] == [4050, 2025, 675 + 2250]
    assert [(key.kind, key.amount.amount) for key in result.keys] == [
        (None, 6750),
        (CostKind.USAGE, 2250),
    ]
    assert rule.meters() == {METERS[0]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"floors": [{"amount": 4000}]},
            "floors: the floors come to 120.00 EUR, and 100.00 EUR are to be divided.",
        ),
        (
            {"caps": [{"amount": 3000}]},
            "caps: the caps come to 90.00 EUR, and 100.00 EUR are to be divided.",
        ),
        (
            # Who has no share by the keys takes nothing of what a cap spares Alba.
            {
                "parts": [{"key": "fixed", "weight": 100, "amounts": {"Alba": 1}}],
                "caps": [{"amount": 4000}],
                "floors": [{"amount": 500, "members": ["Borgo"]}],
            },
            "caps: the caps come to 45.00 EUR, and 100.00 EUR are to be divided.",
        ),
        (
            {"caps": [{"amount": 3000}], "floors": [{"amount": 3100, "members": ["Borgo"]}]},
            "floors: Borgo would pay 31.00 EUR at least and 30.00 EUR at most.",
        ),
        (
            {"fixed_amounts": {"Alba": 9000, "Borgo": 2000}},
            "fixed_amounts: the fixed amounts come to 110.00 EUR, and 100.00 EUR are to be divided."
            " Lower them.",
        ),
        (
            {"fixed_amounts": {"Alba": 1000, "Borgo": 2000, "Colle": 3000}},
            "fixed_amounts: the fixed amounts come to 60.00 EUR, and 100.00 EUR are to be divided."
            " Raise them, or leave members without one",
        ),
        (
            {"discounts": [{"per_cent": 10}]},
            "discounts: discounts spare 10.00 EUR, and nobody without one is left",
        ),
        (
            {"exempt": [{"attribute": "population", "at_least": 1}]},
            "exempt: every member is exempt, and 100.00 EUR are to be divided.",
        ),
    ],
)
def test_a_rule_that_cannot_be_met_names_the_figures(change: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleUnmetError) as caught:
        _shares(BY_POPULATION | change)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"caps": [{}]}, "caps[0].amount: a limit has one figure, not 0."),
        ({"caps": [{"amount": 1, "per_inhabitant": 1}]}, "caps[0].amount: a limit has one figure"),
        ({"caps": [{"against_last_year": 1, "every": "year"}]}, "caps[0].every: a limit against"),
        ({"exempt": [{}]}, "exempt[0].members: nobody is named."),
        ({"exempt": [{"attribute": "zone"}]}, "exempt[0].attribute: an attribute needs a value"),
        ({"exempt": [{"members": [1]}]}, "exempt[0].members.0: 1 is not a text."),
        ({"fixed_amounts": {"A": 1.5}}, "fixed_amounts.A: 1.5 is not a whole number of cents."),
        ({"kinds": {"fixed": [{"key": "equal", "weight": 9}]}}, "kinds.fixed: the weights add up"),
        ({"kinds": {"other": []}}, "kinds.other: there is no such field."),
        ({"discounts": [{"per_cent": 101}]}, "discounts[0].per_cent: 101 is not between 0 and"),
        (
            {"phase_in": [{"from": "2026-02-01", "per_cent": 1}] * 2},
            "phase_in[1].from: 2026-02-01 is not after 2026-02-01.",
        ),
        (
            {
                "parts": [
                    {
                        "key": "attribute",
                        "weight": 100,
                        "attribute": "x",
                        "bands": [{"below": 5, "weight": 1}, {"below": 5, "weight": 1}, {}],
                    }
                ]
            },
            "parts[0].bands[1].below: 5 is not above 5.",
        ),
    ],
)
def test_faults_of_a_rule_name_the_field(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidRuleError) as caught:
        CostRule.from_json(EQUAL | change)
    assert str(caught.value).startswith(message)


def test_a_figure_that_is_missing_is_told_with_its_member() -> None:
    for part, message in [
        ({"key": "merchants"}, "attributes.merchants: merchants of Alba is not a known number."),
        (
            {"key": "attribute", "attribute": "zone", "weights": {"plain": 1}},
            'attributes.zone: the rule has no weight for "hill", the zone of Borgo.',
        ),
    ]:
        with pytest.raises(CostError) as caught:
            _shares({"parts": [part | {"weight": 100}]})
        assert str(caught.value).startswith(message)


@st.composite
def limits(draw: st.DrawFn) -> tuple[list[Fraction], list[tuple[int, int | None]]]:
    """Shares of a whole sum, and bounds that can be met."""
    units = draw(st.lists(st.integers(0, 500), min_size=1, max_size=8))
    shares = [Fraction(unit, 3) for unit in units]
    bounds: list[tuple[int, int | None]] = []
    for _ in shares:
        least = draw(st.integers(0, 60))
        bounds.append((least, draw(st.none() | st.integers(least, 200))))
    return shares, bounds


@given(limits())
def test_what_a_cap_takes_goes_to_the_others_in_proportion(
    case: tuple[list[Fraction], list[tuple[int, int | None]]],
) -> None:
    shares, bounds = case
    net = sum(shares)
    reach = [most if share else least for share, (least, most) in zip(shares, bounds, strict=True)]
    if sum(least for least, _ in bounds) > net:
        return
    if None not in reach and sum(most or 0 for most in reach) < net:
        return
    found = within_limits(Exact.of(shares), bounds).fractions()
    assert sum(found) == net
    multiples: list[tuple[Fraction, Fraction, Fraction]] = []
    for share, own, (least, most) in zip(shares, found, bounds, strict=True):
        assert own >= least
        assert most is None or own <= most
        if share:
            low = own / share if own > least else Fraction()
            high = own / share if most is None or own < most else Fraction(10**9)
            multiples.append((own / share, low, high))
    # One multiple fits all: those within their bounds have it, those at one are held by it.
    assert max((low for _, low, _ in multiples), default=Fraction()) <= min(
        (high for *_, high in multiples), default=Fraction()
    )


@st.composite
def cases(
    draw: st.DrawFn,
) -> tuple[CostPool, CostRule, tuple[Bearer, ...], Usage, Background]:
    """Pools, members and adjusted rules; some cannot be met."""
    count = draw(st.integers(1, 7))
    bearers = tuple(
        Bearer(member(n), draw(st.integers(0, 4000)), code=str(n), active=draw(ranges()))
        for n in range(1, count)
    )
    bearers = (*bearers, Bearer(member(count), 500, code=str(count)))
    some = st.lists(st.integers(1, count).map(str), min_size=1, max_size=3).map(
        lambda names: {"members": names}
    )
    cents = st.integers(0, 9000)
    rule: dict[str, Any] = dict(MIXED)
    for name, one in {
        "exempt": some,
        "discounts": some.flatmap(
            lambda who: st.integers(1, 60).map(lambda cut: who | {"per_cent": cut})
        ),
        "caps": st.one_of(
            cents.map(lambda most: {"amount": most + 1000}),
            st.integers(100, 150).map(lambda cent: {"against_last_year": cent}),
            cents.map(lambda most: {"per_inhabitant": f"{most + 100}.07", "every": "year"}),
        ),
        "floors": st.one_of(
            cents.map(lambda least: {"amount": least // 20}),
            st.just({"per_inhabitant": "0.0035"}),
        ),
    }.items():
        rule[name] = draw(st.lists(one, max_size=3)) or None
    if draw(st.booleans()):
        rule["phase_in"] = [{"from": "2026-01-01", "per_cent": draw(st.integers(0, 100))}]
    if draw(st.booleans()):
        rule["fixed_amounts"] = {str(draw(st.integers(1, count))): draw(cents) // 10}
    kinds = draw(st.lists(st.sampled_from(list(CostKind)), min_size=1, max_size=4))
    lines = tuple(
        CostLine(kind, "", Money(draw(st.integers(-500, 9000))), SEPTEMBER) for kind in kinds
    )
    used = {METERS[0]: {bearer.organization_id: draw(quantities()) for bearer in bearers}}
    paid: dict[UUID, int] = {
        bearer.organization_id: draw(cents | st.just(-700)) for bearer in bearers[::2]
    }
    pool = CostPool(SEPTEMBER, lines, fees=Money(draw(st.integers(0, 500))))
    return pool, CostRule.from_json(rule), bearers, used, Background(None, paid, paid)


def _figures(
    limits: Sequence[Limit], bearer: Bearer, days: int, last_year: int | None
) -> list[Fraction]:
    """What caps or floors are for a member in September 2026, in fractions of a cent."""
    found: list[Fraction] = []
    for limit in limits:
        if not limit.who.holds(bearer):
            continue
        if limit.against_last_year is not None:
            if last_year is not None and last_year > 0:
                found.append(last_year * Fraction(limit.against_last_year) / 100)
            continue
        amount = Fraction(limit.amount or 0)
        if limit.per_inhabitant is not None:
            amount = Fraction(limit.per_inhabitant) * 100 * bearer.inhabitants()
        if limit.every is Every.YEAR:
            until_august, until_september = (
                round_half_up(amount * Fraction(months, 12)) for months in (8, 9)
            )
            amount = Fraction(until_september - until_august)
        found.append(amount * Fraction(days, 30))
    return found


@given(cases(), st.randoms(use_true_random=False), st.integers(1, 900))
@settings(max_examples=150)
def test_every_adjusted_share_holds(
    case: tuple[CostPool, CostRule, tuple[Bearer, ...], Usage, Background],
    random: Random,
    more: int,
) -> None:
    pool, rule, bearers, used, background = case
    try:
        result = allocate(pool, rule, bearers, used, background=background)
    except RuleUnmetError:
        return
    _adds_up(result)
    shuffled = list(bearers)
    random.shuffle(shuffled)
    assert allocate(pool, rule, shuffled, used, background=background) == result
    fixed = dict(rule.adjustments.fixed)
    for share in result.shares:
        bearer = share.bearer
        if not share.days or rule.adjustments.is_exempt(bearer):
            assert share.amount.amount == 0
        elif bearer.rule_id in fixed and pool.net.amount > 0:
            assert share.amount.amount == fixed[bearer.rule_id]
        elif pool.net.amount > 0:
            paid = background.last_year.get(bearer.organization_id)
            figures = partial(_figures, bearer=bearer, days=share.days, last_year=paid)
            for least in figures(rule.adjustments.floors):
                assert share.amount.amount >= least
            for most in figures(rule.adjustments.caps):
                assert share.amount.amount <= most
    # More use never pays less: the other figures are the same.
    first = bearers[-1].organization_id
    read = used[METERS[0]]
    if pool.net.amount > 0 and any(read.values()):
        busier = {METERS[0]: {**read, first: read[first] + more}}
        try:
            after = allocate(pool, rule, bearers, busier, background=background)
        except RuleUnmetError:
            return
        assert after.share_of(first).amount.amount >= result.share_of(first).amount.amount


@given(
    st.lists(
        st.tuples(st.integers(0, 500), st.integers(0, 100), st.integers(-50, 900)),
        min_size=1,
        max_size=8,
    ),
    st.integers(0, 100),
)
def test_discounts_and_phase_ins_are_those_of_fractions(
    members: list[tuple[int, int, int]], new: int
) -> None:
    bearers = [Bearer(member(at), code=str(at)) for at, _ in enumerate(members)]
    shares = [Fraction(unit, 7) for unit, _, _ in members]
    cuts = [Fraction(cut, 100) for _, cut, _ in members]
    rule = EQUAL | {
        "discounts": [
            {"members": [str(at)], "per_cent": cut} for at, (_, cut, _) in enumerate(members) if cut
        ]
        or None,
        "phase_in": [{"from": "2026-01-01", "per_cent": new}],
    }
    paid = {member(at): amount for at, (_, _, amount) in enumerate(members)}
    adjusting = Adjusting(
        CostPool.of(Money(100), SEPTEMBER),
        CostRule.from_json(rule).adjustments,
        bearers,
        [30] * len(bearers),
        Background(None, paid, {}),
    )
    spared = sum(share * cut for share, cut in zip(shares, cuts, strict=True))
    others = sum(share for share, cut in zip(shares, cuts, strict=True) if not cut)
    if others or not spared:
        assert adjusting.discounted(Exact.of(shares)).fractions() == [
            share * (1 - cut) if cut or not spared else share + spared * share / others
            for share, cut in zip(shares, cuts, strict=True)
        ]
    before = sum(amount for _, _, amount in members if amount > 0)
    held = [share if amount > 0 else 0 for share, (*_, amount) in zip(shares, members, strict=True)]
    assert adjusting.phased(Exact.of(shares)).fractions() == [
        share
        if amount <= 0
        else share * new / 100 + Fraction(100 - new, 100) * sum(held) * amount / before
        for share, (*_, amount) in zip(shares, members, strict=True)
    ]


def test_who_paid_nothing_a_year_ago_has_no_cap_against_it() -> None:
    rule = CostRule.from_json(BY_POPULATION | {"caps": [{"against_last_year": 110}]})
    paid = {A.organization_id: -500, B.organization_id: 2000, C.organization_id: 0}
    result = allocate(
        CostPool.of(Money(10000), SEPTEMBER), rule, [A, B, C], background=Background(None, {}, paid)
    )
    assert result.share_of(B.organization_id).amount == Money(2200)
    assert sum(share.amount.amount for share in result.shares) == 10000


def test_days_of_membership_count_for_limits_too() -> None:
    half = replace(C, active=(Period(SEPTEMBER.start.replace(day=16), SEPTEMBER.end),))
    rule = CostRule.from_json(BY_POPULATION | {"floors": [{"amount": 3000}]})
    result = allocate(CostPool.of(Money(10000), SEPTEMBER), rule, [A, B, half])
    assert result.share_of(C.organization_id).amount == Money(1500)
