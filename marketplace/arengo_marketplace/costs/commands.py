"""``arengo costs allocate``: a split computed from a file, without a database."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, TextIO, cast

import click
import msgspec

from arengo_core.errors import InvalidInputError
from arengo_core.i18n import set_locale
from arengo_core.plugins.manager import load_plugins
from arengo_marketplace.costs.allocation_document import answer as answer_money
from arengo_marketplace.costs.allocation_document import read_question
from arengo_marketplace.costs.errors import CostError
from arengo_marketplace.offers.terms import allocation_keys

_HELP = """Divide a cost, or solve a cost game, as INPUT.json says; - reads standard input.

No database is needed. Amounts of money are divided to the cent, by the method of largest
remainder; figures of a coalition table are printed with six decimals. A day "to" is the first one
that no longer counts.

\b
Money names the pool, the members and their rule; amounts are texts such as "123.45",
or whole numbers of cents:
  {"total": "100.00", "currency": "EUR",
   "period": {"from": "2026-09-01", "to": "2026-10-01"},
   "members": [{"id": "A", "population": 600, "usage": {"parcels": 3}},
               {"id": "B", "population": 400, "attributes": {"area": 12.5},
                "from": "2026-09-16"}],
   "rule": {"parts": [{"key": "equal", "weight": 40},
                      {"key": "population", "weight": 60}],
            "caps": [{"amount": 8000}]}}
\b
The answer to this one begins:
  {"shares": {"A": "71.67", "B": "28.33"}, "total": "100.00", "currency": "EUR", ...}
\b
A coalition table names every group of players and what it would pay alone
("value" in place of "cost": what it would gain):
  {"players": ["A", "B"],
   "cost": {"A": 1.0, "B": 2.0, "A,B": 2.5},
   "method": "shapley"}
\b
Methods: shapley (up to 20 players), scrb (separable costs, remaining benefits),
nucleolus (up to 14), least-core (epsilon and each player's range), core-check (of
"shares": {"A": 1.0, "B": 1.5}, or whether any split is in the core).
\b
The answer to this one:
  {"method": "shapley", "shares": {"A": 0.750000, "B": 1.750000},
   "total": 2.500000, "in_core": true, "most_violated": null}
"""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose fields are all named once."""
    found = dict(pairs)
    if len(found) != len(pairs):
        name = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the field {name!r} is there twice")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is not a number of JSON")


def _read(file: TextIO) -> dict[str, Any]:
    try:
        value = json.load(file, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(
            "This is not a JSON document: {fault}.", field="INPUT", fault=error
        ) from None
    if not isinstance(value, dict):
        raise InvalidInputError(
            "This is not a JSON document: {fault}.", field="INPUT", fault="no object in braces"
        )
    return cast("dict[str, Any]", value)


@contextmanager
def _nothing_on_standard_output() -> Generator[None]:
    """HiGHS writes a line of its own there now and then; the answer must stand alone."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _answered(value: dict[str, Any], core: float | None) -> dict[str, object]:
    if not {"players", "method"} & value.keys():
        return answer_money(read_question(value, allocation_keys(load_plugins())), core)
    # What tables need takes most of a second to load.
    from arengo_marketplace.costs.games.answers import answer
    from arengo_marketplace.costs.games.table_document import read_table

    return answer(read_table(value))


@click.command(help=_HELP)
@click.argument("file", metavar="INPUT.json", type=click.File(encoding="utf-8"))
@click.option(
    "--core",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="For money with a price plan or a table: also look, for so long at most, for a group of"
    " members that would pay less alone, and say whether none does better.",
)
def allocate(file: TextIO, core: float | None) -> None:
    """Divide a cost by a file."""
    set_locale("en")
    try:
        value = _read(file)
        with _nothing_on_standard_output():
            answer = _answered(value, core)
    except CostError as error:
        raise InvalidInputError("{fault}", field=error.field, fault=error) from None
    click.echo(msgspec.json.format(msgspec.json.encode(answer), indent=2))
