"""What may be asked of the listings, and the order of the answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from arengo_core.errors import InvalidInputError

MAX_TEXT = 100


class Sort(StrEnum):
    """The order of a list."""

    BEST = "best"  # by relevance; newest first where nothing was typed
    NEWEST = "newest"
    CHEAPEST = "cheapest"
    DEAREST = "dearest"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingFilter:
    """Which listings. ``organization_id``: one merchant's; prices in cents, VAT included."""

    text: str = ""
    consortium_id: UUID | None = None
    organization_id: UUID | None = None
    municipality_id: UUID | None = None
    category_id: UUID | None = None
    price_from: int | None = None
    price_to: int | None = None
    in_stock: bool = False
    sort: Sort = Sort.BEST

    def checked(self) -> ListingFilter:
        """The same. InvalidInputError for what cannot be asked."""
        if len(self.text) > MAX_TEXT:
            raise InvalidInputError(
                "At most {limit} characters are possible.", field="text", limit=MAX_TEXT
            )
        for field in ("price_from", "price_to"):
            value = getattr(self, field)
            if value is not None and not 0 <= value <= 2_000_000_000:
                raise InvalidInputError("This is not a possible price.", field=field)
        return self

    @property
    def order(self) -> Sort:
        """The order in effect: nothing typed has no relevance."""
        if self.sort is Sort.BEST and not self.text.strip():
            return Sort.NEWEST
        return self.sort
