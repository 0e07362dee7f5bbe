"""The cookies of a guest's cart: the secret, and how many pieces the badge shows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from arengo_core.host import Host
from arengo_core.web.context import ArengoRequest, host_of
from arengo_storefront.carts.secrets import cart_id_of, secret_of
from arengo_storefront.carts.service import CART_LIFE

COOKIE = "arengo_cart"
COUNT_COOKIE = "arengo_cart_count"


def cart_id_in(request: ArengoRequest) -> UUID | None:
    """The cart of this browser, if it has one."""
    return cart_id_of(host_of(request), request.cookies.get(COOKIE))


def count_in(request: ArengoRequest) -> int:
    """How many pieces this browser's cart held when it was last changed; for the badge alone."""
    value = request.cookies.get(COUNT_COOKIE, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 else 0


def keep(answer: Response[Any], host: Host, cart_id: UUID, count: int) -> None:
    """Give the browser its cart."""
    for key, value in ((COOKIE, secret_of(host, cart_id)), (COUNT_COOKIE, str(count))):
        answer.set_cookie(
            key=key,
            value=value,
            httponly=True,
            samesite="lax",
            secure=host.settings.base_url.startswith("https://"),
            max_age=int(CART_LIFE.total_seconds()),
            path="/",
        )


def forget(answer: Response[Any]) -> None:
    """Take the cart away: it was ordered, or cleared away."""
    answer.delete_cookie(COOKIE)
    answer.delete_cookie(COUNT_COOKIE)
