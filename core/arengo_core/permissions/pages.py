"""Pages of permissions: who can do what and why, giving and taking, delegations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core import clock
from arengo_core.caller import ROLES_OF, Caller
from arengo_core.errors import InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.identity.labels import ROLE_LABELS
from arengo_core.organizations import repository as organizations
from arengo_core.permissions import holders, service
from arengo_core.permissions.declared import GRANTS
from arengo_core.permissions.holders import Standing
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, day_named, read_form
from arengo_core.web.pages import acting_for, face_of, page

_LIST = "/office/permissions"


def _role_names(standing: Standing) -> list[str]:
    return [gettext(ROLE_LABELS[role]) for role in sorted(standing.roles)]


@get(_LIST, name="permissions")
async def permissions_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[str]:
    """Every permission of the organization, and how many people have it."""
    place = acting_for(caller)
    caller.require(place, GRANTS)
    async with host.unit_of_work(caller, read_only=True) as uow:
        found = await holders.standings(uow, host, place)
        parts: dict[str, list[Standing]] = {}
        for standing in found:
            owner = host.registry.permissions[standing.permission.key].plugin
            parts.setdefault(owner, []).append(standing)
        titles = {p.name: gettext(p.manifest.title) for p in host.registry.plugins}
        return await page(
            request,
            uow,
            "core/permissions.html",
            face=face_of(caller),
            parts=[(titles.get(owner, owner), rows) for owner, rows in parts.items()],
            names_of=_role_names,
        )


@get(f"{_LIST}/{{key:str}}", name="permission")
async def permission_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, key: FromPath[str]
) -> Response[str]:
    """Who can do one thing, and why."""
    return await _one(request, host, caller, key, Form({}))


async def _one(
    request: ArengoRequest, host: Host, caller: Caller, key: str, form: Form
) -> Response[str]:
    place = acting_for(caller)
    caller.require(place, GRANTS)
    async with host.unit_of_work(caller, read_only=True) as uow:
        known = {row.permission.key: row for row in await holders.standings(uow, host, place)}
        if key not in known:
            raise NotFoundError("There is no such permission here.")
        peers = (
            await organizations.by_ids(uow.session, await service.peers_of(uow, host, place))
            if known[key].permission.delegable
            else {}
        )
        kind = await service.kind_of(uow, place)
        return await page(
            request,
            uow,
            "core/permission.html",
            face=face_of(caller),
            status=400 if form.errors else 200,
            form=form,
            standing=known[key],
            today=clock.today(),
            roles=sorted(ROLES_OF[kind]),
            role_labels={role: gettext(label) for role, label in ROLE_LABELS.items()},
            peers=sorted(
                ((str(peer.id), peer.name) for peer in peers.values()), key=lambda p: p[1]
            ),
        )


@post(
    f"{_LIST}/{{key:str}}/roles",
    name="permission-role",
    opt={"mutation": "setRolePermission"},
    status_code=303,
)
async def set_role(
    request: ArengoRequest, host: FromHost, caller: FromCaller, key: FromPath[str]
) -> Redirect:
    """Give the permission to a role, or take it."""
    form = await read_form(request)
    async with host.unit_of_work(caller) as uow:
        await service.set_role(
            uow,
            host,
            acting_for(caller),
            permission=key,
            role=form["role"],
            may=form.flag("may"),
        )
    return redirect(request, f"{_LIST}/{key}", Flash("success", gettext("The changes are saved.")))


@post(
    f"{_LIST}/{{key:str}}/delegations",
    name="permission-delegate",
    opt={"mutation": "delegatePermission"},
    status_code=303,
)
async def delegate(
    request: ArengoRequest, host: FromHost, caller: FromCaller, key: FromPath[str]
) -> Response[Any] | Redirect:
    """Let another organization act, until a day."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await service.delegate(
                uow,
                host,
                acting_for(caller),
                permission=key,
                delegate_id=form.uuid("delegate_id"),
                until=day_named(form["until"], "until"),
            )
    except InvalidInputError as error:
        form.refuse(error)
        return await _one(request, host, caller, key, form)
    return redirect(
        request, f"{_LIST}/{key}", Flash("success", gettext("The delegation is in force."))
    )


@post(
    f"{_LIST}/{{key:str}}/delegations/{{delegation_id:uuid}}/revoke",
    name="permission-revoke",
    opt={"mutation": "revokeDelegation"},
    status_code=303,
)
async def revoke(
    request: ArengoRequest,
    host: FromHost,
    caller: FromCaller,
    key: FromPath[str],
    delegation_id: FromPath[UUID],
) -> Redirect:
    """End a delegation at once."""
    async with host.unit_of_work(caller) as uow:
        await service.revoke(uow, acting_for(caller), delegation_id)
    return redirect(request, f"{_LIST}/{key}", Flash("success", gettext("The delegation ended.")))


ROUTES: list[Any] = [permissions_page, permission_page, set_role, delegate, revoke]
