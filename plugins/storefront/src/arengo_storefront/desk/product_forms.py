"""The product form: typed values to drafts, and products back to values."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from arengo_core.errors import InvalidInputError
from arengo_core.i18n import N_
from arengo_core.web.forms import Form
from arengo_storefront.catalogue.drafts import MAX_VARIANTS, ProductDraft, VariantDraft
from arengo_storefront.catalogue.models import Product, Variant

_VARIANT_FIELDS = ("id", "name_it", "name_en", "price", "weight", "sku", "stock")


_NEEDED = {
    "name_it": N_("Give the product a name."),
    "category_id": N_("Choose one of the list."),
    "variant_0_price": N_("A price is needed."),
}


def rows_of(form: Form) -> int:
    """How many rows of kinds the form shows."""
    typed = form["kinds"]
    return min(int(typed), MAX_VARIANTS) if typed.isascii() and typed.isdigit() else 1


def _is_empty(form: Form, number: int) -> bool:
    return not any(form[f"variant_{number}_{field}"] for field in _VARIANT_FIELDS if field != "id")


def _variant(form: Form, number: int) -> VariantDraft:
    prefix = f"variant_{number}_"
    known = form[f"{prefix}id"]
    return VariantDraft(
        id=form.uuid(f"{prefix}id") if known else None,
        name_it=form[f"{prefix}name_it"],
        name_en=form[f"{prefix}name_en"],
        sku=form[f"{prefix}sku"],
        price=form.money(f"{prefix}price").amount,
        weight_grams=form.integer(f"{prefix}weight", maximum=100_000)
        if form[f"{prefix}weight"]
        else 0,
        stock=form.integer(f"{prefix}stock", maximum=1_000_000) if form[f"{prefix}stock"] else 0,
    )


def _close_up(form: Form) -> int:
    """Number the rows that hold something anew, without gaps; how many there are."""
    kept = [number for number in range(rows_of(form)) if not _is_empty(form, number)]
    rows = [{field: form[f"variant_{old}_{field}"] for field in _VARIANT_FIELDS} for old in kept]
    for name in [name for name in form.fields if name.startswith("variant_")]:
        del form.fields[name]
    for new, row in enumerate(rows):
        form.fields |= {f"variant_{new}_{field}": value for field, value in row.items()}
    form.fields["kinds"] = str(max(1, len(rows)))
    return len(rows)


def refuse_missing(form: Form) -> None:
    """Name all that a product needs and nobody typed, not the first of it alone."""
    _close_up(form)
    for field, message in _NEEDED.items():
        if not form[field]:
            form.refuse(InvalidInputError(message, field=field))


def read_draft(form: Form) -> ProductDraft:
    """The draft that was typed. InvalidInputError names the first field that cannot be read."""
    count = _close_up(form)
    try:
        vat_rate = int(form["vat_rate"])
    except ValueError:
        raise InvalidInputError("Choose one of the list.", field="vat_rate") from None
    if not count:
        raise InvalidInputError("A price is needed.", field="variant_0_price")
    return ProductDraft(
        name_it=form["name_it"],
        name_en=form["name_en"],
        description_it=form["description_it"],
        description_en=form["description_en"],
        category_id=form.uuid("category_id"),
        vat_rate=vat_rate,
        perishable=form.flag("perishable"),
        made_to_order=form.flag("made_to_order"),
        variants=[_variant(form, number) for number in range(count)],
    )


def price_text(amount: int) -> str:
    """Cents as they are typed: ``12,50``."""
    return f"{Decimal(amount).scaleb(-2):.2f}".replace(".", ",")


def typed(product: Product, variants: Sequence[Variant]) -> dict[str, str]:
    """What the form shows of a product."""
    values = {
        "name_it": product.name_it,
        "name_en": product.name_en,
        "description_it": product.description_it,
        "description_en": product.description_en,
        "category_id": str(product.category_id),
        "vat_rate": str(product.vat_rate),
        "perishable": "yes" if product.perishable else "",
        "made_to_order": "yes" if product.made_to_order else "",
        "kinds": str(len(variants)),
    }
    for number, variant in enumerate(variants):
        prefix = f"variant_{number}_"
        values |= {
            f"{prefix}id": str(variant.id),
            f"{prefix}name_it": variant.name_it,
            f"{prefix}name_en": variant.name_en,
            f"{prefix}price": price_text(variant.price),
            f"{prefix}weight": str(variant.weight_grams),
            f"{prefix}sku": variant.sku,
        }
    return values
