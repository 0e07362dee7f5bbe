"""Pages on usage: what was used in a month, down to the single records."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from arengo_core import clock
from arengo_core.caller import OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.i18n import current_locale, gettext
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.pages import page
from arengo_core.web.spreadsheet import csv_answer
from arengo_marketplace.contract import Member
from arengo_marketplace.costs.period import Period
from arengo_marketplace.cursors import cursor_at, day_and_id
from arengo_marketplace.members import directory
from arengo_marketplace.members.acting import Acting, acting_in
from arengo_marketplace.metering import repository
from arengo_marketplace.metering.models import UsageRecord
from arengo_marketplace.metering.reading import (
    Usage,
    check_meter,
    course_of,
    of_members,
    readable_member,
    year_to,
)
from arengo_marketplace.months import month_asked, month_key
from arengo_marketplace.permissions import ALL_FIGURES, FIGURES
from arengo_marketplace.titles import meter_of, meter_title

PAGE = 100


async def _used(uow: UnitOfWork, acting: Acting, month: Period) -> list[Usage]:
    """The member's usage; the office's: that of every municipality, shops counted with it."""
    if acting.member is not None:
        return await of_members(uow, [acting.member], month)
    towns = await directory.members(
        uow, acting.consortium_id, OrganizationKind.MUNICIPALITY, on=month.start
    )
    return await of_members(uow, towns, month)


@get("/office/usage", name="usage")
async def usage_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """What the member used in a month and in the year before; the office sees all members."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow, ALL_FIGURES, FIGURES)
        month = month_asked(request, Period.months_from(clock.today(), 1))
        span = year_to(month)
        if acting.is_office:
            folded = await repository.consortium_by_month(uow.session, acting.consortium_id, span)
        else:
            rows = await repository.by_month(uow.session, [acting.organization_id], span)
            folded = [(meter, start, units) for _, meter, start, units in rows]
        course = course_of(folded, span)
        return await page(
            request,
            uow,
            "marketplace/usage/month.html",
            face=acting.face,
            acting_in=acting,
            key=month_key(month),
            label=month.label(current_locale()),
            previous=month_key(month.previous()),
            next=month_key(month.next()),
            used=await _used(uow, acting, month),
            series=course.units.items(),
            labels=[f"{one.start:%m/%y}" for one in course.months],
            title_of=lambda meter: meter_title(host.registry, meter),
        )


@get("/office/usage/csv", name="usage-csv")
async def usage_csv(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[bytes]:
    """What was used in a month, as CSV."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        month = month_asked(request)
        used = await _used(uow, await acting_in(uow, ALL_FIGURES, FIGURES), month)
    rows = [
        (
            month_key(month),
            one.member.name,
            meter_title(host.registry, one.meter),
            one.quantity.normalize(),
            one.records,
        )
        for one in used
    ]
    headings = [gettext(text) for text in ("Month", "Member", "Meter", "Units", "Records")]
    return csv_answer(f"usage-{month_key(month)}", headings, rows)


async def _records(
    uow: UnitOfWork,
    member: Member,
    meter: str,
    month: Period,
    cursor: str | None,
    limit: int | None,
) -> list[UsageRecord]:
    rows = await repository.records(
        uow.session,
        member.organization_id,
        meter,
        month,
        after=day_and_id(cursor),
        limit=limit,
    )
    return list(rows)


@get("/office/usage/{member_id:uuid}/records", name="usage-records")
async def records_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, member_id: FromPath[UUID]
) -> Response[str]:
    """The single records that a member's units of a month add up from."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow, ALL_FIGURES, FIGURES)
        member = await readable_member(uow, member_id)
        meter = check_meter(host.registry, request.query_params.get("meter", ""))
        month = month_asked(request)
        cursor = request.query_params.get("after")
        rows = await _records(uow, member, meter, month, cursor, PAGE + 1)
        last = rows[PAGE - 1] if len(rows) > PAGE else None
        totals = {one.meter: one for one in await of_members(uow, [member], month)}
        described = meter_of(host.registry, meter)
        return await page(
            request,
            uow,
            "marketplace/usage/records.html",
            face=acting.face,
            member=member,
            meter=meter,
            title=meter_title(host.registry, meter),
            unit=gettext(described.unit) if described else "",
            key=month_key(month),
            label=month.label(current_locale()),
            records=rows[:PAGE],
            total=totals.get(meter),
            next=cursor_at(last.counted_on, last.id) if last else "",
        )


@get("/office/usage/{member_id:uuid}/records/csv", name="usage-records-csv")
async def records_csv(
    request: ArengoRequest, host: FromHost, caller: FromCaller, member_id: FromPath[UUID]
) -> Response[bytes]:
    """A member's records of a meter in a month, as CSV."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        member = await readable_member(uow, member_id)
        meter = check_meter(host.registry, request.query_params.get("meter", ""))
        month = month_asked(request)
        rows = [
            (
                record.occurred_at.isoformat(timespec="seconds"),
                record.counted_on,
                record.quantity.normalize(),
                gettext("merchants of the town") if record.through_seat else "",
                str(record.id),
            )
            for record in await _records(uow, member, meter, month, None, None)
        ]
    headings = [gettext(text) for text in ("When", "Counts on", "Units", "Used by", "Record")]
    return csv_answer(f"{meter}-{month_key(month)}", headings, rows)


ROUTES: list[Any] = [usage_page, usage_csv, records_page, records_csv]
