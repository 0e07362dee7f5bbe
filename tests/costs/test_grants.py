"""Grants stack in their order and never cover a cent twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from arengo_core.money import Money
from arengo_marketplace.costs.allocation import allocate
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.charges import Every, FixedCharge
from arengo_marketplace.costs.forecast import Scenario, outlook
from arengo_marketplace.costs.grants import CapPeriod, Costs, ExpectedGrant, Grant, Purse, cover
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.pool import CostKind, CostPool
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.costs.spreading import Spread

MAY = Period.month(2026, 5)
PAY, POST = UUID(int=11), UUID(int=12)
KINDS = tuple(CostKind)


def grant(number: int, rate: object = 100, **more: object) -> Grant:
    terms = {"window": Period.year(2026), "cap": 10**9, "place": number} | more
    return Grant(UUID(int=number), f"Grant {number}", rate=Decimal(str(rate)), **terms)


def costs(
    fixed: int = 0, usage: int = 0, one_off: int = 0, offer: UUID = PAY, **more: int
) -> Costs:
    service = "payments" if offer == PAY else "delivery"
    return Costs(offer, service, dict(zip(KINDS, (fixed, usage, one_off), strict=True)), **more)


def amounts(*args: object) -> dict[tuple[int, int], int]:
    return {(one.offer_id.int, one.grant.id.int): one.amount for one in cover(*args)}


def purse(one: Grant, left: int = 10**9) -> Purse:
    return Purse(one, left)


def test_two_grants_in_their_order():
    """The first pays 60 %, the second 80 % of what is eligible, at most the rest."""
    first, second = grant(1, 60), grant(2, 80)
    made = amounts([costs(10_000)], [purse(second), purse(first)])
    assert made == {(11, 1): 6_000, (11, 2): 4_000}
    turned = [purse(replace(first, place=2)), purse(replace(second, place=1))]
    assert amounts([costs(10_000)], turned) == {(11, 2): 8_000, (11, 1): 2_000}
    # Of two in one place the smaller id comes first, whichever is named first.
    beside = [purse(replace(second, place=1)), purse(first)]
    assert amounts([costs(10_000)], beside) == {(11, 1): 6_000, (11, 2): 4_000}


def test_kinds_and_services():
    fixed = grant(1, kinds=frozenset({CostKind.FIXED}), services=frozenset({"payments"}))
    everything = grant(2, 50)
    made = amounts([costs(1_001, 500), costs(700, offer=POST)], [purse(fixed), purse(everything)])
    # Of the fixed costs nothing is open any more; of the others, half.
    assert made == {(11, 1): 1_001, (11, 2): 250, (12, 2): 350}


def test_a_rate_is_rounded_down_to_the_cent():
    assert amounts([costs(101, 101, 101)], [purse(grant(1, "33.33"))]) == {(11, 1): 100}


def test_what_is_left_is_divided_in_proportion():
    made = amounts([costs(300), costs(100, offer=POST)], [purse(grant(1), 101)])
    assert made == {(11, 1): 76, (12, 1): 25}
    assert amounts([costs(300)], [purse(grant(1), 0)]) == {}


def test_fees_entered_funding_and_credit_notes_come_first():
    assert amounts([costs(1_000, fees=300, funding=200)], [purse(grant(1))]) == {(11, 1): 500}
    assert amounts([costs(1_000, -400)], [purse(grant(1))]) == {(11, 1): 600}
    assert amounts([costs(1_000, fees=2_000)], [purse(grant(1))]) == {}
    # Fees lower what is eligible and what is not in proportion.
    fixed = grant(1, kinds=frozenset({CostKind.FIXED}))
    assert amounts([costs(1_000, 1_000, fees=500)], [purse(fixed)]) == {(11, 1): 750}


def test_co_financing_holds_later_grants_too():
    strict, lax = grant(1, 50, co_financing=Decimal(20)), grant(2)
    assert amounts([costs(1_000)], [purse(strict), purse(lax)]) == {(11, 1): 500, (11, 2): 300}
    # What the office entered as funding is no one else's money either.
    entered = costs(1_000, funding=700)
    assert amounts([entered], [purse(replace(strict, rate=Decimal(80)))]) == {(11, 1): 100}
    # Fees are: users bear them.
    assert amounts([costs(1_000, fees=200)], [purse(strict), purse(lax)]) == {
        (11, 1): 500,
        (11, 2): 300,
    }


def test_what_is_left_by_window_and_caps():
    one = grant(1, cap=1_000, period_cap=300, window=Period.months_from(MAY.start, 3))
    assert one.left(MAY, {}) == 300
    assert one.left(MAY, {MAY.start: 120}) == 180
    assert one.left(MAY.next(), {MAY.start: 120}) == 180
    monthly = replace(one, per=CapPeriod.MONTH)
    assert monthly.left(MAY.next(), {MAY.start: 300}) == 300
    assert monthly.left(MAY.next(), {MAY.start: 900}) == 100
    assert monthly.left(MAY.next(), {MAY.start: 1_100}) == 0
    assert one.left(MAY.previous(), {}) == 0
    assert one.left(Period.month(2026, 8), {}) == 0


def test_it_is_read_from_its_document():
    one = grant(
        3,
        "66.67",
        period_cap=5,
        per=CapPeriod.MONTH,
        co_financing=Decimal("12.5"),
        kinds=frozenset({CostKind.USAGE}),
        services=frozenset({"delivery"}),
    )
    assert Purse.from_json(purse(one, 7).to_json()) == purse(one, 7)


@st.composite
def many_costs(draw: st.DrawFn) -> list[Costs]:
    amount = st.integers(-2_000, 20_000) | st.integers(0, 10**11)
    covered = st.integers(0, 15_000)
    return [
        replace(
            costs(draw(amount), draw(amount), draw(amount), offer, fees=draw(covered)),
            funding=draw(covered),
        )
        for offer in draw(st.sets(st.sampled_from([PAY, POST, UUID(int=13)]), min_size=1))
    ]


@st.composite
def many_purses(draw: st.DrawFn) -> list[Purse]:
    per_cent = st.decimals(0, 100, places=2)
    return [
        Purse(
            grant(
                number,
                draw(per_cent),
                place=draw(st.integers(0, 2)),
                co_financing=draw(per_cent | st.just(Decimal(0))),
                kinds=draw(st.frozensets(st.sampled_from(KINDS))),
                services=draw(st.frozensets(st.sampled_from(["payments", "delivery"]))),
            ),
            draw(st.integers(0, 30_000) | st.integers(0, 10**12)),
        )
        for number in range(1, draw(st.integers(1, 5)) + 1)
    ]


@given(many_costs(), many_purses())
def test_never_over_cover(pools: list[Costs], purses: list[Purse]):
    made = cover(pools, purses)
    given_by = amounts(pools, purses)
    assert all(one.amount > 0 for one in made)
    assert len(given_by) == len(made)
    for one in purses:
        assert sum(amount for (_, by), amount in given_by.items() if by == one.grant.id.int) <= (
            one.left
        )
    for pool in pools:
        mine = {
            by: amount for (offer, by), amount in given_by.items() if offer == pool.offer_id.int
        }
        net = sum(pool.by_kind.values()) - pool.fees - pool.funding
        assert sum(mine.values()) <= max(net, 0)
        for one in purses:
            got = mine.get(one.grant.id.int, 0)
            kinds = one.grant.eligible(pool.service)
            eligible = sum(max(pool.by_kind[kind], 0) for kind in kinds)
            assert got <= Fraction(one.grant.rate) / 100 * eligible
            if got:
                # Grants that cover nothing but this one's eligible kinds leave others their part.
                inside = sum(
                    mine.get(other.grant.id.int, 0)
                    for other in purses
                    if set(other.grant.eligible(pool.service)) <= set(kinds)
                )
                assert inside <= (1 - Fraction(one.grant.co_financing) / 100) * eligible
        for kinds in {one.grant.eligible(pool.service) for one in purses}:
            inside = sum(
                mine.get(one.grant.id.int, 0)
                for one in purses
                if set(one.grant.eligible(pool.service)) <= set(kinds)
            )
            assert inside <= sum(max(pool.by_kind[kind], 0) for kind in kinds)


@given(many_costs(), many_purses(), st.randoms())
def test_the_order_of_input_says_nothing(pools: list[Costs], purses: list[Purse], random):
    made = cover(pools, purses)
    shuffled_pools, shuffled = list(pools), list(purses)
    random.shuffle(shuffled_pools)
    random.shuffle(shuffled)
    assert cover(shuffled_pools, shuffled) == made


@given(many_costs(), many_purses())
def test_one_grant_alone_covers_all_that_it_may(pools: list[Costs], purses: list[Purse]):
    """Nothing is left on the table: its rate of what is open, unless its money ends."""
    one = replace(purses[0].grant, co_financing=Decimal(0), kinds=frozenset())
    plain = [
        replace(
            pool, by_kind={kind: max(pool.by_kind[kind], 0) for kind in KINDS}, fees=0, funding=0
        )
        for pool in pools
    ]
    whole = sum(
        int(sum(pool.by_kind.values()) * Fraction(one.rate) / 100)
        for pool in plain
        if one.eligible(pool.service)
    )
    made = cover(plain, [Purse(one, purses[0].left)])
    assert sum(got.amount for got in made) == min(whole, purses[0].left)


def test_marche_sud_is_covered_to_the_cent_and_never_more():
    """EUR 1,608,615.45 from the region over 30 months for 64 members, by the published figures."""
    window = Period.months_from(date(2026, 9, 1), 30)
    whole = 160_861_545
    region = grant(1, cap=whole, window=window)
    spent = Spread(whole, window)
    used: dict[date, int] = {}
    towns = [Bearer(UUID(int=100 + n), 5_654 + n % 3, f"Town {n}") for n in range(64)]
    for month in Period.months_from(window.start, 31).months():
        cost = spent.part(month.start) + 1
        found = cover([costs(cost)], [purse(region, region.left(month, used))])
        covered = used[month.start] = sum(one.amount for one in found)
        pool = CostPool.of(Money(cost), month).funded(covered)
        shares = allocate(pool, CostRule.of(population=100), towns).shares
        assert sum(share.amount.amount for share in shares) == cost - covered
    assert sum(used.values()) == whole
    # 30 cents more than there are: the last month of the window is covered but for them
    assert used[Period.months_from(window.start, 29).end] == spent.part(date(2029, 2, 1)) - 29
    assert used[window.end] == 0, "nothing is covered outside its months"
    assert 400 < whole / 361_890 < 450, "about EUR 4 an inhabitant"


def test_an_outlook_uses_a_grant_up():
    """It covers month by month until nothing is left, beside what other services take of it."""
    plan = PricePlan((FixedCharge("Fee", 120_000, Every.YEAR),))
    half = ExpectedGrant(grant(1, 50, cap=12_000), {})
    year = Scenario(plan, CostRule.of(equal=100), Period.year(2026), grants=(half,))
    members = [Bearer(PAY, 1_000), Bearer(POST, 500)]
    covered = [month.pool.funding.amount for month in outlook(year, members).months]
    assert covered == [5_000, 5_000, 2_000] + [0] * 9
    beside = replace(year, grants=(replace(half, elsewhere=2_000, used={MAY.start: 1_000}),))
    covered = [month.pool.funding.amount for month in outlook(beside, members).months]
    assert covered == [5_000, 2_000] + [0] * 10
    other = replace(half, grant=replace(half.grant, services=frozenset({"delivery"})))
    assert outlook(replace(year, service="payments", grants=(other,)), members) == outlook(
        replace(year, grants=()), members
    )
