"""Coalition tables as JSON documents, and the answers to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import cast

import numpy as np

from arengo_marketplace.costs.document import Document, written
from arengo_marketplace.costs.errors import N_, InvalidGameError
from arengo_marketplace.costs.games.table import MOST_PLAYERS, CostTable, Integers

METHODS = ("shapley", "nucleolus", "scrb", "least-core", "core-check")
_PLACES, _FINE_PLACES = 6, 12
_LARGEST = 10**12


@dataclass(frozen=True, slots=True)
class TableQuestion:
    """A table, the method asked for, and how to show it.

    A game of gain is turned into one of cost by changing signs: ``sign`` is then -1. ``order``
    are the players as the document lists them; ``shares`` are those to check, in the table's order.
    """

    table: CostTable
    method: str
    sign: int
    order: tuple[str, ...]
    shares: list[Fraction] | None


def read_table(value: object) -> TableQuestion:
    """Read ``{"players", "cost" | "value", "method"}``. Raises InvalidGameError."""
    document = Document(value, "", InvalidGameError)
    order = _players(document)
    players = tuple(sorted(order))
    gain = document.has("value")
    if gain and document.has("cost"):
        raise document.fail(
            "value",
            N_("a game has costs or values, not both"),
            N_("Remove one of cost and value"),
        )
    name = "value" if gain else "cost"
    sign = -1 if gain else 1
    units, scale = _units(document, name, players)
    table = CostTable.of(players, units * sign if sign < 0 else units, scale)
    method = document.choice("method", METHODS)
    shares = None
    document.take("value")
    document.take("shares")
    if document.has("shares"):
        if method != "core-check":
            raise document.fail(
                "shares",
                N_("shares are given to be checked, and {method} finds its own"),
                N_("Remove them, or use the method core-check"),
                method=method,
            )
        shares = [sign * share for share in _shares(document, players, sign * table.cost(-1))]
    document.done()
    return TableQuestion(table, method, sign, order, shares)


def _players(document: Document) -> tuple[str, ...]:
    names = document.items("players")
    for index, name in enumerate(names):
        field = f"players[{index}]"
        if not isinstance(name, str) or not name.strip() or "," in name or name != name.strip():
            raise document.fail(
                field,
                N_("{value} is not a player's name"),
                N_("Write a text without commas, and without spaces around it"),
                value=written(name),
            )
        if name in names[:index]:
            raise document.fail(
                field, N_("{player} is listed twice"), N_("List each player once"), player=name
            )
    if len(names) > MOST_PLAYERS:
        raise document.fail(
            "players",
            N_("{count} players have too many coalitions to list"),
            N_("A table takes at most {limit} players; larger games come from a price plan"),
            count=len(names),
            limit=MOST_PLAYERS,
        )
    return tuple(cast("list[str]", names))


def _table_of(document: Document, name: str) -> dict[str, object]:
    return document.inner(name).rest()


def _units(document: Document, name: str, players: tuple[str, ...]) -> tuple[Integers, int]:
    given = _table_of(document, name)
    bits = {player: 1 << index for index, player in enumerate(players)}
    coalitions = _coalitions(document, name, given, bits)
    figures, scale = _figures(document, name, given)
    units = np.zeros(1 << len(players), dtype=figures.dtype)
    units[coalitions] = figures
    if units[0]:
        raise document.fail(
            name,
            N_("the coalition of nobody has a figure other than 0"),
            N_('Remove the field named ""'),
        )
    return cast("Integers", units), scale


def _coalitions(
    document: Document, name: str, given: Mapping[str, object], bits: Mapping[str, int]
) -> list[int]:
    found: list[int] = []
    for key in given:
        try:
            mask = sum(map(bits.__getitem__, key.split(","))) if key else 0
        except KeyError:
            mask = sum(_members(document, name, key, bits))
        if mask.bit_count() != (key.count(",") + 1 if key else 0):
            raise document.fail(
                f'{name}["{key}"]',
                N_("a player stands in this coalition twice"),
                N_("Name each player once"),
            )
        found.append(mask)
    known = set(found)
    if len(known) != len(found):
        double = next(key for key, mask in zip(given, found, strict=True) if found.count(mask) > 1)
        raise document.fail(
            f'{name}["{double}"]',
            N_("this coalition is given twice, in two orders"),
            N_("Give each coalition once"),
        )
    if len(known | {0}) < 1 << len(bits):
        for mask in range(1, 1 << len(bits)):
            if mask in known:
                continue
            missing = ",".join(player for player, bit in bits.items() if mask & bit)
            raise document.fail(
                f'{name}["{missing}"]',
                N_("this coalition is missing"),
                N_("Give a figure for each of the {count} coalitions"),
                count=(1 << len(bits)) - 1,
            )
    return found


def _members(document: Document, name: str, key: str, bits: Mapping[str, int]) -> list[int]:
    names = [one.strip() for one in key.split(",")]
    for one in names:
        if one not in bits:
            raise document.fail(
                f'{name}["{key}"]',
                N_("there is no player {player}"),
                N_("Write names from the list of players, with commas between them"),
                player=written(one),
            )
    return [bits[one] for one in names]


def _figures(
    document: Document, name: str, given: Mapping[str, object]
) -> tuple[np.ndarray[tuple[int], np.dtype[np.generic]], int]:
    """Figures as whole numbers of 1 / scale; quick where all have six decimals at most."""
    values = list(given.values())
    if set(map(type, values)) <= {int, float}:
        floats = np.array(values, dtype=np.float64)
        units = np.rint(floats * 10**_PLACES)
        if (np.abs(floats) < 10**9).all() and (units / 10**_PLACES == floats).all():
            return units.astype(np.int64), 10**_PLACES
    exact = [_figure(document, f'{name}["{key}"]', value) for key, value in given.items()]
    fine = [int((value * 10**_FINE_PLACES).to_integral_value()) for value in exact]
    return np.array(fine, dtype=object), 10**_FINE_PLACES


def _figure(document: Document, field: str, value: object) -> Decimal:
    try:
        number = Decimal("" if isinstance(value, bool) else str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= _LARGEST:
        raise document.unfit(
            field,
            value,
            N_("{value} is not a number below a million millions"),
            N_("Write a number, for example {example}"),
            example="2.5",
        )
    return number


def _shares(document: Document, players: tuple[str, ...], total: Fraction) -> list[Fraction]:
    given = _table_of(document, "shares")
    for name in (*given, *players):
        if (name in given) != (name in players):
            raise document.fail(
                f'shares["{name}"]',
                N_("the shares are not those of the players"),
                N_("Give one share for each player"),
            )
    shares = [Fraction(_figure(document, f'shares["{name}"]', given[name])) for name in players]
    if abs(sum(shares, Fraction()) - total) > Fraction(len(players), 10**_PLACES):
        raise document.fail(
            "shares",
            N_("the shares add up to {sum}, not to {total}"),
            N_("Give shares of the whole that all players have together"),
            sum=f"{float(sum(shares, Fraction())):g}",
            total=f"{float(total):g}",
        )
    return shares
