"""Which group loses most where prices only flatten: exact for any number of members, at once.

A price that rises ever more slowly is the least of its straight pieces, so the largest loss is the
largest over all choices of one piece of each price; and with pieces chosen, each member is in the
group by itself, when its share is above what it adds.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise, product
from math import prod

import numpy as np

from arengo_marketplace.costs.games.coalition_program import Found
from arengo_marketplace.costs.games.structure import (
    AtLeast,
    Curve,
    Own,
    Part,
    StructuredGame,
    Summed,
    merged,
)
from arengo_marketplace.costs.games.table import Reals

_MOST_CHOICES = 4096
_CLOSE = 1e-9
"""Of the whole cost: what sums of floats may differ by."""


def worst_group(game: StructuredGame, shares: Sequence[Fraction]) -> Found | None:
    """The group that pays most above its own cost, and how much none exceeds; nobody where none do.

    ``shares`` are in the order of the game's players, and add up to the cost of all. A minimum
    costs no less than any mean of what it lets pay and of itself: that gives bounds, of which the
    least is taken. None where a part is of another shape, or there are too many choices of pieces.
    """
    least = any(isinstance(part, AtLeast) for part in game.parts)
    own = [float(share) for share in shares]
    amount, group, bound = Fraction(), [], float("inf")
    for due in (1, 0, Fraction(1, 2), Fraction(1, 4), Fraction(3, 4)) if least else (1,):
        parts = _parts(game, Fraction(due))
        found = None if parts is None else _largest(parts, own)
        if found is None:
            return None
        most, players = found
        bound = min(bound, most)
        if 0 < len(players) < len(shares):
            excess = sum((shares[at] for at in players), Fraction()) - game.cost(players)
            if excess > amount:
                amount, group = excess, players
        if bound - float(amount) <= _CLOSE * sum(map(abs, own)):
            return Found(group, amount, float(amount), True)
    return Found(group, amount, bound, False)


def _parts(game: StructuredGame, due: Fraction) -> list[Part] | None:
    """The parts, a minimum as so much of what it lets pay and the rest of itself."""
    found: list[Own | Summed] = []
    for part in game.parts:
        match part:
            case Own() | Summed():
                found.append(part)
            case AtLeast(minimum, present, inner):
                flat = Curve((), ((minimum * (1 - due), Fraction()),))
                found.append(Summed(tuple(map(int, present)), flat))
                found += [one.times(due) for one in inner] if due else []
            case _:
                return None
    return list(merged(found))


def _largest(parts: Sequence[Part], shares: Sequence[float]) -> tuple[float, list[int]] | None:
    """The largest loss of any group, and the group; None where a price does not flatten."""
    loss = np.array(shares)
    summed: list[Summed] = []
    for part in parts:
        if isinstance(part, Own):
            loss = loss - np.array([float(amount) for amount in part.amounts])
        elif isinstance(part, Summed) and part.factor > 0 and _flattens(part.curve):
            summed.append(part)
        else:
            return None
    if prod(len(part.curve.pieces) + 1 for part in summed) > _MOST_CHOICES:
        return None
    best, group = 0.0, np.zeros(len(shares), dtype=np.bool_)
    for fixed, added in map(_together, product(*map(_choices, summed))):
        left = loss - added
        chosen = left > 0
        gained = float(left[chosen].sum()) - fixed
        if gained > best:
            best, group = gained, chosen
    return best, np.flatnonzero(group).tolist()


def _flattens(curve: Curve) -> bool:
    """Whether the price is the least of its pieces, none of which is below nothing."""
    if curve.pieces[0][0] < 0 or curve.pieces[-1][1] < 0:
        return False
    for top, (before, after) in zip(curve.tops, pairwise(curve.pieces), strict=True):
        if before[1] < after[1] or before[0] + before[1] * top != after[0] + after[1] * top:
            return False
    return True


def _choices(part: Summed) -> list[tuple[float, Reals]]:
    """What a group pays at once and what each member adds, by each piece; or nobody who uses it."""
    quantities = np.array([float(quantity) for quantity in part.quantities])
    found = [
        (float(part.factor * intercept), quantities * float(part.factor * rate))
        for intercept, rate in part.curve.pieces
    ]
    return [*found, (0.0, np.where(quantities > 0, np.inf, 0.0))]


def _together(choice: Sequence[tuple[float, Reals]]) -> tuple[float, Reals | float]:
    return sum(fixed for fixed, _ in choice), sum((added for _, added in choice), start=0.0)
