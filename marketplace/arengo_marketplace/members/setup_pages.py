"""The first-run page: consortium, members from the register, first officer."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from arengo_core.caller import ANONYMOUS
from arengo_core.errors import ArengoError, ConflictError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.identity.service import SESSION_LIFE
from arengo_core.web.context import SESSION_COOKIE, ArengoRequest, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import SiteInfo, page
from arengo_marketplace import register
from arengo_marketplace.members import founding


async def _show(request: ArengoRequest, host: Host, form: Form) -> Response[Any] | Redirect:
    async with host.unit_of_work(ANONYMOUS, read_only=True) as uow:
        if not await founding.is_first_run(uow):
            return redirect(
                request,
                "/sign-in",
                Flash("info", gettext("Arengo is set up already: sign in instead.")),
            )
        province = form["province"]
        found = register.of_province(province) if province else ()
        provinces = sorted({(r.province_code, r.province) for r in register.records()})
        return await page(
            request,
            uow,
            "marketplace/members/setup.html",
            face="office",
            status=400 if form.errors else 200,
            site=SiteInfo("Arengo"),
            form=form,
            provinces=sorted(provinces, key=lambda row: row[1]),
            province=province,
            municipalities=sorted(found, key=lambda record: record.name),
            chosen=form.all("istat_codes"),
        )


@get("/setup", name="setup")
async def setup_page(request: ArengoRequest, host: FromHost) -> Response[Any] | Redirect:
    """Set Arengo up; there only while nobody can sign in."""
    return await _show(request, host, Form({"province": request.query_params.get("province", "")}))


@post("/setup", name="setup-post", opt={"mutation": "setUpConsortium"}, status_code=303)
async def set_up(request: ArengoRequest, host: FromHost) -> Response[Any] | Redirect:
    """Make the consortium, its members and its first officer."""
    form = await read_form(request)
    try:
        async with host.unit_of_work() as uow:
            user_id = await founding.set_up(
                uow,
                host,
                name=form["name"],
                lead_istat_code=form["lead"],
                istat_codes=form.all("istat_codes"),
                officer_name=form["officer_name"],
                officer_email=form["email"],
                officer_password=form["password"],
            )
            token = await host.identity.open_session(uow, user_id)
    except ConflictError as error:
        if error.field is None:
            return redirect(request, "/sign-in", Flash("info", gettext(error.message)))
        form.refuse(error)
        return await _show(request, host, form)
    except ArengoError as error:
        form.refuse(error)
        return await _show(request, host, form)
    answer = redirect(
        request,
        "/office",
        Flash(
            "success",
            gettext("The consortium stands."),
            gettext("Next: put the first service on offer, and invite the municipalities."),
        ),
    )
    answer.set_cookie(
        key=SESSION_COOKIE,
        value=token,
        httponly=True,
        samesite="lax",
        secure=host.settings.base_url.startswith("https://"),
        max_age=int(SESSION_LIFE.total_seconds()),
        path="/",
    )
    return answer


ROUTES: list[Any] = [setup_page, set_up]
