"""Where orders stand, and which step may follow which."""

from __future__ import annotations

from enum import StrEnum

from arengo_core.i18n import N_


class OrderState(StrEnum):
    """The shopper's order."""

    PENDING = "pending"  # the hosted page waits for the shopper; stock is reserved
    UNPAID = "unpaid"  # the payment ended without money; stock is free again
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class MerchantOrderState(StrEnum):
    """One merchant's part. ``PENDING`` ones are not shown to the merchant."""

    PENDING = "pending"
    PLACED = "placed"
    PREPARING = "preparing"
    READY = "ready"
    SHIPPED = "shipped"
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"


class DeliveryWay(StrEnum):
    """How a merchant's goods reach the shopper."""

    SHOP = "shop"
    COURIER = "courier"
    PICK_UP = "pick_up"


class Exemption(StrEnum):
    """Why a line cannot be withdrawn from (art. 59(1) Codice del consumo); empty: it can."""

    NONE = ""
    PERISHABLE = "perishable"  # letter d
    MADE_TO_ORDER = "made_to_order"  # letter c


LABELS = {
    "pending": (N_("Waiting for the payment"), "warning"),
    "unpaid": (N_("Not paid"), "danger"),
    "confirmed": (N_("Confirmed"), "success"),
    "placed": (N_("New"), "accent"),
    "preparing": (N_("In preparation"), "info"),
    "ready": (N_("Ready"), "success"),
    "shipped": (N_("On its way"), "info"),
    "handed_over": (N_("Handed over"), "success"),
    "cancelled": (N_("Cancelled"), "neutral"),
}
SHOPPERS_LABELS = LABELS | {"placed": (N_("Received by the shop"), "info")}
EXEMPTIONS = {
    Exemption.PERISHABLE: N_("goes off quickly: no withdrawal (art. 59(1)(d) Codice del consumo)"),
    Exemption.MADE_TO_ORDER: N_(
        "made to order for you: no withdrawal (art. 59(1)(c) Codice del consumo)"
    ),
}
_S = MerchantOrderState
MAY_BECOME = {
    _S.PENDING: {_S.PLACED, _S.CANCELLED},
    _S.PLACED: {_S.PREPARING, _S.READY, _S.SHIPPED, _S.HANDED_OVER, _S.CANCELLED},
    _S.PREPARING: {_S.READY, _S.SHIPPED, _S.HANDED_OVER, _S.CANCELLED},
    _S.READY: {_S.SHIPPED, _S.HANDED_OVER, _S.CANCELLED},
    _S.SHIPPED: {_S.HANDED_OVER, _S.READY},
    _S.HANDED_OVER: set[MerchantOrderState](),
    _S.CANCELLED: set[MerchantOrderState](),
}
NOT_LEFT = frozenset({_S.PLACED, _S.PREPARING, _S.READY})
