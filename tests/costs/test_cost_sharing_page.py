"""The worked example of docs/explanation/cost-sharing.md, recomputed from its own tables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from arengo_core.money import Money
from arengo_marketplace.costs.allocation import Allocation
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.charges import Every, FixedCharge, UnitCharge
from arengo_marketplace.costs.forecast import Scenario, outlook, preview
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.costs.rule import CostRule, RulePart
from tests.costs.strategies import METERS, SEPTEMBER, member

PAGE = Path(__file__).parents[2] / "docs/explanation/cost-sharing.md"
PAYMENTS = METERS[0]
RULE = CostRule(
    (
        RulePart("equal", Decimal(30)),
        RulePart("population", Decimal(50)),
        RulePart("usage", Decimal(20), {"meter": PAYMENTS}),
    )
)
PLAN = PricePlan(
    (
        FixedCharge("Yearly fee", 480000, Every.YEAR),
        UnitCharge("Payments", PAYMENTS, Decimal("0.25")),
    )
)


def _table(heading: str) -> list[list[str]]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith(heading)) + 2
    rows: list[list[str]] = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        cells = line.strip("|").split("|")
        rows.append([cell.strip().strip("*").replace(",", "") for cell in cells])
    return rows


SHARES = _table("| municipality | inhabitants")
MEMBERS = [
    Bearer(member(number), int(row[1]), row[0]) for number, row in enumerate(SHARES[:-1], start=1)
]
USED = {
    PAYMENTS: {
        bearer.organization_id: Decimal(row[2])
        for bearer, row in zip(MEMBERS, SHARES, strict=False)
    }
}


def _september() -> Allocation:
    return outlook(Scenario(PLAN, RULE, SEPTEMBER, USED), MEMBERS).months[0]


def _shown(*amounts: Money | None) -> list[str]:
    return [str(amount.decimal) if amount is not None else "" for amount in amounts]


def test_the_pool_is_as_stated() -> None:
    result = _september()
    stated = [row[1] for row in _table("| cost in September")]
    assert stated == _shown(*(line.amount for line in result.pool.lines), result.pool.net)


def test_the_shares_are_as_stated() -> None:
    result = _september()
    for share, row in zip(result.shares, SHARES, strict=False):
        parts = [part.amount for part in share.components]
        assert row[3:] == _shown(*parts, share.amount, share.per_inhabitant), row[0]
    assert len(result.shares) == len(SHARES) - 1 == 4
    together = _shown(*(key.amount for key in result.keys), result.pool.net, None)
    people = str(sum(one.population or 0 for one in MEMBERS))
    assert SHARES[-1] == ["together", people, str(sum(USED[PAYMENTS].values())), *together]


def test_the_price_before_joining_is_as_stated() -> None:
    lanzada = MEMBERS[2]
    year = Period.months_from(date(2026, 12, 1))
    others = [one for one in MEMBERS if one is not lanzada]
    result = preview(Scenario(PLAN, RULE, year, USED), others, joining=lanzada)
    rows = _table("| municipality | a year today")
    for change, row in zip(result.changes, rows, strict=False):
        amounts = _shown(change.today, change.afterwards, change.difference)
        assert row == [change.bearer.name, *amounts]
    before, after = result.today.cost, result.afterwards.cost
    assert rows[-1] == ["together", *_shown(before, after, after - before)]
