"""The mayor's page: a member's year on one sheet of paper."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from arengo_core import clock
from arengo_core.caller import OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import current_locale, gettext
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.pages import page
from arengo_core.web.spreadsheet import csv_answer
from arengo_marketplace.contract import Member
from arengo_marketplace.members import directory
from arengo_marketplace.members.acting import Acting, acting_in
from arengo_marketplace.permissions import ALL_FIGURES, FIGURES
from arengo_marketplace.statements.year import FIRST_YEAR, MemberYear, year_of


async def _asked(
    request: ArengoRequest, host: Host, uow: UnitOfWork
) -> tuple[Acting, list[Member], MemberYear | None]:
    """The year asked for, of the caller's own member; the office chooses one of all."""
    acting = await acting_in(uow, ALL_FIGURES, FIGURES)
    members: list[Member] = []
    member = acting.member
    if acting.is_office:
        members = await directory.members(uow, acting.consortium_id, OrganizationKind.MUNICIPALITY)
        member = _chosen(members, request.query_params.get("member", ""))
    year = _year(request.query_params.get("year", ""))
    return acting, members, await year_of(uow, host.registry, member, year) if member else None


def _chosen(members: list[Member], text: str) -> Member | None:
    if not text:
        return members[0] if members else None
    for member in members:
        if str(member.organization_id) == text:
            return member
    raise InvalidInputError("Choose one of the list.", field="member")


def _year(text: str) -> int:
    this = clock.today().year
    if not text:
        return this
    if not (text.isdecimal() and FIRST_YEAR <= int(text) <= this):
        raise InvalidInputError(
            "{value} is not a year from {first} to {last}.",
            field="year",
            value=text[:20],
            first=FIRST_YEAR,
            last=this,
        )
    return int(text)


@get("/office/mayor", name="mayor")
async def mayor_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """What a municipality uses, what it cost this year, per inhabitant, why, and the change."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting, members, figures = await _asked(request, host, uow)
        consortium = await directory.consortium(uow, acting.consortium_id)
        return await page(
            request,
            uow,
            "marketplace/statements/mayor.html",
            face=acting.face,
            acting_in=acting,
            members=[(str(one.organization_id), one.name) for one in members],
            figures=figures,
            consortium=consortium,
            this_year=clock.today().year,
            today=clock.today(),
            label_of=lambda month: month.label(current_locale()),
        )


@get("/office/mayor/csv", name="mayor-csv")
async def mayor_csv(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[bytes]:
    """The same figures as CSV."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        _, _, figures = await _asked(request, host, uow)
    headings = [
        gettext(text)
        for text in ("Service", "Cost", "Per inhabitant", "Last month", "Month before", "Used")
    ]
    rows = [
        (
            one.title,
            one.amount,
            one.per_inhabitant,
            one.last,
            one.before,
            ", ".join(f"{title}: {units.normalize():f}" for title, units in one.used),
        )
        for one in (figures.services if figures else ())
    ]
    return csv_answer(f"year-{figures.year if figures else ''}", headings, rows)


ROUTES: list[Any] = [mayor_page, mayor_csv]
