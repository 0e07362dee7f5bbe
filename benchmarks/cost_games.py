"""Games and pools to measure: a valley's towns, from 35 inhabitants to some thousands."""

from __future__ import annotations

from fractions import Fraction
from uuid import UUID

import numpy as np

from arengo_core.money import Money
from arengo_marketplace.costs.allocation import allocate
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.games import nucleolus as by_programs
from arengo_marketplace.costs.games import shapley as by_sums
from arengo_marketplace.costs.games.core import least_core
from arengo_marketplace.costs.games.core_check import check_core
from arengo_marketplace.costs.games.solutions import Value, scrb, shapley, table_of
from arengo_marketplace.costs.games.structure import AtLeast, Curve, Own, StructuredGame, Summed
from arengo_marketplace.costs.games.table import CostTable
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.pool import CostPool
from arengo_marketplace.costs.rule import CostRule


def inhabitants(count: int) -> tuple[int, ...]:
    """Many small towns and a few larger ones, as 553 mountain municipalities are."""
    return tuple(35 + int(9000 / (1 + (n * 263 % count)) ** 0.62) for n in range(count))


def towns(count: int) -> StructuredGame:
    """A fixed fee, a price a message, graduated tiers over inhabitants, all-units over parcels."""
    people = inhabitants(count)
    parcels = tuple(2 * own + 13 * (n % 17) for n, own in enumerate(people))
    some, many = sum(people) // 8, sum(people) // 2
    graduated = Curve(
        (some, many),
        (
            (Fraction(0), Fraction(60)),
            (Fraction(20 * some), Fraction(40)),
            (Fraction(20 * some + 15 * many), Fraction(25)),
        ),
    )
    half = sum(parcels) // 2
    all_units = Curve((half,), ((Fraction(0), Fraction(12)), (Fraction(0), Fraction(11))))
    return StructuredGame(
        tuple(f"{n:03d}" for n in range(count)),
        (
            Summed((1,) * count, Curve((), ((Fraction(4_000_000), Fraction(0)),))),
            Own(tuple(Fraction(7 * own, 20) for own in parcels)),
            Summed(people, graduated),
            Summed(parcels, all_units),
        ),
    )


def _table(count: int) -> CostTable:
    return table_of(towns(count))


_TWENTY = _table(20)
_FOURTEEN = _table(14)
_MANY = towns(553)


def exact_shapley() -> str:
    """All 1,048,576 coalitions of 20."""
    shares = by_sums.shapley(_TWENTY)
    assert sum(shares) == _TWENTY.cost(_TWENTY.whole)
    return f"{len(_TWENTY.high):,} coalitions"


def _errors(value: Value, game: StructuredGame) -> str:
    assert sum(value.shares) == game.figures().whole
    relative = [
        error / float(share) * 100 for error, share in zip(value.errors, value.shares, strict=True)
    ]
    median, worst = np.median(relative), max(relative)
    return f"{value.samples} orders, standard error median {median:.2f} %, worst {worst:.2f} %"


def sampled_shapley() -> str:
    """The tiers of 553 towns by random orders."""
    return _errors(shapley(_MANY), _MANY)


def sampled_under_minimum() -> str:
    """The same where a month has a minimum, of nine tenths of what it comes to."""
    parts = tuple(part for part in _MANY.parts if isinstance(part, Own | Summed))
    minimum = _MANY.figures().whole * 9 / 10
    game = StructuredGame(_MANY.players, (AtLeast(minimum, (True,) * 553, parts),))
    return _errors(shapley(game), game)


def core_check_of_many() -> str:
    """Whether some of 553 towns would do better alone if all paid the same."""
    equal = _MANY.figures().whole / 553
    found = check_core(_MANY, dict.fromkeys(_MANY.players, equal))
    proof = "proved" if found.proved else "not proved"
    return f"{len(found.members)} towns would spare {float(found.amount) / 100:,.2f} EUR, {proof}"


def scrb_of_many() -> str:
    """Separable costs and savings of 553 towns."""
    assert sum(scrb(_MANY).shares) == _MANY.figures().whole
    return "exact"


def nucleolus_of_fourteen() -> str:
    """The sequence of linear programs over 16,384 coalitions."""
    shares = by_programs.nucleolus(_FOURTEEN).shares
    assert sum(shares) == _FOURTEEN.cost(_FOURTEEN.whole)
    return "exact"


def least_core_of_twenty() -> str:
    """The smallest largest excess over 1,048,576 coalitions, and 40 ends of ranges."""
    epsilon = least_core(_TWENTY).epsilon
    assert epsilon is not None
    return f"epsilon {float(epsilon) / 100:.2f} EUR"


def limited_allocation() -> str:
    """A pool by a mix with a cap per inhabitant and a floor for all."""
    bearers = [
        Bearer(UUID(int=n + 1), people, code=str(n)) for n, people in enumerate(inhabitants(553))
    ]
    rule = CostRule.from_json(
        {
            "parts": [{"key": "equal", "weight": 40}, {"key": "population", "weight": 60}],
            "caps": [{"per_inhabitant": "0.50"}],
            "floors": [{"amount": 3000}],
        }
    )
    pool = CostPool.of(Money(10_000_000), Period.month(2026, 9))
    shares = allocate(pool, rule, bearers).shares
    assert sum(share.amount.amount for share in shares) == pool.net.amount
    changed = sum(bool(share.adjustments) for share in shares)
    return f"{changed} of 553 shares changed"
