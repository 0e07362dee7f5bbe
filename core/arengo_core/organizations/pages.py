"""The page of an organization's own data: address, language, theme."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from arengo_core.errors import InvalidInputError
from arengo_core.i18n import current_locale, gettext
from arengo_core.organizations import service
from arengo_core.permissions.declared import OWN_DATA
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import Pages, acting_for, face_of, page

_FIELDS = ("street", "postcode", "city", "province", "email", "phone", "locale", "theme")


async def _show(
    request: ArengoRequest, host: FromHost, caller: FromCaller, form: Form | None
) -> Response[str]:
    place = acting_for(caller)
    caller.require(place, OWN_DATA)
    pages: Pages = host.state["pages"]
    async with host.unit_of_work(caller, read_only=True) as uow:
        organization = await service.get(uow, place)
        shown = form or Form({name: getattr(organization, name) or "" for name in _FIELDS})
        themes = [(theme.name, theme.title(current_locale())) for theme in pages.themes.choosable()]
        return await page(
            request,
            uow,
            "core/organization.html",
            face=face_of(caller),
            status=400 if form else 200,
            form=shown,
            themes=[("", gettext("As usual for this place")), *themes],
        )


@get("/office/organization", name="organization")
async def organization_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[str]:
    """The organization's own data."""
    return await _show(request, host, caller, None)


@post(
    "/office/organization",
    name="organization-update",
    opt={"mutation": "updateOrganization"},
    status_code=303,
)
async def update(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Change the organization's own data."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await service.update(
                uow,
                acting_for(caller),
                themes=host.state["pages"].themes,
                **{name: form[name] for name in _FIELDS},
            )
    except InvalidInputError as error:
        form.refuse(error)
        return await _show(request, host, caller, form)
    return redirect(
        request, "/office/organization", Flash("success", gettext("The changes are saved."))
    )


ROUTES: list[Any] = [organization_page, update]
