"""Jobs of pledges: let those that hold become active together, and end those that are over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.i18n import N_, format_date, set_locale
from arengo_core.i18n import gettext as _
from arengo_core.jobs.definition import Job, Schedule
from arengo_core.mail.sender import Mail
from arengo_core.organizations import service as organizations
from arengo_marketplace.activations import repository as activations
from arengo_marketplace.activations import service as activating
from arengo_marketplace.costs.period import Period
from arengo_marketplace.members import directory
from arengo_marketplace.members.addresses import mail_addresses
from arengo_marketplace.offers import service as offers
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.pledges import repository
from arengo_marketplace.pledges.board import Row, next_period, standing
from arengo_marketplace.pledges.models import Pledge
from arengo_marketplace.pledges.service import REVIEW
from arengo_marketplace.titles import service_title

MAIL_OUTCOME = "marketplace.mail_pledge_outcome"
_KEPT = N_("Enough others came: the condition of the pledge is met.")


async def review(host: Host, payload: dict[str, Any]) -> None:
    """Job: see which pledges of a consortium hold, and start those whose period has begun."""
    consortium_id = UUID(payload["consortium"])
    async with host.unit_of_work(Caller.program(governs=[consortium_id])) as uow:
        await repository.hold(uow.session)
        for offer_id in await repository.offers_with_open(uow.session, consortium_id):
            offer = await offers.offer_of(uow, offer_id)
            await _start_due(uow, host, offer)
            await _close_over(uow, offer)
            await _announce(uow, host, offer)


async def review_all(host: Host, _payload: dict[str, Any]) -> None:
    """Job: the same for every consortium, each in its own transaction."""
    async with host.unit_of_work(read_only=True) as uow:
        consortia = [consortium.id for consortium in await directory.consortia(uow)]
    for consortium_id in consortia:
        await review(host, {"consortium": str(consortium_id)})


async def _close_over(uow: UnitOfWork, offer: Offer) -> None:
    """End pledges past their last day, and those of members that have the service or left."""
    today = clock.today()
    for pledge in await repository.open_of_offer(uow.session, offer.organization_id, offer.id):
        member_id = pledge.organization_id
        await uow.widen([member_id])
        if pledge.expires_on < today:
            _end(uow, pledge, "expired")
            _tell(uow, pledge)
        elif await activations.current(uow.session, member_id, offer.service) is not None:
            _end(uow, pledge, "withdrawn")
    await uow.session.flush()


async def _start_due(uow: UnitOfWork, host: Host, offer: Offer) -> None:
    """Start, together, those that hold among the pledges whose period has begun."""
    today = clock.today()

    def is_due(pledge: Pledge) -> bool:
        return pledge.starts_on is not None and pledge.starts_on <= today

    began = Period.months_from(today, 1).start
    found = await standing(uow, host, offer, began, is_due)
    for row in found.rows:
        if row.holds:
            await _start(uow, host, offer, row)


async def _start(uow: UnitOfWork, host: Host, offer: Offer, row: Row) -> None:
    pledge = row.pledge
    set_locale(pledge.locale)
    await uow.widen([pledge.organization_id])
    choice = activating.Choice(
        dict(pledge.settings), pledge.secrets, dict(pledge.forecast), pledge.made_by
    )
    activation = await activating.start(
        uow,
        host,
        offer=offer,
        member_id=pledge.organization_id,
        choice=choice,
        why=_(_KEPT),
    )
    pledge.activation_id = activation.id
    _end(uow, pledge, "kept")
    _tell(uow, pledge)
    await uow.session.flush()


async def _announce(uow: UnitOfWork, host: Host, offer: Offer) -> None:
    """Note of each pledge when it would start: at the next period, or not as things stand."""
    starts_on = next_period(clock.today())
    found = await standing(uow, host, offer, starts_on)
    await uow.widen([row.pledge.organization_id for row in found.rows])
    for row in found.rows:
        row.pledge.starts_on = starts_on if row.holds else None
    await uow.session.flush()


def _end(uow: UnitOfWork, pledge: Pledge, state: str) -> None:
    pledge.state, pledge.ended_at = state, clock.now()
    uow.audit(pledge.organization_id, f"pledge.{state}", "Pledge", pledge.id)


def _tell(uow: UnitOfWork, pledge: Pledge) -> None:
    uow.enqueue(MAIL_OUTCOME, {"member": str(pledge.organization_id), "pledge": str(pledge.id)})


async def mail_outcome(host: Host, payload: dict[str, Any]) -> None:
    """Job: mail a member's people that its pledge was kept, or has expired."""
    member_id = UUID(payload["member"])
    async with host.unit_of_work(Caller.program([member_id]), read_only=True) as uow:
        pledge = await repository.get(uow.session, UUID(payload["pledge"]))
        if pledge is None:
            return
        offer = await offers.offer_of(uow, pledge.offer_id)
        member = await organizations.get(uow, member_id)
        addresses = await mail_addresses(uow, member)
    set_locale(member.locale)
    title = service_title(host.registry, offer.service)
    if pledge.state == "kept":
        subject = _("{service} is switched on for {member}", service=title, member=member.name)
        text = _(
            "Enough others came: the condition of your pledge is met, and {service} is switched on"
            " for {member}, together with them.\n\nSettings, costs and opting out:\n\n{link}\n",
            service=title,
            member=member.name,
            link=host.url(f"/office/activations/{pledge.activation_id}"),
        )
    else:
        subject = _("Your pledge for {service} has expired", service=title)
        text = _(
            "Until {day} not enough others came for the condition of your pledge for {service}."
            " {member} has not joined and pays nothing.\n\nTo pledge again:\n\n{link}\n",
            day=format_date(pledge.expires_on),
            service=title,
            member=member.name,
            link=host.url(f"/office/offers/{offer.id}/pledges"),
        )
    for address in addresses:
        await host.mail.send(Mail(to=address, subject=subject, text=text))


JOBS = [
    Job(REVIEW, review, title=N_("See which pledges hold")),
    Job(MAIL_OUTCOME, mail_outcome, title=N_("Tell a member what became of its pledge")),
]
SCHEDULES = [
    Schedule(
        Job("marketplace.review_all_pledges", review_all, title=N_("Start pledges that hold")),
        "5 * * * *",
    )
]
