"""Members, usage and rules for the property tests of costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from hypothesis import strategies as st

from arengo_core.money import Money
from arengo_marketplace.costs.bearer import Bearer, Usage
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.pool import CostPool
from arengo_marketplace.costs.rule import CostRule, RulePart

SEPTEMBER = Period.month(2026, 9)
METERS = ("payments.transactions", "delivery.parcels")
PARTS = (
    ("equal", {}),
    ("population", {}),
    ("usage", {"meter": METERS[0]}),
    ("usage", {"meter": METERS[1]}),
)


def member(number: int) -> UUID:
    """The id of a numbered member; ids are in the order of the numbers."""
    return UUID(int=number)


@dataclass(frozen=True)
class Case:
    """One allocation to try."""

    pool: CostPool
    rule: CostRule
    members: tuple[Bearer, ...]
    usage: Usage

    @property
    def everybody_weighs(self) -> bool:
        """Whether no cell of the table is nothing."""
        return all(bearer.population and bearer.active is None for bearer in self.members) and all(
            units > 0 for meter in METERS for units in self.usage[meter].values()
        )


@st.composite
def rules(draw: st.DrawFn) -> CostRule:
    """One to four keys with weights of two decimals that add up to 100."""
    chosen = draw(st.lists(st.sampled_from(PARTS), min_size=1, max_size=4))
    cuts = draw(
        st.lists(
            st.integers(1, 9999),
            min_size=len(chosen) - 1,
            max_size=len(chosen) - 1,
            unique=True,
        )
    )
    edges = [0, *sorted(cuts), 10000]
    weights = [Decimal(b - a) / 100 for a, b in pairwise(edges)]
    return CostRule(
        tuple(
            RulePart(key, weight, options)
            for (key, options), weight in zip(chosen, weights, strict=True)
        )
    )


@st.composite
def ranges(draw: st.DrawFn) -> tuple[Period, ...] | None:
    """Always, never, or some days of September 2026 (and around it)."""
    if draw(st.booleans()):
        return None
    starts = draw(st.lists(st.integers(-5, 31), max_size=2))
    return tuple(
        Period(
            SEPTEMBER.start + timedelta(days=start),
            SEPTEMBER.start + timedelta(days=start + draw(st.integers(1, 20))),
        )
        for start in starts
    )


def quantities() -> st.SearchStrategy[Decimal]:
    """Units used, with and without decimals; often none."""
    return st.one_of(
        st.just(Decimal(0)), st.decimals(0, 5000, places=2), st.integers(0, 10**6).map(Decimal)
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any pool over any members by any rule; one member at least is there all month."""
    amount = draw(st.one_of(st.integers(-(10**9), 10**9), st.integers(-20, 20)))
    numbers = draw(st.lists(st.integers(1, 10**6), min_size=1, max_size=12, unique=True))
    members = tuple(
        Bearer(
            member(number),
            draw(st.integers(0, 30000)),
            f"Comune {number}",
            None if index == 0 else draw(ranges()),
        )
        for index, number in enumerate(numbers)
    )
    usage = draw(usages(members))
    return Case(CostPool.of(Money(amount), SEPTEMBER), draw(rules()), members, usage)


@st.composite
def usages(draw: st.DrawFn, members: Sequence[Bearer]) -> Usage:
    """Usage of both meters by each member."""
    return {
        meter: {bearer.organization_id: draw(quantities()) for bearer in members}
        for meter in METERS
    }
