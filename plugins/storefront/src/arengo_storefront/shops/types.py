"""GraphQL types of shops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.loader import Loader
from arengo_core.api.payload import Payload
from arengo_core.api.scalars import global_id
from arengo_core.identity.graphql import OrganizationType
from arengo_core.organizations import repository as organizations
from arengo_core.organizations.models import Organization
from arengo_storefront.base import in_language
from arengo_storefront.media.service import media_path
from arengo_storefront.shops import repository
from arengo_storefront.shops.models import Shop
from arengo_storefront.shops.service import ShopDetails


class OrganizationLoader(Loader[UUID, Organization]):
    """Organizations by id."""

    async def fetch(self, keys: Sequence[UUID]) -> Mapping[UUID, Organization]:
        return await organizations.by_ids(self.context.uow.session, keys)


class ShopLoader(Loader[UUID, Shop]):
    """Shops by id."""

    async def fetch(self, keys: Sequence[UUID]) -> Mapping[UUID, Shop]:
        return await repository.by_ids(self.context.uow.session, keys)


@strawberry.type(description="A photo; addresses are paths on this site, good for ever.")
class Picture:
    """GraphQL face of a photo."""

    id: strawberry.ID
    url: str = strawberry.field(description="At most 1600 pixels wide or high, WebP.")
    small_url: str = strawberry.field(description="At most 640 pixels wide or high, WebP.")

    @classmethod
    def of(cls, media_id: UUID) -> Picture:
        """From its id."""
        return cls(
            id=global_id("Picture", media_id),
            url=media_path(media_id),
            small_url=media_path(media_id, small=True),
        )


@strawberry.type(name="Shop", description="A merchant's shop in the market of its valley.")
class ShopType:
    """GraphQL face of a :class:`Shop`."""

    merchant_id: strawberry.Private[UUID]
    id: strawberry.ID
    slug: str
    name: str
    path: str
    trade: str
    about: str
    town: str
    opening_hours: list[str] = strawberry.field(
        description="Seven days from Monday, `08:30-12:30 15:00-19:00`; empty when closed."
    )
    notice: str
    is_open: bool = strawberry.field(description="Whether it takes orders.")
    is_demo: bool
    theme: str | None
    banner: Picture | None
    logo: Picture | None
    conditions: str = strawberry.field(description="Its own text; empty where the usual holds.")
    returns: str
    privacy: str

    @classmethod
    def of(cls, shop: Shop) -> ShopType:
        """From its row."""
        return cls(
            merchant_id=shop.organization_id,
            id=global_id("Shop", shop.id),
            slug=shop.slug,
            name=shop.name,
            path=f"/shops/{shop.slug}",
            trade=in_language(shop.trade_it, shop.trade_en),
            about=in_language(shop.about_it, shop.about_en),
            town=shop.town,
            opening_hours=list(shop.opening_hours),
            notice=shop.notice,
            is_open=shop.is_open,
            is_demo=shop.is_demo,
            theme=shop.theme,
            banner=Picture.of(shop.banner_id) if shop.banner_id else None,
            logo=Picture.of(shop.logo_id) if shop.logo_id else None,
            conditions=shop.conditions,
            returns=shop.returns,
            privacy=shop.privacy,
        )

    @strawberry.field(description="Who sells: name, VAT number and address, as the law asks.")
    async def seller(self, info: Info) -> OrganizationType | None:
        """The merchant."""
        row = await info.context.loader(OrganizationLoader).load(self.merchant_id)
        return OrganizationType.of(row) if row else None


@strawberry.type
class ShopPayload(Payload):
    """The shop after the change."""

    shop: ShopType | None = None


@strawberry.input(description="What a merchant says of its shop.")
class ShopInput:
    """GraphQL face of :class:`ShopDetails`."""

    name: str
    trade_it: str = ""
    trade_en: str = ""
    about_it: str = ""
    about_en: str = ""
    opening_hours: list[str] = strawberry.field(default_factory=list[str])
    notice: str = ""
    conditions: str = ""
    privacy: str = ""
    returns: str = ""
    theme: str | None = None

    def details(self) -> ShopDetails:
        """For the service."""
        return ShopDetails(
            name=self.name,
            trade_it=self.trade_it,
            trade_en=self.trade_en,
            about_it=self.about_it,
            about_en=self.about_en,
            opening_hours=self.opening_hours,
            notice=self.notice,
            conditions=self.conditions,
            privacy=self.privacy,
            returns=self.returns,
            theme=self.theme,
        )
