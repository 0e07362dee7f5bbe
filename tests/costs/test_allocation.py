from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest

from arengo_core.money import Money
from arengo_marketplace.costs.allocation import allocate
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.built_in_keys import built_in_keys
from arengo_marketplace.costs.document import Document
from arengo_marketplace.costs.errors import (
    CostError,
    DuplicateKeyError,
    NoBearersError,
    PopulationUnknownError,
)
from arengo_marketplace.costs.keys import KeyContext
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.pool import CostKind, CostLine, CostPool
from arengo_marketplace.costs.rounding import largest_remainder, round_table
from arengo_marketplace.costs.rule import CostRule, RulePart
from tests.costs.strategies import METERS, SEPTEMBER, member

A, B, C = (Bearer(member(n), people, name) for n, people, name in [
    (1, 600, "Alba"), (2, 300, "Borgo"), (3, 100, "Colle"),
])  # fmt: skip
BY_USAGE = CostRule((RulePart("usage", Decimal(100), {"meter": METERS[0]}),))


def _amounts(pool: int, rule: CostRule, *members: Bearer, usage: Mapping[UUID, int] | None = None):
    read = {key: Decimal(units) for key, units in (usage or {}).items()}
    result = allocate(CostPool.of(Money(pool), SEPTEMBER), rule, members, {METERS[0]: read})
    return [share.amount.amount for share in result.shares]


def test_an_indivisible_cent_goes_to_the_first_id() -> None:
    assert _amounts(100, CostRule.of(equal=100), C, B, A) == [34, 33, 33]
    assert _amounts(-100, CostRule.of(equal=100), C, B, A) == [-34, -33, -33]
    assert _amounts(1, CostRule.of(population=100), C, B, A) == [1, 0, 0]


def test_a_mix_worked_by_hand() -> None:
    rule = CostRule.of(equal=40, population=60)
    # 100.00: 40.00 in three (13.33 and a third) and 60.00 as 36, 18, 6.
    pool = CostPool.of(Money(10000), SEPTEMBER)
    result = allocate(pool, rule, [A, B, C])
    assert [share.amount.amount for share in result.shares] == [4934, 3133, 1933]
    assert [[part.amount.amount for part in share.components] for share in result.shares] == [
        [1334, 3600],
        [1333, 1800],
        [1333, 600],
    ]
    alba = result.share_of(A.organization_id)
    assert alba.exact == Fraction(4933) + Fraction(1, 3)
    assert alba.rounding == Fraction(2, 3)
    assert alba.per_inhabitant == Money(8)
    assert (alba.components[1].basis, alba.components[1].whole) == (600, 1000)
    assert [key.amount for key in result.keys] == [Money(4000), Money(6000)]


def test_fees_and_funding_lower_what_is_divided() -> None:
    line = CostLine(CostKind.FIXED, "Canone", Money(10000), SEPTEMBER)
    pool = CostPool(SEPTEMBER, (line,), fees=Money(1000), funding=Money(3000))
    result = allocate(pool, CostRule.of(equal=100), [A, B])
    assert [share.amount for share in result.shares] == [Money(3000), Money(3000)]


def test_joins_and_leaves_count_by_days() -> None:
    half = replace(B, active=(Period(date(2026, 9, 16), date(2027, 1, 1)),))
    never = replace(C, active=(Period(date(2026, 10, 1), date(2027, 1, 1)),))
    assert _amounts(9000, CostRule.of(equal=100), A, half, never) == [6000, 3000, 0]
    assert _amounts(7500, CostRule.of(population=100), A, half, never) == [6000, 1500, 0]
    # Usage speaks for itself: days do not count again.
    used = {A.organization_id: 10, B.organization_id: 10, C.organization_id: 10}
    assert _amounts(9000, BY_USAGE, A, half, never, usage=used) == [4500, 4500, 0]


def test_a_silent_meter_falls_back_and_says_so() -> None:
    pool = CostPool.of(Money(1000), SEPTEMBER)
    equal = allocate(pool, BY_USAGE, [A, B, C], {})
    assert [share.amount.amount for share in equal.shares] == [334, 333, 333]
    assert (equal.keys[0].fell_back, equal.keys[0].used) == (True, "equal")
    stated = CostRule((replace(BY_USAGE.parts[0], otherwise="population"),))
    by_population = allocate(pool, stated, [A, B, C], {})
    assert [share.amount.amount for share in by_population.shares] == [600, 300, 100]
    assert by_population.keys[0].used == "population"
    used = {METERS[0]: {A.organization_id: Decimal(1)}}
    assert not allocate(pool, stated, [A, B, C], used).keys[0].fell_back


def test_a_correction_below_zero_counts_as_no_usage_and_stays_visible() -> None:
    used = {METERS[0]: {A.organization_id: Decimal(-5), B.organization_id: Decimal(20)}}
    result = allocate(CostPool.of(Money(1000), SEPTEMBER), BY_USAGE, [A, B], used)
    assert [share.amount.amount for share in result.shares] == [0, 1000]
    assert result.shares[0].components[0].basis == -5


def test_an_unknown_population_is_refused_by_name() -> None:
    unknown = Bearer(member(9), None, "Montecopiolo")
    with pytest.raises(PopulationUnknownError) as caught:
        _amounts(1000, CostRule.of(equal=50, population=50), A, unknown)
    assert str(caught.value) == (
        "population: the population of Montecopiolo is unknown. Enter it on the page of the "
        "municipality, or choose a key other than population."
    )
    assert caught.value.organization_id == member(9)
    assert _amounts(1000, CostRule.of(equal=100), A, unknown) == [500, 500]
    gone = replace(unknown, active=())
    assert _amounts(1000, CostRule.of(population=100), A, gone) == [1000, 0]


def test_nobody_to_bear_a_cost_is_refused() -> None:
    with pytest.raises(NoBearersError, match="nobody was a member between 2026-09-01"):
        _amounts(1000, CostRule.of(equal=100), replace(A, active=()))


def test_a_member_listed_twice_is_refused() -> None:
    with pytest.raises(CostError, match="Alba is listed twice"):
        _amounts(1000, CostRule.of(equal=100), A, B, A)


def test_a_negative_population_is_refused() -> None:
    with pytest.raises(CostError, match="Alba has -1 inhabitants"):
        Bearer(member(1), -1, "Alba")


class _ShopsKey:
    id = "storefront.shops"
    prorated = True

    def options(self, document: Document) -> dict[str, object]:
        return {"trade": document.text("trade")}

    def weights(self, members: Sequence[Bearer], context: KeyContext) -> dict[UUID, Fraction]:
        assert context.options == {"trade": "food"}
        return {member.organization_id: Fraction(len(member.name)) for member in members}


def test_a_plugin_brings_its_own_key() -> None:
    keys = built_in_keys()
    keys.register(_ShopsKey())
    document = {"parts": [{"key": "storefront.shops", "weight": 100, "trade": "food"}]}
    rule = CostRule.from_json(document, keys)
    assert CostRule.from_json(rule.to_json(), keys) == rule
    result = allocate(CostPool.of(Money(900), SEPTEMBER), rule, [A, B], keys=keys)
    assert [share.amount.amount for share in result.shares] == [400, 500]
    with pytest.raises(DuplicateKeyError, match=r"storefront\.shops of _ShopsKey is already"):
        keys.register(_ShopsKey())
    assert keys.ids() == [*built_in_keys().ids(), "storefront.shops"]


@pytest.mark.parametrize("answered", [ZeroDivisionError("x"), None, {A.organization_id: "many"}])
def test_a_plugins_key_that_fails_is_named_with_its_plugin(answered: object) -> None:
    class Broken(_ShopsKey):
        def weights(self, members: Sequence[Bearer], context: KeyContext) -> dict[UUID, Fraction]:
            if isinstance(answered, Exception):
                raise answered
            return answered  # pyright: ignore[reportReturnType]

    keys = built_in_keys()
    keys.register(Broken(), "storefront")
    document = {"parts": [{"key": "storefront.shops", "weight": 100, "trade": "food"}]}
    rule = CostRule.from_json(document, keys)
    with pytest.raises(CostError, match=r"storefront\.shops of the plugin storefront failed"):
        allocate(CostPool.of(Money(900), SEPTEMBER), rule, [A, B], keys=keys)
    with pytest.raises(CostError, match="trade"):
        CostRule.from_json({"parts": [{"key": "storefront.shops", "weight": 100}]}, keys)


def test_largest_remainder_as_published() -> None:
    # Hamilton's method on the votes of a common textbook example: 100,000 votes, 10 seats.
    votes = [47000, 16000, 15800, 12000, 6100, 3100]
    assert largest_remainder([10 * one for one in votes], 100000) == [5, 2, 1, 1, 1, 0]


def test_a_table_keeps_both_totals_where_remainders_alone_would_not() -> None:
    # Tenths; the greedy pass fills the first row and leaves the last column to a chain.
    cells = [[9, 8, 3], [1, 2, 7], [0, 0, 10]]
    rounded = round_table(cells, 10, [2, 1, 1], [1, 1, 2])
    assert [sum(row) for row in rounded] == [2, 1, 1]
    assert [sum(column) for column in zip(*rounded, strict=True)] == [1, 1, 2]


def test_a_chain_moves_a_cent_already_given() -> None:
    # Column 1 can only use row 0, which the greedy pass gives to column 0.
    cells = [[6, 4], [5, 0]]
    rounded = round_table(cells, 10, [1, 1], [1, 1])
    assert rounded == [[0, 1], [1, 0]]


def test_a_table_without_a_chain_keeps_its_columns_and_its_empty_cells() -> None:
    cells = [[5, 5, 0, 0], [0, 0, 6, 4]]
    rounded = round_table(cells, 10, [1, 1], [1, 1, 0, 0])
    assert rounded == [[1, 1, 0, 0], [0, 0, 0, 0]]
