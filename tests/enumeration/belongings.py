"""What members of the world have besides: pick-up points, parcels, photos, mail, a withdrawal."""

from __future__ import annotations

import io

from PIL import Image

from arengo_communications.contract import Content, MessageRequest, Recipient
from arengo_communications.inbox import service as inbox
from arengo_core.caller import Caller
from arengo_core.ids import new_id
from arengo_delivery.contract import Address, Delivery, ParcelRequest
from arengo_delivery.points import service as points
from arengo_delivery.points.service import PointData
from arengo_delivery.tariffs import service as tariffs
from arengo_delivery.tariffs.schedule import Band
from arengo_storefront.catalogue import service as catalogue
from arengo_storefront.media import service as media
from arengo_storefront.media.images import prepare_now


def picture() -> bytes:
    """A small photo."""
    out = io.BytesIO()
    Image.new("RGB", (200, 150), (180, 60, 30)).save(out, "JPEG")
    return out.getvalue()


async def give(host, consortium, lead, shop, product_id) -> str:
    """Give the town and the shop their things; the tracking code of the shop's parcel."""
    counter = await _point(host, lead.id, "Municipio")
    await _point(host, shop.id, "Banco")
    async with host.unit_of_work(Caller.program([consortium.id], [consortium.id])) as uow:
        bands = (Band(2_000, 450),)
        await tariffs.put(host, uow, consortium_id=consortium.id, destination="014036", bands=bands)
    code = await _parcel(host, consortium, shop.id, counter.id)
    async with (
        media.written(host, prepare_now(picture())) as (photo,),
        host.unit_of_work(Caller.program([shop.id])) as uow,
    ):
        await catalogue.add_picture(uow, product_id=product_id, photo=photo)
    for owner in (lead.id, shop.id):
        async with host.unit_of_work(Caller.program([owner])) as uow:
            await inbox.put(uow, owner, new_id().hex, _message(owner))
    return code


async def _point(host, organization_id, name):
    async with host.unit_of_work(Caller.program([organization_id])) as uow:
        data = PointData(name, "Via Prova 2", "lun–ven 9–12")
        return await points.create(host, uow, organization_id=organization_id, data=data)


async def _parcel(host, consortium, shop_id, point_id) -> str:
    async with host.unit_of_work(Caller.program([shop_id])) as uow:
        delivery = await host.capability(uow, Delivery, shop_id)
        request = ParcelRequest(
            merchant_id=shop_id,
            merchant_order_id=new_id(),
            consortium_id=consortium.id,
            order_reference="A-17-1",
            option_key="pick-up-point:counter",
            point_id=point_id,
            weight_grams=1_200,
            recipient=Address("Maria Rossi", "Via Valle 7", "23020", "Lanzada", "014036", "333 1"),
            recipient_email="maria@example.it",
            locale="it",
        )
        await delivery.announce(request)
        parcel = await delivery.ready(request.merchant_order_id)
    return parcel.tracking_code


def _message(owner):
    return MessageRequest(
        key=new_id().hex,
        organization_id=owner,
        topic="order",
        recipient=Recipient("Ada", "ada@example.it", "it", owner),
        content=Content("Un ordine", ("È arrivato un ordine.",)),
    )
