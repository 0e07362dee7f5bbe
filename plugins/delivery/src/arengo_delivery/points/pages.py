"""Pages of those who keep pick-up points, town halls and shops."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.errors import InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import acting_for, page
from arengo_delivery.permissions import POINTS
from arengo_delivery.points import service
from arengo_delivery.points.service import PointData
from arengo_delivery.requests import face_of


def _paths(rest: str = "") -> list[str]:
    return [f"/office/pick-up-points{rest}", f"/desk/pick-up-points{rest}"]


def _data(form: Form) -> PointData:
    return PointData(form["name"], form["address"], form["opening_hours"])


async def _list(request: ArengoRequest, host: Host, caller: Caller, form: Form) -> Response[str]:
    place = acting_for(caller)
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await page(
            request,
            uow,
            "delivery/points.html",
            face=face_of(request),
            status=400 if form.errors else 200,
            points=await service.kept_by(uow, place),
            may_change=caller.may(place, POINTS),
            form=form,
        )


@get(_paths(), name="pick-up-points")
async def points(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """The points one keeps, and the form for a new one."""
    return await _list(request, host, caller, Form({}))


@post(_paths(), name="pick-up-point-create", opt={"mutation": "createPickUpPoint"}, status_code=303)
async def create(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Open a point."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await service.create(
                host,
                uow,
                organization_id=acting_for(caller),
                data=_data(form),
                idempotency_key=form["idempotency_key"] or None,
            )
    except InvalidInputError as error:
        form.refuse(error)
        return await _list(request, host, caller, form)
    return redirect(
        request,
        f"/{face_of(request)}/pick-up-points",
        Flash("success", gettext("Shoppers can choose this point from now on.")),
    )


async def _edit(
    request: ArengoRequest, host: Host, caller: Caller, point_id: UUID, form: Form | None
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        row = await service.get_own(uow, acting_for(caller), point_id)
        kept = form or Form(
            {"name": row.name, "address": row.address, "opening_hours": row.opening_hours}
        )
        return await page(
            request,
            uow,
            "delivery/point_form.html",
            face=face_of(request),
            status=400 if kept.errors else 200,
            point=row,
            form=kept,
        )


@get(_paths("/{point_id:uuid}"), name="pick-up-point")
async def point(
    request: ArengoRequest, host: FromHost, caller: FromCaller, point_id: FromPath[UUID]
) -> Response[str]:
    """The form to change a point."""
    return await _edit(request, host, caller, point_id, None)


@post(
    _paths("/{point_id:uuid}"),
    name="pick-up-point-change",
    opt={"mutation": "changePickUpPoint"},
    status_code=303,
)
async def change(
    request: ArengoRequest, host: FromHost, caller: FromCaller, point_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Change a point."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await service.change(
                uow, organization_id=acting_for(caller), point_id=point_id, data=_data(form)
            )
    except InvalidInputError as error:
        form.refuse(error)
        return await _edit(request, host, caller, point_id, form)
    return redirect(
        request,
        f"/{face_of(request)}/pick-up-points",
        Flash("success", gettext("The point is changed.")),
    )


@post(
    _paths("/{point_id:uuid}/close"),
    name="pick-up-point-close",
    opt={"mutation": "closePickUpPoint"},
    status_code=303,
)
async def close(
    request: ArengoRequest, host: FromHost, caller: FromCaller, point_id: FromPath[UUID]
) -> Redirect:
    """Offer a point no more."""
    async with host.unit_of_work(caller) as uow:
        await service.close(uow, organization_id=acting_for(caller), point_id=point_id)
    return redirect(
        request,
        f"/{face_of(request)}/pick-up-points",
        Flash(
            "success",
            gettext("The point is closed."),
            gettext("What waits there can still be handed over."),
        ),
    )


ROUTES: list[Any] = [points, create, point, change, close]
