"""What a shopper asked of a list, read from the address and written back into addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from arengo_core.errors import InvalidInputError
from arengo_core.money import Money
from arengo_storefront.search.filters import MAX_TEXT, ListingFilter, Sort

PAGE = 24


@dataclass(frozen=True, slots=True)
class Asked:
    """The fields of the search form as typed, and errors by field."""

    values: dict[str, str]
    errors: dict[str, str]
    listing_filter: ListingFilter

    @property
    def after(self) -> str | None:
        """The cursor of the page before."""
        return self.values.get("after") or None

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the text narrows the list."""
        return any(self.values.get(name) for name in ("category", "town", "from", "to", "stock"))

    def address(self, path: str, after: str | None = None) -> str:
        """The same list at another page."""
        kept = {key: value for key, value in self.values.items() if value and key != "after"}
        if after:
            kept["after"] = after
        return f"{path}?{urlencode(kept)}" if kept else path


def _cents(values: Mapping[str, str], name: str, errors: dict[str, str], fault: str) -> int | None:
    text = values.get(name, "")
    if not text:
        return None
    try:
        amount = Money.parse(text).amount
        ListingFilter(price_from=amount).checked()
    except (ValueError, InvalidInputError):
        errors[name] = fault
        return None
    return amount


def read_asked(
    query: Mapping[str, str],
    *,
    consortium_id: UUID,
    towns: Mapping[str, UUID],
    categories: Mapping[str, UUID],
    fault: str,
    organization_id: UUID | None = None,
) -> Asked:
    """Read ``q, category, town, from, to, stock, sort, after``; what cannot be read is left out.

    ``fault`` is the message beside a price that is none.
    """
    names = ("q", "category", "town", "from", "to", "stock", "sort", "after")
    values = {name: query.get(name, "").replace("\x00", "").strip()[:500] for name in names}
    values["q"] = values["q"][:MAX_TEXT]
    errors: dict[str, str] = {}
    sort = Sort(values["sort"]) if values["sort"] in set(Sort) else Sort.BEST
    return Asked(
        values,
        errors,
        ListingFilter(
            text=values["q"],
            consortium_id=consortium_id,
            organization_id=organization_id,
            municipality_id=towns.get(values["town"]),
            category_id=categories.get(values["category"]),
            price_from=_cents(values, "from", errors, fault),
            price_to=_cents(values, "to", errors, fault),
            in_stock=bool(values["stock"]),
            sort=sort,
        ),
    )
