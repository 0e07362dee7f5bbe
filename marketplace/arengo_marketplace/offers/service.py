"""Rules of offers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.plugins import gate
from arengo_core.plugins.manifest import Service
from arengo_core.plugins.registry import Registry
from arengo_marketplace.activations import repository as activations
from arengo_marketplace.members import charter as charters
from arengo_marketplace.offers import repository, rules
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.offers.terms import (
    COST_BEARERS,
    check_fees,
    check_meters,
    check_plan,
    check_rule,
)
from arengo_marketplace.permissions import OFFERS


def service_of(registry: Registry, key: str) -> Service:
    """A service that an installed plugin brings. NotFoundError otherwise."""
    found = registry.services.get(key)
    if found is None:
        raise NotFoundError("No installed plugin brings the service {service}.", service=key)
    service: Service = found.value
    return service


def services(registry: Registry) -> list[Service]:
    """All services of the installed plugins, by key."""
    return [registry.services[key].value for key in sorted(registry.services)]


async def offer_of(uow: UnitOfWork, offer_id: UUID) -> Offer:
    """An offer. NotFoundError when there is none."""
    offer = await repository.get(uow.session, offer_id)
    if offer is None:
        raise NotFoundError("There is no such offer.")
    return offer


async def catalogue(
    uow: UnitOfWork, registry: Registry, consortium_id: UUID
) -> Sequence[tuple[Service, Offer | None]]:
    """Every service that plugins bring, with the consortium's offer of it, if any."""
    offers = await repository.of_consortium(uow.session, consortium_id)
    offered = {offer.service: offer for offer in offers}
    return [(service, offered.get(service.key)) for service in services(registry)]


async def create(
    uow: UnitOfWork,
    host: Host,
    *,
    consortium_id: UUID,
    service: str,
    price_plan: object,
    cost_rule: object = None,
    cost_bearers: str = "municipalities",
    needs_approval: bool = False,
    covers_merchants: bool = False,
    fees: Iterable[dict[str, Any]] = (),
    note: str = "",
    valid_from: date | None = None,
) -> Offer:
    """Put a service up; consortium officers may. Without a rule the charter's holds."""
    uow.caller.require(consortium_id, OFFERS)
    service_of(host.registry, service)
    await uow.widen([consortium_id])
    if await repository.current(uow.session, consortium_id, service):
        raise ConflictError(
            "The service {service} is on offer already: change that offer.",
            field="service",
            service=service,
        )
    offer = Offer(
        id=new_id(),
        organization_id=consortium_id,
        service=service,
        valid_from=valid_from or clock.today(),
        rule_rows=[],
        prices=[],
    )
    await _set_terms(
        uow,
        host,
        offer,
        price_plan=price_plan,
        cost_rule=cost_rule,
        cost_bearers=cost_bearers,
        needs_approval=needs_approval,
        covers_merchants=covers_merchants,
        fees=fees,
        note=note,
    )
    uow.session.add(offer)
    await uow.session.flush()
    await gate.begin(uow.session, consortium_id, service)
    uow.audit(consortium_id, "offer.created", "Offer", offer.id, service=service)
    return offer


async def change(
    uow: UnitOfWork,
    host: Host,
    *,
    offer_id: UUID,
    price_plan: object = None,
    cost_rule: object = None,
    cost_bearers: str = "municipalities",
    needs_approval: bool = False,
    covers_merchants: bool = False,
    fees: Iterable[dict[str, Any]] = (),
    note: str = "",
) -> Offer:
    """Change an offer's terms; they hold for every period that is not settled yet.

    Without a price plan the price stays. ConflictError for another price of an offer that members
    have (it changes from a month to come, by ``offers.prices``); and for another cost rule, or
    other bearers, where members bear the cost: that is theirs to vote on.
    """
    offer = await own_offer(uow, offer_id)
    if price_plan is None:
        price_plan = offer.price_plan
    elif check_plan(price_plan) != offer.plan and await is_used(uow, offer):
        raise ConflictError(
            "Members have this service: its price changes from a month to come."
            " Announce the new price on the page of its prices.",
            field="price_plan",
        )
    if offer.cost_bearers != cost_bearers and await rules.in_use(uow, offer):
        raise ConflictError(
            "Members bear this offer's cost: who bears it cannot change."
            " Withdraw it and put up another.",
            field="cost_bearers",
        )
    if offer.covers_merchants != covers_merchants and await is_used(uow, offer):
        raise ConflictError(
            "Members have activated this offer: whom it covers cannot change."
            " Withdraw it and put up another.",
            field="covers_merchants",
        )
    await _set_terms(
        uow,
        host,
        offer,
        price_plan=price_plan,
        cost_rule=cost_rule,
        cost_bearers=cost_bearers,
        needs_approval=needs_approval,
        covers_merchants=covers_merchants,
        fees=fees,
        note=note,
    )
    uow.audit(
        offer.organization_id,
        "offer.changed",
        "Offer",
        offer.id,
        price_plan=offer.price_plan,
        cost_rule=offer.cost_rule,
    )
    return offer


async def withdraw(uow: UnitOfWork, *, offer_id: UUID) -> Offer:
    """Let nobody else activate it; those who did keep it until they end it."""
    offer = await own_offer(uow, offer_id)
    if not offer.published:
        raise ConflictError("This offer is withdrawn already.")
    offer.withdrawn_on = clock.today()
    uow.audit(offer.organization_id, "offer.withdrawn", "Offer", offer.id)
    return offer


async def own_offer(uow: UnitOfWork, offer_id: UUID) -> Offer:
    """An offer of a consortium whose offers the caller may change, in scope."""
    offer = await offer_of(uow, offer_id)
    uow.caller.require(offer.organization_id, OFFERS)
    await uow.widen([offer.organization_id])
    return offer


async def is_used(uow: UnitOfWork, offer: Offer) -> bool:
    """Whether any member has, or had, this offer."""
    async with uow.widened(governs=[offer.organization_id]):
        return bool(await activations.of_offer(uow.session, offer.organization_id, offer.id))


async def _set_terms(
    uow: UnitOfWork,
    host: Host,
    offer: Offer,
    *,
    price_plan: object,
    cost_rule: object,
    cost_bearers: str,
    needs_approval: bool,
    covers_merchants: bool,
    fees: Iterable[dict[str, Any]],
    note: str,
) -> None:
    service = service_of(host.registry, offer.service)
    plan = check_plan(price_plan)
    if cost_rule is None:
        cost_rule = await charters.default_rule(uow, offer.organization_id)
    rule = check_rule(cost_rule, host.registry)
    check_meters(plan, rule, host.registry)
    if cost_bearers not in COST_BEARERS:
        raise InvalidInputError("Choose one of the list.", field="cost_bearers")
    if covers_merchants and OrganizationKind.MERCHANT not in service.serves:
        raise InvalidInputError(
            "This service does not serve merchants: an activation cannot cover them.",
            field="covers_merchants",
        )
    if not offer.prices or plan != offer.plan:
        first = offer.valid_from.replace(day=1).isoformat()
        offer.prices = [{"valid_from": first, "plan": plan.to_json(), "note": ""}]
    await rules.publish(uow, offer, rule)
    offer.cost_bearers = cost_bearers
    offer.needs_approval = needs_approval
    offer.covers_merchants = covers_merchants
    offer.fees = check_fees(fees, service)
    offer.note = note.strip()
