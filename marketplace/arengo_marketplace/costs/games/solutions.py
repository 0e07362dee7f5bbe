"""Shapley value, SCRB and nucleolus of a game by table or by structure, by the players' ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

import numpy as np

from arengo_marketplace.costs.errors import N_, InvalidGameError, NotGivenError
from arengo_marketplace.costs.games import nucleolus as by_programs
from arengo_marketplace.costs.games import shapley as by_sums
from arengo_marketplace.costs.games.closed_forms import airport_nucleolus, airport_shapley
from arengo_marketplace.costs.games.permutations import Orders, orders
from arengo_marketplace.costs.games.sampling import LeastSums, PricedSums
from arengo_marketplace.costs.games.structure import (
    AtLeast,
    Largest,
    Own,
    Part,
    StructuredGame,
    Summed,
)
from arengo_marketplace.costs.games.table import (
    MOST_PLAYERS,
    CostTable,
    Reals,
    sums_over_coalitions,
)

Game = CostTable | StructuredGame

SAMPLES = 2000
SAMPLES_UNDER_MINIMUM = 100
"""A part with a minimum takes a time that grows with the square of the players."""
_MICRO = 10**6
_BATCH = 100
_NOTHING = Fraction()


@dataclass(frozen=True, slots=True)
class Value:
    """Shares by player. ``errors`` are their standard errors where ``samples`` orders were drawn,
    else all 0 and the shares exact.
    """

    players: tuple[str, ...]
    shares: list[Fraction]
    errors: list[float]
    samples: int = 0

    def by_player(self) -> dict[str, Fraction]:
        """The shares by the players' ids."""
        return dict(zip(self.players, self.shares, strict=True))

    def errors_per_cent(self) -> tuple[float, float]:
        """The median and the worst standard error, in per cent of the player's own share."""
        errors = sorted(
            error / abs(float(share)) * 100
            for error, share in zip(self.errors, self.shares, strict=True)
            if share
        )
        return (errors[len(errors) // 2], errors[-1]) if errors else (0.0, 0.0)


def shapley(game: Game, samples: int = SAMPLES, seed: int = 0) -> Value:
    """The Shapley value: in closed form where a part has one, the rest exactly up to 20 players.

    Beyond, the rest is the mean over random orders (``permutations``), brought to its exact sum;
    players whose figures are the same get the same.
    """
    players = game.players
    if isinstance(game, CostTable):
        return Value(players, by_sums.shapley(game), [0.0] * len(players))
    shares = [_NOTHING] * len(players)
    rest: list[Summed | AtLeast] = []
    for part in game.parts:
        closed = _closed_form(part)
        if closed is not None:
            shares = [share + own for share, own in zip(shares, closed, strict=True)]
        else:
            assert isinstance(part, Summed | AtLeast)
            rest.append(part)
    errors, drawn = [0.0] * len(players), 0
    if rest and len(players) <= MOST_PLAYERS:
        added = by_sums.shapley(table_of(StructuredGame(players, tuple(rest))))
        shares = [share + own for share, own in zip(shares, added, strict=True)]
    elif rest:
        with_minimum = any(isinstance(part, AtLeast) for part in rest)
        drawn = min(samples, SAMPLES_UNDER_MINIMUM) if with_minimum else samples
        added, errors = _sampled(rest, len(players), drawn, seed)
        shares = [share + own for share, own in zip(shares, added, strict=True)]
    return Value(players, shares, errors, drawn)


def _closed_form(part: Part) -> Sequence[Fraction] | None:
    match part:
        case Own(amounts):
            return amounts
        case Largest(needs):
            return airport_shapley(needs)
        case Summed(quantities, curve, factor):
            used = [quantity for quantity in quantities if quantity]
            flat, rate = curve.pieces[0]
            if len(curve.pieces) > 1:
                if len(set(used)) > 1:
                    return None
                flat, rate = curve.price(sum(used)), _NOTHING
            each = flat / max(len(used), 1)
            return [factor * (rate * own + each) if own else _NOTHING for own in quantities]
        case AtLeast():
            return None


def _sampled(
    parts: Sequence[Summed | AtLeast], players: int, samples: int, seed: int
) -> tuple[list[Fraction], list[float]]:
    ready = [PricedSums(part) if isinstance(part, Summed) else LeastSums(part) for part in parts]
    drawn: list[Reals] = []
    for first in range(0, samples, _BATCH):
        batch: Orders = orders(min(_BATCH, samples - first), players, seed, first)
        added = np.zeros(batch.shape)
        for part in ready:
            added = added + part.added(batch)
        drawn.append(added)
    values = np.concatenate(drawn)
    for group in _alike(parts, players):
        mean = np.zeros(samples)
        for player in group:
            mean = mean + values[:, player]
        values[:, group] = (mean / len(group))[:, None]
    units = np.rint(values * _MICRO).astype(object).sum(axis=0)
    means = [Fraction(int(unit), _MICRO * samples) for unit in units]
    errors = values.std(axis=0, ddof=1) / np.sqrt(samples) if samples > 1 else np.zeros(players)
    whole = sum((part.figures().whole for part in parts), _NOTHING)
    found = sum(means, _NOTHING)
    exact = [mean * whole / found for mean in means] if found else means
    return exact, errors.tolist()


def _alike(parts: Sequence[Summed | AtLeast], players: int) -> list[list[int]]:
    """Groups of two or more players whose figures are the same in every part."""
    flat: list[tuple[object, ...]] = []
    for part in parts:
        if isinstance(part, Summed):
            flat.append(part.quantities)
        else:
            flat.append(part.present)
            flat += [one.amounts if isinstance(one, Own) else one.quantities for one in part.parts]
    groups: dict[tuple[object, ...], list[int]] = {}
    for player, figures in enumerate(zip(*flat, strict=True)):
        groups.setdefault(figures, []).append(player)
    assert sum(map(len, groups.values())) == players
    return [group for group in groups.values() if len(group) > 1]


def table_of(game: StructuredGame) -> CostTable:
    """The table of up to 20 players, to a millionth of a minor unit."""
    if len(game.players) > MOST_PLAYERS:
        raise NotGivenError(
            "players",
            N_("{count} players have too many coalitions to list"),
            N_("A table takes at most {limit} players; larger games come from a price plan"),
            count=len(game.players),
            limit=MOST_PLAYERS,
        )
    costs = np.zeros(1 << len(game.players))
    for part in game.parts:
        costs = costs + _costs(part)
    return CostTable.of(game.players, np.rint(costs * _MICRO).astype(np.int64), _MICRO)


def _costs(part: Part) -> Reals:
    match part:
        case Own(amounts):
            return sums_over_coalitions([float(amount) for amount in amounts])
        case Largest(needs):
            costs = np.zeros(1 << len(needs))
            for index, need in enumerate(needs):
                half = 1 << index
                costs[half : 2 * half] = np.maximum(costs[:half], float(need))
            return costs
        case Summed():
            ready = PricedSums(part)
            return ready.price(sums_over_coalitions(ready.quantities.tolist()).astype(np.int64))
        case AtLeast():
            due = np.zeros(1 << len(part.present))
            for one in part.parts:
                due = due + _costs(one)
            heads = sums_over_coalitions([float(here) for here in part.present])
            return np.where(heads > 0, np.maximum(due, float(part.minimum)), due)


def scrb(game: Game) -> Value:
    """Separable costs–remaining benefits, exact for any number of players."""
    shares = by_sums.separable_costs_remaining_benefits(*game.figures())
    return Value(game.players, shares, [0.0] * len(shares))


def nucleolus(game: Game) -> Value:
    """The nucleolus: in closed form for own costs and one largest need, else to 14 players.

    Raises NotGivenError beyond.
    """
    shares = _closed_nucleolus(game) if isinstance(game, StructuredGame) else None
    if shares is None:
        small = len(game.players) <= by_programs.MOST_PLAYERS
        if isinstance(game, StructuredGame) and small:
            game = table_of(game)
        if not isinstance(game, CostTable):
            raise by_programs.not_given(len(game.players))
        shares = by_programs.nucleolus(game).shares
    return Value(game.players, shares, [0.0] * len(shares))


def _closed_nucleolus(game: StructuredGame) -> list[Fraction] | None:
    """Adding each one's own costs moves a nucleolus by them; needs in one order add to needs."""
    own = [_NOTHING] * len(game.players)
    needs: list[Sequence[Fraction]] = []
    for part in game.parts:
        match part:
            case Own(amounts):
                own = [a + b for a, b in zip(own, amounts, strict=True)]
            case Largest():
                needs.append(part.needs)
            case Summed(quantities, curve, factor) if len(curve.pieces) == 1 and factor > 0:
                intercept, rate = curve.pieces[0]
                own = [a + factor * rate * q for a, q in zip(own, quantities, strict=True)]
                needs.append([factor * intercept if q else _NOTHING for q in quantities])
            case _:
                return None
    order = sorted(range(len(own)), key=lambda player: [need[player] for need in needs])
    for need in needs:
        if any(need[a] > need[b] for a, b in pairwise(order)):
            return None
    whole = [sum((need[player] for need in needs), _NOTHING) for player in range(len(own))]
    return [a + b for a, b in zip(own, airport_nucleolus(whole), strict=True)]


@lru_cache(maxsize=16)
def solve(game: Game, method: str, samples: int = SAMPLES, seed: int = 0) -> Value:
    """The shares of a game by the name of a method; the last few are remembered."""
    if not game.players:
        raise InvalidGameError(
            "players", N_("the list is empty"), N_("Write a list with at least one")
        )
    match method:
        case "shapley":
            return shapley(game, samples, seed)
        case "scrb":
            return scrb(game)
        case _:
            return nucleolus(game)
