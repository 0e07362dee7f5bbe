"""Pages of remote plugins in a frame of ours, opened by a launch token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from litestar import Response, get

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_core.i18n import current_locale, gettext
from arengo_core.ids import new_token
from arengo_core.remote import keys
from arengo_core.remote.manifest import RemotePage
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.pages import acting_for, allow_frame_of, page

LIFE = timedelta(seconds=60)


def path_of(plugin: str, framed: RemotePage) -> str:
    """Where members find a framed page."""
    return f"/{framed.face}/remote/{plugin}/{framed.key}"


def origin_of(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _role(caller: Caller, organization_id: UUID) -> str:
    """The caller's role there; a person of another organization acts as a delegate."""
    here = [grant for grant in caller.grants if grant.organization_id == organization_id]
    return next((grant.role.value for grant in here if grant.role is not None), "delegate")


async def launch_token(host: Host, caller: Caller, plugin: str, framed: RemotePage) -> str:
    """A JSON Web Token (RFC 7519, Ed25519 by RFC 9864): for which member, in which role.

    It holds for a minute and names no person.
    """
    from joserfc import jwt
    from joserfc.jwk import OKPKey

    organization_id = acting_for(caller)
    signer = await keys.signer(host)
    moment = clock.now()
    claims: dict[str, Any] = {
        "iss": host.settings.base_url,
        "aud": plugin,
        "sub": str(organization_id),
        "role": _role(caller, organization_id),
        "service": framed.service,
        "page": framed.key,
        "locale": current_locale(),
        "iat": int(moment.timestamp()),
        "exp": int((moment + LIFE).timestamp()),
        "jti": new_token(16),
    }
    key = OKPKey.import_key(signer.private)
    return jwt.encode({"alg": "Ed25519", "kid": signer.id}, claims, key, algorithms=["Ed25519"])


def route(plugin: str, base_url: str, framed: RemotePage) -> Any:
    """The route of a framed page, for members who have its service active."""

    @get(
        path_of(plugin, framed),
        name=f"remote-{plugin}-{framed.key}",
        opt={"service": framed.service},
    )
    async def show(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
        token = await launch_token(host, caller, plugin, framed)
        allow_frame_of(request, origin_of(base_url))
        async with host.unit_of_work(caller, read_only=True) as uow:
            return await page(
                request,
                uow,
                "core/remote_page.html",
                face=framed.face,
                heading=gettext(framed.title.en),
                source=f"{base_url}{framed.path}?{urlencode({'launch': token})}",
                brought_by=gettext(host.registry.plugin(plugin).manifest.title),
                at=urlsplit(base_url).netloc,
            )

    return show
