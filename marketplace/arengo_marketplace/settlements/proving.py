"""``arengo costs verify`` and ``arengo costs rows``: a settlement proved from its file."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any, TextIO
from uuid import UUID

import click

from arengo_core.caller import Caller
from arengo_core.cli.running import open_host
from arengo_core.errors import InvalidInputError
from arengo_core.i18n import format_money, set_locale
from arengo_core.money import Money
from arengo_core.plugins.manager import load_plugins
from arengo_core.settings import load_settings
from arengo_marketplace.costs.json_files import read_object
from arengo_marketplace.costs.period import Period
from arengo_marketplace.metering import repository as metering
from arengo_marketplace.offers.terms import allocation_keys
from arengo_marketplace.settlements.bundle import verify as recompute
from arengo_marketplace.settlements.usage_proof import COLUMNS, RowsCheck, RowsVerdict, row_line


def table(rows: list[tuple[str, ...]]) -> list[str]:
    """Lines of cells below each other; the last ones at the right."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))] if rows else []
    return [
        "  ".join(
            cell.rjust(width) if at == len(row) - 1 else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


@click.command()
@click.argument("file", metavar="BUNDLE.json", type=click.File(encoding="utf-8-sig"))
@click.option("--deep", is_flag=True, help="Also rehash and add up the database's usage records.")
@click.option(
    "--rows",
    "rows",
    metavar="ROWS.csv",
    type=click.File(encoding="utf-8"),
    help="Rehash and add up the usage records of a file made by `arengo costs rows`, without a"
    " database.",
)
def verify(file: TextIO, deep: bool, rows: TextIO | None) -> None:
    """Recompute a settlement from its file, without a database or the network.

    Says for each member and service whether its share is equal. Exits with 1 when one is not, or
    when the content is not what the file's SHA-256 says. Keys of rules that plugins bring need
    these plugins installed.

    With --deep or --rows it also says for each batch of usage whether its records are those that
    the settlement froze, and for each member and meter whether they add up to its usage.
    """
    set_locale("en")
    document = read_object(file, "BUNDLE", whole=True)
    holds = _recomputed(document)
    if rows is not None:
        holds &= _told(_of_file(document, rows))
    if deep:
        holds &= _told(asyncio.run(_of_database(document)))
    if not holds:
        raise SystemExit(1)


def _recomputed(document: dict[str, Any]) -> bool:
    verdict = recompute(document, allocation_keys(load_plugins()))
    currency = str(document["currency"])
    shares = [
        (
            share.service,
            share.member,
            _amount(share.stated, currency),
            "equal" if share.is_equal else f"NOT EQUAL: {_amount(share.computed, currency)}",
        )
        for share in verdict.shares
    ]
    for line in [*table(shares), *verdict.faults]:
        click.echo(line)
    wrong = sum(not share.is_equal for share in verdict.shares)
    click.echo(f"{len(verdict.shares)} shares, {wrong} not equal. SHA-256 {verdict.digest}")
    return verdict.holds


def _of_file(document: dict[str, Any], file: TextIO) -> RowsVerdict:
    if file.readline().strip() != ",".join(COLUMNS):
        raise InvalidInputError(
            "This file does not begin with the headings {columns}.",
            field="rows",
            columns=",".join(COLUMNS),
        )
    check = RowsCheck(document)
    for line in file:
        check.add(line.rstrip("\n"))
    return check.verdict()


async def _of_database(document: dict[str, Any]) -> RowsVerdict:
    consortium = UUID(document["consortium"])
    check = RowsCheck(document)
    days = document["period"]
    period = Period(date.fromisoformat(days["from"]), date.fromisoformat(days["to"]))
    async with (
        open_host(load_settings()) as host,
        host.unit_of_work(Caller.program([consortium], [consortium]), read_only=True) as uow,
    ):
        async for batch_id, row in metering.canonical_rows(uow.session, consortium, period):
            check.add(row_line(batch_id, row))
    return check.verdict()


def _told(verdict: RowsVerdict) -> bool:
    """Say what the rows give; whether all is equal."""
    batches = [
        (
            one.id,
            one.source or "-",
            f"{one.found} records",
            "equal" if one.is_equal else f"NOT EQUAL: {one.records} were frozen",
        )
        for one in verdict.batches
    ]
    usage = [
        (one.service, one.meter, one.member, f"{one.stated:f}", f"NOT EQUAL: {one.summed:f}")
        for one in verdict.usage
        if not one.is_equal
    ]
    unlisted = [
        f"{records} records of {f'the batch {batch}' if batch else 'no batch'},"
        " which the settlement does not list."
        for batch, records in verdict.unlisted.items()
    ]
    for line in [*table(batches), *table(usage), *unlisted]:
        click.echo(line)
    wrong = sum(not one.is_equal for one in verdict.batches)
    click.echo(
        f"{len(batches)} batches, {wrong} not equal;"
        f" {len(verdict.usage)} figures of usage, {len(usage)} not equal."
    )
    return verdict.holds


def _amount(amount: int | None, currency: str) -> str:
    return "nothing" if amount is None else format_money(Money(amount, currency))
