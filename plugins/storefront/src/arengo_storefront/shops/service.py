"""Rules of shops: a merchant opens its own, changes it, pauses it, gives it an address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from arengo_core.caller import OrganizationKind, Permission
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.organizations import repository as organizations
from arengo_core.plugins import gate
from arengo_core.web import sites
from arengo_marketplace.contract import Marketplace
from arengo_storefront.base import SERVICE
from arengo_storefront.catalogue import categories, publishing
from arengo_storefront.media import service as media
from arengo_storefront.permissions import SHOP
from arengo_storefront.shops import hours, repository
from arengo_storefront.shops.errors import ShopNotOpenedError
from arengo_storefront.shops.models import Shop

_LONG = 20_000
_SHORT = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopDetails:
    """What a merchant says of its shop. ``opening_hours``: seven days from Monday, or none."""

    name: str
    trade_it: str = ""
    trade_en: str = ""
    about_it: str = ""
    about_en: str = ""
    opening_hours: Sequence[str] = ()
    notice: str = ""
    conditions: str = ""
    privacy: str = ""
    returns: str = ""
    theme: str | None = None


def _themes(host: Host) -> set[str]:
    pages = host.state.get("pages")
    return {theme.name for theme in pages.themes.choosable()} if pages is not None else set()


def _checked(host: Host, details: ShopDetails) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field, value in asdict(details).items():
        if isinstance(value, str):
            text = value.replace("\r\n", "\n").strip()
            limit = _SHORT if field in {"name", "trade_it", "trade_en"} else _LONG
            if len(text) > limit:
                raise InvalidInputError(
                    "At most {limit} characters are possible.", field=field, limit=limit
                )
            values[field] = text
    if not values["name"]:
        raise InvalidInputError("Give your shop a name.", field="name")
    values["opening_hours"] = hours.check_week(details.opening_hours)
    values["theme"] = values.get("theme") or None
    if values["theme"] and values["theme"] not in _themes(host):
        raise InvalidInputError("Choose one of the list.", field="theme")
    return values


async def require_shop(uow: UnitOfWork, organization_id: UUID, *permissions: Permission) -> Shop:
    """The caller's own shop, to work on. ShopNotOpenedError before it was opened."""
    uow.caller.require(organization_id, *permissions)
    shop = await repository.of_merchant(uow.session, organization_id)
    if shop is None:
        raise ShopNotOpenedError
    return shop


async def open_shop(
    uow: UnitOfWork, host: Host, *, organization_id: UUID, details: ShopDetails
) -> Shop:
    """Open the shop of a merchant that is a member and has an active storefront."""
    uow.caller.require(organization_id, SHOP)
    await gate.require_active(uow.session, SERVICE, organization_id)
    values = _checked(host, details)
    if await repository.of_merchant(uow.session, organization_id) is not None:
        raise ConflictError("Your shop is open already.")
    member = await host.continuing(uow, Marketplace).member(organization_id)
    if member.kind is not OrganizationKind.MERCHANT:
        raise ConflictError("Only a merchant opens a shop.")
    merchant = await organizations.get(uow.session, organization_id)
    assert merchant is not None
    town = await organizations.get(uow.session, member.seat_id) if member.seat_id else None
    shop = Shop(
        id=new_id(),
        organization_id=organization_id,
        consortium_id=member.consortium_id,
        municipality_id=town.id if town else None,
        town=town.name if town else merchant.city,
        town_slug=town.slug if town else "",
        slug=merchant.slug,
        is_demo=merchant.is_demo,
        **values,
    )
    uow.session.add(shop)
    await uow.session.flush()
    await categories.ensure(uow, member.consortium_id)
    uow.audit(organization_id, "shop.opened", "Shop", shop.id)
    return shop


async def update_shop(
    uow: UnitOfWork, host: Host, *, organization_id: UUID, details: ShopDetails
) -> Shop:
    """Change what the shop says of itself; its listings follow in the same transaction."""
    shop = await require_shop(uow, organization_id, SHOP)
    renamed = shop.name != details.name.strip()
    for field, value in _checked(host, details).items():
        setattr(shop, field, value)
    shop.version += 1
    await uow.session.flush()
    if renamed:
        await publishing.relist_shop(uow, shop)
    uow.audit(organization_id, "shop.changed", "Shop", shop.id)
    return shop


async def set_open(uow: UnitOfWork, *, organization_id: UUID, is_open: bool, notice: str) -> Shop:
    """Pause the shop or open it again; ``notice`` tells shoppers until when."""
    shop = await require_shop(uow, organization_id, SHOP)
    if is_open:
        await gate.require_active(uow.session, SERVICE, organization_id)
    shop.is_open = is_open
    shop.notice = notice.strip()[:_SHORT]
    shop.version += 1
    await uow.session.flush()
    uow.audit(organization_id, "shop.reopened" if is_open else "shop.paused", "Shop", shop.id)
    return shop


async def set_host_name(uow: UnitOfWork, *, organization_id: UUID, host_name: str) -> Shop:
    """Give the shop a host name of its own, or with an empty one take it away."""
    shop = await require_shop(uow, organization_id, SHOP)
    await gate.require_active(uow.session, SERVICE, organization_id)
    await sites.claim(uow, organization_id, host_name.strip() or None)
    uow.audit(organization_id, "shop.host_name_set", "Shop", shop.id)
    return shop


async def set_picture(
    uow: UnitOfWork, *, organization_id: UUID, place: str, photo: media.WrittenPhoto | None
) -> Shop:
    """Put a photo at the shop's ``banner`` or ``logo``, or with None take it away."""
    if place not in {"banner", "logo"}:
        raise InvalidInputError("Choose one of the list.", field="place")
    shop = await require_shop(uow, organization_id, SHOP)
    await gate.require_active(uow.session, SERVICE, organization_id)
    column = f"{place}_id"
    before: UUID | None = getattr(shop, column)
    stored = await media.store(uow, organization_id, photo) if photo else None
    setattr(shop, column, stored)
    shop.version += 1
    await uow.session.flush()
    if before is not None and before != stored:
        await media.remove_unused(uow, organization_id, [before])
    return shop
