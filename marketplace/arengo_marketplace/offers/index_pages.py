"""The office's page on the indices that prices follow, and the form for a new figure."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, day_named, read_form
from arengo_core.web.pages import page
from arengo_marketplace.members.acting import office_of
from arengo_marketplace.offers import index_figures
from arengo_marketplace.offers.prices import PriceChange
from arengo_marketplace.pools.service import month_named
from arengo_marketplace.titles import service_title

_PAGE = "/office/offers/indices"


async def _show(
    request: ArengoRequest,
    host: Host,
    caller: Caller,
    form: Form,
    shown: list[PriceChange] | None = None,
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        found = await index_figures.indices(uow, await office_of(uow))
        return await page(
            request,
            uow,
            "marketplace/offers/indices.html",
            face="office",
            status=400 if form.errors else 200,
            indices=found,
            title_of=lambda offer: service_title(host.registry, offer.service),
            shown=shown,
            confirmed={**form, "confirmed": "yes"},
            form=form,
            values={
                **({"index": found[0].name} if found else {}),
                **_proposed(found),
                **form,
            },
        )


def _proposed(found: list[index_figures.Index]) -> dict[str, str]:
    """The first figure that is wanted, from where the last one came."""
    for one in found:
        for wanted in one.wanted:
            source = one.figures[-1].source if one.figures else ""
            return {"index": one.name, "month": f"{wanted.month:%Y-%m}", "source": source}
    return {}


@get(_PAGE, name="offer-indices")
async def indices_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """The indices that prices follow: their figures, those that are wanted, the form for one."""
    caller.require_signed_in()
    return await _show(request, host, caller, Form({}))


@post(
    _PAGE,
    name="offer-index-figure",
    opt={"mutation": "enterIndexFigure"},
    status_code=303,
)
async def enter(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Show what a figure changes for each member; once confirmed, enter it and tell them."""
    caller.require_signed_in()
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            made = await index_figures.enter(
                uow,
                host,
                consortium_id=await office_of(uow),
                name=form["index"],
                month=month_named(form["month"]),
                value=form.decimal("value"),
                source=form["source"],
                published_on=day_named(form["published_on"], "published_on"),
                dry_run=not form.flag("confirmed"),
            )
    except ArengoError as error:
        if error.status in {401, 403, 404}:
            raise
        form.refuse(error)
        return await _show(request, host, caller, form)
    if not form.flag("confirmed"):
        answer = await _show(request, host, caller, form, made)
        answer.status_code = 200
        return answer
    done = Flash(
        "success",
        gettext("The figure is entered."),
        gettext("It is in the prices of {count} services.", count=len(made)),
    )
    return redirect(request, _PAGE, done)


ROUTES: list[Any] = [indices_page, enter]
