"""Whence a request comes, and the mark by which a browser is known again."""

from __future__ import annotations

from litestar.response import Redirect

from arengo_core.errors import InvalidInputError
from arengo_core.host import Host
from arengo_core.identity.attempts import KNOWN_FOR
from arengo_core.identity.origin import NOWHERE, Origin, origin_of
from arengo_core.identity.passkeys import Party
from arengo_core.web.context import ArengoRequest

DEVICE_COOKIE = "arengo_device"


def origin_from(request: ArengoRequest | None) -> Origin:
    """The origin of a request."""
    if request is None:
        return NOWHERE
    return origin_of(
        request.client.host if request.client else "",
        request.headers.get("user-agent", "")[:500],
        request.cookies.get(DEVICE_COOKIE),
    )


def party_of(request: ArengoRequest | None) -> Party:
    """The site as passkeys know it: the host name addressed, which the middleware has checked."""
    if request is None:
        raise InvalidInputError("Passkeys need a request of a browser.")
    url = request.base_url
    return Party(url.hostname or "", f"{url.scheme}://{url.netloc}")


def remember(host: Host, answer: Redirect, origin: Origin) -> None:
    """Let the browser keep its mark after a sign-in: nobody elsewhere can lock it out."""
    set_private_cookie(host, answer, DEVICE_COOKIE, origin.mark, int(KNOWN_FOR.total_seconds()))


def set_private_cookie(host: Host, answer: Redirect, key: str, value: str, seconds: int) -> None:
    """A cookie that scripts cannot read and other sites cannot send along."""
    answer.set_cookie(
        key=key,
        value=value,
        httponly=True,
        samesite="lax",
        secure=host.settings.base_url.startswith("https://"),
        max_age=seconds,
        path="/",
    )
