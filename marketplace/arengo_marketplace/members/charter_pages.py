"""The page of a consortium's charter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.organizations import repository as organizations
from arengo_core.web import sites
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import page
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.members import charter, directory
from arengo_marketplace.members.acting import office_of
from arengo_marketplace.members.payment_terms import PaymentTerms
from arengo_marketplace.offers import rule_form, rule_view
from arengo_marketplace.offers.rule_choices import choices_in
from arengo_marketplace.offers.rule_wording import rule_in_words
from arengo_marketplace.offers.terms import allocation_keys
from arengo_marketplace.votes.counting import Terms
from arengo_marketplace.votes.wording import values_of, weighings


async def _show(
    request: ArengoRequest, host: Host, caller: Caller, form: Form | None = None
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        consortium_id = await office_of(uow)
        agreed = await charter.charter_of(uow, consortium_id)
        rule = CostRule.from_json(
            agreed.default_cost_rule, allocation_keys(host.registry, host.guard)
        )
        collector = (
            await organizations.get(uow.session, agreed.collecting_entity_id)
            if agreed.collecting_entity_id
            else None
        )
        values: dict[str, Any] = values_of(Terms.of(agreed.voting))
        terms = PaymentTerms.of(agreed.payment_terms)
        values |= terms.to_json() | {"reminders": ", ".join(map(str, terms.reminders))}
        values["host"] = await sites.name_of(uow, consortium_id) or ""
        choices = await choices_in(uow, host, consortium_id)
        return await page(
            request,
            uow,
            "marketplace/members/charter.html",
            face="office",
            status=400 if form and form.errors else 200,
            rule_fields=rule_view.shown(choices, rule, values, form),
            values=values,
            errors=form.errors if form else {},
            rule=rule_in_words(rule, host.registry),
            collector=collector,
            is_public=agreed.collector_is_public,
            gateway=agreed.gateway,
            publishes_budget=agreed.publishes_budget,
            slug=(await directory.consortium(uow, consortium_id)).slug,
            weighings=weighings(),
        )


@get("/office/charter", name="charter")
async def charter_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """What the consortium agreed on."""
    caller.require_signed_in()
    return await _show(request, host, caller)


async def _saved(
    request: ArengoRequest,
    host: Host,
    caller: Caller,
    act: Callable[[UnitOfWork, UUID, Form], Awaitable[object]],
) -> Response[Any] | Redirect:
    caller.require_signed_in()
    form = await read_form(request)
    if rule_form.asks_rows(form):
        return await _show(request, host, caller, form)
    try:
        async with host.unit_of_work(caller) as uow:
            await act(uow, await office_of(uow), form)
    except ArengoError as error:
        if error.status in {401, 403}:
            raise
        form.refuse(error)
        return await _show(request, host, caller, form)
    return redirect(request, "/office/charter", Flash("success", gettext("The charter is saved.")))


@post("/office/charter", name="charter-post", opt={"mutation": "changeCharter"}, status_code=303)
async def change(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Change default rule and host name."""

    async def act(uow: UnitOfWork, consortium_id: UUID, form: Form) -> object:
        choices = await choices_in(uow, host, consortium_id)
        return await charter.change(
            uow,
            host,
            consortium_id=consortium_id,
            default_cost_rule=rule_form.needed_rule(form, choices).to_json(),
            host_name=form["host"] or None,
        )

    return await _saved(request, host, caller, act)


@post(
    "/office/charter/voting",
    name="charter-voting",
    opt={"mutation": "changeVotingTerms"},
    status_code=303,
)
async def change_voting(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Change how votes are counted."""

    async def act(uow: UnitOfWork, consortium_id: UUID, form: Form) -> object:
        return await charter.change_voting(uow, consortium_id=consortium_id, terms={**form})

    return await _saved(request, host, caller, act)


@post(
    "/office/charter/payment-terms",
    name="charter-payment-terms",
    opt={"mutation": "changePaymentTerms"},
    status_code=303,
)
async def change_payment_terms(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Change when and where statements are paid."""

    async def act(uow: UnitOfWork, consortium_id: UUID, form: Form) -> object:
        return await charter.change_payment_terms(
            uow, host, consortium_id=consortium_id, terms={**form, "online": form.flag("online")}
        )

    return await _saved(request, host, caller, act)


ROUTES: list[Any] = [charter_page, change, change_voting, change_payment_terms]
