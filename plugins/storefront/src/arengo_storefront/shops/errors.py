"""Errors of shops."""

from __future__ import annotations

from arengo_core.errors import ConflictError, NotFoundError


class NoShopError(NotFoundError):
    """There is no such shop, or it is not shown; the two are told apart to nobody."""

    code = "NO_SHOP"

    def __init__(self) -> None:
        super().__init__("There is no such shop.")


class ShopNotOpenedError(ConflictError):
    """The merchant has not opened its shop yet."""

    code = "SHOP_NOT_OPENED"

    def __init__(self) -> None:
        super().__init__("Open your shop first.")
