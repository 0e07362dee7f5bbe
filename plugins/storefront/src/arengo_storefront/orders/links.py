"""The secret link by which a shopper without an account reaches the order."""

from __future__ import annotations

import base64
import secrets
from uuid import UUID

from arengo_core.host import Host
from arengo_core.ids import keyed_digest

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def secret_of(host: Host, order_id: UUID) -> str:
    """The secret of an order's link; the database keeps its digest alone.

    It can be computed again, so that mails and replays give the same link.
    """
    key = host.settings.secret_key.get_secret_value().encode()
    return base64.urlsafe_b64encode(keyed_digest(key, f"order:{order_id}")).decode().rstrip("=")


def order_path(host: Host, order_id: UUID) -> str:
    """The order's page on this site."""
    return f"/orders/{secret_of(host, order_id)}"


def new_number() -> str:
    """An order number to be read out on the phone: no letters that look like figures."""
    text = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    return f"{text[:5]}-{text[5:]}"
