"""Public pages of subscribers: a town's announcements, confirming, leaving."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_communications.announcements import service as announcements
from arengo_communications.requests import after_of
from arengo_communications.subscriptions import service
from arengo_core.caller import Caller
from arengo_core.errors import InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import LOCALES, current_locale, gettext
from arengo_core.organizations import service as organizations
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import SiteInfo, page

SIZE = 20


async def _town(
    request: ArengoRequest, host: Host, caller: Caller, slug: str, form: Form
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        place = await service.town(uow, slug)
        rows = await announcements.published(uow, place.id, size=SIZE, after=after_of(request))
        return await page(
            request,
            uow,
            "communications/town.html",
            face="market",
            status=400 if form.errors else 200,
            theme=place.theme,
            site=SiteInfo(place.name),
            place=place,
            rows=rows[:SIZE],
            next=f"?after={rows[SIZE - 1].id}" if len(rows) > SIZE else "",
            form=form,
        )


@get("/towns/{slug:str}/announcements", name="town-announcements")
async def town_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, slug: FromPath[str]
) -> Response[str]:
    """What a municipality announced, and the form to get it by mail."""
    return await _town(request, host, caller, slug, Form({"locale": current_locale()}))


@post(
    "/towns/{slug:str}/announcements",
    name="town-subscribe",
    opt={"mutation": "subscribeToAnnouncements"},
    status_code=303,
)
async def subscribe(
    request: ArengoRequest, host: FromHost, caller: FromCaller, slug: FromPath[str]
) -> Response[Any] | Redirect:
    """Ask for the announcements by mail."""
    form = await read_form(request)
    try:
        if form["locale"] not in LOCALES:
            raise InvalidInputError("Choose one of the list.", field="locale")
        async with host.unit_of_work(caller) as uow:
            place = await service.town(uow, slug)
            await service.subscribe(
                host, uow, town_id=place.id, email=form["email"], locale=form["locale"]
            )
    except InvalidInputError as error:
        form.refuse(error)
        return await _town(request, host, caller, slug, form)
    return redirect(
        request,
        f"/towns/{slug}/announcements",
        Flash(
            "success",
            gettext("A mail is on its way."),
            gettext("Open the link in it within seven days; until then you get nothing else."),
        ),
    )


@get("/subscriptions/{token:str}", name="subscription-confirm")
async def confirm_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, token: FromPath[str]
) -> Response[str]:
    """Ask once more: mail scanners open links, people press buttons."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        row = await service.asked(host, uow, token)
        place = await organizations.get(uow, row.organization_id)
        return await page(
            request,
            uow,
            "communications/confirm.html",
            face="market",
            theme=place.theme,
            site=SiteInfo(place.name),
            place=place,
            token=token,
            confirmed=row.confirmed_at is not None,
        )


@post(
    "/subscriptions/{token:str}",
    name="subscription-confirm-post",
    opt={"mutation": "confirmSubscription"},
    status_code=303,
)
async def confirm(
    request: ArengoRequest, host: FromHost, caller: FromCaller, token: FromPath[str]
) -> Redirect:
    """Confirm the subscription."""
    async with host.unit_of_work(caller) as uow:
        await service.confirm(host, uow, token)
    return redirect(
        request,
        f"/subscriptions/{token}",
        Flash(
            "success", gettext("You are subscribed."), gettext("Every mail has a link to leave.")
        ),
    )


async def _leaving(
    request: ArengoRequest, host: Host, caller: Caller, token: str, *, done: bool
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        place = await service.leaving(host, uow, token)
        return await page(
            request,
            uow,
            "communications/unsubscribe.html",
            face="market",
            theme=place.theme,
            site=SiteInfo(place.name),
            place=place,
            token=token,
            done=done,
        )


@get("/unsubscribe/{token:str}", name="unsubscribe")
async def unsubscribe_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, token: FromPath[str]
) -> Response[str]:
    """The button to leave."""
    return await _leaving(request, host, caller, token, done=False)


@post(
    "/unsubscribe/{token:str}",
    name="unsubscribe-post",
    opt={"mutation": "unsubscribe", "exclude_from_csrf": True},
    status_code=200,
)
async def unsubscribe(
    request: ArengoRequest, host: FromHost, caller: FromCaller, token: FromPath[str]
) -> Response[str]:
    """Leave: by the button, or by a mail program's one click (RFC 8058: no token, no redirect)."""
    async with host.unit_of_work(caller) as uow:
        await service.unsubscribe(host, uow, token)
    return await _leaving(request, host, caller, token, done=True)


ROUTES: list[Any] = [
    town_page,
    subscribe,
    confirm_page,
    confirm,
    unsubscribe_page,
    unsubscribe,
]
