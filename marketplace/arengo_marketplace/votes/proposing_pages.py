"""The office's pages to prepare a vote, and to put it before the members."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, day_named, read_form
from arengo_core.web.pages import page
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.members import charter
from arengo_marketplace.members.acting import office_of
from arengo_marketplace.offers import rule_form, rule_view
from arengo_marketplace.offers import service as offers
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.offers.rule_choices import choices_in
from arengo_marketplace.offers.rule_wording import rule_in_words
from arengo_marketplace.offers.terms import allocation_keys
from arengo_marketplace.permissions import OFFERS
from arengo_marketplace.titles import service_title
from arengo_marketplace.votes import reading, service
from arengo_marketplace.votes.models import Vote
from arengo_marketplace.votes.pages import show
from arengo_marketplace.votes.wording import values_of, weighings

TERMS = ("weighing", "head_share", "quorum", "majority", "heads", "days")


async def _form(
    request: ArengoRequest,
    host: Host,
    caller: Caller,
    offer_id: UUID,
    form: Form | None,
    vote_id: UUID | None = None,
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        await office_of(uow)
        offer = await offers.offer_of(uow, offer_id)
        caller.require(offer.organization_id, OFFERS)
        vote = await reading.vote_of(uow, vote_id) if vote_id else None
        choices = await choices_in(uow, host, offer.organization_id, offer.cost_bearers)
        keys = allocation_keys(host.registry, host.guard)
        proposed = CostRule.from_json(vote.rule, keys) if vote else offer.rule(keys)
        agreed = vote.counted_by if vote else await charter.voting_terms(uow, offer.organization_id)
        values = values_of(agreed)
        if vote:
            values |= {"why": vote.why, "valid_from": vote.valid_from.isoformat()}
        return await page(
            request,
            uow,
            "marketplace/votes/form.html",
            face="office",
            status=400 if form and form.errors else 200,
            offer=offer,
            vote=vote,
            title=service_title(host.registry, offer.service),
            rule=rule_in_words(offer.rule(keys), host.registry, offer.plan.currency),
            rule_fields=rule_view.shown(choices, proposed, values, form),
            weighings=weighings(),
            values=values,
            errors=form.errors if form else {},
        )


async def _given(uow: UnitOfWork, host: Host, offer: Offer, form: Form) -> dict[str, Any]:
    choices = await choices_in(uow, host, offer.organization_id, offer.cost_bearers)
    return {
        "cost_rule": rule_form.needed_rule(form, choices).to_json(),
        "why": form["why"],
        "valid_from": day_named(form["valid_from"], "valid_from") if form["valid_from"] else None,
        "terms": {name: form[name] for name in TERMS if name in form.fields},
    }


@get("/office/offers/{offer_id:uuid}/votes/new", name="vote-new")
async def new_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, offer_id: FromPath[UUID]
) -> Response[str]:
    """The form to propose another rule."""
    caller.require_signed_in()
    return await _form(request, host, caller, offer_id, None)


@post(
    "/office/offers/{offer_id:uuid}/votes",
    name="vote-draft",
    opt={"mutation": "draftVote"},
    status_code=303,
)
async def draft(
    request: ArengoRequest, host: FromHost, caller: FromCaller, offer_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Prepare a vote."""
    caller.require_signed_in()
    form = await read_form(request)
    if rule_form.asks_rows(form):
        return await _form(request, host, caller, offer_id, form)
    try:
        async with host.unit_of_work(caller) as uow:
            offer = await offers.offer_of(uow, offer_id)
            caller.require(offer.organization_id, OFFERS)
            given = await _given(uow, host, offer, form)
            vote = await service.draft(uow, host, offer_id=offer_id, **given)
    except ArengoError as error:
        if error.status in {401, 403, 404}:
            raise
        form.refuse(error)
        return await _form(request, host, caller, offer_id, form)
    return redirect(request, f"/office/votes/{vote.id}", _prepared())


def _prepared() -> Flash:
    return Flash(
        "success",
        gettext("The proposal is prepared."),
        gettext("See first what it changes for each member, then put it to the vote."),
    )


async def _own(host: Host, caller: Caller, vote_id: UUID) -> Vote:
    async with host.unit_of_work(caller, read_only=True) as uow:
        vote = await reading.vote_of(uow, vote_id)
        caller.require(vote.organization_id, OFFERS)
    return vote


@get("/office/votes/{vote_id:uuid}/change", name="vote-change")
async def change_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, vote_id: FromPath[UUID]
) -> Response[str]:
    """The form to change a draft."""
    caller.require_signed_in()
    vote = await _own(host, caller, vote_id)
    return await _form(request, host, caller, vote.offer_id, None, vote_id)


@post(
    "/office/votes/{vote_id:uuid}/change",
    name="vote-change-post",
    opt={"mutation": "changeVote"},
    status_code=303,
)
async def change(
    request: ArengoRequest, host: FromHost, caller: FromCaller, vote_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Change a draft."""
    caller.require_signed_in()
    form = await read_form(request)
    vote = await _own(host, caller, vote_id)
    if rule_form.asks_rows(form):
        return await _form(request, host, caller, vote.offer_id, form, vote_id)
    try:
        async with host.unit_of_work(caller) as uow:
            offer = await offers.offer_of(uow, vote.offer_id)
            given = await _given(uow, host, offer, form)
            await service.redraft(uow, host, vote_id=vote_id, **given)
    except ArengoError as error:
        if error.status in {401, 403, 404}:
            raise
        form.refuse(error)
        return await _form(request, host, caller, vote.offer_id, form, vote_id)
    return redirect(request, f"/office/votes/{vote_id}", _prepared())


@post(
    "/office/votes/{vote_id:uuid}/open",
    name="vote-open",
    opt={"mutation": "openVote"},
    status_code=303,
)
async def open_(
    request: ArengoRequest, host: FromHost, caller: FromCaller, vote_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Put a draft before the members."""
    caller.require_signed_in()
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await service.open_vote(uow, host, vote_id=vote_id, seen=form["seen"])
    except ArengoError as error:
        if error.status in {401, 403, 404}:
            raise
        form.refuse(error)
        return await show(request, host, caller, vote_id, form)
    done = Flash("success", gettext("The vote is open."), gettext("Each member is told by mail."))
    return redirect(request, f"/office/votes/{vote_id}", done)


ROUTES: list[Any] = [new_page, draft, change_page, change, open_]
