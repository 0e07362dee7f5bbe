"""The public page of a consortium's budget with its files, and the office's switch."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import ANONYMOUS
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import read_form
from arengo_core.web.pages import page
from arengo_core.web.spreadsheet import csv_answer
from arengo_marketplace.budget import publishing
from arengo_marketplace.budget.year import BudgetYear, consortium_of, year_named, year_of
from arengo_marketplace.members.acting import office_of
from arengo_marketplace.settlements.showing import Shown, map_of
from arengo_marketplace.titles import service_title


async def _asked(request: ArengoRequest, host: Host, slug: str) -> BudgetYear:
    async with host.unit_of_work(ANONYMOUS, read_only=True) as uow:
        consortium = await consortium_of(uow, slug)
        year = year_named(request.query_params.get("year", ""))
        return await year_of(uow, consortium.id, year)


@get("/budget/{slug:str}", name="budget")
async def budget_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, slug: FromPath[str]
) -> Response[str]:
    """What the consortium spent in a year, who paid, what grants covered."""
    budget = await _asked(request, host, slug)
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await page(
            request,
            uow,
            "marketplace/budget/budget.html",
            face="market",
            theme="civic",
            budget=budget,
            map=map_of(
                [
                    Shown(one.code, one.name, one.amount.amount, one.population)
                    for one in budget.members
                    if one.code and one.name and one.population
                ]
            ),
            title_of=lambda key: service_title(host.registry, key),
        )


@get("/budget/{slug:str}/json", name="budget-json")
async def budget_json(
    request: ArengoRequest, host: FromHost, slug: FromPath[str]
) -> Response[bytes]:
    """The same for programs; amounts are minor units."""
    budget = await _asked(request, host, slug)
    return Response(
        msgspec.json.format(msgspec.json.encode(budget.to_json()), indent=2),
        media_type="application/json",
        headers={"access-control-allow-origin": "*"},
    )


@get("/budget/{slug:str}/csv", name="budget-csv")
async def budget_csv(
    request: ArengoRequest, host: FromHost, slug: FromPath[str]
) -> Response[bytes]:
    """Every figure of the page as one row of a CSV file."""
    budget = await _asked(request, host, slug)
    headings = [
        gettext(text)
        for text in ("Year", "Part", "Name", "Inhabitants", "Amount", "Per inhabitant")
    ]
    parts = (
        (gettext("Costs"), lambda one: one.costs),
        (gettext("Fees"), lambda one: one.fees),
        (gettext("Funding"), lambda one: one.funding),
        (gettext("Paid by the members"), lambda one: one.net),
    )
    rows: list[tuple[Any, ...]] = [
        (str(budget.year), label, service_title(host.registry, one.service), None, of(one), None)
        for one in budget.services
        for label, of in parts
    ]
    rows += [
        (str(budget.year), gettext("Grant"), title or gettext("Other funding"), None, amount, None)
        for title, amount in budget.grants
    ]
    rows += [
        (
            str(budget.year),
            gettext("Member"),
            one.name or gettext("Other members together"),
            one.population,
            one.amount,
            one.per_inhabitant,
        )
        for one in budget.members
    ]
    return csv_answer(f"budget-{budget.consortium.slug}-{budget.year}", headings, rows)


@post("/office/budget", name="budget-switch", opt={"mutation": "publishBudget"}, status_code=303)
async def switch(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Redirect:
    """Publish the budget, or take it off the page."""
    caller.require_signed_in()
    form = await read_form(request)
    async with host.unit_of_work(caller) as uow:
        publishes = await publishing.switch(
            uow, consortium_id=await office_of(uow), publishes=form.flag("publishes")
        )
    done = (
        gettext("The budget is public: anybody can read the settled months.")
        if publishes
        else gettext("The budget is not public any more.")
    )
    return redirect(request, "/office/charter#budget", Flash("success", done))


ROUTES: list[Any] = [budget_page, budget_json, budget_csv, switch]
