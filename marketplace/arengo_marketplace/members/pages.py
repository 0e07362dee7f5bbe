"""The office's pages on members: list with map, one member, admitting, seats, leaving."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from markupsafe import Markup

from arengo_core.caller import Caller, OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import N_, format_number, gettext
from arengo_core.organizations import repository as organizations
from arengo_core.web.acts import Act, acted
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import page
from arengo_marketplace import register
from arengo_marketplace.contract import Member
from arengo_marketplace.members import charter, directory, joining
from arengo_marketplace.members import service as members
from arengo_marketplace.members.acting import acting_in, office_of
from arengo_marketplace.register.map import Area, draw


def member_map(towns: Sequence[Member]) -> Markup:
    """The map of municipalities, each with its name and inhabitants; empty without any."""
    areas = [
        Area(town.istat_code, _area_label(town)) for town in towns if town.istat_code is not None
    ]
    if not areas:
        return Markup("")
    drawing = draw(
        areas,
        title=gettext("Map of the members"),
        description=gettext("{count} municipalities.", count=len(areas)),
        width=640,
    )
    return Markup(drawing)  # noqa: S704 - drawn by us, labels escaped there


def _area_label(town: Member) -> str:
    if town.population is None:
        return town.name
    return gettext(
        "{name}: {count} inhabitants", name=town.name, count=format_number(town.population)
    )


async def _list(request: ArengoRequest, host: Host, caller: Caller, form: Form) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow)
        everybody = await directory.members(uow, acting.consortium_id)
        towns = [m for m in everybody if m.kind is OrganizationKind.MUNICIPALITY]
        agreed = await charter.charter_of(uow, acting.consortium_id)
        by_id = {member.organization_id: member for member in everybody}
        search = request.query_params.get("search", "")
        return await page(
            request,
            uow,
            "marketplace/members/list.html",
            face=acting.face,
            status=400 if form.errors else 200,
            form=form,
            acting_in=acting,
            towns=towns,
            merchants=[m for m in everybody if m.kind is OrganizationKind.MERCHANT],
            names={key: member.name for key, member in by_id.items()},
            lead_id=agreed.lead_id,
            is_illustrative=agreed.is_illustrative,
            population=sum(town.population or 0 for town in towns),
            unknown=[town.name for town in towns if town.population is None],
            population_year=register.population_year(),
            map=member_map(towns),
            requests=await joining.waiting(uow, acting.consortium_id) if acting.is_office else [],
            search=search,
            found=[
                record
                for record in register.search(search, 12)
                if record.istat_code not in {town.istat_code for town in towns}
            ],
        )


@get("/office/members", name="members")
async def members_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Who belongs to the consortium, on a map and in figures; the office decides requests."""
    caller.require_signed_in()
    return await _list(request, host, caller, Form({}))


@post("/office/members", name="members-admit", opt={"mutation": "admitMember"}, status_code=303)
async def admit(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Admit a municipality from the register."""
    caller.require_signed_in()
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            membership = await members.admit_municipality(
                uow,
                host,
                consortium_id=await office_of(uow),
                istat_code=form["istat_code"],
                population=form.integer("population") if form["population"] else None,
                officer_name=form["name"],
                officer_email=form["email"],
            )
    except ArengoError as error:
        if error.status in {401, 403}:
            raise
        form.refuse(error)
        return await _list(request, host, caller, form)
    name = register.by_istat(form["istat_code"]).name
    return redirect(
        request,
        f"/office/members/{membership.organization_id}",
        Flash("success", gettext("{name} is a member.", name=name)),
    )


async def _one(
    request: ArengoRequest, host: Host, caller: Caller, member_id: UUID, form: Form
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow)
        member = await directory.member(uow, member_id, acting.consortium_id)
        row = await organizations.get(uow.session, member_id)
        towns = await directory.members(uow, acting.consortium_id, OrganizationKind.MUNICIPALITY)
        shops = await directory.members(uow, acting.consortium_id, OrganizationKind.MERCHANT)
        attributes = await directory.attributes(uow, acting.consortium_id, [member_id])
        return await page(
            request,
            uow,
            "marketplace/members/member.html",
            face=acting.face,
            status=400 if form.errors else 200,
            form=form,
            acting_in=acting,
            member=member,
            organization=row,
            attributes=attributes.get(member_id, {}),
            seats=[(str(town.organization_id), town.name) for town in towns],
            seat=next((t for t in towns if t.organization_id == member.seat_id), None),
            shops=[shop for shop in shops if shop.seat_id == member_id],
            map=member_map([member]) if member.istat_code else "",
            may_leave=acting.is_office or acting.organization_id == member_id,
        )


@get("/office/members/{member_id:uuid}", name="member")
async def member_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, member_id: FromPath[UUID]
) -> Response[str]:
    """One member."""
    caller.require_signed_in()
    return await _one(request, host, caller, member_id, Form({}))


async def _saved(
    request: ArengoRequest, host: Host, caller: Caller, member_id: UUID, act: Act, said: str
) -> Response[Any] | Redirect:
    again = partial(_one, request, host, caller, member_id)
    flash = Flash("success", gettext(said))
    return await acted(request, host, caller, act, again, f"/office/members/{member_id}", flash)


@post(
    "/office/members/{member_id:uuid}/population",
    name="member-population",
    opt={"mutation": "setPopulation"},
    status_code=303,
)
async def set_population(
    request: ArengoRequest, host: FromHost, caller: FromCaller, member_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Pin the inhabitants."""

    async def act(uow: UnitOfWork, form: Form) -> None:
        await members.set_population(
            uow,
            consortium_id=await office_of(uow),
            organization_id=member_id,
            population=form.integer("population"),
        )

    return await _saved(
        request, host, caller, member_id, act, N_("The inhabitants are pinned as of today.")
    )


def _attributes(text: str) -> dict[str, str]:
    """Lines ``name = value``. InvalidInputError for one that is not."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, separator, value = line.partition("=")
        if not separator:
            raise InvalidInputError(
                "{line} is not a line such as altitude = 960.", field="attributes", line=line
            )
        found[name] = value
    return found


@post(
    "/office/members/{member_id:uuid}/attributes",
    name="member-attributes",
    opt={"mutation": "setMemberAttributes"},
    status_code=303,
)
async def set_attributes(
    request: ArengoRequest, host: FromHost, caller: FromCaller, member_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Set the figures for cost rules."""

    async def act(uow: UnitOfWork, form: Form) -> None:
        await members.set_attributes(
            uow,
            consortium_id=await office_of(uow),
            organization_id=member_id,
            attributes=_attributes(form["attributes"]),
        )

    return await _saved(request, host, caller, member_id, act, N_("The figures are saved."))


@post(
    "/office/members/{member_id:uuid}/seat",
    name="member-seat",
    opt={"mutation": "moveSeat"},
    status_code=303,
)
async def move_seat(
    request: ArengoRequest, host: FromHost, caller: FromCaller, member_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Move a merchant's seat."""

    async def act(uow: UnitOfWork, form: Form) -> None:
        await members.move_seat(
            uow,
            consortium_id=await office_of(uow),
            organization_id=member_id,
            seat_id=form.uuid("seat_id"),
        )

    return await _saved(
        request,
        host,
        caller,
        member_id,
        act,
        N_("The seat is moved; what the new one covers holds at once."),
    )


@post(
    "/office/members/{member_id:uuid}/leave",
    name="member-leave",
    opt={"mutation": "endMembership"},
    status_code=303,
)
async def leave(
    request: ArengoRequest, host: FromHost, caller: FromCaller, member_id: FromPath[UUID]
) -> Redirect | Response[Any]:
    """End a membership today."""
    caller.require_signed_in()
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            acting = await acting_in(uow)
            await members.leave(
                uow, host, consortium_id=acting.consortium_id, organization_id=member_id
            )
    except ArengoError as error:
        if error.status != 409:
            raise
        form.refuse(error)
        return await _one(request, host, caller, member_id, form)
    done = Flash("success", gettext("The membership and its services ended today."))
    return redirect(request, "/office/members" if acting.is_office else "/account", done)


ROUTES: list[Any] = [
    members_page,
    admit,
    member_page,
    set_population,
    set_attributes,
    move_seat,
    leave,
]
