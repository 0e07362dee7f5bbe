"""Rules of votes: proposed by the office, seen by each member first, counted once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, ForbiddenError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import format_date
from arengo_core.ids import new_id
from arengo_marketplace.costs.period import Period
from arengo_marketplace.members import charter
from arengo_marketplace.offers import rules
from arengo_marketplace.offers import service as offers
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.offers.terms import check_meters, check_rule
from arengo_marketplace.permissions import OFFERS, VOTES
from arengo_marketplace.votes import reading, repository
from arengo_marketplace.votes.counting import Choice, Outcome, Terms, weights
from arengo_marketplace.votes.counting import Elector as Weighed
from arengo_marketplace.votes.figures import electorate, figures_of
from arengo_marketplace.votes.models import Ballot, Elector, Vote

TELL = "marketplace.mail_vote"
_LONGEST_REASON = 4_000


async def draft(
    uow: UnitOfWork,
    host: Host,
    *,
    offer_id: UUID,
    cost_rule: object,
    why: str,
    valid_from: date | None = None,
    terms: Mapping[str, Any] | None = None,
) -> Vote:
    """Prepare a vote on another rule for an offer's cost; the office may, members see nothing yet.

    Without ``terms`` it is counted as the charter says. ConflictError where nobody bears the cost:
    the office changes such a rule itself.
    """
    offer = await _own_offer(uow, offer_id)
    vote = Vote(
        id=new_id(),
        organization_id=offer.organization_id,
        offer_id=offer.id,
        state="draft",
        made_by=uow.caller.user_id,
    )
    await _set(uow, host, vote, offer, cost_rule, why, valid_from, terms)
    uow.session.add(vote)
    await uow.session.flush()
    uow.audit(offer.organization_id, "vote.drafted", "Vote", vote.id, rule=vote.rule)
    return vote


async def redraft(
    uow: UnitOfWork,
    host: Host,
    *,
    vote_id: UUID,
    cost_rule: object,
    why: str,
    valid_from: date | None = None,
    terms: Mapping[str, Any] | None = None,
) -> Vote:
    """Change a draft; ConflictError once members vote on it."""
    vote = await own_locked(uow, vote_id)
    if vote.state != "draft":
        raise ConflictError(
            "Members have this proposal before them: withdraw it, and make another."
        )
    offer = await offers.offer_of(uow, vote.offer_id)
    await _set(uow, host, vote, offer, cost_rule, why, valid_from, terms)
    uow.audit(vote.organization_id, "vote.drafted", "Vote", vote.id, rule=vote.rule)
    return vote


async def open_vote(uow: UnitOfWork, host: Host, *, vote_id: UUID, seen: str) -> Vote:
    """Put a draft before the members; ``seen`` is the digest of the figures looked at.

    The roll is frozen: who bears the cost today, with its inhabitants. ConflictError where the
    figures are others by now, or another vote on the offer is under way.
    """
    vote = await own_locked(uow, vote_id)
    if vote.state != "draft":
        raise ConflictError("This vote is open already, or over.")
    offer = await offers.offer_of(uow, vote.offer_id)
    if await repository.open_of_offer(uow.session, vote.organization_id, offer.id):
        raise ConflictError("Members vote on this offer's rule already: wait for the outcome.")
    terms = vote.counted_by
    closes_on = vote.closes_on = clock.today() + timedelta(days=terms.days)
    await _check_month(uow, offer, vote.valid_from, closes_on)
    figures = await figures_of(uow, host, vote, offer)
    if seen != figures.digest:
        raise ConflictError(
            "The figures are not those that you saw: look at them again before members vote.",
            field="seen",
        )
    roll = await electorate(uow, offer)
    weights(terms, [Weighed(one.organization_id, one.population) for one in roll])
    changes = {one.bearer.organization_id: one for one in figures.changes}
    await uow.widen([one.organization_id for one in roll])
    for one in roll:
        change = changes.get(one.organization_id)
        uow.session.add(
            Elector(
                id=new_id(),
                organization_id=one.organization_id,
                consortium_id=vote.organization_id,
                vote_id=vote.id,
                name=one.name,
                population=one.population,
                population_on=one.population_on,
                today=change.today.amount if change else 0,
                afterwards=change.afterwards.amount if change else 0,
            )
        )
    vote.state, vote.opened_at, vote.digest = "open", clock.now(), figures.digest
    await uow.session.flush()
    uow.audit(
        vote.organization_id,
        "vote.opened",
        "Vote",
        vote.id,
        rule=vote.rule,
        terms=vote.terms,
        electors=len(roll),
        closes=closes_on.isoformat(),
    )
    for one in roll:
        tell(uow, vote, one.organization_id, "opened")
    return vote


async def withdraw(uow: UnitOfWork, *, vote_id: UUID, reason: str = "") -> Vote:
    """Take a draft or an open vote back; members who were asked are told why."""
    vote = await own_locked(uow, vote_id)
    if vote.is_over:
        raise ConflictError("This vote is over.")
    if vote.state == "open":
        if not reason.strip():
            raise InvalidInputError("Say why, for the members to read.", field="reason")
        roll = (await reading.roll_of(uow, [vote]))[vote.id]
        for elector in roll:
            tell(uow, vote, elector.organization_id, "outcome")
    vote.state, vote.reason = "withdrawn", reason.strip()[:_LONGEST_REASON]
    vote.decided_at, vote.decided_by = clock.now(), uow.caller.user_id
    uow.audit(vote.organization_id, "vote.withdrawn", "Vote", vote.id, reason=vote.reason)
    return vote


async def cast(uow: UnitOfWork, *, vote_id: UUID, member_id: UUID, choice: str) -> Ballot:
    """Vote for a member, as one who may; until the end it may vote anew, and the last counts."""
    uow.caller.require(member_id, VOTES)
    vote = await reading.vote_of(uow, vote_id)
    await uow.widen([member_id, vote.organization_id])
    held = await repository.locked(uow.session, vote_id)
    assert held is not None
    roll = (await repository.roll(uow.session, [vote_id]))[vote_id]
    if member_id not in {elector.organization_id for elector in roll}:
        raise ForbiddenError("This member is not on the roll of this vote.")
    if held.state != "open" or held.closes_on is None or held.closes_on < clock.today():
        raise ConflictError("This vote is over.")
    ballot = await _ballot(uow, held, member_id, _choice(choice), uow.caller.in_name_of(member_id))
    uow.audit(member_id, "vote.cast", "Vote", vote_id, choice=ballot.choice, place=ballot.place)
    return ballot


async def record_assembly(
    uow: UnitOfWork,
    host: Host,
    *,
    vote_id: UUID,
    held_on: date,
    ballots: Mapping[UUID, str],
) -> Vote:
    """Record what members voted in a room and count it; the minutes must be attached before.

    Ballots cast before stand where the assembly's list leaves a member out.
    """
    vote = await own_locked(uow, vote_id)
    if vote.state != "open" or vote.opened_at is None:
        raise ConflictError("This vote is not open.")
    if vote.minutes_id is None:
        raise ConflictError("Attach the minutes of the assembly first.", field="minutes")
    if not vote.opened_at.astimezone(clock.ROME).date() <= held_on <= clock.today():
        raise InvalidInputError(
            "The assembly was held between {first} and {last}.",
            field="held_on",
            first=format_date(vote.opened_at.astimezone(clock.ROME).date()),
            last=format_date(clock.today()),
        )
    if not ballots:
        raise InvalidInputError("Say what at least one member voted.", field="ballots")
    roll = {one.organization_id for one in (await reading.roll_of(uow, [vote]))[vote.id]}
    if not ballots.keys() <= roll:
        raise InvalidInputError("Only members on the roll have voted.", field="ballots")
    chosen = {member: _choice(choice) for member, choice in ballots.items()}
    await uow.widen(chosen)
    for member in sorted(chosen):
        await _ballot(uow, vote, member, chosen[member], vote.organization_id)
    vote.held_on = held_on
    uow.audit(
        vote.organization_id,
        "vote.recorded",
        "Vote",
        vote.id,
        held_on=held_on.isoformat(),
        ballots={str(member): choice.value for member, choice in sorted(chosen.items())},
    )
    await decide(uow, host, vote)
    return vote


async def close(uow: UnitOfWork, host: Host, *, vote_id: UUID) -> Vote:
    """Count a vote whose days are over, or in which all have voted; the office may."""
    vote = await own_locked(uow, vote_id)
    if vote.state != "open" or vote.closes_on is None:
        raise ConflictError("This vote is not open.")
    if vote.closes_on >= clock.today():
        counted = await reading.count_of(uow, vote)
        if counted.voted < counted.electors:
            raise ConflictError(
                "Members have until {day}: it can be counted before once all have voted.",
                day=format_date(vote.closes_on),
            )
    await decide(uow, host, vote)
    return vote


async def decide(uow: UnitOfWork, host: Host, vote: Vote) -> None:
    """Count an open vote that the caller has locked; where it passed, its rule takes over."""
    counted = await reading.count_of(uow, vote)
    vote.state = counted.outcome.value
    vote.decided_at, vote.decided_by = clock.now(), uow.caller.user_id
    values: dict[str, Any] = {}
    if counted.outcome is Outcome.PASSED:
        offer = await offers.offer_of(uow, vote.offer_id)
        version = await rules.adopt(
            uow,
            offer,
            check_rule(vote.rule, host.registry),
            valid_from=vote.valid_from,
            vote_id=vote.id,
        )
        values["valid_from"] = version.valid_from.isoformat()
    await uow.session.flush()
    uow.audit(
        vote.organization_id,
        f"vote.{vote.state}",
        "Vote",
        vote.id,
        yes=str(counted.yes),
        no=str(counted.no),
        abstain=str(counted.abstain),
        voted=counted.voted,
        electors=counted.electors,
        **values,
    )
    for elector in (await reading.roll_of(uow, [vote]))[vote.id]:
        tell(uow, vote, elector.organization_id, "outcome")


async def own_locked(uow: UnitOfWork, vote_id: UUID) -> Vote:
    """A vote that the caller's office called, locked. NotFoundError otherwise."""
    vote = await reading.vote_of(uow, vote_id)
    uow.caller.require(vote.organization_id, OFFERS)
    await uow.widen([vote.organization_id], [vote.organization_id])
    held = await repository.locked(uow.session, vote_id)
    assert held is not None
    return held


def tell(uow: UnitOfWork, vote: Vote, member_id: UUID, about: str) -> None:
    """Mail a member's people about a vote: ``opened``, ``reminder`` or ``outcome``."""
    uow.enqueue(
        TELL,
        {
            "vote": str(vote.id),
            "consortium": str(vote.organization_id),
            "member": str(member_id),
            "about": about,
        },
    )


async def _own_offer(uow: UnitOfWork, offer_id: UUID) -> Offer:
    offer = await offers.offer_of(uow, offer_id)
    uow.caller.require(offer.organization_id, OFFERS)
    await uow.widen([offer.organization_id], [offer.organization_id])
    return offer


async def _set(
    uow: UnitOfWork,
    host: Host,
    vote: Vote,
    offer: Offer,
    cost_rule: object,
    why: str,
    valid_from: date | None,
    terms: Mapping[str, Any] | None,
) -> None:
    if not await rules.in_use(uow, offer):
        raise ConflictError(
            "No member bears this offer's cost yet: change its rule with its other terms."
        )
    rule = check_rule(cost_rule, host.registry)
    check_meters(offer.plan, rule, host.registry)
    if not why.strip():
        raise InvalidInputError("Say why, for the members to read.", field="why")
    agreed = await charter.voting_terms(uow, offer.organization_id)
    counted = Terms.of({**agreed.to_json(), **(terms or {})})
    earliest = await _earliest(uow, offer, counted)
    month = (valid_from or earliest).replace(day=1)
    await _check_month(uow, offer, month, clock.today() + timedelta(days=counted.days))
    if offer.rule_version_at(month).rule == rule.to_json():
        raise InvalidInputError(
            "This is the rule that holds in {month} anyway.",
            field="cost_rule",
            month=format_date(month),
        )
    vote.rule, vote.why = rule.to_json(), why.strip()[:_LONGEST_REASON]
    vote.valid_from, vote.terms = month, counted.to_json()


async def _earliest(uow: UnitOfWork, offer: Offer, terms: Terms) -> date:
    """The first month that a vote opened today could change."""
    end = Period.months_from(clock.today() + timedelta(days=terms.days), 1).end
    return max(end, await rules.first_unbegun(uow, offer))


async def _check_month(uow: UnitOfWork, offer: Offer, month: date, closes_on: date) -> None:
    earliest = max(Period.months_from(closes_on, 1).end, await rules.first_unbegun(uow, offer))
    if month < earliest:
        raise InvalidInputError(
            "Members vote until {day}, and a month that has begun or is settled keeps its rule:"
            " {month} is the earliest.",
            field="valid_from",
            day=format_date(closes_on),
            month=format_date(earliest),
        )


async def _ballot(
    uow: UnitOfWork, vote: Vote, member_id: UUID, choice: Choice, cast_for: UUID | None
) -> Ballot:
    before = (await repository.cast_so_far(uow.session, vote.id)).get(member_id, 0)
    ballot = Ballot(
        id=new_id(),
        organization_id=member_id,
        consortium_id=vote.organization_id,
        vote_id=vote.id,
        place=before + 1,
        choice=choice.value,
        cast_by=uow.caller.user_id,
        cast_for=cast_for,
    )
    uow.session.add(ballot)
    await uow.session.flush()
    return ballot


def _choice(value: str) -> Choice:
    try:
        return Choice(value)
    except ValueError:
        raise InvalidInputError("Choose yes, no or abstention.", field="choice") from None
