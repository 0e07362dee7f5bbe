"""Errors of the stock."""

from __future__ import annotations

from uuid import UUID

from arengo_core.errors import ConflictError


class OutOfStockError(ConflictError):
    """Fewer pieces are left than were wanted."""

    code = "OUT_OF_STOCK"

    def __init__(self, variant_id: UUID, available: int, name: str = "") -> None:
        if not available:
            message = "{name} is sold out." if name else "This product is sold out."
        elif name:
            message = "Only {available} of {name} are left: lower the quantity."
        else:
            message = "Only {available} pieces are left: lower the quantity."
        super().__init__(message, field="quantity", available=available, name=name)
        self.variant_id = variant_id
        self.available = available

    def named(self, name: str) -> OutOfStockError:
        """The same error naming the product."""
        return OutOfStockError(self.variant_id, self.available, name)
