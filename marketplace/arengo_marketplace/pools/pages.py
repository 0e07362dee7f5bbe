"""The office's pages on costs: a month's pool, its lines, filling in from price plans."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import current_locale, gettext
from arengo_core.money import Money
from arengo_core.organizations import repository as organizations
from arengo_core.web.acts import acted
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import page
from arengo_core.web.spreadsheet import Cell, csv_answer
from arengo_marketplace.costs.period import Period
from arengo_marketplace.members import repository as members
from arengo_marketplace.members.acting import office_of
from arengo_marketplace.months import month_asked, month_key
from arengo_marketplace.offers import repository as offers
from arengo_marketplace.offers.terms import vat_of
from arengo_marketplace.pools import planned, repository, rests, service
from arengo_marketplace.pools.models import KIND_LABELS, LineKind, PoolLine
from arengo_marketplace.pools.service import LineData, kind_named, month_named, schedule_named
from arengo_marketplace.settlements import repository as settlements
from arengo_marketplace.titles import service_title


def kind_label(kind: str) -> str:
    """A kind of line in the reader's language."""
    return gettext(KIND_LABELS[LineKind(kind)])


async def _choices(uow: UnitOfWork, host: Host, consortium_id: UUID) -> list[tuple[str, str]]:
    rows = await offers.of_consortium(uow.session, consortium_id, withdrawn=True)
    return [
        (
            str(row.id),
            service_title(host.registry, row.service)
            + ("" if row.published else f" ({gettext('withdrawn')})"),
        )
        for row in rows
    ]


def _kinds() -> list[tuple[str, str]]:
    return [(kind.value, gettext(label)) for kind, label in KIND_LABELS.items()]


async def _default_month(uow: UnitOfWork, consortium_id: UUID) -> Period | None:
    """The oldest month with costs that is not settled."""
    settled = await settlements.settled_months(uow.session, consortium_id)
    waiting = await repository.months(uow.session, consortium_id, clock.today()) - settled
    return Period.months_from(min(waiting), 1) if waiting else None


async def _show(request: ArengoRequest, host: Host, caller: Caller, form: Form) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        consortium_id = await office_of(uow)
        month = month_asked(request, await _default_month(uow, consortium_id))
        if form["month"] and "month" not in form.errors:
            month = month_named(form["month"])
        lines = await repository.of_month(uow.session, consortium_id, month.start)
        settled = await settlements.standing(uow.session, consortium_id, month.start)
        choices = await _choices(uow, host, consortium_id)
        return await page(
            request,
            uow,
            "marketplace/costs/month.html",
            face="office",
            status=400 if form.errors else 200,
            form=form,
            month=month,
            label=month.label(current_locale()),
            key=month_key(month),
            previous=month_key(month.previous()),
            next=month_key(month.next()),
            pools=_by_offer(host, lines, month),
            pool=service.pool_of(lines, month),
            payers=await _names(uow, lines),
            settled=settled,
            offers=choices,
            kinds=_kinds(),
            towns=await _towns(uow, consortium_id, month),
            kind_label=kind_label,
        )


async def _names(uow: UnitOfWork, lines: Iterable[PoolLine]) -> dict[UUID, str]:
    """Names of the members that paid suppliers."""
    payers = [line.paid_by for line in lines if line.paid_by is not None]
    return {key: row.name for key, row in (await organizations.by_ids(uow.session, payers)).items()}


async def _towns(uow: UnitOfWork, consortium_id: UUID, month: Period) -> list[tuple[str, str]]:
    """The municipalities that may have paid a supplier, to choose from."""
    rows = await members.members_during(
        uow.session, consortium_id, month.start, month.end, "municipality"
    )
    names = {str(row.id): row.name for _, row in rows}
    return sorted(names.items(), key=lambda one: one[1])


def _taxes(line: PoolLine) -> tuple[Cell, ...]:
    """Net, tax, rate and whether the tax is recovered, of the whole line."""
    taxed = line.taxed
    if taxed is None:
        return (None, None, None, None)
    return (
        Money(taxed.net, line.currency),
        Money(taxed.tax, line.currency),
        taxed.vat.rate,
        gettext("yes") if taxed.vat.recoverable else gettext("no"),
    )


def _weights(line: PoolLine) -> str:
    """The schedule as it is typed."""
    return ", ".join(map(str, line.spread.schedule))


def _by_offer(host: Host, lines: Any, month: Period) -> list[dict[str, Any]]:
    grouped: dict[UUID, list[PoolLine]] = {}
    for line in lines:
        grouped.setdefault(line.offer_id, []).append(line)
    return [
        {
            "title": service_title(host.registry, rows[0].service),
            "lines": rows,
            "net": service.pool_of(rows, month).net,
        }
        for rows in grouped.values()
    ]


@get("/office/costs", name="costs")
async def costs_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """What services cost the consortium in a month, and the form to enter more."""
    caller.require_signed_in()
    return await _show(request, host, caller, Form({}))


@get("/office/costs/csv", name="costs-csv")
async def costs_csv(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[bytes]:
    """The lines of a month as CSV."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        consortium_id = await office_of(uow)
        month = month_asked(request)
        lines = await repository.of_month(uow.session, consortium_id, month.start)
        payers = await _names(uow, lines)
    headings = [
        gettext(text)
        for text in (
            "Month",
            "Service",
            "Kind",
            "Description",
            "Supplier",
            "Document",
            "Document date",
            "Amount",
            "Whole amount",
            "Net",
            "VAT",
            "VAT per cent",
            "Recoverable VAT",
            "Last month",
            "Schedule",
            "Paid by",
            "Evidence",
            "SHA-256",
        )
    ]
    rows = [
        (
            month_key(month),
            service_title(host.registry, line.service),
            kind_label(line.kind),
            line.description,
            line.supplier,
            line.document_number,
            line.document_date,
            line.part(month.start),
            line.money,
            *_taxes(line),
            month_key(line.last_month),
            _weights(line),
            payers[line.paid_by] if line.paid_by else "",
            line.evidence_name,
            line.evidence_digest,
        )
        for line in lines
    ]
    return csv_answer(f"costs-{month_key(month)}", headings, rows)


async def _read(form: Form, stored: PoolLine | None = None) -> LineData:
    """A line as typed; the evidence is what was uploaded, or what the line had."""
    name, digest = (stored.evidence_name, stored.evidence_digest) if stored else ("", "")
    upload = next(iter(form.files.get("evidence", [])), None)
    if upload is not None:
        name, digest = upload.filename, service.digest_of(await upload.read())
    try:
        on = date.fromisoformat(form["document_date"]) if form["document_date"] else None
    except ValueError:
        raise InvalidInputError(
            "{value} is not a day: 2026-09-30 is expected.",
            field="document_date",
            value=form["document_date"],
        ) from None
    return LineData(
        offer_id=form.uuid("offer"),
        month=month_named(form["month"]).start,
        kind=kind_named(form["kind"]),
        description=form["description"],
        amount=form.money("amount"),
        last_month=month_named(form["last_month"], "last_month").start
        if form["last_month"]
        else None,
        schedule=schedule_named(form["schedule"]),
        vat=vat_of(
            form["vat_rate"],
            recoverable=form.flag("vat_recoverable"),
            included=form.flag("vat_included"),
        ),
        paid_by=form.uuid("paid_by") if form["paid_by"] else None,
        supplier=form["supplier"],
        document_number=form["document_number"],
        document_date=on,
        evidence_name=name,
        evidence_digest=digest,
    )


@post("/office/costs", name="costs-add", opt={"mutation": "addCostLine"}, status_code=303)
async def add_line(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Enter a line."""
    caller.require_signed_in()
    form = await read_form(request)
    try:
        data = await _read(form)
        async with host.unit_of_work(caller) as uow:
            line = await service.add_once(
                uow,
                consortium_id=await office_of(uow),
                data=data,
                idempotency_key=form["idempotency_key"] or None,
            )
    except ArengoError as error:
        if error.status in {401, 403}:
            raise
        form.refuse(error)
        return await _show(request, host, caller, form)
    done = Flash("success", gettext("{description} is entered.", description=line.description))
    return redirect(request, f"/office/costs?month={month_key(line.month)}", done)


async def _line_page(
    request: ArengoRequest, host: Host, caller: Caller, line_id: UUID, form: Form | None
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        line = await service.own_line(uow, line_id)
        values = {
            "offer": str(line.offer_id),
            "month": month_key(line.month),
            "kind": line.kind,
            "description": line.description,
            "amount": _typed(line.stated),
            "vat_rate": f"{line.taxed.vat.rate:f}" if line.taxed else "",
            "vat_recoverable": "yes" if line.taxed and line.taxed.vat.recoverable else "",
            "vat_included": "yes" if line.taxed and line.taxed.vat.included else "",
            "supplier": line.supplier,
            "document_number": line.document_number,
            "document_date": line.document_date.isoformat() if line.document_date else "",
            "last_month": month_key(line.last_month) if line.is_spread else "",
            "schedule": _weights(line),
            "paid_by": str(line.paid_by or ""),
        }
        closed = await settlements.settled_months(uow.session, line.organization_id)
        months = list(line.due_months.months())
        left = await _left_of(uow, line, closed)
        payers = await _names(uow, [line])
        towns = dict(await _towns(uow, line.organization_id, line.spread.months))
        towns |= {str(key): name for key, name in payers.items()}
        return await page(
            request,
            uow,
            "marketplace/costs/line.html",
            face="office",
            status=400 if form and form.errors else 200,
            line=line,
            key=month_key(line.month),
            label=line.month.label(current_locale()),
            values={**values, **(form or {})},
            errors=form.errors if form else {},
            settled=any(month.start in closed for month in months),
            rest=await repository.bearing_rest_of(uow.session, line) if line.rest_from else None,
            whole=await repository.get(uow.session, line.rest_of) if line.rest_of else None,
            left=left,
            rest_values={**left, **(form or {})},
            parts=[
                (
                    month.label(current_locale()),
                    month_key(month),
                    line.part(month.start).amount,
                    line.spread.rest(month.start),
                    month.start in closed,
                )
                for month in months
            ],
            payer=payers.get(line.paid_by) if line.paid_by else None,
            towns=list(towns.items()),
            offers=await _choices(uow, host, line.organization_id),
            kinds=_kinds(),
        )


async def _left_of(uow: UnitOfWork, line: PoolLine, closed: set[date]) -> dict[str, str]:
    """The form's values to move what is left; none where nothing of it can be moved."""
    months = list(line.spread.months.months())
    open_since = next(
        (
            month
            for place, month in enumerate(months)
            if place and all(later.start not in closed for later in months[place:])
        ),
        None,
    )
    if line.rest_from or open_since is None:
        return {}
    return {
        "rest_month": month_key(open_since),
        "rest_last_month": "",
        "rest_offer": str(line.offer_id),
    }


def _typed(amount: Money) -> str:
    text = f"{amount.decimal:f}"
    return text.replace(".", ",") if current_locale() == "it" else text


@get("/office/costs/lines/{line_id:uuid}", name="cost-line")
async def line_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, line_id: FromPath[UUID]
) -> Response[str]:
    """One line, to be corrected while its month is open."""
    caller.require_signed_in()
    return await _line_page(request, host, caller, line_id, None)


@post(
    "/office/costs/lines/{line_id:uuid}",
    name="cost-line-change",
    opt={"mutation": "updateCostLine"},
    status_code=303,
)
async def change_line(
    request: ArengoRequest, host: FromHost, caller: FromCaller, line_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Correct a line."""
    caller.require_signed_in()
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            stored = await service.own_line(uow, line_id)
            line = await service.change(uow, line_id=line_id, data=await _read(form, stored))
    except ArengoError as error:
        if error.status in {401, 403, 404}:
            raise
        form.refuse(error)
        return await _line_page(request, host, caller, line_id, form)
    return redirect(
        request,
        f"/office/costs?month={month_key(line.month)}",
        Flash("success", gettext("The line is corrected.")),
    )


@post(
    "/office/costs/lines/{line_id:uuid}/remove",
    name="cost-line-remove",
    opt={"mutation": "removeCostLine"},
    status_code=303,
)
async def remove_line(
    request: ArengoRequest, host: FromHost, caller: FromCaller, line_id: FromPath[UUID]
) -> Redirect:
    """Take a line out of its pool."""
    caller.require_signed_in()
    async with host.unit_of_work(caller) as uow:
        line = await service.remove(uow, line_id=line_id)
    return redirect(
        request,
        f"/office/costs?month={month_key(line.month)}",
        Flash("success", gettext("The line is removed.")),
    )


@post(
    "/office/costs/lines/{line_id:uuid}/rest",
    name="cost-line-rest",
    opt={"mutation": "moveRestOfCost"},
    status_code=303,
)
async def move_rest(
    request: ArengoRequest, host: FromHost, caller: FromCaller, line_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Have a line of its own bear what is left of a spread cost."""

    async def act(uow: UnitOfWork, form: Form) -> None:
        await rests.move_rest(
            uow,
            line_id=line_id,
            month=month_named(form["rest_month"], "rest_month"),
            offer_id=form.uuid("rest_offer"),
            last_month=month_named(form["rest_last_month"], "rest_last_month").start
            if form["rest_last_month"]
            else None,
            idempotency_key=form["idempotency_key"] or None,
        )

    async def again(form: Form) -> Response[str]:
        form.errors |= {
            f"rest_{name}": text for name, text in form.errors.items() if name in _REST_FIELDS
        }
        return await _line_page(request, host, caller, line_id, form)

    done = Flash(
        "success",
        gettext("The rest of the cost is a line of its own."),
        gettext("Removing that line takes it back."),
    )
    return await acted(request, host, caller, act, again, f"/office/costs/lines/{line_id}", done)


_REST_FIELDS = ("month", "last_month", "offer")


@post("/office/costs/fill", name="costs-fill", opt={"mutation": "fillCostLines"}, status_code=303)
async def fill(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Redirect:
    """Write what the price plans give for a month."""
    caller.require_signed_in()
    form = await read_form(request)
    month = month_named(form["month"])
    async with host.unit_of_work(caller) as uow:
        filled = await planned.fill_in(uow, consortium_id=await office_of(uow), month=month)
    left = ", ".join(service_title(host.registry, offer.service) for offer in filled.left_alone)
    done = Flash(
        "success" if filled.lines else "info",
        gettext("{count} lines were made from the price plans.", count=len(filled.lines)),
        gettext("Left alone, because costs are entered: {services}.", services=left)
        if left
        else "",
    )
    return redirect(request, f"/office/costs?month={month_key(month)}", done)


ROUTES: list[Any] = [
    costs_page,
    costs_csv,
    add_line,
    line_page,
    change_line,
    remove_line,
    move_rest,
    fill,
]
