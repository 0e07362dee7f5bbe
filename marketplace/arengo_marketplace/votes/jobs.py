"""Jobs of votes: close those whose days are over, remind, and tell members."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_core.i18n import N_, format_date, format_money, set_locale
from arengo_core.i18n import gettext as _
from arengo_core.jobs.definition import Job, Schedule
from arengo_core.mail.sender import Mail
from arengo_core.money import Money
from arengo_core.organizations import service as organizations
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.members import directory
from arengo_marketplace.members.addresses import mail_addresses
from arengo_marketplace.offers import service as offers
from arengo_marketplace.offers.rule_wording import rule_in_words
from arengo_marketplace.offers.terms import allocation_keys
from arengo_marketplace.titles import service_title
from arengo_marketplace.votes import reading, repository, service
from arengo_marketplace.votes.models import Elector, Vote
from arengo_marketplace.votes.wording import outcome_in_words

REMINDED_BEFORE = timedelta(days=3)


async def look_after(host: Host, _payload: dict[str, Any]) -> None:
    """Job: of every consortium, count the votes that are over and remind of those that end."""
    async with host.unit_of_work(read_only=True) as uow:
        consortia = [consortium.id for consortium in await directory.consortia(uow)]
    for consortium_id in consortia:
        await _look_after(host, consortium_id)


async def _look_after(host: Host, consortium_id: UUID) -> None:
    caller = Caller.program([consortium_id], [consortium_id])
    async with host.unit_of_work(caller, read_only=True) as uow:
        due = [one.id for one in await repository.due(uow.session, consortium_id, clock.today())]
    for vote_id in due:
        async with host.unit_of_work(caller) as uow:
            vote = await repository.locked(uow.session, vote_id)
            if vote is not None and vote.state == "open":
                await service.decide(uow, host, vote)
    async with host.unit_of_work(caller) as uow:
        until = clock.today() + REMINDED_BEFORE
        for vote in await repository.to_remind(uow.session, consortium_id, until):
            voted = (await reading.last_ballots(uow, [vote]))[vote.id]
            for elector in (await reading.roll_of(uow, [vote]))[vote.id]:
                if elector.organization_id not in voted:
                    service.tell(uow, vote, elector.organization_id, "reminder")
            vote.reminded_at = clock.now()


async def mail_vote(host: Host, payload: dict[str, Any]) -> None:
    """Job: mail a member's people that a vote is open, ends soon, or what it came to."""
    member_id, consortium_id = UUID(payload["member"]), UUID(payload["consortium"])
    caller = Caller.program([member_id, consortium_id], [consortium_id])
    async with host.unit_of_work(caller, read_only=True) as uow:
        vote = await repository.get(uow.session, UUID(payload["vote"]))
        if vote is None or vote.closes_on is None:
            return
        roll = (await reading.roll_of(uow, [vote]))[vote.id]
        [elector] = [one for one in roll if one.organization_id == member_id]
        offer = await offers.offer_of(uow, vote.offer_id)
        member = await organizations.get(uow, member_id)
        addresses = await mail_addresses(uow, member)
    set_locale(member.locale)
    title = service_title(host.registry, offer.service)
    rule = rule_in_words(
        CostRule.from_json(vote.rule, allocation_keys(host.registry, host.guard)), host.registry
    )
    subject, text = _words(payload["about"], vote, title, rule, member.name)
    figures = _figures(elector, offer.plan.currency)
    link = host.url(f"/office/votes/{vote.id}")
    for address in addresses:
        await host.mail.send(
            Mail(to=address, subject=subject, text=f"{text}\n\n{figures}\n\n{link}\n")
        )


def _words(about: str, vote: Vote, title: str, rule: str, member: str) -> tuple[str, str]:
    assert vote.closes_on is not None
    values = {
        "service": title,
        "member": member,
        "rule": rule,
        "month": format_date(vote.valid_from),
        "day": format_date(vote.closes_on),
    }
    if about == "opened":
        return (
            _("Vote by {day}: how the cost of {service} is divided", **values),
            _(
                "Members vote on how the cost of {service} is divided from {month} on. Proposed"
                " is: {rule}. {member} can vote until {day}.",
                **values,
            ),
        )
    if about == "reminder":
        return (
            _("{member} has not voted yet on the cost of {service}", **values),
            _(
                "The vote on how the cost of {service} is divided from {month} on ends on {day}."
                " Proposed is: {rule}. {member} has not voted yet.",
                **values,
            ),
        )
    return (
        _("What the vote on the cost of {service} came to", **values),
        outcome_in_words(vote, title, rule),
    )


def _figures(elector: Elector, currency: str) -> str:
    return _(
        "For {member} a year by the rule of today: {today}; by the proposed one: {afterwards}.",
        member=elector.name,
        today=format_money(Money(elector.today, currency)),
        afterwards=format_money(Money(elector.afterwards, currency)),
    )


JOBS = [Job(service.TELL, mail_vote, title=N_("Tell a member about a vote"))]
SCHEDULES = [
    Schedule(
        Job("marketplace.look_after_votes", look_after, title=N_("Count votes that are over")),
        "10 * * * *",
    )
]
