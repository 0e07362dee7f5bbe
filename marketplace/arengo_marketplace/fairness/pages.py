"""The page of the fairness report: who pays for whom, who would leave, what would mend it."""

from __future__ import annotations

from math import ceil, isfinite
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.errors import InvalidInputError
from arengo_core.i18n import N_, current_locale, error_text, gettext
from arengo_core.tasks.models import Task
from arengo_core.tasks.pages import follow
from arengo_core.tasks.service import page_of
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import page
from arengo_core.web.spreadsheet import csv_answer
from arengo_marketplace.fairness import reckoning, service
from arengo_marketplace.fairness.service import Report
from arengo_marketplace.members.acting import acting_in
from arengo_marketplace.offers import service as offers
from arengo_marketplace.offers.rule_wording import rule_in_words
from arengo_marketplace.permissions import FIGURES, OFFICE, SERVICES
from arengo_marketplace.titles import service_title

_DRAWN = 20
_NAMED = 12
_WAYS = {
    "key": N_("Another key"),
    "mixed": N_("Half and half"),
    "capped": N_("Capped at the cost alone"),
}


@get("/office/offers/{offer_id:uuid}/fairness", name="fairness")
async def fairness_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, offer_id: FromPath[UUID]
) -> Response[str]:
    """Whether an offer's rule, or one that is proposed, is fair."""
    caller.require_signed_in()
    form = Form(dict(request.query_params))
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow, OFFICE, SERVICES, FIGURES)
        offer = await offers.offer_of(uow, offer_id)
        report: Report | None = None
        task: Task | None = None
        problem, members = "", 0
        try:
            asked = await service.question(uow, host, offer_id=offer_id, rule=form["rule"] or None)
            members = len(asked.year.members)
            report = await service.answer(uow, asked)
            task = None if report else await reckoning.under_way(uow, host, asked)
        except InvalidInputError as error:
            problem = error_text(error)
        group = report.figures.judged.check.members if report else []
        return await page(
            request,
            uow,
            "marketplace/fairness/page.html",
            face=acting.face,
            status=400 if problem else 200,
            acting_in=acting,
            offer=offer,
            title=service_title(host.registry, offer.service),
            problem=problem,
            report=report,
            members=members,
            task=task and page_of(task.id),
            asked_rule=form["rule"],
            rule=rule_in_words(report.rule, host.registry) if report else "",
            proposed=bool(form["rule"]),
            bound=report.money(ceil(report.figures.judged.most))
            if report and isfinite(report.figures.judged.most)
            else None,
            label=report.period.label(current_locale()) if report else "",
            named=", ".join(report.name(one) for one in group[:_NAMED]) if report else "",
            unnamed=max(len(group) - _NAMED, 0),
            tried=[
                {
                    "judged": one,
                    "way": gettext(_WAYS[one.way.kind]),
                    "words": rule_in_words(one.way.rule, host.registry),
                }
                for one in report.figures.tried
            ]
            if report
            else [],
            lacking=report.figures.without_nucleolus.message(gettext)
            if report and report.figures.without_nucleolus
            else "",
            drawn=[
                (report.name(line.member), report.money(line.subsidy).amount)
                for line in report.largest_first[:_DRAWN]
            ]
            if report
            else [],
            own=next(
                (
                    line
                    for line in report.figures.lines
                    if report.bearers[line.member].organization_id == acting.organization_id
                ),
                None,
            )
            if report
            else None,
            csv=f"/office/offers/{offer_id}/fairness/csv?{request.url.query}",
        )


@get("/office/offers/{offer_id:uuid}/fairness/csv", name="fairness-csv")
async def fairness_csv(
    request: ArengoRequest, host: FromHost, caller: FromCaller, offer_id: FromPath[UUID]
) -> Response[bytes] | Redirect:
    """The figures of every member as CSV."""
    caller.require_signed_in()
    form = Form(dict(request.query_params))
    async with host.unit_of_work(caller, read_only=True) as uow:
        await acting_in(uow, OFFICE, SERVICES, FIGURES)
        asked = await service.question(uow, host, offer_id=offer_id, rule=form["rule"] or None)
        report = await service.answer(uow, asked)
    if report is None:
        return redirect(request, reckoning.page_of(offer_id, form["rule"]))
    headings = [
        gettext("Member"),
        gettext("Inhabitants"),
        gettext("Pays"),
        gettext("Would pay alone"),
        gettext("Adds to the cost"),
        gettext("Shapley value"),
        "SCRB",
        gettext("Nucleolus"),
        gettext("Pays for others"),
    ]
    return csv_answer(
        "fairness",
        headings,
        (
            (
                report.name(line.member),
                report.bearers[line.member].population,
                report.money(line.share),
                report.money(line.alone),
                report.money(line.adds),
                report.money(line.shapley),
                report.money(line.scrb),
                None if line.nucleolus is None else report.money(line.nucleolus),
                report.money(line.subsidy),
            )
            for line in report.largest_first
        ),
    )


@post(
    "/office/offers/{offer_id:uuid}/fairness",
    name="fairness-reckon",
    opt={"mutation": "reckonFairness"},
    status_code=303,
)
async def reckon(
    request: ArengoRequest, host: FromHost, caller: FromCaller, offer_id: FromPath[UUID]
) -> Redirect:
    """Begin to work the report out."""
    caller.require_signed_in()
    form = await read_form(request)
    async with host.unit_of_work(caller) as uow:
        await acting_in(uow, OFFICE, SERVICES, FIGURES)
        task = await reckoning.begin(uow, host, offer_id=offer_id, rule=form["rule"] or None)
    return await follow(request, host, caller, task.id)


ROUTES: list[Any] = [fairness_page, fairness_csv, reckon]
