"""The office's pages on grants: all in their order, one with what it covered, the form."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.i18n import current_locale, gettext
from arengo_core.money import Money
from arengo_core.web.acts import acted
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, day_named, read_form
from arengo_core.web.pages import page
from arengo_core.web.spreadsheet import csv_answer
from arengo_marketplace.costs.period import Period
from arengo_marketplace.funding import repository, service
from arengo_marketplace.funding.models import Funding
from arengo_marketplace.funding.terms import FundingData, kinds_named, per_named, window_of
from arengo_marketplace.funding.wording import KINDS, PERIODS, described
from arengo_marketplace.members.acting import office_of
from arengo_marketplace.months import month_key
from arengo_marketplace.offers import repository as offers
from arengo_marketplace.pools.service import month_named
from arengo_marketplace.titles import service_title

_LIST = "/office/funding"


@get("/office/funding", name="fundings")
async def list_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """The grants in the order in which they cover, with what is left of each."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        standings = await service.standings(uow, await office_of(uow))
        month = Period.months_from(clock.today(), 1)
        return await page(
            request,
            uow,
            "marketplace/funding/list.html",
            face="office",
            standings=standings,
            running=[one for one in standings if one.funding.ended_at is None],
            month=month,
            label=month.label(current_locale()),
            describe=lambda row: described(row, host.registry),
        )


@get("/office/funding/csv", name="fundings-csv")
async def fundings_csv(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[bytes]:
    """What each grant covered of each service, month by month, as CSV."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        standings = await service.standings(uow, await office_of(uow))
    headings = [gettext(text) for text in ("Grant", "Reference", "Month", "Service", "Covered")]
    rows = [
        (
            one.funding.title,
            one.funding.reference,
            f"{month:%Y-%m}",
            service_title(host.registry, key),
            Money(amount, one.funding.currency),
        )
        for one in standings
        for month, services in one.used_in.items()
        for key, amount in services.items()
    ]
    return csv_answer("funding", headings, rows)


async def _form(
    request: ArengoRequest, host: Host, caller: Caller, form: Form | None, row_id: UUID | None
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        consortium_id = await office_of(uow)
        row = await service.own_funding(uow, row_id) if row_id else None
        known = await offers.of_consortium(uow.session, consortium_id, withdrawn=True)
        values: dict[str, Any] = dict(_typed(row)) if row else {"per": "year"}
        if form:
            values |= dict(form.fields) | {key: form.all(key) for key in ("kinds", "services")}
        return await page(
            request,
            uow,
            "marketplace/funding/form.html",
            face="office",
            status=400 if form and form.errors else 200,
            funding=row,
            values=values,
            errors=form.errors if form else {},
            kinds=[(kind.value, gettext(label)) for kind, label in KINDS.items()],
            services=sorted(
                {(one.service, service_title(host.registry, one.service)) for one in known},
                key=lambda pair: pair[1],
            ),
            periods=[(per.value, gettext(label)) for per, label in PERIODS.items()],
        )


def _typed(row: Funding) -> dict[str, Any]:
    grant = row.grant
    return {
        "title": row.title,
        "funder": row.funder,
        "reference": row.reference,
        "kinds": row.kinds,
        "services": row.services,
        "rate": _number(f"{grant.rate:f}"),
        "co_financing": _number(f"{grant.co_financing:f}"),
        "cap": _number(f"{Money(row.cap, row.currency).decimal:f}"),
        "period_cap": _number(f"{Money(row.period_cap, row.currency).decimal:f}")
        if row.period_cap
        else "",
        "per": row.per,
        "first_month": f"{row.starts_on:%Y-%m}",
        "last_month": month_key(Period.months_from(row.ends_on, 1).previous()),
        "report_due_on": row.report_due_on.isoformat() if row.report_due_on else "",
        "note": row.note,
    }


def _number(text: str) -> str:
    return text.replace(".", ",") if current_locale() == "it" else text


def _read(form: Form) -> FundingData:
    return FundingData(
        title=form["title"],
        rate=form.decimal("rate"),
        cap=form.money("cap"),
        window=window_of(
            month_named(form["first_month"], "first_month"),
            month_named(form["last_month"], "last_month"),
        ),
        funder=form["funder"],
        reference=form["reference"],
        kinds=kinds_named(form.all("kinds")),
        services=frozenset(form.all("services")),
        period_cap=form.money("period_cap") if form["period_cap"] else None,
        per=per_named(form["per"]),
        co_financing=form.decimal("co_financing") if form["co_financing"] else Decimal(0),
        report_due_on=day_named(form["report_due_on"], "report_due_on")
        if form["report_due_on"]
        else None,
        note=form["note"],
    )


@get("/office/funding/new", name="funding-new")
async def new_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """The form of a new grant."""
    caller.require_signed_in()
    return await _form(request, host, caller, None, None)


@post(
    "/office/funding/new", name="funding-create", opt={"mutation": "createFunding"}, status_code=303
)
async def create(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Record a grant."""
    caller.require_signed_in()
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            row = await service.create(
                uow,
                consortium_id=await office_of(uow),
                data=_read(form),
                idempotency_key=form["idempotency_key"] or None,
            )
    except ArengoError as error:
        if error.status in {401, 403}:
            raise
        form.refuse(error)
        return await _form(request, host, caller, form, None)
    done = Flash("success", gettext("{title} is recorded.", title=row.title))
    return redirect(request, f"{_LIST}/{row.id}", done)


@get("/office/funding/{funding_id:uuid}", name="funding")
async def funding_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, funding_id: FromPath[UUID]
) -> Response[str]:
    """One grant: what it covered by month and service, what is left, its report."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        row = await service.own_funding(uow, funding_id)
        standing = await service.standing_of(uow, row)
        month = Period.months_from(clock.today(), 1)
        return await page(
            request,
            uow,
            "marketplace/funding/funding.html",
            face="office",
            standing=standing,
            funding=row,
            left_now=standing.left_in(month),
            label=month.label(current_locale()),
            described=described(row, host.registry),
            months=_months(standing),
            uses=await _uses(uow, host, row),
        )


def _months(standing: service.Standing) -> list[tuple[str, int]]:
    return [
        (Period.months_from(day, 1).label(current_locale()), sum(services.values()))
        for day, services in sorted(standing.used_in.items())
    ]


async def _uses(uow: UnitOfWork, host: Host, row: Funding) -> list[dict[str, Any]]:
    return [
        {
            "month": Period.months_from(use.starts_on, 1).label(current_locale()),
            "service": service_title(host.registry, use.service),
            "taken_back": use.amount < 0,
            "amount": use.amount,
            "url": f"/office/settlements/{use.settlement_id}/services/{use.offer_id}",
        }
        for use in await repository.uses(uow.session, row.organization_id, row.id)
    ]


@get("/office/funding/{funding_id:uuid}/change", name="funding-form")
async def change_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, funding_id: FromPath[UUID]
) -> Response[str]:
    """The form of a grant."""
    caller.require_signed_in()
    return await _form(request, host, caller, None, funding_id)


@post(
    "/office/funding/{funding_id:uuid}/change",
    name="funding-change",
    opt={"mutation": "changeFunding"},
    status_code=303,
)
async def change(
    request: ArengoRequest, host: FromHost, caller: FromCaller, funding_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Change a grant."""

    async def act(uow: UnitOfWork, form: Form) -> None:
        await office_of(uow)
        await service.change(uow, funding_id=funding_id, data=_read(form))

    return await acted(
        request,
        host,
        caller,
        act,
        again=lambda form: _form(request, host, caller, form, funding_id),
        to=f"{_LIST}/{funding_id}",
        done=Flash("success", gettext("The grant is saved.")),
    )


@post(
    "/office/funding/{funding_id:uuid}/end",
    name="funding-end",
    opt={"mutation": "endFunding"},
    status_code=303,
)
async def end(
    request: ArengoRequest, host: FromHost, caller: FromCaller, funding_id: FromPath[UUID]
) -> Redirect:
    """Have a grant cover no further month."""
    caller.require_signed_in()
    async with host.unit_of_work(caller) as uow:
        await service.end(uow, funding_id=funding_id)
    done = Flash("success", gettext("The grant has ended: it covers no further month."))
    return redirect(request, f"{_LIST}/{funding_id}", done)


@post(
    "/office/funding/{funding_id:uuid}/report",
    name="funding-report",
    opt={"mutation": "reportFunding"},
    status_code=303,
)
async def report(
    request: ArengoRequest, host: FromHost, caller: FromCaller, funding_id: FromPath[UUID]
) -> Redirect:
    """Note that the report was made."""
    caller.require_signed_in()
    async with host.unit_of_work(caller) as uow:
        await service.report_made(uow, funding_id=funding_id)
    return redirect(
        request, f"{_LIST}/{funding_id}", Flash("success", gettext("The report is noted as made."))
    )


@post(
    "/office/funding/{funding_id:uuid}/up",
    name="funding-up",
    opt={"mutation": "reorderFundings"},
    status_code=303,
)
async def up(
    request: ArengoRequest, host: FromHost, caller: FromCaller, funding_id: FromPath[UUID]
) -> Redirect:
    """Put a grant before the one that it follows."""
    caller.require_signed_in()
    async with host.unit_of_work(caller) as uow:
        consortium_id, order = await service.moved_up(uow, funding_id)
        await service.reorder(uow, consortium_id=consortium_id, funding_ids=order)
    return redirect(request, _LIST, Flash("success", gettext("The order is changed.")))


ROUTES: list[Any] = [
    list_page,
    fundings_csv,
    new_page,
    create,
    funding_page,
    change_page,
    change,
    end,
    report,
    up,
]
