"""The office's page of the courier: prices, and what is on its way."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.errors import InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import format_money, gettext
from arengo_core.money import Money
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import acting_for, page
from arengo_delivery.parcels import repository as parcels
from arengo_delivery.permissions import TARIFFS
from arengo_delivery.points.service import open_points
from arengo_delivery.tariffs import service
from arengo_delivery.tariffs.schedule import DEFAULTS, Band, Bands

ROWS = 8
_PAGE = "/office/delivery"


@get(_PAGE, name="delivery-office")
async def office(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Prices by destination, parcels by state, points of the consortium."""
    consortium_id = acting_for(caller)
    caller.require(consortium_id, TARIFFS)
    async with host.unit_of_work(caller, read_only=True) as uow:
        destinations = await service.destinations(host, uow, consortium_id)
        own = {place.key for place in destinations}
        return await page(
            request,
            uow,
            "delivery/office.html",
            face="office",
            destinations=destinations,
            towns=[
                (town.istat_code, town.name)
                for town in await service.towns(host, uow, consortium_id)
                if town.istat_code not in own
            ],
            counts=await parcels.count_by_state(uow.session, consortium_id),
            points=await open_points(uow, consortium_id),
        )


def _typed(bands: Bands) -> dict[str, str]:
    values: dict[str, str] = {}
    for number, band in enumerate(bands[:ROWS]):
        values[f"kg_{number}"] = f"{band.up_to_grams / 1000:g}".replace(".", ",")
        values[f"price_{number}"] = (
            format_money(Money(band.price)).replace("€", "").replace("\u00a0", "").strip()
        )
    return values


def _read(form: Form) -> Bands:
    bands: list[Band] = []
    for number in range(ROWS):
        kilos, price = f"kg_{number}", f"price_{number}"
        if not form[kilos] and not form[price]:
            continue
        bands.append(Band(int(form.decimal(kilos) * 1000), form.money(price).amount))
    return tuple(bands)


async def _edit(
    request: ArengoRequest, host: Host, caller: Caller, destination: str, form: Form | None
) -> Response[str]:
    consortium_id = acting_for(caller)
    caller.require(consortium_id, TARIFFS)
    async with host.unit_of_work(caller, read_only=True) as uow:
        names = {t.istat_code: t.name for t in await service.towns(host, uow, consortium_id)}
        if destination not in names and destination not in DEFAULTS:
            raise InvalidInputError(
                "{value} is neither a zone nor a municipality of the consortium.",
                field="destination",
                value=destination,
            )
        known = {d.key: d for d in await service.destinations(host, uow, consortium_id)}
        schedule = await service.schedule(host, uow, consortium_id)
        bands = known[destination].bands if destination in known else schedule.bands_to(destination)
        return await page(
            request,
            uow,
            "delivery/tariff_form.html",
            face="office",
            status=400 if form is not None and form.errors else 200,
            form=form if form is not None else Form(_typed(bands)),
            destination=destination,
            name=names.get(destination, ""),
            rows=range(ROWS),
            own=destination in known and known[destination].own,
        )


@get(f"{_PAGE}/tariffs", name="tariff-new")
async def choose(request: ArengoRequest, caller: FromCaller) -> Redirect:
    """From the chosen municipality to its form."""
    caller.require_signed_in()
    return redirect(request, f"{_PAGE}/tariffs/{request.query_params.get('destination', 'valley')}")


@get(f"{_PAGE}/tariffs/{{destination:str}}", name="tariff")
async def tariff(
    request: ArengoRequest, host: FromHost, caller: FromCaller, destination: FromPath[str]
) -> Response[str]:
    """The form for the prices to a destination."""
    return await _edit(request, host, caller, destination, None)


@post(
    f"{_PAGE}/tariffs/{{destination:str}}",
    name="tariff-set",
    opt={"mutation": "setTariff"},
    status_code=303,
)
async def set_tariff(
    request: ArengoRequest, host: FromHost, caller: FromCaller, destination: FromPath[str]
) -> Response[Any] | Redirect:
    """Set the prices to a destination."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await service.put(
                host,
                uow,
                consortium_id=acting_for(caller),
                destination=destination,
                bands=_read(form),
            )
    except InvalidInputError as error:
        form.refuse(error)
        return await _edit(request, host, caller, destination, form)
    return redirect(request, _PAGE, Flash("success", gettext("The prices hold from now on.")))


@post(
    f"{_PAGE}/tariffs/{{destination:str}}/remove",
    name="tariff-remove",
    opt={"mutation": "removeTariff"},
    status_code=303,
)
async def remove(
    request: ArengoRequest, host: FromHost, caller: FromCaller, destination: FromPath[str]
) -> Redirect:
    """Back to the usual prices."""
    async with host.unit_of_work(caller) as uow:
        await service.remove(uow, consortium_id=acting_for(caller), destination=destination)
    return redirect(request, _PAGE, Flash("success", gettext("The usual prices hold again.")))


ROUTES: list[Any] = [office, choose, tariff, set_tariff, remove]
