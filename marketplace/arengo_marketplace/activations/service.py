"""Rules of activations: requested → approved → active → suspended → ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from arengo_core import clock, idempotency
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import format_date, gettext
from arengo_core.ids import new_id
from arengo_core.plugins import gate
from arengo_core.plugins.manifest import Service
from arengo_core.plugins.registry import Registry
from arengo_marketplace.activations import gates, repository, settings
from arengo_marketplace.activations.models import Activation, ActivationChange
from arengo_marketplace.activations.preview import read_forecast
from arengo_marketplace.consents import service as consents
from arengo_marketplace.contract import ActivationChanged, Member
from arengo_marketplace.members import directory
from arengo_marketplace.offers import service as offers
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.permissions import APPROVALS, OFFICE, SERVICES

TRANSITIONS = {
    "requested": frozenset({"approved", "ended"}),
    "approved": frozenset({"active", "ended"}),
    "active": frozenset({"suspended", "ended"}),
    "suspended": frozenset({"active", "ended"}),
    "ended": frozenset[str](),
}
_REQUEST = "marketplace.request_activation"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a member decides when it opts in. ``agreed_by`` is who agreed to what the service reads
    and writes, where that is not the caller."""

    settings: dict[str, Any]
    secrets: bytes | None
    forecast: dict[str, str]
    agreed_by: UUID | None = None


async def activation_of(uow: UnitOfWork, activation_id: UUID) -> Activation:
    """An activation that the caller may see. NotFoundError otherwise."""
    activation = await repository.get(uow.session, activation_id)
    if activation is None or not may_see(uow, activation.organization_id, activation.consortium_id):
        raise NotFoundError("There is no such activation.")
    return activation


def may_see(uow: UnitOfWork, member_id: UUID, consortium_id: UUID) -> bool:
    """Whether the caller is of the member or its consortium, or has its services delegated."""
    caller = uow.caller
    return (
        caller.may(member_id)
        or caller.may(member_id, SERVICES)
        or caller.may(consortium_id, OFFICE)
    )


def out_of_sight(uow: UnitOfWork) -> list[UUID]:
    """Members whom the caller acts for in other things than their services."""
    caller = uow.caller
    return [
        grant.organization_id
        for grant in caller.grants
        if not caller.may(grant.organization_id) and not caller.may(grant.organization_id, SERVICES)
    ]


async def request(
    uow: UnitOfWork,
    host: Host,
    *,
    offer_id: UUID,
    member_id: UUID,
    settings_values: Mapping[str, str] | None = None,
    forecast: Mapping[str, str] | None = None,
    accepts: Collection[str] = (),
    idempotency_key: str | None = None,
) -> Activation:
    """Opt in. Active at once, unless the offer needs approval or settings are missing.

    ``accepts`` are keys of the data grants that the member agrees to. ConsentNeededError when
    one that the service asks for is not among them.
    """
    uow.caller.require(member_id, SERVICES)
    first = await idempotency.first_answer(uow, _REQUEST, idempotency_key)
    if first is not None:
        return await activation_of(uow, first)
    offer = await offers.offer_of(uow, offer_id)
    service = offers.service_of(host.registry, offer.service)
    member = await directory.member(uow, member_id, offer.organization_id)
    await uow.widen([member_id])
    await check_open(uow, host.registry, offer, member)
    choice = read_choice(
        host, service, settings_values or {}, forecast or {}, accepts, partial=True
    )
    activation = await _begin(uow, host, offer, member_id, choice, "")
    if not offer.needs_approval:
        await _move(uow, host, activation, offer, "approved", "")
        if _complete(host, service, activation):
            await _move(uow, host, activation, offer, "active", "")
    await idempotency.remember(uow, _REQUEST, idempotency_key, activation.id)
    return activation


def read_choice(
    host: Host,
    service: Service,
    settings_values: Mapping[str, str],
    forecast: Mapping[str, str],
    accepts: Collection[str],
    *,
    partial: bool = False,
) -> Choice:
    """Read what a member decides when it opts in; ``partial``: settings may be left for later.

    InvalidInputError names the field; ConsentNeededError when something is not agreed to.
    """
    consents.require_accepted(host.registry, service.key, accepts)
    stored = settings.read(service, settings_values, host.cipher, partial=partial)
    units = read_forecast(service, forecast)
    return Choice(
        stored.plain,
        stored.secrets,
        {meter: f"{quantity:f}" for meter, quantity in units.items()},
    )


async def start(
    uow: UnitOfWork, host: Host, *, offer: Offer, member_id: UUID, choice: Choice, why: str
) -> Activation:
    """Activate at once what a member decided earlier; for services that checked ``check_open``.

    The member is in scope. ``choice`` is complete.
    """
    activation = await _begin(uow, host, offer, member_id, choice, why)
    for state in ("approved", "active"):
        await _move(uow, host, activation, offer, state, why)
    return activation


async def _begin(
    uow: UnitOfWork, host: Host, offer: Offer, member_id: UUID, choice: Choice, why: str
) -> Activation:
    activation = Activation(
        id=new_id(),
        organization_id=member_id,
        consortium_id=offer.organization_id,
        offer_id=offer.id,
        service=offer.service,
        state="requested",
        settings=choice.settings,
        secrets=choice.secrets,
        forecast=choice.forecast,
        agreed=[],
    )
    uow.session.add(activation)
    await uow.session.flush()
    _note(uow, activation, why)
    await consents.give(uow, host.registry, activation, by=choice.agreed_by)
    return activation


async def check_open(uow: UnitOfWork, registry: Registry, offer: Offer, member: Member) -> None:
    """Raise ConflictError unless the member, which is in scope, can switch the offer on now."""
    for hindrance in (await hindrances(uow, registry, offer, [member])).values():
        raise hindrance


async def hindrances(
    uow: UnitOfWork, registry: Registry, offer: Offer, members: Collection[Member]
) -> dict[UUID, ConflictError]:
    """Why members, which are in scope, cannot switch the offer on now; those who can are absent."""
    service = offers.service_of(registry, offer.service)
    ids = [member.organization_id for member in members]
    held = await repository.holding(uow.session, service.key, ids)
    resting = {key: await gate.admissions(uow.session, key, ids) for key in service.rests_on}
    found: dict[UUID, ConflictError] = {}
    for member in members:
        missing = [key for key, having in resting.items() if member.organization_id not in having]
        hindrance = None
        if member.kind not in service.serves:
            hindrance = ConflictError("This service is not for you: it serves others.")
        elif not offer.published:
            hindrance = ConflictError("This offer is withdrawn: nobody can activate it any more.")
        elif offer.valid_from > clock.today():
            day = format_date(offer.valid_from)
            hindrance = ConflictError("This offer begins on {day}.", day=day)
        elif member.organization_id in held:
            hindrance = ConflictError("You have this service already.")
        elif missing:
            hindrance = ConflictError(
                "This service rests on others. Activate first: {services}.",
                services=", ".join(_title(registry, key) for key in missing),
            )
        if hindrance is not None:
            found[member.organization_id] = hindrance
    return found


def _title(registry: Registry, key: str) -> str:
    found = registry.services.get(key)
    return gettext(found.value.title) if found else key


async def approve(uow: UnitOfWork, host: Host, *, activation_id: UUID, why: str = "") -> Activation:
    """Let a member in, as an officer of the consortium; the member then confirms."""
    activation, offer = await _locked(uow, activation_id, office=True)
    await _move(uow, host, activation, offer, "approved", why)
    return activation


async def confirm(uow: UnitOfWork, host: Host, *, activation_id: UUID) -> Activation:
    """Start what was approved; the member does, when its settings are complete."""
    activation, offer = await _locked(uow, activation_id, member=True)
    service = offers.service_of(host.registry, activation.service)
    if activation.state != "approved":
        raise _not_possible(activation)
    if not _complete(host, service, activation):
        raise ConflictError("Settings are missing: fill them in first, then start the service.")
    consents.require_answered(host.registry, activation)
    await _move(uow, host, activation, offer, "active", "")
    return activation


async def agree(
    uow: UnitOfWork, host: Host, *, activation_id: UUID, accepts: Collection[str]
) -> Activation:
    """Agree to what the installed version of a service asks for; the member's officers may.

    ``accepts`` are the keys that were shown. ConsentNeededError when it asks for more.
    """
    activation, _ = await _locked(uow, activation_id, member=True)
    if activation.state == "ended":
        raise _not_possible(activation)
    consents.require_accepted(host.registry, activation.service, accepts)
    if consents.outstanding(host.registry, activation):
        await consents.give(uow, host.registry, activation)
    return activation


async def suspend(uow: UnitOfWork, host: Host, *, activation_id: UUID, why: str) -> Activation:
    """Stop a member's service for a time, as an officer of the consortium, saying why."""
    activation, offer = await _locked(uow, activation_id, office=True)
    await _move(uow, host, activation, offer, "suspended", _reason(why))
    return activation


async def resume(uow: UnitOfWork, host: Host, *, activation_id: UUID, why: str = "") -> Activation:
    """Let a suspended service go on, as an officer of the consortium."""
    activation, offer = await _locked(uow, activation_id, office=True)
    if activation.state != "suspended":
        raise _not_possible(activation)
    await _move(uow, host, activation, offer, "active", why)
    return activation


async def end(uow: UnitOfWork, host: Host, *, activation_id: UUID, why: str = "") -> Activation:
    """Opt out. The member may at any time; an officer of the consortium says why."""
    activation, offer = await _locked(uow, activation_id, office=True, member=True)
    if not uow.caller.may(activation.organization_id, SERVICES):
        why = _reason(why)
    resting = await _resting_on(uow, host.registry, activation)
    if resting:
        raise ConflictError(
            "Other services rest on this one. End first: {services}.",
            services=", ".join(_title(host.registry, key) for key in resting),
        )
    await _move(uow, host, activation, offer, "ended", why)
    return activation


async def end_all(uow: UnitOfWork, host: Host, *, member_id: UUID, consortium_id: UUID) -> None:
    """End whatever a leaving member has, what rests on others first."""
    held = [
        row
        for row in await repository.of_member(uow.session, member_id)
        if row.consortium_id == consortium_id
    ]
    while held:
        needed = {key for row in held for key in _rests_on(host.registry, row.service)}
        for row in [row for row in held if row.service not in needed] or list(held):
            await _move(uow, host, row, await offers.offer_of(uow, row.offer_id), "ended", "")
            held.remove(row)


async def change_settings(
    uow: UnitOfWork, host: Host, *, activation_id: UUID, values: Mapping[str, str]
) -> Activation:
    """Change the settings; a secret left empty keeps its value. The member's officers may."""
    activation, _ = await _locked(uow, activation_id, member=True)
    if activation.state == "ended":
        raise _not_possible(activation)
    service = offers.service_of(host.registry, activation.service)
    stored = settings.read(service, values, host.cipher, activation.secrets)
    activation.settings, activation.secrets = stored.plain, stored.secrets
    await uow.session.flush()
    uow.audit(
        activation.organization_id, "activation.settings_changed", "Activation", activation.id
    )
    return activation


async def change_forecast(
    uow: UnitOfWork, host: Host, *, activation_id: UUID, forecast: Mapping[str, str]
) -> Activation:
    """State anew how much the member expects to use a month."""
    activation, _ = await _locked(uow, activation_id, member=True)
    service = offers.service_of(host.registry, activation.service)
    units = read_forecast(service, forecast)
    activation.forecast = {meter: f"{quantity:f}" for meter, quantity in units.items()}
    await uow.session.flush()
    return activation


async def settings_of(
    uow: UnitOfWork, host: Host, service: str, members: Collection[UUID]
) -> dict[UUID, Any]:
    """Each member's settings of an active service, else those of the activation that covers it.

    Members for whom neither is active are absent.
    """
    admissions = await gate.admissions(uow.session, service, members)
    if not admissions:
        return {}
    described = offers.service_of(host.registry, service)
    async with uow.widened({admission.owner for admission in admissions.values()}):
        held = await repository.by_ids(
            uow.session, {admission.activation_id for admission in admissions.values()}
        )
    found: dict[UUID, Any] = {}
    for member, admission in admissions.items():
        activation = held[admission.activation_id]
        found[member] = settings.load(
            described, activation.settings, activation.secrets, host.cipher
        )
    return found


def _complete(host: Host, service: Service, activation: Activation) -> bool:
    names = set(host.cipher.decrypt(activation.secrets))
    return settings.is_complete(service, activation.settings, names)


def _rests_on(registry: Registry, service: str) -> tuple[str, ...]:
    found = registry.services.get(service)
    return found.value.rests_on if found else ()


async def _resting_on(uow: UnitOfWork, registry: Registry, activation: Activation) -> list[str]:
    held = await repository.of_member(uow.session, activation.organization_id)
    return [row.service for row in held if activation.service in _rests_on(registry, row.service)]


def _reason(why: str) -> str:
    if not why.strip():
        raise InvalidInputError("Say why: the member reads it.", field="why")
    return why.strip()


def _not_possible(activation: Activation) -> ConflictError:
    return ConflictError(
        "This is not possible while the activation is {state}.", state=gettext(activation.state)
    )


async def _locked(
    uow: UnitOfWork, activation_id: UUID, *, office: bool = False, member: bool = False
) -> tuple[Activation, Offer]:
    """The activation, locked, once the caller may change it as officer or member."""
    seen = await activation_of(uow, activation_id)
    may = (office and uow.caller.may(seen.consortium_id, APPROVALS)) or (
        member and uow.caller.may(seen.organization_id, SERVICES)
    )
    if not may:
        uow.caller.require_signed_in()
        raise ForbiddenError("You may not do this for that organization.")
    await uow.widen([seen.organization_id])
    activation = await repository.locked(uow.session, activation_id)
    assert activation is not None, "nobody deletes activations"
    return activation, await offers.offer_of(uow, activation.offer_id)


async def _move(
    uow: UnitOfWork, host: Host, activation: Activation, offer: Offer, state: str, why: str
) -> None:
    if state not in TRANSITIONS[activation.state]:
        raise _not_possible(activation)
    before, activation.state = activation.state, state
    _note(uow, activation, why)
    await uow.session.flush()
    if state == "active":
        await gates.open_for(uow, activation, offer)
    elif before == "active":
        await gates.close_for(uow, activation)
    if state == "ended":
        await consents.withdraw(uow, host.registry, activation)


def _note(uow: UnitOfWork, activation: Activation, why: str) -> None:
    """The dated change, the audit entry and the event of a new state."""
    uow.session.add(
        ActivationChange(
            id=new_id(),
            organization_id=activation.organization_id,
            consortium_id=activation.consortium_id,
            activation_id=activation.id,
            state=activation.state,
            at=clock.now(),
            by=uow.caller.user_id,
            why=why.strip(),
        )
    )
    uow.audit(
        activation.organization_id,
        f"activation.{activation.state}",
        "Activation",
        activation.id,
        service=activation.service,
    )
    uow.record(
        ActivationChanged(
            organization_id=activation.organization_id,
            aggregate_id=activation.id,
            service=activation.service,
            state=activation.state,
        )
    )
