"""``arengo costs allocate``, ``fairness`` and ``simulate``: from a file, without a database."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, TextIO

import click
import msgspec

from arengo_core.errors import InvalidInputError
from arengo_core.i18n import set_locale
from arengo_core.plugins.manager import load_plugins
from arengo_marketplace.costs.allocation_document import answer as answer_money
from arengo_marketplace.costs.allocation_document import read_question
from arengo_marketplace.costs.errors import CostError
from arengo_marketplace.costs.json_files import read_object
from arengo_marketplace.costs.keys import KeyRegistry
from arengo_marketplace.costs.simulation_document import answer as answer_changes
from arengo_marketplace.costs.simulation_document import read_simulation
from arengo_marketplace.offers.terms import allocation_keys

_HELP = """Divide a cost, or solve a cost game, as INPUT.json says; - reads standard input.

No database is needed. Amounts of money are divided to the cent, by the method of largest
remainder; figures of a coalition table are printed with six decimals. A day "to" is the first one
that no longer counts. What cannot be read is named in one line, with exit code 2.

\b
Money names the pool, the members and their rule; amounts are texts such as "123.45",
or whole numbers of cents ("100" is 100.00, 100 is 1.00); those of a rule, such as
a cap, and of a price plan are cents always:
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
        return answer_money(read_question(value, _keys()), core)
    # What tables need takes most of a second to load.
    from arengo_marketplace.costs.games.answers import answer
    from arengo_marketplace.costs.games.table_document import read_table

    return answer(read_table(value))


@click.command(help=_HELP)
@click.argument("file", metavar="INPUT.json", type=click.File(encoding="utf-8-sig"))
@click.option(
    "--core",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="For money with a price plan or a table: also look, for so long at most, for a group of"
    " members that would pay less alone, and say whether none does better.",
)
def allocate(file: TextIO, core: float | None) -> None:
    """Divide a cost by a file."""
    _print(file, lambda value: _answered(value, core))


_FAIRNESS_HELP = """Judge the rule of INPUT.json; - reads standard input.

The document is the one of money that "allocate" reads (its help shows it), with what any group of
members would pay alone: a price "plan" and the "period", or a table "cost". No database is needed.

\b
  {"total": "400.00",
   "period": {"from": "2026-09-01", "to": "2026-10-01"},
   "members": [{"id": "A", "usage": {"parcels": 100}},
               {"id": "B", "usage": {"parcels": 100}},
               {"id": "C", "usage": {"parcels": 0}}],
   "plan": {"charges": [{"type": "fixed", "label": "Fee", "amount": 20000, "every": "month"},
                        {"type": "unit", "label": "Parcels", "meter": "parcels", "rate": "1"}]},
   "rule": {"parts": [{"key": "equal", "weight": 100}]}}

\b
The answer to this one begins:
  {"total": "400.00", "currency": "EUR", "cost": "400.00",
   "members": {"A": {"share": "133.34", "alone": "300.00", "adds": "100.00",
                     "shapley": "166.67", "scrb": "166.67", "nucleolus": "166.67",
                     "subsidy": "-33.33", ...}, ...},
   "paid_for_others": "66.66", "in_core": true, ...}

"cost" is what plan or table says of all; where "total" is less or more, what groups would pay alone
is lowered or raised alike. "subsidy" is what a member pays above its Shapley value. Where a group
pays more than alone, "most_violated" names it, and "tried" lists other rules, the best first, each
with the group that it would wrong most: "mends" is true where that is less for certain.
"""


@click.command(help=_FAIRNESS_HELP)
@click.argument("file", metavar="INPUT.json", type=click.File(encoding="utf-8-sig"))
@click.option(
    "--seconds",
    type=click.FloatRange(min=0),
    default=30.0,
    show_default=True,
    help="Beyond 20 members: for so long at most look for groups that would leave, half of it for"
    ' the rule itself. What is not proved by then says so, with the bound that is ("bound").',
)
def fairness(file: TextIO, seconds: float) -> None:
    """Judge a rule by a file."""

    def judged(value: dict[str, Any]) -> dict[str, object]:
        # What games need takes most of a second to load.
        from arengo_marketplace.costs.fairness_document import answer

        return answer(read_question(value, _keys()), seconds)

    _print(file, judged)


_SIMULATE_HELP = """Tell what would change by INPUT.json; - reads standard input.

The document names whole months, the members, the services as they are, and the changes. Of each
service: its price "plan" and cost "rule", who has it (all members unless told) with its use and the
fees expected of it in a month, and the grants that cover it, in their order. No database is needed.

\b
  {"period": {"from": "2027-01-01", "to": "2028-01-01"},
   "members": [{"id": "A", "population": 600}, {"id": "B", "population": 400}],
   "offers": [
     {"id": "messages",
      "plan": {"charges": [
        {"type": "fixed", "label": "Fee", "amount": 10000, "every": "month"},
        {"type": "unit", "label": "Messages", "meter": "messages", "rate": "0.0035"}]},
      "rule": {"parts": [{"key": "population", "weight": 100}]},
      "members": [{"id": "A", "usage": {"messages": 9000}}, {"id": "B"}],
      "grants": [{"title": "Region", "rate": 50, "cap": "300.00", "to": "2027-07-01"}]}],
   "changes": [{"kind": "leaves", "member": "B", "on": "2027-07-01"}]}

\b
The answer to this one begins:
  {"currency": "EUR", "today": "1278.00", "afterwards": "1278.00", "difference": "0.00",
   "offers": {"messages": {...}},
   "members": {"A": {"today": "766.80", "afterwards": "1082.40", "difference": "315.60",
                     "per_inhabitant": {...}, "offers": {...}}, ...}}

\b
Changes, each with an "offer" by its id, applied in their order:
  {"kind": "joins", "offer": ..., "member": {"id": ..., "from": ..., "usage": {...}}}
  {"kind": "leaves", "member": ..., "on": DAY}        every offer where none is named
  {"kind": "rule", "offer": ..., "rule": {...}}
  {"kind": "plan", "offer": ..., "plan": {...}}
  {"kind": "grants", "on": DAY}                       grants end; all where no offer is named
  {"kind": "grants", "on": DAY, "grant": "Region"}    one grant ends, by its title
  {"kind": "use", "meter": ..., "factor": 1.5}        of one "member", or of all
"""


@click.command(help=_SIMULATE_HELP)
@click.argument("file", metavar="INPUT.json", type=click.File(encoding="utf-8-sig"))
def simulate(file: TextIO) -> None:
    """Compare two years by a file."""
    _print(file, lambda value: answer_changes(read_simulation(value, _keys())))


def _keys() -> KeyRegistry:
    return allocation_keys(load_plugins())


def _print(file: TextIO, answered: Callable[[dict[str, Any]], dict[str, object]]) -> None:
    set_locale("en")
    try:
        value = read_object(file, "INPUT")
        with _nothing_on_standard_output():
            answer = answered(value)
            text = msgspec.json.format(msgspec.json.encode(answer), indent=2)
    except CostError as error:
        raise InvalidInputError("{fault}", field=error.field, fault=error) from None
    except UnicodeEncodeError as error:
        raise InvalidInputError(
            "This is not a JSON document: {fault}.", field="INPUT", fault=error
        ) from None
    click.echo(text)
