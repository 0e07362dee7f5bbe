"""Pages behind the link that signs in."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.identity.pages import after_sign_in, to_second_step
from arengo_core.identity.service import SecondStepNeeded
from arengo_core.limits.requests import SIGN_IN
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.devices import origin_from
from arengo_core.web.pages import page


@get("/sign-in/link/{token:str}", name="sign-in-by-link")
async def entry_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, token: FromPath[str]
) -> Response[str]:
    """A button: programs that look into mails open addresses, and would use the link up."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await page(request, uow, "identity/sign_in_link.html", face="office", token=token)


@post(
    "/sign-in/link/{token:str}",
    name="sign-in-by-link-post",
    opt={"mutation": "signInWithLink", SIGN_IN: True},
    status_code=303,
)
async def sign_in_with_link(
    request: ArengoRequest, host: FromHost, token: FromPath[str]
) -> Redirect:
    """Sign in."""
    origin = origin_from(request)
    async with host.unit_of_work() as uow:
        entered = await host.identity.sign_in_with_link(uow, token, origin)
    if isinstance(entered, SecondStepNeeded):
        return to_second_step(request, host, entered, "")
    return await after_sign_in(request, host, entered, origin, "")


ROUTES: list[Any] = [entry_page, sign_in_with_link]
