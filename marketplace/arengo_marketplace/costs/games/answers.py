"""What ``arengo costs allocate`` answers to a coalition table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import msgspec

from arengo_marketplace.costs.games.core import least_core, most_violated
from arengo_marketplace.costs.games.nucleolus import nucleolus
from arengo_marketplace.costs.games.shapley import scrb, shapley
from arengo_marketplace.costs.games.table import CostTable
from arengo_marketplace.costs.games.table_document import TableQuestion

_SIX = Decimal("0.000001")


def six_decimals(value: Fraction | float) -> msgspec.Raw:
    """A JSON number with six decimals, the nearest."""
    exact = Fraction(value)
    number = (Decimal(exact.numerator) / exact.denominator).quantize(_SIX, ROUND_HALF_EVEN)
    return msgspec.Raw(f"{number + 0:f}".encode())


def answer(question: TableQuestion) -> dict[str, object]:
    """Shares by player, whether they are in the core, and which coalition loses most.

    Raises NotGivenError.
    """
    table, sign = question.table, question.sign
    shares, more = _solved(question)
    worst = most_violated(table, shares)
    by_player = dict(zip(table.players, shares, strict=True))
    return {
        "method": question.method,
        "shares": {player: six_decimals(sign * by_player[player]) for player in question.order},
        "total": six_decimals(sign * table.cost(table.whole)),
        "in_core": worst is None,
        "most_violated": worst
        and {
            "coalition": [one for one in question.order if one in table.names(worst.coalition)],
            "by": six_decimals(worst.amount),
        },
        **more,
    }


def _solved(question: TableQuestion) -> tuple[Sequence[Fraction], dict[str, object]]:
    table = question.table
    match question.method:
        case "shapley":
            return shapley(table), {}
        case "scrb":
            return scrb(table), {}
        case "nucleolus":
            found = nucleolus(table)
            return found.shares, {"individually_rational": found.rational}
        case "core-check" if question.shares is not None:
            return question.shares, {}
        case _:
            return _least_core(table, question)


def _least_core(
    table: CostTable, question: TableQuestion
) -> tuple[Sequence[Fraction], dict[str, object]]:
    """One split of the least core: the core's, when there is one."""
    found = least_core(table)
    epsilon = None if found.epsilon is None else six_decimals(found.epsilon)
    ends = dict(zip(table.players, found.ranges, strict=True))
    ranges = {
        player: [six_decimals(end) for end in sorted(question.sign * end for end in ends[player])]
        for player in question.order
    }
    more: dict[str, object] = {"epsilon": epsilon}
    if question.method == "least-core":
        more["ranges"] = ranges
    return found.inner, more
