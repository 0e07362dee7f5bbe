"""The office's page of entered use, and the address to which programs send batches."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from typing import Any, BinaryIO, cast
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.errors import ArengoError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import error_text, format_date, gettext
from arengo_core.web.context import SCRIPTS, TIME_LIMIT, ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import page
from arengo_marketplace.cursors import cursor_at, day_and_id
from arengo_marketplace.members.acting import acting_in, office_of
from arengo_marketplace.metering import batch_lines, correcting, repository
from arengo_marketplace.metering.batch import (
    BatchRefusedError,
    BatchReport,
    Terms,
    check_source,
    ingest,
)
from arengo_marketplace.permissions import USAGE

PAGE = 50
UPLOAD_LIMIT = 20_000_000
BATCH_LIMIT = 256_000_000
_BATCH_SECONDS = 600.0
_IN_MEMORY = 1_000_000
_ASKED = ("source", "atomic", "refuse_late")
_READERS = {"application/x-ndjson": batch_lines.ndjson, "text/csv": batch_lines.csv}


async def _show(
    request: ArengoRequest,
    host: Host,
    caller: Caller,
    form: Form,
    report: BatchReport | None = None,
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        await acting_in(uow, USAGE)
        rows = await repository.batches(
            uow.session,
            await office_of(uow),
            after=day_and_id(request.query_params.get("after")),
            limit=PAGE + 1,
        )
        last = rows[PAGE - 1] if len(rows) > PAGE else None
        return await page(
            request,
            uow,
            "marketplace/usage/batches.html",
            face="office",
            status=400 if form.errors else 200,
            form=form,
            report=report,
            batches=rows[:PAGE],
            next=cursor_at(last.starts_on, last.id) if last else "",
            example=batch_lines.example(),
            meters=sorted(host.registry.meters()),
        )


@get("/office/usage/batches", name="usage-batches")
async def batches_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """What was entered, and the forms to enter use and to take it back."""
    caller.require_signed_in()
    return await _show(request, host, caller, Form({}))


@post(
    "/office/usage/batches",
    name="usage-import",
    opt={"mutation": "importUsage"},
    status_code=200,
    request_max_body_size=UPLOAD_LIMIT,
)
async def import_usage(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Take a file in, and say what became of its lines."""
    caller.require_signed_in()
    form = await read_form(request)
    report: BatchReport | None = None
    try:
        async with host.unit_of_work(caller) as uow:
            terms = Terms(
                await office_of(uow),
                form["source"],
                atomic=not form.flag("partial"),
                refuses_late=form.flag("refuse_late"),
            )
            report = await ingest(uow, host, terms, batch_lines.csv(_uploaded(form)))
    except BatchRefusedError as refusal:
        report = refusal.report
        form.refuse(refusal)
    except ArengoError as error:
        if error.status in {401, 403}:
            raise
        form.refuse(error)
    return await _show(request, host, caller, form, report)


def _uploaded(form: Form) -> BinaryIO:
    upload = next(iter(form.files.get("file", [])), None)
    if upload is not None:
        return cast(BinaryIO, upload.file)
    if form["text"]:
        return io.BytesIO(form.fields["text"].encode())
    raise InvalidInputError("Choose a file, or paste its lines.", field="file")


@post(
    "/office/usage/corrections",
    name="usage-take-back",
    opt={"mutation": "takeBackUsage"},
    status_code=303,
)
async def take_back(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Take a reading back by its source and key."""
    caller.require_signed_in()
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            day = await correcting.take_back(
                uow,
                consortium_id=await office_of(uow),
                source=form["taken_source"],
                key=form["key"],
            )
    except ArengoError as error:
        if error.status in {401, 403}:
            raise
        form.errors["taken_source" if error.field == "source" else "key"] = error_text(error)
        return await _show(request, host, caller, form)
    done = gettext("The reading is taken back; that counts on {day}.", day=format_date(day))
    return redirect(request, "/office/usage/batches", Flash("success", done))


@post(
    "/api/usage",
    name="usage-batch",
    opt={
        "mutation": "importUsage",
        "exclude_from_csrf": True,
        SCRIPTS: True,
        TIME_LIMIT: _BATCH_SECONDS,
    },
    status_code=200,
    request_max_body_size=BATCH_LIMIT,
)
async def take_batch(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[dict[str, Any]]:
    """Take a batch in as NDJSON or CSV, sent by a program in a person's stead.

    The body is received before the transaction begins. Its content type, which no form of another
    site can send, keeps those out (CSRF).
    """
    try:
        caller.require_signed_in()
        caller.require_writing()
        async with host.unit_of_work(caller, read_only=True) as uow:
            consortium_id = (await acting_in(uow, USAGE)).consortium_id
        terms = _terms(consortium_id, request.query_params)
        read = _READERS.get(request.content_type[0])
        if read is None:
            return _refused(415, "UNSUPPORTED_MEDIA_TYPE", f"Send {' or '.join(_READERS)}, UTF-8.")
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
            async for part in request.stream():
                file.write(part)
            file.seek(0)
            async with host.unit_of_work(caller) as uow:
                report = await ingest(uow, host, terms, read(cast(BinaryIO, file)))
    except BatchRefusedError as refusal:
        answer = _refused(refusal.status, refusal.code, error_text(refusal))
        return Response(answer.content | told(refusal.report), status_code=answer.status_code)
    except ArengoError as error:
        if error.status >= 500:
            raise
        return _refused(error.status, error.code, error_text(error), error.field)
    return Response(told(report))


def _terms(consortium_id: UUID, asked: Mapping[str, str]) -> Terms:
    for name in asked:
        if name not in _ASKED:
            raise InvalidInputError(
                "{name} means nothing here. Expected are: {known}.",
                field=name[:60],
                name=name[:60],
                known=", ".join(_ASKED),
            )
    terms = Terms(
        consortium_id,
        asked.get("source", ""),
        atomic=_flag(asked, "atomic", True),
        refuses_late=_flag(asked, "refuse_late", False),
    )
    check_source(terms.source)
    return terms


def _flag(asked: Mapping[str, str], name: str, default: bool) -> bool:
    value = asked.get(name)
    if value is None:
        return default
    if value not in {"true", "false"}:
        raise InvalidInputError(
            "{name} is true or false, not {value}.", field=name, name=name, value=value[:60] or "—"
        )
    return value == "true"


def _refused(
    status: int, code: str, message: str, field: str | None = None
) -> Response[dict[str, Any]]:
    error = {"code": code, "message": message} | ({"field": field} if field else {})
    return Response({"error": error}, status_code=status)


def told(report: BatchReport) -> dict[str, Any]:
    """A report as JSON."""
    return {
        "new": report.new,
        "repeated": report.repeated,
        "refused": report.refused,
        "faults": [
            {"line": fault.line, "column": fault.column, "message": fault.message}
            for fault in report.faults
        ],
        "late": [
            {"month": f"{month:%Y-%m}", "counts_in": f"{later:%Y-%m}", "readings": readings}
            for (month, later), readings in sorted(report.late.items())
        ],
        "batches": [
            {
                "id": str(row.id),
                "month": f"{row.starts_on:%Y-%m}",
                "records": row.records,
                "digest": row.digest.hex(),
            }
            for row in report.batches
        ],
    }


ROUTES: list[Any] = [batches_page, import_usage, take_back, take_batch]
