"""Parcels on the merchant's desk and in the consortium's office."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import acting_for, page
from arengo_delivery.contract import DeliveryKind, ParcelState
from arengo_delivery.labels import service as labels
from arengo_delivery.parcels import desk
from arengo_delivery.parcels.codes import show_tracking_code
from arengo_delivery.parcels.states import ACTS, KINDS, LABELS, UNFINISHED, next_states
from arengo_delivery.parcels.views import tracking_path
from arengo_delivery.points import repository as points
from arengo_delivery.requests import after_of, face_of

SIZE = 30


def _paths(rest: str = "") -> list[str]:
    return [f"/desk/parcels{rest}", f"/office/parcels{rest}"]


def shown(state: str) -> tuple[str, str]:
    """A state's name in the present language, and the kind of its badge."""
    known = ParcelState(state)
    return gettext(LABELS[known]), KINDS[known]


@get(_paths(), name="parcels")
async def parcels(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Parcels that are not at their end, or all of them."""
    place = acting_for(caller)
    everything = request.query_params.get("show") == "all"
    states = () if everything else tuple(sorted(UNFINISHED))
    async with host.unit_of_work(caller, read_only=True) as uow:
        rows = await desk.parcels_of(uow, place, states=states, size=SIZE, after=after_of(request))
        more = f"&after={rows[SIZE - 1].id}" if len(rows) > SIZE else ""
        return await page(
            request,
            uow,
            "delivery/parcels.html",
            face=face_of(request),
            rows=[(row, shown(row.state)) for row in rows[:SIZE]],
            carrier_title=lambda key: labels.carrier_title(host, key),
            everything=everything,
            printable=any(row.state in labels.PRINTABLE for row in rows),
            next=f"?show={'all' if everything else 'open'}{more}" if more else "",
        )


async def _parcel(
    request: ArengoRequest, host: Host, caller: Caller, parcel_id: UUID, form: Form
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        row, events = await desk.parcel(uow, acting_for(caller), parcel_id)
        ahead = next_states(DeliveryKind(row.kind), ParcelState(row.state))
        return await page(
            request,
            uow,
            "delivery/parcel.html",
            face=face_of(request),
            status=400 if form.errors else 200,
            parcel=row,
            shown=shown(row.state),
            point=await points.get(uow.session, row.point_id) if row.point_id else None,
            carrier=labels.carrier_title(host, row.carrier),
            number=show_tracking_code(row.tracking_code),
            tracking=tracking_path(row),
            events=[(event.occurred_at, shown(event.state)[0], event.place) for event in events],
            acts=[(state.value, gettext(act)) for state, act in ACTS.items() if state in ahead],
            form=form,
        )


@get(_paths("/{parcel_id:uuid}"), name="parcel")
async def parcel(
    request: ArengoRequest, host: FromHost, caller: FromCaller, parcel_id: FromPath[UUID]
) -> Response[str]:
    """A parcel: packing data, label, steps, and what can be done."""
    return await _parcel(request, host, caller, parcel_id, Form({}))


@post(
    _paths("/{parcel_id:uuid}/move"),
    name="parcel-move",
    opt={"mutation": "moveParcel"},
    status_code=303,
)
async def move(
    request: ArengoRequest, host: FromHost, caller: FromCaller, parcel_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Say that a parcel moved."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            row = await desk.move(
                host,
                uow,
                organization_id=acting_for(caller),
                parcel_id=parcel_id,
                state=desk.state_named(form["state"]),
                place=form["place"],
            )
    except (InvalidInputError, ConflictError) as error:
        form.refuse(error)
        return await _parcel(request, host, caller, parcel_id, form)
    return _back(request, parcel_id, shown(row.state)[0])


def _back(request: ArengoRequest, parcel_id: UUID, title: str) -> Redirect:
    return redirect(request, f"/{face_of(request)}/parcels/{parcel_id}", Flash("success", title))


@post(
    _paths("/{parcel_id:uuid}/code"),
    name="parcel-code",
    opt={"mutation": "renewPickUpCode"},
    status_code=303,
)
async def renew_code(
    request: ArengoRequest, host: FromHost, caller: FromCaller, parcel_id: FromPath[UUID]
) -> Redirect:
    """Send the shopper a new code."""
    async with host.unit_of_work(caller) as uow:
        await desk.renew_code(host, uow, organization_id=acting_for(caller), parcel_id=parcel_id)
    return _back(request, parcel_id, gettext("A new code is on its way to the shopper."))


@post(
    _paths("/{parcel_id:uuid}/book"),
    name="parcel-book",
    opt={"mutation": "bookParcelAgain"},
    status_code=303,
)
async def book_again(
    request: ArengoRequest, host: FromHost, caller: FromCaller, parcel_id: FromPath[UUID]
) -> Redirect:
    """Ask the carrier again."""
    async with host.unit_of_work(caller) as uow:
        await desk.book_again(uow, organization_id=acting_for(caller), parcel_id=parcel_id)
    return _back(request, parcel_id, gettext("The carrier is being asked again."))


def _pdf(content: bytes, name: str) -> Response[bytes]:
    return Response(
        content,
        media_type="application/pdf",
        headers={"content-disposition": f'inline; filename="{name}.pdf"'},
    )


@get(_paths("/{parcel_id:uuid}/label.pdf"), name="parcel-label")
async def label(host: FromHost, caller: FromCaller, parcel_id: FromPath[UUID]) -> Response[bytes]:
    """The label of one parcel."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        return _pdf(await labels.label(host, uow, acting_for(caller), parcel_id), "label")


@get("/desk/parcels/labels.pdf", name="parcel-labels")
async def all_labels(host: FromHost, caller: FromCaller) -> Response[bytes]:
    """The labels of every parcel that has not left."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        return _pdf(await labels.labels(host, uow, acting_for(caller)), "labels")


ROUTES: list[Any] = [parcels, parcel, move, renew_code, book_again, label, all_labels]
