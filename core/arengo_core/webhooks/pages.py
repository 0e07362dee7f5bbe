"""Pages of webhooks, for whoever manages an organization."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.errors import ConflictError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.permissions.declared import WEBHOOKS
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import acting_for, face_of, page
from arengo_core.webhooks import log, service

_HERE = "/office/webhooks"


def _titles(host: Host) -> dict[str, str]:
    return {plugin.name: gettext(plugin.manifest.title) for plugin in host.registry.plugins}


async def _list(
    request: ArengoRequest, host: FromHost, caller: FromCaller, form: Form, secret: str = ""
) -> Response[str]:
    place = acting_for(caller)
    caller.require(place, WEBHOOKS)
    async with host.unit_of_work(caller, read_only=True) as uow:
        events = await service.events_for(uow, host, place)
        return await page(
            request,
            uow,
            "core/webhooks.html",
            face=face_of(caller),
            status=400 if form.errors else 200,
            form=form,
            endpoints=await service.of(uow, place),
            event_options=[(name, gettext(title), name) for name, title in events.items()],
            titles={name: gettext(title) for name, title in events.items()},
            made_secret=secret,
            plugin_titles=_titles(host),
        )


async def _one(
    request: ArengoRequest,
    host: FromHost,
    caller: FromCaller,
    number: UUID,
    form: Form | None = None,
    secret: str = "",
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        endpoint = await service.get(uow, number)
        events = await service.events_for(uow, host, endpoint.organization_id)
        return await page(
            request,
            uow,
            "core/webhook.html",
            face=face_of(caller),
            status=400 if form else 200,
            form=form or Form({"url": endpoint.url}),
            chosen=form.all("events") if form else endpoint.events,
            endpoint=endpoint,
            entries=await log.of(uow, number),
            event_options=[(name, gettext(title), name) for name, title in events.items()],
            titles={name: gettext(title) for name, title in events.items()},
            made_secret=secret,
            plugin_titles=_titles(host),
        )


@get(_HERE, name="webhooks")
async def webhooks_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[str]:
    """The organization's webhooks."""
    return await _list(request, host, caller, Form({}))


@post(_HERE, name="webhook-create", opt={"mutation": "createWebhook"}, status_code=200)
async def create(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Add a webhook, and show its secret this once."""
    place = acting_for(caller)
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            made, secret = await service.create(
                uow, host, organization_id=place, url=form["url"], events=form.all("events")
            )
    except (InvalidInputError, ConflictError) as error:
        form.refuse(error)
        return await _list(request, host, caller, form)
    return await _one(request, host, caller, made.id, secret=secret)


@get(_HERE + "/{number:uuid}", name="webhook")
async def webhook_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, number: FromPath[UUID]
) -> Response[str]:
    """One webhook with its delivery log."""
    return await _one(request, host, caller, number)


@post(
    _HERE + "/{number:uuid}",
    name="webhook-update",
    opt={"mutation": "updateWebhook"},
    status_code=303,
)
async def update(
    request: ArengoRequest, host: FromHost, caller: FromCaller, number: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Change its address and events."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await service.update(uow, host, number, url=form["url"], events=form.all("events"))
    except InvalidInputError as error:
        form.refuse(error)
        return await _one(request, host, caller, number, form)
    return _back(request, number, gettext("The changes are saved."))


def _back(request: ArengoRequest, number: UUID, said: str) -> Redirect:
    return redirect(request, f"{_HERE}/{number}", Flash("success", said))


@post(
    _HERE + "/{number:uuid}/secret",
    name="webhook-rotate",
    opt={"mutation": "rotateWebhookSecret"},
    status_code=200,
)
async def rotate(
    request: ArengoRequest, host: FromHost, caller: FromCaller, number: FromPath[UUID]
) -> Response[str]:
    """Give it a new secret, and show it this once."""
    await read_form(request)
    async with host.unit_of_work(caller) as uow:
        secret = await service.rotate(uow, host, number)
    return await _one(request, host, caller, number, secret=secret)


@post(
    _HERE + "/{number:uuid}/on",
    name="webhook-on",
    opt={"mutation": "switchWebhookOn"},
    status_code=303,
)
async def switch_on(
    request: ArengoRequest, host: FromHost, caller: FromCaller, number: FromPath[UUID]
) -> Redirect:
    """Send to it again."""
    async with host.unit_of_work(caller) as uow:
        await service.switch_on(uow, number)
    return _back(request, number, gettext("Events are sent there again."))


@post(
    _HERE + "/{number:uuid}/remove",
    name="webhook-remove",
    opt={"mutation": "removeWebhook"},
    status_code=303,
)
async def remove(
    request: ArengoRequest, host: FromHost, caller: FromCaller, number: FromPath[UUID]
) -> Redirect:
    """Take it away."""
    async with host.unit_of_work(caller) as uow:
        await service.remove(uow, number)
    return redirect(request, _HERE, Flash("success", gettext("The webhook is removed.")))


@post(
    "/office/webhook-deliveries/{number:uuid}/resend",
    name="webhook-resend",
    opt={"mutation": "resendWebhookDelivery"},
    status_code=303,
)
async def resend(
    request: ArengoRequest, host: FromHost, caller: FromCaller, number: FromPath[UUID]
) -> Redirect:
    """Send an event once more."""
    async with host.unit_of_work(caller) as uow:
        delivery = await service.resend(uow, number)
    return _back(request, delivery.endpoint_id, gettext("It is sent again in a moment."))


ROUTES: list[Any] = [
    webhooks_page,
    create,
    webhook_page,
    update,
    rotate,
    switch_on,
    remove,
    resend,
]
