"""``arengo costs``: a month's costs and its settlement from a terminal."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import click
import msgspec

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.cli.running import open_host
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import NotFoundError, SettingsError
from arengo_core.host import Host
from arengo_core.i18n import error_text, format_money, set_locale
from arengo_core.money import Money
from arengo_core.organizations import repository as organizations
from arengo_core.settings import load_settings
from arengo_marketplace.contract import Consortium
from arengo_marketplace.costs.commands import allocate, fairness, simulate
from arengo_marketplace.costs.period import Period
from arengo_marketplace.members import directory
from arengo_marketplace.metering import repository as metering
from arengo_marketplace.months import month_key
from arengo_marketplace.pools import csv_import, repository, service
from arengo_marketplace.settlements import repository as settled
from arengo_marketplace.settlements import service as settlements
from arengo_marketplace.settlements.components import read_adjustment, read_component
from arengo_marketplace.settlements.proving import table, verify
from arengo_marketplace.settlements.usage_proof import COLUMNS, row_line
from arengo_marketplace.statements import repository as statements
from arengo_marketplace.statements import service as statement_service

Report = tuple[list[str], Any]
"""Lines for people, and the same as data."""
Work = Callable[[Host, UnitOfWork, Consortium], Awaitable[Report]]


async def consortium_named(uow: UnitOfWork, slug: str | None) -> Consortium:
    """The consortium of a short name; the only one where none is given."""
    known = await directory.consortia(uow)
    if slug is None and len(known) == 1:
        return known[0]
    for one in known:
        if one.slug == slug:
            return one
    raise SettingsError(
        "Name one consortium with --consortium: {known}.",
        known=", ".join(one.slug for one in known) or "—",
    )


@asynccontextmanager
async def _as_office(slug: str | None) -> AsyncGenerator[tuple[Host, UnitOfWork, Consortium]]:
    """A transaction as the office of a consortium."""
    set_locale("en")
    async with open_host(load_settings()) as host:
        async with host.unit_of_work(read_only=True) as uow:
            consortium = await consortium_named(uow, slug)
        caller = Caller.program([consortium.id], [consortium.id])
        async with host.unit_of_work(caller) as uow:
            yield host, uow, consortium


def _run(slug: str | None, as_json: bool, work: Work) -> None:
    """Do the work and print the report; one with faults is no answer, and ends with code 2."""

    async def run() -> Report:
        async with _as_office(slug) as (host, uow, consortium):
            return await work(host, uow, consortium)

    lines, data = asyncio.run(run())
    failed = isinstance(data, dict) and bool(cast("dict[str, Any]", data).get("faults"))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(data), indent=2))
    else:
        for line in lines:
            click.echo(line, err=failed)
    if failed:
        sys.exit(2)


def _period(_context: click.Context, _option: click.Parameter, value: str | None) -> Period:
    if value is None:
        return Period.months_from(clock.today(), 1).previous()
    return service.month_named(value)


_consortium = click.option("--consortium", "slug", help="Its short name, where there are several.")
_json = click.option("--json", "as_json", is_flag=True, help="Answer as JSON; amounts in cents.")
_month = click.option(
    "--period", callback=_period, help="The month, as 2026-09; the last whole one unless given."
)


@click.group()
def costs() -> None:
    """Enter the costs of a month, see what it will be, and settle it."""


costs.add_command(allocate)
costs.add_command(fairness)
costs.add_command(simulate)


@costs.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what the file holds.")
@_consortium
@_json
def import_file(file: Path, dry_run: bool, slug: str | None, as_json: bool) -> None:
    """Enter every cost line of FILE.csv, or none: then its faults are told, with exit code 2."""
    text = csv_import.decode(file.read_bytes())

    async def work(_host: Host, uow: UnitOfWork, consortium: Consortium) -> Report:
        reading = await csv_import.read(uow, consortium_id=consortium.id, text=text)
        entered = 0
        if not dry_run and not reading.faults:
            rows = await csv_import.import_csv(uow, consortium_id=consortium.id, text=text)
            entered = len(rows)
        data = {
            "entered": entered,
            "readable": len(reading.lines),
            "total": reading.total.amount,
            "faults": [
                {"line": one.line, "column": one.column, "message": one.message}
                for one in reading.faults
            ],
        }
        if reading.faults:
            return [one.text for one in reading.faults] + ["Nothing was entered."], data
        done = "can be entered" if dry_run else "entered"
        net = format_money(reading.total)
        return [f"{len(reading.lines)} lines {done}, {net} to be divided."], data

    _run(slug, as_json, work)


@costs.command("list")
@_month
@_consortium
@_json
def list_lines(period: Period, slug: str | None, as_json: bool) -> None:
    """List the cost lines of a month."""

    async def work(_host: Host, uow: UnitOfWork, consortium: Consortium) -> Report:
        rows = await repository.of_month(uow.session, consortium.id, period.start)
        data = [
            {
                "id": row.id,
                "service": row.service,
                "kind": row.kind,
                "description": row.description,
                "supplier": row.supplier,
                "document": row.document_number,
                "amount": row.part(period.start).amount,
            }
            for row in rows
        ]
        lines = table(
            [
                (
                    row.service,
                    row.kind,
                    row.description,
                    row.supplier,
                    format_money(row.part(period.start)),
                )
                for row in rows
            ]
        )
        net = service.pool_of(rows, period).net
        return [*lines, f"To be divided: {format_money(net)}"], data

    _run(slug, as_json, work)


@costs.command()
@_month
@_consortium
@_json
def preview(period: Period, slug: str | None, as_json: bool) -> None:
    """Say what settling a month would give each member; write nothing."""

    async def work(host: Host, uow: UnitOfWork, consortium: Consortium) -> Report:
        draft = await settlements.preview(uow, host, consortium_id=consortium.id, period=period)
        shares = [
            (member, parts[0][1].bearer.name, draft.amount_of(member))
            for member, parts in draft.by_member().items()
        ]
        problems = [error_text(problem) for problem in draft.problems]
        data = {
            "month": month_key(period),
            "net": draft.net.amount,
            "problems": problems,
            "members": [
                {"id": member, "name": name, "amount": amount.amount}
                for member, name, amount in shares
            ],
            "credits": [
                {"id": one.organization_id, "name": one.name, "paid": one.paid.amount}
                for one in draft.credits
            ],
        }
        lines = table([(name, format_money(amount)) for _, name, amount in shares])
        credited = [
            f"{one.name} paid suppliers {format_money(one.paid)}: {format_money(one.due)} left"
            for one in draft.credits
        ]
        return [*lines, f"Together: {format_money(draft.net)}", *credited, *problems], data

    _run(slug, as_json, work)


@costs.command()
@_month
@_consortium
@_json
def close(period: Period, slug: str | None, as_json: bool) -> None:
    """Settle a month: statements are written and mailed. Only a reversal takes it back."""

    async def work(host: Host, uow: UnitOfWork, consortium: Consortium) -> Report:
        made = await settlements.close(uow, host, consortium_id=consortium.id, period=period)
        issued = await statements.of_settlement(uow.session, consortium.id, made.id)
        data = {
            "id": made.id,
            "month": month_key(period),
            "net": made.net,
            "statements": [
                {"id": one.id, "number": one.number, "amount": one.amount} for one in issued
            ],
        }
        net = format_money(Money(made.net, made.currency))
        return [f"{month_key(period)} is settled: {net}, {len(issued)} statements."], data

    _run(slug, as_json, work)


@costs.command()
@click.argument("number")
@_consortium
@_json
def explain(number: str, slug: str | None, as_json: bool) -> None:
    """Explain the statement of a NUMBER, down to the parts of each service's rule."""

    async def work(_host: Host, uow: UnitOfWork, consortium: Consortium) -> Report:
        found = await statements.by_number(uow.session, consortium.id, number)
        if found is None:
            raise NotFoundError(
                "There is no statement {number}: numbers look like 2026-09/001.", number=number
            )
        standing = await statement_service.standing_of(uow, found)
        shares = await statement_service.shares_of(uow, [found])
        member = await organizations.get(uow.session, found.organization_id)
        rows: list[tuple[str, ...]] = []
        services: list[dict[str, Any]] = []

        def written(amount: int) -> str:
            return format_money(Money(amount, found.currency))

        for share in shares:
            parts = [read_component(document) for document in share.components]
            rows.append((share.service, "", written(share.amount)))
            rows += [("", f"{part.per_cent} % {part.used}", written(part.amount)) for part in parts]
            changed = [read_adjustment(document) for document in share.adjustments]
            rows += [("", one.reason, written(one.amount)) for one in changed]
            services.append(
                {
                    "service": share.service,
                    "amount": share.amount,
                    "parts": [
                        {"key": part.used, "per_cent": part.per_cent, "amount": part.amount}
                        for part in parts
                    ],
                    "adjustments": [
                        {"reason": one.reason, "amount": one.amount} for one in changed
                    ],
                }
            )
        name = member.name if member else ""
        data = {
            "number": found.number,
            "member": name,
            "currency": found.currency,
            "amount": found.amount,
            "paid": standing.paid,
            "open": standing.open,
            "services": services,
        }
        head = f"{found.number}  {name}  {month_key(found.period)}"
        foot = f"Together {written(found.amount)}, open {written(standing.open)}"
        return [head, *table(rows), foot], data

    _run(slug, as_json, work)


@costs.command()
@click.argument("month", callback=_period)
@_consortium
def bundle(month: Period, slug: str | None) -> None:
    """Print the file of a month's settlement: all that it rests on and gave, as JSON."""

    async def run() -> dict[str, Any]:
        async with _as_office(slug) as (_host, uow, consortium):
            found = await settled.standing(uow.session, consortium.id, month.start)
            if found is None:
                raise NotFoundError("{month} is not settled.", month=month_key(month))
            return await settlements.bundle(uow, found.id)

    made = asyncio.run(run())
    click.echo(msgspec.json.format(msgspec.json.encode(made, order="sorted"), indent=2))


@costs.command()
@click.argument("month", callback=_period)
@_consortium
def rows(month: Period, slug: str | None) -> None:
    """Print the usage records that count in a month, for `arengo costs verify --rows`.

    CSV: the batch and the canonical row of each, by batch, in it by id.
    """

    async def run() -> None:
        async with _as_office(slug) as (_host, uow, consortium):
            click.echo(",".join(COLUMNS))
            async for batch_id, row in metering.canonical_rows(uow.session, consortium.id, month):
                click.echo(row_line(batch_id, row))

    asyncio.run(run())


costs.add_command(verify)

COMMANDS: list[click.Command] = [costs]
