"""What most forms of pages do: act, and go on; or show the page again with what was typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from litestar import Response
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.web.context import ArengoRequest
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form

Act: TypeAlias = Callable[[UnitOfWork, Form], Awaitable[object]]
"""What a form asks for, in the transaction that it is given."""
Again: TypeAlias = Callable[[Form], Awaitable[Response[Any]]]
"""The page with the form, what was typed, and what is wrong in it."""


async def acted(
    request: ArengoRequest, host: Host, caller: Caller, act: Act, again: Again, to: str, done: Flash
) -> Response[Any] | Redirect:
    """Do what a signed-in person's form asks for and go on ``to`` where ``done`` is said.

    What is refused stands beside its field on the page, shown ``again``. Who may not do it, or
    asks for what is not there, gets the error's own page.
    """
    caller.require_signed_in()
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await act(uow, form)
    except ArengoError as error:
        if error.status in {401, 403, 404}:
            raise
        form.refuse(error)
        return await again(form)
    return redirect(request, to, done)
