"""What a merchant types of a product, and its checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from arengo_core.errors import InvalidInputError
from arengo_storefront.catalogue.models import VAT_RATES

MAX_NAME = 120
MAX_TEXT = 10_000
MAX_VARIANTS = 50
MAX_PRICE = 10_000_000
MAX_GRAMS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantDraft:
    """A variant as typed. ``price`` is VAT-inclusive, in cents; ``id`` None makes a new one.

    ``stock`` is a new variant's first count; existing ones are counted by ``set_stock`` alone,
    so that saving a form typed yesterday undoes no sale of today.
    """

    price: int
    id: UUID | None = None
    name_it: str = ""
    name_en: str = ""
    sku: str = ""
    weight_grams: int = 0
    stock: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDraft:
    """A product as typed, with its variants in their order."""

    name_it: str
    category_id: UUID
    vat_rate: int
    variants: Sequence[VariantDraft]
    name_en: str = ""
    description_it: str = ""
    description_en: str = ""
    perishable: bool = False
    made_to_order: bool = False


def checked(draft: ProductDraft) -> ProductDraft:
    """The draft with texts trimmed. InvalidInputError names the field: ``variant_1_price``."""
    texts = {
        "name_it": _text("name_it", draft.name_it, MAX_NAME),
        "name_en": _text("name_en", draft.name_en, MAX_NAME),
        "description_it": _text("description_it", draft.description_it, MAX_TEXT),
        "description_en": _text("description_en", draft.description_en, MAX_TEXT),
    }
    if not texts["name_it"]:
        raise InvalidInputError("Give the product a name.", field="name_it")
    if draft.vat_rate not in VAT_RATES:
        raise InvalidInputError("The VAT rates are 4, 5, 10 and 22 per cent.", field="vat_rate")
    if not 1 <= len(draft.variants) <= MAX_VARIANTS:
        raise InvalidInputError(
            "From 1 to {maximum} kinds are possible.", field="variants", maximum=MAX_VARIANTS
        )
    variants = [_variant(number, variant) for number, variant in enumerate(draft.variants)]
    _distinct(variants)
    return replace(draft, variants=tuple(variants), **texts)


def _text(field: str, value: str, limit: int) -> str:
    text = value.replace("\r\n", "\n").strip()
    if len(text) > limit:
        raise InvalidInputError(
            "At most {limit} characters are possible.", field=field, limit=limit
        )
    return text


def _within(field: str, value: int, minimum: int, maximum: int) -> None:
    if not minimum <= value <= maximum:
        raise InvalidInputError(
            "From {minimum} to {maximum} is possible.",
            field=field,
            minimum=minimum,
            maximum=maximum,
        )


def _variant(number: int, variant: VariantDraft) -> VariantDraft:
    prefix = f"variant_{number}_"
    if not 1 <= variant.price <= MAX_PRICE:
        raise InvalidInputError(
            "A price from 0.01 to 100,000 euros is possible.", field=f"{prefix}price"
        )
    _within(f"{prefix}weight", variant.weight_grams, 0, MAX_GRAMS)
    _within(f"{prefix}stock", variant.stock, 0, 1_000_000)
    return replace(
        variant,
        name_it=_text(f"{prefix}name_it", variant.name_it, MAX_NAME),
        name_en=_text(f"{prefix}name_en", variant.name_en, MAX_NAME),
        sku=_text(f"{prefix}sku", variant.sku, 40),
    )


def _distinct(variants: Sequence[VariantDraft]) -> None:
    names: set[str] = set()
    skus: set[str] = set()
    ids = [variant.id for variant in variants if variant.id is not None]
    if len(set(ids)) != len(ids):
        raise InvalidInputError("Two kinds are the same one.", field="variants")
    for number, variant in enumerate(variants):
        name, sku = variant.name_it.casefold(), variant.sku
        if len(variants) > 1 and not name:
            raise InvalidInputError(
                "Name each kind when there are several.", field=f"variant_{number}_name_it"
            )
        if name in names:
            raise InvalidInputError(
                "Two kinds have the same name.", field=f"variant_{number}_name_it"
            )
        if sku and sku in skus:
            raise InvalidInputError(
                "Two kinds have the same article number.", field=f"variant_{number}_sku"
            )
        names.add(name)
        skus.add(sku)
