"""Rules of membership: admitting, seats, populations, leaving."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import OrganizationKind, Role
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.organizations import service as organizations
from arengo_core.organizations.models import Organization
from arengo_marketplace import register
from arengo_marketplace.activations import gates
from arengo_marketplace.activations import service as activations
from arengo_marketplace.contract import MemberAdmitted
from arengo_marketplace.members import directory, repository
from arengo_marketplace.members.models import Membership
from arengo_marketplace.permissions import MEMBERS, MEMBERSHIP


def record_of(istat_code: str) -> register.MunicipalityRecord:
    """A municipality of the register. InvalidInputError for an unknown code."""
    try:
        return register.by_istat(istat_code)
    except KeyError:
        raise InvalidInputError(
            "{code} is not the ISTAT code of an Italian municipality: six digits are expected.",
            field="istat_code",
            code=istat_code,
        ) from None


async def admit_municipality(
    uow: UnitOfWork,
    host: Host,
    *,
    consortium_id: UUID,
    istat_code: str,
    starts_on: date | None = None,
    population: int | None = None,
    officer_name: str = "",
    officer_email: str = "",
) -> Membership:
    """Admit a municipality from the register; its first officer is invited by mail.

    Without ``population`` the register's figure is pinned, with the day it is of.
    """
    uow.caller.require(consortium_id, MEMBERS)
    record = record_of(istat_code)
    organization = await municipality(uow, record)
    pinned = record.population if population is None else population
    of_year = date(register.population_year(), 1, 1)
    membership = await admit(
        uow,
        organization,
        consortium_id,
        starts_on=starts_on,
        population=pinned,
        population_on=of_year if population is None and pinned is not None else clock.today(),
    )
    if officer_email:
        await host.identity.send_invitation(
            uow,
            organization_id=organization.id,
            email=officer_email,
            name=officer_name,
            role=Role.MUNICIPAL_OFFICER,
        )
    return membership


async def municipality(uow: UnitOfWork, record: register.MunicipalityRecord) -> Organization:
    """The organization of a municipality, made when nobody admitted it before."""
    known = await repository.municipality(uow.session, record.istat_code)
    if known is not None:
        await uow.widen([known.id])
        return known
    return await organizations.create(
        uow,
        kind=OrganizationKind.MUNICIPALITY,
        name=record.name,
        istat_code=record.istat_code,
        city=record.name,
        province=record.province_code,
    )


async def admit_merchant(
    uow: UnitOfWork,
    host: Host,
    *,
    consortium_id: UUID,
    seat_id: UUID,
    name: str,
    vat_number: str,
    street: str = "",
    postcode: str = "",
    email: str = "",
    phone: str = "",
    person: str = "",
    starts_on: date | None = None,
) -> Membership:
    """Admit a merchant with its seat in a member municipality, and invite its owner by mail."""
    uow.caller.require(consortium_id, MEMBERS)
    seat = await directory.member(uow, seat_id, consortium_id)
    if seat.kind is not OrganizationKind.MUNICIPALITY:
        raise InvalidInputError("A seat is a municipality of the consortium.", field="seat_id")
    number = organizations.check_vat_number(vat_number)
    organization = await repository.merchant_by_vat(uow.session, number)
    if organization is None:
        place = await organizations.get(uow, seat_id)
        organization = await organizations.create(
            uow,
            kind=OrganizationKind.MERCHANT,
            name=name,
            vat_number=number,
            street=street,
            postcode=postcode,
            city=place.name,
            province=place.province,
            email=email,
            phone=phone,
        )
    membership = await admit(uow, organization, consortium_id, starts_on=starts_on, seat_id=seat_id)
    if email:
        await host.identity.send_invitation(
            uow,
            organization_id=organization.id,
            email=email,
            name=person or name,
            role=Role.MERCHANT,
        )
    return membership


async def admit(
    uow: UnitOfWork,
    organization: Organization,
    consortium_id: UUID,
    *,
    starts_on: date | None = None,
    seat_id: UUID | None = None,
    population: int | None = None,
    population_on: date | None = None,
) -> Membership:
    """Make an organization that Arengo knows a member, from today unless told."""
    uow.caller.require(consortium_id, MEMBERS)
    await uow.widen([organization.id])
    if await repository.open_membership(uow.session, consortium_id, organization.id):
        raise ConflictError("{name} is a member already.", name=organization.name)
    membership = Membership(
        id=new_id(),
        organization_id=organization.id,
        consortium_id=consortium_id,
        kind=organization.kind,
        seat_id=seat_id,
        population=population,
        population_on=population_on,
        starts_on=starts_on or clock.today(),
    )
    uow.session.add(membership)
    await uow.session.flush()
    await gates.cover(uow, membership)
    uow.audit(organization.id, "member.admitted", "Membership", membership.id)
    uow.record(
        MemberAdmitted(
            organization_id=organization.id,
            aggregate_id=membership.id,
            consortium_id=consortium_id,
            kind=organization.kind,
        )
    )
    return membership


OWN_ATTRIBUTES = frozenset({"population", "area", "merchants"})
"""Figures that the program knows of itself."""

_ATTRIBUTE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}").fullmatch
_FIGURE = re.compile(r"\d{1,12}(\.\d{1,6})?").fullmatch


async def _open(uow: UnitOfWork, consortium_id: UUID, organization_id: UUID) -> Membership:
    await uow.widen([organization_id])
    membership = await repository.open_membership(uow.session, consortium_id, organization_id)
    if membership is None:
        raise NotFoundError("This organization is not a member of the consortium.")
    return membership


async def set_population(
    uow: UnitOfWork, *, consortium_id: UUID, organization_id: UUID, population: int
) -> Membership:
    """Pin a municipality's inhabitants, as of today; settled periods keep their figure."""
    uow.caller.require(consortium_id, MEMBERS)
    if population < 0:
        raise InvalidInputError("0 or more inhabitants are possible.", field="population")
    membership = await _open(uow, consortium_id, organization_id)
    if membership.kind != OrganizationKind.MUNICIPALITY:
        raise ConflictError("Only municipalities have inhabitants.")
    membership.population, membership.population_on = population, clock.today()
    await uow.session.flush()
    uow.audit(
        organization_id, "member.population", "Membership", membership.id, population=population
    )
    return membership


async def set_attributes(
    uow: UnitOfWork,
    *,
    consortium_id: UUID,
    organization_id: UUID,
    attributes: Mapping[str, str],
) -> Membership:
    """Set the figures and words by which cost rules divide or choose; those not named go.

    Numbers may have a comma. Settled periods keep theirs. InvalidInputError for a name that is not
    a word of letters, digits and ``_``, or that the program fills itself.
    """
    uow.caller.require(consortium_id, MEMBERS)
    found = {name.strip(): value.strip() for name, value in attributes.items()}
    for name, value in found.items():
        if not _ATTRIBUTE(name) or name in OWN_ATTRIBUTES:
            raise InvalidInputError(
                "{name} cannot be the name of a figure: use a word such as altitude.",
                field="attributes",
                name=name or "—",
            )
        if not value or len(value) > 100:
            raise InvalidInputError(
                "{name} has no value of at most 100 characters.", field="attributes", name=name
            )
    membership = await _open(uow, consortium_id, organization_id)
    membership.attributes = {name: _as_figure(value) for name, value in sorted(found.items())}
    await uow.session.flush()
    uow.audit(organization_id, "member.attributes", "Membership", membership.id)
    return membership


def _as_figure(text: str) -> str:
    """A number with a point, however it was typed; any other text as it is."""
    plain = text.replace(",", ".")
    return plain if _FIGURE(plain) else text


async def move_seat(
    uow: UnitOfWork, *, consortium_id: UUID, organization_id: UUID, seat_id: UUID
) -> Membership:
    """Move a merchant's seat to another member municipality; cover follows the seat."""
    uow.caller.require(consortium_id, MEMBERS)
    seat = await directory.member(uow, seat_id, consortium_id)
    if seat.kind is not OrganizationKind.MUNICIPALITY:
        raise InvalidInputError("A seat is a municipality of the consortium.", field="seat_id")
    membership = await _open(uow, consortium_id, organization_id)
    if membership.kind != OrganizationKind.MERCHANT:
        raise ConflictError("Only merchants have a seat.")
    await gates.uncover(uow, membership)
    membership.seat_id = seat_id
    await uow.session.flush()
    await gates.cover(uow, membership)
    uow.audit(organization_id, "member.seat", "Membership", membership.id, seat=seat_id)
    return membership


async def leave(
    uow: UnitOfWork, host: Host, *, consortium_id: UUID, organization_id: UUID
) -> Membership:
    """End a membership today, with every activation; the member or the office may."""
    if not uow.caller.may(consortium_id, MEMBERS):
        uow.caller.require(organization_id, MEMBERSHIP)
    membership = await _open(uow, consortium_id, organization_id)
    async with uow.widened(governs=[consortium_id]):
        seated = await repository.seated_in(
            uow.session, consortium_id, organization_id, clock.today()
        )
    if seated:
        raise ConflictError(
            "{count} merchants have their seat here: move or end their memberships first.",
            count=len(seated),
        )
    await activations.end_all(uow, host, member_id=organization_id, consortium_id=consortium_id)
    await gates.uncover(uow, membership)
    membership.ends_on = max(clock.today(), membership.starts_on)
    await uow.session.flush()
    uow.audit(organization_id, "member.left", "Membership", membership.id)
    return membership
