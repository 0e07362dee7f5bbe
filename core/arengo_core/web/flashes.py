"""Messages that survive one redirect, in a signed cookie."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from itsdangerous import BadSignature, URLSafeSerializer
from litestar.response import Redirect

from arengo_core.host import Host
from arengo_core.web.context import ArengoRequest, host_of

COOKIE = "arengo_flash"


@dataclass(frozen=True, slots=True)
class Flash:
    """What happened, what it means; ``kind`` is success, info, warning or danger."""

    kind: str
    title: str
    text: str = ""


def _signer(host: Host) -> URLSafeSerializer:
    return URLSafeSerializer(host.settings.secret_key.get_secret_value(), salt="flash")


def redirect(request: ArengoRequest, path: str, *flashes: Flash) -> Redirect:
    """Go on to another page (303), saying there what happened here."""
    answer = Redirect(path, status_code=303)
    if flashes:
        value = _signer(host_of(request)).dumps([asdict(flash) for flash in flashes])
        answer.set_cookie(
            key=COOKIE, value=value, httponly=True, samesite="lax", max_age=120, path="/"
        )
    return answer


def read(request: ArengoRequest) -> list[Flash]:
    """The messages that came along."""
    value = request.cookies.get(COOKIE)
    if not value:
        return []
    try:
        return [Flash(**item) for item in _signer(host_of(request)).loads(value)]
    except (BadSignature, TypeError):
        return []
