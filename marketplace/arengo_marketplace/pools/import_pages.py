"""Importing cost lines: upload, see what would be entered, confirm."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.errors import ArengoError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.tasks.pages import follow
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import page
from arengo_marketplace.members.acting import office_of
from arengo_marketplace.offers import repository as offers
from arengo_marketplace.pools import csv_import, importing
from arengo_marketplace.pools.csv_import import COLUMNS, CsvReading
from arengo_marketplace.pools.models import LineKind, PoolLine
from arengo_marketplace.pools.pages import kind_label
from arengo_marketplace.titles import service_title


async def _show(
    request: ArengoRequest,
    host: Host,
    caller: Caller,
    form: Form,
    text: str = "",
    reading: CsvReading | None = None,
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        consortium_id = await office_of(uow)
        known = await offers.of_consortium(uow.session, consortium_id, withdrawn=True)
        titles = {row.id: service_title(host.registry, row.service) for row in known}
        wrong = bool(form.errors or (reading and reading.faults))
        return await page(
            request,
            uow,
            "marketplace/costs/import.html",
            face="office",
            status=400 if wrong else 200,
            form=form,
            text=text,
            reading=reading,
            titles=titles,
            services=sorted({row.service for row in known}),
            kinds=[kind.value for kind in LineKind],
            columns=COLUMNS,
            example=csv_import.template(),
            kind_label=kind_label,
        )


@get("/office/costs/import", name="costs-import")
async def import_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """How a file must look, and the form to upload one."""
    caller.require_signed_in()
    return await _show(request, host, caller, Form({}))


@post(
    "/office/costs/import",
    name="costs-import-preview",
    opt={"mutation": "importCostLines"},
    status_code=200,
)
async def preview_import(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[str]:
    """What a file would enter, or every fault in it; nothing is entered yet."""
    caller.require_signed_in()
    form = await read_form(request)
    text = ""
    try:
        text = await _uploaded(form)
        async with host.unit_of_work(caller, read_only=True) as uow:
            reading = await csv_import.read(uow, consortium_id=await office_of(uow), text=text)
    except ArengoError as error:
        if error.status in {401, 403}:
            raise
        form.refuse(error)
        return await _show(request, host, caller, form, text)
    return await _show(request, host, caller, form, text, reading)


@post(
    "/office/costs/import/confirm",
    name="costs-import-confirm",
    opt={"mutation": "importCostLines"},
    status_code=303,
)
async def confirm_import(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Enter all lines of a file that was looked at."""
    caller.require_signed_in()
    form = await read_form(request)
    text = form.fields.get("text", "")
    task, lines = None, list[PoolLine]()
    try:
        async with host.unit_of_work(caller) as uow:
            consortium_id = await office_of(uow)
            if importing.is_short(text):
                lines = await csv_import.import_csv(uow, consortium_id=consortium_id, text=text)
            else:
                task = await importing.begin(uow, consortium_id=consortium_id, text=text)
    except ArengoError as error:
        if error.status in {401, 403}:
            raise
        form.refuse(error)
        return await _show(request, host, caller, form, text)
    if task is not None:
        return await follow(request, host, caller, task.id)
    month = min(line.starts_on for line in lines)
    return redirect(
        request,
        f"/office/costs?month={month:%Y-%m}",
        Flash("success", gettext("{count} lines are entered.", count=len(lines))),
    )


async def _uploaded(form: Form) -> str:
    upload = next(iter(form.files.get("file", [])), None)
    if upload is not None:
        return csv_import.decode(await upload.read())
    if form["text"]:
        return form.fields["text"]
    raise InvalidInputError("Choose a file, or paste its lines.", field="file")


ROUTES: list[Any] = [import_page, preview_import, confirm_import]
