"""The office's act on deliveries: having a statement sent again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.errors import ConflictError
from arengo_core.i18n import error_text, gettext
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_marketplace.deliveries import service


@post(
    "/office/statements/{statement_id:uuid}/send",
    name="statement-send",
    opt={"mutation": "sendStatementAgain"},
    status_code=303,
)
async def send_again(
    request: ArengoRequest, host: FromHost, caller: FromCaller, statement_id: FromPath[UUID]
) -> Redirect:
    """Send a statement once more."""
    caller.require_signed_in()
    done = Flash("success", gettext("The statement is on its way."))
    try:
        async with host.unit_of_work(caller) as uow:
            await service.send_again(uow, statement_id=statement_id)
    except ConflictError as error:
        done = Flash("danger", gettext("The statement was not sent."), error_text(error))
    return redirect(request, f"/office/statements/{statement_id}", done)


ROUTES: list[Any] = [send_again]
