"""Pages of one's own account: for whom to act, sessions, API tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import Caller, Grant
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.identity import sessions, tokens
from arengo_core.identity.labels import ROLE_LABELS
from arengo_core.identity.origin import in_words
from arengo_core.organizations import repository as organizations
from arengo_core.organizations.models import Organization
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import face_of, page

_LIVES = (30, 90, 365)


@get("/account", name="account")
async def account(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """One's own account: for whom to act, sessions, API tokens."""
    return await _account(request, host, caller, Form({}))


def _as_what(grant: Grant, places: Mapping[UUID, Organization]) -> str:
    if grant.role is not None:
        return gettext(ROLE_LABELS[grant.role])
    via = places.get(grant.delegate_id) if grant.delegate_id else None
    return gettext("by delegation to %(name)s") % {"name": via.name if via else "—"}


async def _account(
    request: ArengoRequest, host: Host, caller: Caller, form: Form, made: str = ""
) -> Response[str]:
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        places = await organizations.by_ids(
            uow.session,
            [
                place
                for grant in caller.grants
                for place in (grant.organization_id, grant.delegate_id)
                if place is not None
            ],
        )
        rows = [
            (places[grant.organization_id], _as_what(grant, places))
            for grant in caller.grants
            if grant.organization_id in places
        ]
        answer = await page(
            request,
            uow,
            "identity/account.html",
            face=face_of(caller),
            status=400 if form.errors else 200,
            form=form,
            places=rows,
            place_options=[
                (str(place.id), place.name) for place in places.values() if caller.may(place.id)
            ],
            chosen_places=form.all("organization_ids"),
            tokens=await tokens.own(uow),
            sessions=[
                (row, in_words(row.browser, row.system), row.id == caller.session_id)
                for row in await sessions.own(uow)
            ],
            place_names={place.id: place.name for place in places.values()},
            lives=[(str(days), gettext("{days} days").format(days=days)) for days in _LIVES],
            made_token=made,
        )
    if made:
        answer.headers["Cache-Control"] = "no-store"
    return answer


@post("/account/tokens", name="token-make", opt={"mutation": "createApiToken"}, status_code=200)
async def make_token(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Make an API token, and show it this once."""
    caller.require_signed_in()
    form = await read_form(request)
    try:
        chosen = [_place(value) for value in form.all("organization_ids")]
        async with host.unit_of_work(caller) as uow:
            made = await tokens.create(
                uow,
                organization_ids=chosen,
                read_only=form["rights"] != "full",
                days=form.integer("days", minimum=1, maximum=tokens.LONGEST_LIFE),
            )
    except (InvalidInputError, ConflictError) as error:
        form.refuse(error)
        return await _account(request, host, caller, form)
    return await _account(request, host, caller, Form({}), made)


def _place(value: str) -> UUID:
    return Form({"organization_ids": value}).uuid("organization_ids")


@post(
    "/account/tokens/{token_id:uuid}/revoke",
    name="token-revoke",
    opt={"mutation": "revokeApiToken"},
    status_code=303,
)
async def revoke_token(
    request: ArengoRequest, host: FromHost, caller: FromCaller, token_id: FromPath[UUID]
) -> Redirect:
    """End an API token."""
    async with host.unit_of_work(caller) as uow:
        await tokens.revoke(uow, token_id)
    return redirect(request, "/account", Flash("success", gettext("The token works no more.")))


ROUTES: list[Any] = [account, make_token, revoke_token]
