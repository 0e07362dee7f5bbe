"""Fixtures for tests of the marketplace and of plugins: consortia, members, offers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from stdnum import luhn

from arengo_core.caller import Caller, OrganizationKind, Role
from arengo_core.host import Host
from arengo_core.identity.models import Person
from arengo_core.ids import new_id
from arengo_core.organizations import service as organizations
from arengo_core.organizations.models import Organization
from arengo_marketplace import register
from arengo_marketplace.activations import service as activations
from arengo_marketplace.activations.models import Activation
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.members import charter as charters
from arengo_marketplace.members import founding
from arengo_marketplace.members import service as members
from arengo_marketplace.offers import service as offers
from arengo_marketplace.offers.models import Offer

VALMALENCO = ("014019", "014013", "014036", "014062")
"""ISTAT codes of Chiesa in Valmalenco (lead), Caspoggio, Lanzada and Spriana."""

_serials = count(1_000_000)


async def _municipality(
    host: Host,
    consortium_id: UUID,
    istat_code: str,
    population: int | None = None,
    starts_on: date | None = None,
) -> Organization:
    """A member municipality of its own for the test, whoever else has admitted the real one."""
    record = register.by_istat(istat_code)
    async with host.unit_of_work(Caller.program([consortium_id])) as uow:
        organization = await organizations.create(
            uow,
            kind=OrganizationKind.MUNICIPALITY,
            name=record.name,
            istat_code=istat_code,
            city=record.name,
            province=record.province_code,
        )
        await members.admit(
            uow,
            organization,
            consortium_id,
            population=record.population if population is None else population,
            population_on=date(register.population_year(), 1, 1),
            starts_on=starts_on,
        )
    return organization


UserMaker = Callable[..., Awaitable[Person]]


def new_vat_number() -> str:
    """A VAT number that passes the check and is nobody's."""
    number = f"{next(_serials):07}999"
    return number + luhn.calc_check_digit(number)


@dataclass(frozen=True, slots=True)
class ConsortiumMade:
    """A consortium with its lead municipality and an officer of each."""

    organization: Organization
    lead: Organization
    officer: Person
    lead_officer: Person
    municipalities: tuple[Organization, ...]

    @property
    def id(self) -> UUID:
        """The consortium's id."""
        return self.organization.id


@dataclass(frozen=True, slots=True)
class MemberMade:
    """A member with a person who works for it."""

    organization: Organization
    person: Person

    @property
    def id(self) -> UUID:
        """The member's id."""
        return self.organization.id


@pytest.fixture
def make_municipality(host: Host, make_user: UserMaker) -> Callable[..., Awaitable[MemberMade]]:
    """``await make_municipality(consortium_id, istat_code, population=..., starts_on=...)``."""

    async def make(
        consortium_id: UUID,
        istat_code: str,
        population: int | None = None,
        starts_on: date | None = None,
    ) -> MemberMade:
        organization = await _municipality(host, consortium_id, istat_code, population, starts_on)
        person = await make_user((organization.id, Role.MUNICIPAL_OFFICER))
        return MemberMade(organization, person)

    return make


@pytest.fixture
def make_consortium(host: Host, make_user: UserMaker) -> Callable[..., Awaitable[ConsortiumMade]]:
    """``await make_consortium(istat_codes, starts_on=..., collecting=True)``.

    Municipalities of the codes are members, the first is the lead (Valmalenco's four unless
    told). With ``collecting`` a provider takes card payments by the given gateway.
    """

    async def make(
        istat_codes: Iterable[str] = VALMALENCO,
        *,
        name: str = "Unione della Prova",
        starts_on: date | None = None,
        collecting: bool = False,
        gateway: str = "counter",
        gateway_settings: Mapping[str, str] | None = None,
    ) -> ConsortiumMade:
        async with host.unit_of_work(Caller.program()) as uow:
            organization = await founding.found(uow, name=name, slug=f"prova-{new_id().hex}")
        towns = [
            await _municipality(host, organization.id, code, starts_on=starts_on)
            for code in istat_codes
        ]
        async with host.unit_of_work(Caller.program([organization.id])) as uow:
            charter = await charters.charter_of(uow, organization.id)
            charter.lead_id = towns[0].id
            if collecting:
                await charters.name_collecting_entity(
                    uow,
                    host,
                    consortium_id=organization.id,
                    name="Servizi della Prova S.r.l.",
                    vat_number=new_vat_number(),
                    gateway=gateway,
                    gateway_settings=gateway_settings or {},
                )
        return ConsortiumMade(
            organization,
            towns[0],
            await make_user((organization.id, Role.CONSORTIUM_OFFICER), name="Ufficio Prova"),
            await make_user((towns[0].id, Role.MUNICIPAL_OFFICER), name="Comune Prova"),
            tuple(towns),
        )

    return make


@pytest.fixture
def make_merchant(host: Host, make_user: UserMaker) -> Callable[..., Awaitable[MemberMade]]:
    """``await make_merchant(consortium_id, seat_id, name=...)``: a member shop and its owner."""

    async def make(
        consortium_id: UUID,
        seat_id: UUID,
        name: str = "Bottega Prova",
        starts_on: date | None = None,
    ) -> MemberMade:
        async with host.unit_of_work(Caller.program([consortium_id])) as uow:
            membership = await members.admit_merchant(
                uow,
                host,
                consortium_id=consortium_id,
                seat_id=seat_id,
                name=name,
                vat_number=new_vat_number(),
                street="Via Prova 1",
                postcode="23023",
                starts_on=starts_on,
            )
            organization = await organizations.get(uow, membership.organization_id)
        person = await make_user((organization.id, Role.MERCHANT))
        return MemberMade(organization, person)

    return make


@pytest.fixture
def make_offer(host: Host) -> Callable[..., Awaitable[Offer]]:
    """``await make_offer(consortium_id, service, price_plan=..., cost_rule=..., ...)``.

    EUR 1,200 a year divided by the charter's rule, unless told.
    """

    async def make(consortium_id: UUID, service: str, **terms: Any) -> Offer:
        terms.setdefault("price_plan", PricePlan.yearly("Canone", 120_000).to_json())
        async with host.unit_of_work(Caller.program([consortium_id])) as uow:
            return await offers.create(
                uow, host, consortium_id=consortium_id, service=service, **terms
            )

    return make


@pytest.fixture
def activate(host: Host) -> Callable[..., Awaitable[Activation]]:
    """``await activate(member_id, offer, settings={...}, forecast={...})``: active at the end."""

    async def make(
        member_id: UUID,
        offer: Offer,
        settings: Mapping[str, str] | None = None,
        forecast: Mapping[str, str] | None = None,
    ) -> Activation:
        caller = Caller.program([member_id], [offer.organization_id])
        async with host.unit_of_work(caller) as uow:
            activation = await activations.request(
                uow,
                host,
                offer_id=offer.id,
                member_id=member_id,
                settings_values=settings,
                forecast=forecast,
                accepts=[grant.key for grant in host.registry.asked_by(offer.service)],
            )
            if activation.state == "requested":
                await activations.approve(uow, host, activation_id=activation.id)
                await activations.confirm(uow, host, activation_id=activation.id)
        assert activation.state == "active", "settings that the service needs were not given"
        return activation

    return make
