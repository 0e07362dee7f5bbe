"""Pages of votes: the list, one vote, voting, counting."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.i18n import error_text, gettext
from arengo_core.money import Money
from arengo_core.organizations import repository as organizations
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import page
from arengo_marketplace.costs.allocation import per_inhabitant
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.members.acting import acting_in
from arengo_marketplace.offers import repository as offer_rows
from arengo_marketplace.offers import service as offers
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.offers.rule_wording import rule_in_words
from arengo_marketplace.offers.terms import allocation_keys
from arengo_marketplace.permissions import FIGURES, OFFERS, OFFICE, VOTES
from arengo_marketplace.titles import service_title
from arengo_marketplace.votes import reading, service
from arengo_marketplace.votes.figures import figures_of
from arengo_marketplace.votes.models import Ballot, Elector, Vote
from arengo_marketplace.votes.wording import (
    CHOICES,
    STATES,
    outcome_in_words,
    terms_in_words,
)


def words_of(host: Host, document: dict[str, Any]) -> str:
    """A rule's document in words."""
    rule = CostRule.from_json(document, allocation_keys(host.registry, host.guard))
    return rule_in_words(rule, host.registry)


@get("/office/votes", name="votes")
async def votes_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """The votes of the consortium."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow, OFFICE, VOTES, FIGURES)
        rows = await reading.votes_of(uow, acting.consortium_id)
        counts = await reading.counts_of(uow, rows)
        known = await offer_rows.by_ids(uow.session, [row.offer_id for row in rows])
        return await page(
            request,
            uow,
            "marketplace/votes/list.html",
            face=acting.face,
            acting_in=acting,
            votes=[
                {
                    "vote": row,
                    "title": service_title(host.registry, known[row.offer_id].service),
                    "rule": words_of(host, row.rule),
                    "state": gettext(STATES[row.state]),
                    "count": counts.get(row.id),
                }
                for row in rows
            ],
        )


@get("/office/offers/{offer_id:uuid}/rules", name="offer-rules")
async def rules_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, offer_id: FromPath[UUID]
) -> Response[str]:
    """The rules that an offer has had, with the votes that approved them."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow, OFFICE, VOTES, FIGURES)
        offer = await offers.offer_of(uow, offer_id)
        votes = await reading.votes_of(uow, offer.organization_id, offer.id)
        by_id = {vote.id: vote for vote in votes}
        counts = await reading.counts_of(uow, votes)
        held = offer.rules
        ends = [version.valid_from for version in held[1:]]
        return await page(
            request,
            uow,
            "marketplace/votes/rules.html",
            face=acting.face,
            acting_in=acting,
            offer=offer,
            title=service_title(host.registry, offer.service),
            rules=[
                {
                    "version": version,
                    "words": words_of(host, version.rule),
                    "until": end,
                    "vote": by_id.get(version.vote_id) if version.vote_id else None,
                    "count": counts.get(version.vote_id) if version.vote_id else None,
                }
                for version, end in zip(held, [*ends, None], strict=True)
            ][::-1],
            pending=[vote for vote in votes if vote.state in {"draft", "open"}],
            may_propose=caller.may(offer.organization_id, OFFERS),
        )


async def show(
    request: ArengoRequest, host: Host, caller: Caller, vote_id: UUID, form: Form
) -> Response[str]:
    """One vote, with what the caller can do about it."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow, OFFICE, VOTES, FIGURES)
        vote = await reading.vote_of(uow, vote_id)
        offer = await offers.offer_of(uow, vote.offer_id)
        title = service_title(host.registry, offer.service)
        rule = words_of(host, vote.rule)
        mine = acting.organization_id
        shown = await (_draft if vote.state == "draft" else _roll)(uow, host, vote, offer)
        own = next((row for row in shown["rows"] if row["id"] == mine), None)
        is_over = vote.closes_on is not None and vote.closes_on < clock.today()
        return await page(
            request,
            uow,
            "marketplace/votes/vote.html",
            face=acting.face,
            status=400 if form.errors else 200,
            acting_in=acting,
            vote=vote,
            offer=offer,
            title=title,
            rule=rule,
            rule_today=words_of(host, offer.rule_version_at(vote.valid_from).rule)
            if not vote.is_over
            else "",
            terms=terms_in_words(vote.counted_by),
            state=gettext(STATES[vote.state]),
            outcome=outcome_in_words(vote, title, rule) if vote.is_over else "",
            choices=[(key, gettext(label)) for key, label in CHOICES.items()],
            may_vote=own is not None
            and vote.state == "open"
            and not is_over
            and caller.may(mine, VOTES),
            may_run=caller.may(vote.organization_id, OFFERS),
            own=own,
            form=form,
            errors=form.errors,
            **shown,
        )


async def _draft(uow: UnitOfWork, host: Host, vote: Vote, offer: Offer) -> dict[str, Any]:
    closes_on = clock.today() + timedelta(days=vote.counted_by.days)
    try:
        figures = await figures_of(uow, host, vote, offer)
    except ArengoError as error:
        return {
            "rows": [],
            "count": None,
            "seen": "",
            "problem": error_text(error),
            "closes_on": closes_on,
        }
    rows = [
        _row(
            one.bearer.organization_id,
            one.bearer.name,
            one.bearer.population,
            one.today,
            one.afterwards,
        )
        for one in figures.changes
    ]
    return {
        "rows": rows,
        "count": None,
        "seen": figures.digest,
        "problem": "",
        "closes_on": closes_on,
    }


async def _roll(uow: UnitOfWork, _host: Host, vote: Vote, offer: Offer) -> dict[str, Any]:
    roll = (await reading.roll_of(uow, [vote]))[vote.id]
    cast_in = (await reading.last_ballots(uow, [vote]))[vote.id]
    counted = await reading.count_of(uow, vote) if roll else None
    behind = {one.cast_for for one in cast_in.values() if one.cast_for}
    names = await organizations.by_ids(uow.session, list(behind))
    currency = offer.plan.currency
    return {
        "rows": [
            _row(
                one.organization_id,
                one.name,
                one.population,
                Money(one.today, currency),
                Money(one.afterwards, currency),
            )
            | _voted(one, cast_in.get(one.organization_id), names)
            for one in roll
        ],
        "count": counted,
        "closes_on": vote.closes_on,
        "seen": "",
        "problem": "",
    }


def _row(
    member_id: UUID, name: str, population: int | None, today: Money, afterwards: Money
) -> dict[str, Any]:
    return {
        "id": member_id,
        "name": name,
        "population": population,
        "today": today,
        "afterwards": afterwards,
        "difference": afterwards - today,
        "each_today": per_inhabitant(today, population),
        "each": per_inhabitant(afterwards, population),
        "choice": "",
        "voted": "",
        "by": "",
    }


def _voted(elector: Elector, ballot: Ballot | None, names: Any) -> dict[str, Any]:
    if ballot is None:
        return {}
    other = ballot.cast_for if ballot.cast_for != elector.organization_id else None
    return {
        "choice": ballot.choice,
        "voted": gettext(CHOICES[ballot.choice]),
        "by": names[other].name if other in names else "",
    }


@get("/office/votes/{vote_id:uuid}", name="vote")
async def vote_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, vote_id: FromPath[UUID]
) -> Response[str]:
    """One vote."""
    caller.require_signed_in()
    return await show(request, host, caller, vote_id, Form({}))


@post(
    "/office/votes/{vote_id:uuid}/cast",
    name="vote-cast",
    opt={"mutation": "castBallot"},
    status_code=303,
)
async def cast(
    request: ArengoRequest, host: FromHost, caller: FromCaller, vote_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Vote for the organization acted for."""
    caller.require_signed_in()
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            acting = await acting_in(uow, OFFICE, VOTES)
            await service.cast(
                uow, vote_id=vote_id, member_id=acting.organization_id, choice=form["choice"]
            )
    except ArengoError as error:
        if error.status in {401, 403, 404}:
            raise
        form.refuse(error)
        return await show(request, host, caller, vote_id, form)
    done = Flash(
        "success",
        gettext("Your vote is cast."),
        gettext("You may change it until the vote ends: the last one counts."),
    )
    return redirect(request, f"/office/votes/{vote_id}", done)


@post(
    "/office/votes/{vote_id:uuid}/close",
    name="vote-close",
    opt={"mutation": "closeVote"},
    status_code=303,
)
async def close(
    request: ArengoRequest, host: FromHost, caller: FromCaller, vote_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Count a vote."""
    caller.require_signed_in()
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            vote = await service.close(uow, host, vote_id=vote_id)
    except ArengoError as error:
        if error.status in {401, 403, 404}:
            raise
        form.refuse(error)
        return await show(request, host, caller, vote_id, form)
    return redirect(request, f"/office/votes/{vote_id}", counted(vote))


def counted(vote: Vote) -> Flash:
    """What is said once a vote is counted."""
    return Flash(
        "success" if vote.state == "passed" else "warning",
        gettext("The vote is counted: {state}.", state=gettext(STATES[vote.state])),
    )


@post(
    "/office/votes/{vote_id:uuid}/withdraw",
    name="vote-withdraw",
    opt={"mutation": "withdrawVote"},
    status_code=303,
)
async def withdraw(
    request: ArengoRequest, host: FromHost, caller: FromCaller, vote_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Take a vote back."""
    caller.require_signed_in()
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await service.withdraw(uow, vote_id=vote_id, reason=form["reason"])
    except ArengoError as error:
        if error.status in {401, 403, 404}:
            raise
        form.refuse(error)
        return await show(request, host, caller, vote_id, form)
    return redirect(request, "/office/votes", Flash("success", gettext("The vote is withdrawn.")))


ROUTES: list[Any] = [
    votes_page,
    rules_page,
    vote_page,
    cast,
    close,
    withdraw,
]
