"""Rules of pledges: made by a member, withdrawn at any time, kept together at a period's start."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from uuid import UUID

from arengo_core import clock, idempotency
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import current_locale, format_date
from arengo_core.ids import new_id
from arengo_marketplace.activations import service as activations
from arengo_marketplace.members import directory
from arengo_marketplace.offers import service as offers
from arengo_marketplace.offers.bearers import bears
from arengo_marketplace.permissions import SERVICES
from arengo_marketplace.pledges import repository
from arengo_marketplace.pledges.board import next_period
from arengo_marketplace.pledges.evaluation import Terms
from arengo_marketplace.pledges.models import Pledge

REVIEW = "marketplace.review_pledges"
_MAKE = "marketplace.make_pledge"
_MOST_MEMBERS = 10_000
_MOST_INHABITANTS = 100_000_000
_LONGEST = timedelta(days=2 * 366)


async def make(
    uow: UnitOfWork,
    host: Host,
    *,
    offer_id: UUID,
    member_id: UUID,
    terms: Terms,
    expires_on: date,
    settings_values: Mapping[str, str] | None = None,
    forecast: Mapping[str, str] | None = None,
    accepts: Collection[str] = (),
    idempotency_key: str | None = None,
) -> Pledge:
    """Opt in on a condition; the member's officers may.

    Everything that the Activation needs is given now, since it starts by itself. ConflictError
    where the member could not switch the service on today, or has pledged already.
    """
    uow.caller.require(member_id, SERVICES)
    first = await idempotency.first_answer(uow, _MAKE, idempotency_key)
    if first is not None:
        return await own_pledge(uow, first)
    offer = await offers.offer_of(uow, offer_id)
    service = offers.service_of(host.registry, offer.service)
    member = await directory.member(uow, member_id, offer.organization_id)
    await uow.widen([member_id])
    await activations.check_open(uow, host.registry, offer, member)
    if offer.needs_approval:
        raise ConflictError("The office approves each request for this offer: ask it directly.")
    if not bears(offer, member):
        raise ConflictError("You bear no share of this offer's cost: switch it on without pledge.")
    if await repository.own(uow.session, member_id, offer_id) is not None:
        raise ConflictError("You have pledged already: withdraw that pledge first.")
    _check(terms, expires_on)
    choice = activations.read_choice(host, service, settings_values or {}, forecast or {}, accepts)
    pledge = Pledge(
        id=new_id(),
        organization_id=member_id,
        consortium_id=offer.organization_id,
        offer_id=offer.id,
        state="open",
        least_members=terms.least_members,
        least_inhabitants=terms.least_inhabitants,
        most_yearly_cost=terms.most_cost,
        expires_on=expires_on,
        settings=choice.settings,
        secrets=choice.secrets,
        forecast=choice.forecast,
        agreed=sorted(accepts),
        locale=current_locale(),
        made_by=uow.caller.user_id,
    )
    uow.session.add(pledge)
    await uow.session.flush()
    uow.audit(
        member_id,
        "pledge.made",
        "Pledge",
        pledge.id,
        service=offer.service,
        members=terms.least_members,
        inhabitants=terms.least_inhabitants,
        cost=terms.most_cost,
        expires=expires_on.isoformat(),
    )
    review_soon(uow, offer.organization_id)
    await idempotency.remember(uow, _MAKE, idempotency_key, pledge.id)
    return pledge


async def withdraw(uow: UnitOfWork, *, pledge_id: UUID) -> Pledge:
    """Take a pledge back, as the member's officer; at any time before it is kept."""
    seen = await own_pledge(uow, pledge_id)
    await uow.widen([seen.organization_id])
    pledge = await repository.locked(uow.session, pledge_id)
    if pledge.state != "open":
        raise ConflictError("This pledge has ended already.")
    pledge.state, pledge.ended_at, pledge.starts_on = "withdrawn", clock.now(), None
    await uow.session.flush()
    uow.audit(pledge.organization_id, "pledge.withdrawn", "Pledge", pledge.id)
    review_soon(uow, pledge.consortium_id)
    return pledge


async def pledge_of(uow: UnitOfWork, pledge_id: UUID) -> Pledge:
    """A pledge that the caller may see. NotFoundError otherwise."""
    pledge = await repository.get(uow.session, pledge_id)
    if pledge is None or not activations.may_see(uow, pledge.organization_id, pledge.consortium_id):
        raise NotFoundError("There is no such pledge.")
    return pledge


async def own_pledge(uow: UnitOfWork, pledge_id: UUID) -> Pledge:
    """A pledge of a member whose services the caller decides on. NotFoundError otherwise."""
    pledge = await repository.get(uow.session, pledge_id)
    if pledge is None or not uow.caller.may(pledge.organization_id, SERVICES):
        raise NotFoundError("There is no such pledge.")
    return pledge


def review_soon(uow: UnitOfWork, consortium_id: UUID) -> None:
    """See anew, after this transaction, which pledges of a consortium hold."""
    uow.enqueue(REVIEW, {"consortium": str(consortium_id)})


def _check(terms: Terms, expires_on: date) -> None:
    if terms == Terms():
        raise InvalidInputError(
            "Name a condition: members, inhabitants or your own cost. Without one, switch it on.",
            field="members",
        )
    for field, value, least, most in (
        ("members", terms.least_members, 1, _MOST_MEMBERS),
        ("inhabitants", terms.least_inhabitants, 1, _MOST_INHABITANTS),
        ("cost", terms.most_cost, 0, 10**12),
    ):
        if value is not None and not least <= value <= most:
            raise InvalidInputError(
                "From {minimum} to {maximum} is possible.", field=field, minimum=least, maximum=most
            )
    first, last = next_period(clock.today()), clock.today() + _LONGEST
    if not first <= expires_on <= last:
        raise InvalidInputError(
            "A day from {first} to {last} is possible: pledges start with a month.",
            field="expires_on",
            first=format_date(first),
            last=format_date(last),
        )
