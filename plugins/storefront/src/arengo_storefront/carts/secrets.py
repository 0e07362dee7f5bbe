"""The secret that makes a cart somebody's: its id, signed by this installation."""

from __future__ import annotations

import base64
import binascii
import hmac
from uuid import UUID

from arengo_core.host import Host
from arengo_core.ids import keyed_digest

_MAC_BYTES = 16


def _mac(host: Host, cart_id: UUID) -> bytes:
    key = host.settings.secret_key.get_secret_value().encode()
    return keyed_digest(key, f"cart:{cart_id}")[:_MAC_BYTES]


def secret_of(host: Host, cart_id: UUID) -> str:
    """What the cart's owner shows to reach it."""
    return base64.urlsafe_b64encode(cart_id.bytes + _mac(host, cart_id)).decode()


def cart_id_of(host: Host, secret: str | None) -> UUID | None:
    """The cart that a secret opens; None for anything that we did not sign."""
    try:
        raw = base64.urlsafe_b64decode(secret or "")
    except (ValueError, binascii.Error):
        return None
    if len(raw) != 16 + _MAC_BYTES:
        return None
    cart_id = UUID(bytes=raw[:16])
    return cart_id if hmac.compare_digest(raw[16:], _mac(host, cart_id)) else None
