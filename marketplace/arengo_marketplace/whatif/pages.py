"""The office's what-if page: a plain form, the table of every member, the drawing, the CSV."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import current_locale, gettext
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import page
from arengo_core.web.spreadsheet import csv_answer
from arengo_marketplace.activations.preview import year_ahead
from arengo_marketplace.contract import Member
from arengo_marketplace.costs.grants import Grant
from arengo_marketplace.costs.what_if import ChangeKind, MemberChange
from arengo_marketplace.members import directory
from arengo_marketplace.members.acting import Acting, acting_in
from arengo_marketplace.offers import repository as offers
from arengo_marketplace.offers import rule_form
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.permissions import FIGURES, OFFICE, SERVICES
from arengo_marketplace.titles import service_title
from arengo_marketplace.whatif import service, terms_to_try
from arengo_marketplace.whatif.service import Answer, Asked

_DRAWN = 20
_OF_ALL = (ChangeKind.RULE, ChangeKind.PLAN, ChangeKind.GRANTS)


def _asked(form: Form) -> list[Asked]:
    """The change that the form describes; none where it was not sent, or its terms were not."""
    if not form["kind"] or (form["kind"] in terms_to_try.KINDS and not form[form["kind"]]):
        return []
    try:
        kind = ChangeKind(form["kind"])
    except ValueError:
        raise InvalidInputError("Choose one of the list.", field="kind") from None
    day = None
    if form["on"]:
        try:
            day = date.fromisoformat(form["on"])
        except ValueError:
            raise InvalidInputError("Choose one of the list.", field="on") from None
    return [
        Asked(
            kind=kind,
            offer_id=form.uuid("offer_id") if form["offer_id"] else None,
            member_id=form.uuid("member_id") if form["member_id"] and kind not in _OF_ALL else None,
            on=day,
            rule=form["rule"] or None,
            plan=form["plan"] or None,
            meter=form["meter"],
            factor=form.decimal("factor") if kind is ChangeKind.USE else None,
            grant_id=form.uuid("grant_id")
            if form["grant_id"] and kind is ChangeKind.GRANTS
            else None,
        )
    ]


async def _answered(uow: UnitOfWork, host: Host, acting: Acting, form: Form) -> Answer:
    return await service.ask(uow, host, consortium_id=acting.consortium_id, asked=_asked(form))


def _largest_first(answer: Answer) -> list[MemberChange]:
    return sorted(
        answer.figures.members,
        key=lambda one: (-abs(one.difference.amount), one.bearer.name),
    )


def _choices(
    host: Host, rows: Sequence[Offer], members: Sequence[Member], grants: Sequence[Grant]
) -> dict[str, list[tuple[str, str]]]:
    meters: dict[str, str] = {}
    for row in rows:
        brought = host.registry.services.get(row.service)
        for meter in brought.value.meters if brought else ():
            meters[meter.key] = gettext(meter.title)
    return {
        "kinds": [
            (ChangeKind.JOINS, gettext("A member takes the service")),
            (ChangeKind.LEAVES, gettext("A member gives the service up")),
            (ChangeKind.RULE, gettext("The cost is divided by another rule")),
            (ChangeKind.PLAN, gettext("The service costs by another price plan")),
            (ChangeKind.GRANTS, gettext("Grants end")),
            (ChangeKind.USE, gettext("The use grows or falls")),
        ],
        "offers": [
            ("", gettext("All services")),
            *((str(row.id), service_title(host.registry, row.service)) for row in rows),
        ],
        "members": [
            ("", gettext("All members")),
            *((str(one.organization_id), one.name) for one in members),
        ],
        "months": [
            (month.start.isoformat(), month.label(current_locale()))
            for month in year_ahead(clock.today()).months()
        ],
        "grants": [("", gettext("All grants")), *((str(one.id), one.title) for one in grants)],
        "meters": [("", gettext("None")), *sorted(meters.items())],
    }


@get("/office/what-if", name="what-if")
async def what_if_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """What a change would cost every member, before anybody decides it."""
    caller.require_signed_in()
    return await _show(request, host, caller, Form(dict(request.query_params)))


@post("/office/what-if", name="what-if-terms", status_code=303)
async def terms(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Lead to the address that asks for the rule or price plan that was typed; write nothing."""
    caller.require_signed_in()
    typed = await read_form(request)
    asked = Form({name: typed[name] for name in ("kind", "offer_id")})
    if rule_form.asks_rows(typed):
        return await _show(request, host, caller, asked, typed)
    try:
        async with host.unit_of_work(caller, read_only=True) as uow:
            acting = await acting_in(uow, OFFICE, SERVICES, FIGURES)
            await service.require_inside(uow, acting.consortium_id)
            offer = await terms_to_try.offer_asked(uow, typed)
            if offer is None:
                raise InvalidInputError("Choose one of the list.", field="kind")
            return redirect(request, await terms_to_try.address_of(uow, host, offer, typed))
    except InvalidInputError as error:
        typed.refuse(error)
        return await _show(request, host, caller, asked, typed)


async def _show(
    request: ArengoRequest, host: Host, caller: Caller, form: Form, typed: Form | None = None
) -> Response[str]:
    """The page: the answer to the change of ``form``, and the terms ``typed`` where they fail."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow, OFFICE, SERVICES, FIGURES)
        rows = await offers.of_consortium(uow.session, acting.consortium_id)
        members = await directory.members(uow, acting.consortium_id)
        grants = await service.running_grants(uow, acting.consortium_id)
        answer: Answer | None = None
        tried: dict[str, Any] | None = None
        try:
            offer = await terms_to_try.offer_asked(uow, form)
            if offer:
                tried = await terms_to_try.fields(uow, host, offer, form, typed)
            if _asked(form) and not form.errors:
                answer = await _answered(uow, host, acting, form)
        except ArengoError as error:
            if error.status in {401, 403, 404}:
                raise
            form.refuse(error)
        changed = _largest_first(answer) if answer else []
        return await page(
            request,
            uow,
            "marketplace/whatif/page.html",
            face=acting.face,
            status=400 if form.errors or (typed and typed.errors) else 200,
            form=form,
            tried=tried,
            choices=_choices(host, rows, members, grants),
            answer=answer,
            changed=changed,
            drawn=[
                (one.bearer.name, one.today.amount, one.afterwards.amount)
                for one in changed[:_DRAWN]
            ],
            own=next(
                (one for one in changed if one.bearer.organization_id == acting.organization_id),
                None,
            ),
            csv=f"/office/what-if/csv?{request.url.query}",
            label=year_ahead(clock.today()).label(current_locale()),
        )


@get("/office/what-if/csv", name="what-if-csv")
async def what_if_csv(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[bytes]:
    """The same figures as CSV."""
    caller.require_signed_in()
    form = Form(dict(request.query_params))
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow, OFFICE, SERVICES, FIGURES)
        answer = await _answered(uow, host, acting, form)
    headings = [
        gettext("Member"),
        gettext("Inhabitants"),
        gettext("Today"),
        gettext("Afterwards"),
        gettext("Change"),
        gettext("Per inhabitant today"),
        gettext("Per inhabitant afterwards"),
    ]
    return csv_answer(
        "what-if",
        headings,
        (
            (
                one.bearer.name,
                one.bearer.population,
                one.today,
                one.afterwards,
                one.difference,
                one.per_inhabitant_today,
                one.per_inhabitant_afterwards,
            )
            for one in _largest_first(answer)
        ),
    )


ROUTES: list[Any] = [what_if_page, terms, what_if_csv]
