"""Tables of the catalogue: what merchants edit, and what publishing shows to everybody."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core import clock
from arengo_core.database.base import Identified, Owned, Stamped, TableClass, table
from arengo_storefront.base import StorefrontBase

VAT_RATES = (4, 5, 10, 22)
# Listings are read far more than written: no list of pending entries that each search must scan.
_AT_ONCE = {"fastupdate": "off"}
_VAT = f"vat_rate in ({', '.join(map(str, VAT_RATES))})"


class ProductState(StrEnum):
    """Whether a product is seen."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Category(StorefrontBase, Identified, Owned):
    """A branch of a consortium's tree of goods. Organization: the consortium."""

    __tablename__ = "category"
    __table_args__ = table(TableClass.PUBLIC, Index(None, "organization_id", "slug", unique=True))

    organization_id: Mapped[UUID] = mapped_column(index=False)
    parent_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("storefront.category.id", ondelete="restrict")
    )
    slug: Mapped[str]
    name_it: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)


class Product(StorefrontBase, Identified, Owned, Stamped):
    """A product as its merchant edits it; drafts are nobody else's business."""

    __tablename__ = "product"
    __table_args__ = table(
        TableClass.MEMBER,
        Index(None, "organization_id", "slug", unique=True),
        Index(None, "organization_id", "name_it", "id"),
        CheckConstraint(_VAT, name="vat_rate"),
    )

    organization_id: Mapped[UUID] = mapped_column(index=False)
    shop_id: Mapped[UUID]
    slug: Mapped[str]
    name_it: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    description_it: Mapped[str] = mapped_column(default="")
    description_en: Mapped[str] = mapped_column(default="")
    category_id: Mapped[UUID]
    vat_rate: Mapped[int]
    perishable: Mapped[bool] = mapped_column(default=False)
    made_to_order: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default=ProductState.DRAFT.value)
    published_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    version: Mapped[int] = mapped_column(default=1)


class Variant(StorefrontBase, Identified, Owned):
    """A size or kind of a product. ``price`` is VAT-inclusive, in minor units."""

    __tablename__ = "variant"
    __table_args__ = table(
        TableClass.MEMBER,
        Index(None, "organization_id", "product_id", "position"),
        Index(None, "organization_id", "sku", unique=True, postgresql_where=text("sku <> ''")),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("weight_grams >= 0", name="weight_grams"),
    )

    organization_id: Mapped[UUID] = mapped_column(index=False)
    product_id: Mapped[UUID] = mapped_column(
        ForeignKey("storefront.product.id", ondelete="cascade"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    sku: Mapped[str] = mapped_column(default="")
    name_it: Mapped[str] = mapped_column(default="")
    name_en: Mapped[str] = mapped_column(default="")
    price: Mapped[int]
    currency: Mapped[str] = mapped_column(default="EUR")
    weight_grams: Mapped[int] = mapped_column(default=0)


class ProductPicture(StorefrontBase, Owned):
    """A photo of a product, in its place."""

    __tablename__ = "product_picture"
    __table_args__ = table(TableClass.MEMBER)

    organization_id: Mapped[UUID] = mapped_column(index=False)
    product_id: Mapped[UUID] = mapped_column(
        ForeignKey("storefront.product.id", ondelete="cascade"), primary_key=True
    )
    media_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    alt_it: Mapped[str] = mapped_column(default="")
    alt_en: Mapped[str] = mapped_column(default="")


_DOCUMENT = (
    "setweight(to_tsvector('core.italian', name_it), 'A')"
    " || setweight(to_tsvector('english', name_en), 'A')"
    " || setweight(to_tsvector('core.italian', words), 'B')"
    " || setweight(to_tsvector('core.italian', description_it), 'C')"
    " || setweight(to_tsvector('english', description_en), 'C')"
)


class Listing(StorefrontBase, Owned):
    """A published product as everybody sees it; ``id`` is the product's.

    ``words`` are names of category, shop and town, searched beside the product's own;
    ``folded`` is the name in lower-case ASCII, for trigrams.
    """

    __tablename__ = "listing"
    __table_args__ = table(
        TableClass.PUBLIC,
        Index(None, "organization_id", "slug", unique=True),
        Index("ix_listing_address", "shop_slug", "slug", unique=True),
        Index("ix_listing_newest", "consortium_id", "published_at", "id"),
        Index("ix_listing_price", "consortium_id", "price_from", "id"),
        Index("ix_listing_shop", "organization_id", "published_at", "id"),
        Index("ix_listing_town", "municipality_id", "published_at", "id"),
        Index("ix_listing_document", "document", postgresql_using="gin", postgresql_with=_AT_ONCE),
        Index(
            "ix_listing_folded",
            "folded",
            postgresql_using="gin",
            postgresql_ops={"folded": "gin_trgm_ops"},
            postgresql_with=_AT_ONCE,
        ),
        Index(
            "ix_listing_categories",
            "categories",
            postgresql_using="gin",
            postgresql_with=_AT_ONCE,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(index=False)
    consortium_id: Mapped[UUID]
    shop_id: Mapped[UUID]
    shop_slug: Mapped[str]
    shop_name: Mapped[str]
    municipality_id: Mapped[UUID | None]
    town: Mapped[str]
    category_id: Mapped[UUID]
    categories: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    slug: Mapped[str]
    name_it: Mapped[str]
    name_en: Mapped[str]
    description_it: Mapped[str]
    description_en: Mapped[str]
    words: Mapped[str]
    folded: Mapped[str]
    document: Mapped[Any] = mapped_column(TSVECTOR, Computed(_DOCUMENT, persisted=True))
    currency: Mapped[str]
    price_from: Mapped[int]
    price_to: Mapped[int]
    vat_rate: Mapped[int]
    perishable: Mapped[bool]
    made_to_order: Mapped[bool]
    picture_id: Mapped[UUID | None]
    pictures: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    in_stock: Mapped[bool]
    published_at: Mapped[datetime]
    version: Mapped[int]


class ListingVariant(StorefrontBase, Owned):
    """A variant of a published product; ``id`` is the variant's."""

    __tablename__ = "listing_variant"
    __table_args__ = table(TableClass.PUBLIC, Index(None, "product_id", "position"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    product_id: Mapped[UUID] = mapped_column(
        ForeignKey("storefront.listing.id", ondelete="cascade")
    )
    position: Mapped[int]
    sku: Mapped[str]
    name_it: Mapped[str]
    name_en: Mapped[str]
    price: Mapped[int]
    currency: Mapped[str]
    weight_grams: Mapped[int]
