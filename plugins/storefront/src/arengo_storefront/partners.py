"""Contracts of the plugins that the storefront uses where they are installed.

Ask :func:`installed` first: without the distribution the names below do not exist.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from arengo_core.host import Host

HAS_PAYMENTS = find_spec("arengo_payments") is not None
HAS_DELIVERY = find_spec("arengo_delivery") is not None
HAS_COMMUNICATIONS = find_spec("arengo_communications") is not None

if TYPE_CHECKING or HAS_PAYMENTS:
    from arengo_payments.contract import (
        CHECKOUT_LIFE,
        PastPayment,
        Payment,
        PaymentDesk,
        PaymentEnded,
        PaymentOpened,
        PaymentPart,
        PaymentRequest,
        Payments,
        PaymentState,
        PaymentSucceeded,
        RefundOrder,
        RefundSettled,
    )
if TYPE_CHECKING or HAS_DELIVERY:
    from arengo_delivery.contract import (
        Address,
        Delivery,
        DeliveryKind,
        DeliveryOption,
        Parcel,
        ParcelMoved,
        ParcelRequest,
        ParcelState,
    )
if TYPE_CHECKING or HAS_COMMUNICATIONS:
    from arengo_communications.contract import (
        Announcements,
        Content,
        MessageRequest,
        Messages,
        Recipient,
    )

__all__ = [
    "CHECKOUT_LIFE",
    "HAS_COMMUNICATIONS",
    "HAS_DELIVERY",
    "HAS_PAYMENTS",
    "Address",
    "Announcements",
    "Content",
    "Delivery",
    "DeliveryKind",
    "DeliveryOption",
    "MessageRequest",
    "Messages",
    "Parcel",
    "ParcelMoved",
    "ParcelRequest",
    "ParcelState",
    "PastPayment",
    "Payment",
    "PaymentDesk",
    "PaymentEnded",
    "PaymentOpened",
    "PaymentPart",
    "PaymentRequest",
    "PaymentState",
    "PaymentSucceeded",
    "Payments",
    "Recipient",
    "RefundOrder",
    "RefundSettled",
    "installed",
]


def installed(host: Host, plugin: str) -> bool:
    """Whether a plugin is loaded and was not set aside."""
    return any(loaded.name == plugin for loaded in host.registry.plugins)
