"""A consortium's charter: default cost rule, host name, collecting entity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from arengo_core.caller import OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_core.organizations import repository as organizations
from arengo_core.organizations import service as organization_service
from arengo_core.organizations.models import Organization
from arengo_core.web import sites
from arengo_marketplace.contract import CollectingEntity
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.members import online, repository
from arengo_marketplace.members.models import Charter
from arengo_marketplace.members.payment_terms import PaymentTerms
from arengo_marketplace.offers.terms import check_rule
from arengo_marketplace.permissions import CHARTER
from arengo_marketplace.votes.counting import Terms

DEFAULT_RULE = CostRule.of(equal=40, population=60)


async def charter_of(uow: UnitOfWork, consortium_id: UUID) -> Charter:
    """The charter. NotFoundError when there is no such consortium."""
    async with uow.widened([consortium_id]):
        charter = await repository.charter_of(uow.session, consortium_id)
    if charter is None:
        raise NotFoundError("There is no such consortium.")
    return charter


async def default_rule(uow: UnitOfWork, consortium_id: UUID) -> dict[str, Any]:
    """The cost rule of offers that name none."""
    return (await charter_of(uow, consortium_id)).default_cost_rule


async def change(
    uow: UnitOfWork,
    host: Host,
    *,
    consortium_id: UUID,
    default_cost_rule: object,
    host_name: str | None,
) -> Charter:
    """Change what the consortium agreed on; its officers may."""
    uow.caller.require(consortium_id, CHARTER)
    rule = check_rule(default_cost_rule, host.registry, "default_cost_rule")
    await uow.widen([consortium_id])
    charter = await charter_of(uow, consortium_id)
    charter.default_cost_rule = rule.to_json()
    await sites.claim(uow, consortium_id, host_name)
    uow.audit(consortium_id, "charter.changed", "Charter", charter.id, rule=rule.to_json())
    return charter


async def voting_terms(uow: UnitOfWork, consortium_id: UUID) -> Terms:
    """How members' votes are counted unless a vote says otherwise."""
    return Terms.of((await charter_of(uow, consortium_id)).voting)


async def change_voting(
    uow: UnitOfWork, *, consortium_id: UUID, terms: Mapping[str, Any]
) -> Charter:
    """Change how later votes are counted; the consortium's officers may. Open ones keep theirs."""
    uow.caller.require(consortium_id, CHARTER)
    counted = Terms.of(terms)
    await uow.widen([consortium_id])
    charter = await charter_of(uow, consortium_id)
    charter.voting = counted.to_json()
    uow.audit(consortium_id, "charter.voting", "Charter", charter.id, terms=charter.voting)
    return charter


async def payment_terms(uow: UnitOfWork, consortium_id: UUID) -> PaymentTerms:
    """When and where statements are paid; for anybody who reads one.

    The usual terms where a consortium has no charter yet.
    """
    async with uow.widened([consortium_id]):
        charter = await repository.charter_of(uow.session, consortium_id)
    return PaymentTerms.of(charter.payment_terms) if charter else PaymentTerms()


async def change_payment_terms(
    uow: UnitOfWork, host: Host, *, consortium_id: UUID, terms: Mapping[str, Any]
) -> PaymentTerms:
    """Change when and where later statements are paid; the consortium's officers may.

    ConflictError where payment online is wanted anew and nobody may collect it.
    """
    uow.caller.require(consortium_id, CHARTER)
    agreed = PaymentTerms.of(terms)
    await uow.widen([consortium_id])
    charter = await charter_of(uow, consortium_id)
    if agreed.online and not PaymentTerms.of(charter.payment_terms).online:
        hindered = await online.obstacle(host, uow, consortium_id)
        if hindered is not None:
            raise hindered
    charter.payment_terms = agreed.to_json()
    uow.audit(consortium_id, "charter.payment_terms", "Charter", charter.id, terms=agreed.to_json())
    return agreed


async def name_collecting_entity(
    uow: UnitOfWork,
    host: Host,
    *,
    consortium_id: UUID,
    organization_id: UUID | None = None,
    name: str = "",
    vat_number: str = "",
    is_public: bool = False,
    gateway: str,
    gateway_settings: Mapping[str, str],
) -> Charter:
    """Say who takes card payments for the market, and with which gateway account.

    An organization that Arengo knows, or a firm by name and VAT number, which is made a
    Provider. Gateway settings that are not given keep the value they had.
    """
    uow.caller.require(consortium_id, CHARTER)
    if not gateway.strip():
        raise InvalidInputError(
            "Name the gateway that the account is with, for example stripe.", field="gateway"
        )
    await uow.widen([consortium_id])
    charter = await charter_of(uow, consortium_id)
    organization = await _collector(uow, organization_id, name, vat_number)
    same = (organization.id, gateway.strip()) == (charter.collecting_entity_id, charter.gateway)
    kept = host.cipher.decrypt(charter.gateway_secrets) if same else {}
    secrets = {**kept, **{key: value for key, value in gateway_settings.items() if value}}
    charter.collecting_entity_id = organization.id
    charter.collector_is_public = is_public or organization.kind == OrganizationKind.MUNICIPALITY
    charter.gateway = gateway.strip()
    charter.gateway_secrets = host.cipher.encrypt(secrets) if secrets else None
    uow.audit(
        consortium_id,
        "collecting_entity.named",
        "Organization",
        organization.id,
        gateway=charter.gateway,
    )
    return charter


async def _collector(
    uow: UnitOfWork, organization_id: UUID | None, name: str, vat_number: str
) -> Organization:
    if organization_id is not None:
        found = await organizations.get(uow.session, organization_id)
        if found is None:
            raise InvalidInputError("Choose one of the list.", field="organization_id")
        return found
    if not vat_number.strip():
        raise InvalidInputError(
            "Give the firm's VAT number: receipts name who takes the money.", field="vat_number"
        )
    return await organization_service.create(
        uow, kind=OrganizationKind.PROVIDER, name=name, vat_number=vat_number
    )


async def collecting_entity(
    uow: UnitOfWork, host: Host, consortium_id: UUID
) -> CollectingEntity | None:
    """Who takes card payments for the market; None where nobody was named yet.

    Cards are barred to public administrations (art. 65(2) D.Lgs. 217/2017).
    """
    charter = await charter_of(uow, consortium_id)
    if charter.collecting_entity_id is None:
        return None
    organization = await organizations.get(uow.session, charter.collecting_entity_id)
    if organization is None:
        return None
    return CollectingEntity(
        organization_id=organization.id,
        name=organization.name,
        is_public_administration=charter.collector_is_public,
        gateway=charter.gateway,
        gateway_settings=host.cipher.decrypt(charter.gateway_secrets),
    )
