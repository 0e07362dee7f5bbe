"""Sending a shopper the link to an order again; nobody learns whether the order exists."""

from __future__ import annotations

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError
from arengo_core.host import Host
from arengo_core.ids import digest
from arengo_core.mail.address import check_email
from arengo_storefront.notices import service as notices
from arengo_storefront.notices.models import NoticeKind
from arengo_storefront.orders import repository
from arengo_storefront.orders.links import secret_of

_LONGEST = 20


async def send_again(host: Host, uow: UnitOfWork, *, number: str, email: str) -> None:
    """Mail the link if number and address belong together; at most once in ten minutes."""
    address = check_email(email)
    cleaned = number.strip().upper().replace(" ", "")
    if not cleaned or len(cleaned) > _LONGEST:
        raise InvalidInputError(
            "{value} is not an order number: 7K3QX-92ABC is expected.",
            field="number",
            value=number[:_LONGEST] or "—",
        )
    base = "-".join(cleaned.split("-")[:2])
    if "-" not in cleaned and len(cleaned) == 10:
        base = f"{cleaned[:5]}-{cleaned[5:]}"
    link = await repository.link_by_number(uow.session, base)
    if link is None:
        return
    async with uow.widened([link.order_id]):
        order = await repository.order(uow.session, link.order_id)
        if order is None or order.email != address:
            return
        await repository.remember_link(uow.session, order.id, digest(secret_of(host, order.id)))
        occasion = str(int(clock.now().timestamp()) // 600)
        await notices.to_shopper(uow, order.id, NoticeKind.ORDER_LINK, occasion)
