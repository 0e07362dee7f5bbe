"""A statement's files: PDF, CSV and JSON, each with the SHA-256 of what was issued."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from arengo_core.i18n import gettext
from arengo_core.money import Money
from arengo_core.web.context import FromCaller, FromHost
from arengo_core.web.spreadsheet import Cell, csv_answer
from arengo_marketplace.settlements.wording import adjustments_of, explain
from arengo_marketplace.statements.sheet import sheet_of
from arengo_marketplace.titles import service_title


def _file(content: bytes, name: str, media_type: str) -> Response[bytes]:
    return Response(
        content,
        media_type=media_type,
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "no-store",
        },
    )


@get("/office/statements/{statement_id:uuid}/pdf", name="statement-pdf")
async def statement_pdf(
    host: FromHost, caller: FromCaller, statement_id: FromPath[UUID]
) -> Response[bytes]:
    """A statement on paper."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        sheet = await sheet_of(uow, host, statement_id)
    made = await asyncio.to_thread(sheet.pdf, host)
    return _file(made, f"{sheet.file_name}.pdf", "application/pdf")


@get("/office/statements/{statement_id:uuid}/json", name="statement-json")
async def statement_json(
    host: FromHost, caller: FromCaller, statement_id: FromPath[UUID]
) -> Response[bytes]:
    """A statement for programs."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        sheet = await sheet_of(uow, host, statement_id)
    made = msgspec.json.format(msgspec.json.encode(sheet.written(), order="sorted"), indent=2)
    return _file(made, f"{sheet.file_name}.json", "application/json")


@get("/office/statements/{statement_id:uuid}/csv", name="statement-csv")
async def statement_csv(
    host: FromHost, caller: FromCaller, statement_id: FromPath[UUID]
) -> Response[bytes]:
    """A statement down to the parts of each service's rule, as CSV."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        sheet = await sheet_of(uow, host, statement_id)
    proof = (sheet.statement.number, sheet.digest, sheet.settlement.digest)
    rows: list[tuple[Cell, ...]] = []
    for share in sheet.shares:
        title = service_title(host.registry, share.service)
        rows += [
            (
                title,
                one.label,
                one.component.per_cent,
                one.basis,
                one.whole,
                Money(one.component.net, share.currency),
                Money(one.component.amount, share.currency),
                *proof,
            )
            for one in explain(share, host.registry)
        ]
        rows += [
            (title, one.label, None, None, None, None, Money(one.amount, share.currency), *proof)
            for one in adjustments_of(share)
        ]
    statement = sheet.statement
    if statement.advanced:
        paid = Money(-statement.advanced, statement.currency)
        rows.append(("", gettext("Paid to suppliers"), None, None, None, None, paid, *proof))
    headings = [
        gettext(text)
        for text in (
            "Service",
            "Divided",
            "Per cent",
            "Your figure",
            "All members",
            "Pool",
            "Amount",
            "Number",
            "SHA-256 of the statement",
            "SHA-256 of the settlement",
        )
    ]
    return csv_answer(sheet.file_name, headings, rows)


ROUTES: list[Any] = [statement_pdf, statement_json, statement_csv]
