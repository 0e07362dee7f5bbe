"""Rules of the collecting entity's account at a gateway."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from arengo_core.caller import Caller, OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError, SettingsError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.organizations import repository as organizations
from arengo_core.organizations.models import Organization
from arengo_marketplace.contract import CollectingEntity
from arengo_payments.base import COUNTER
from arengo_payments.collecting.service import PUBLIC_PAYEE
from arengo_payments.contract import (
    CheckoutState,
    NotFound,
    OutcomeUnknown,
    PaymentGateway,
    Refused,
)
from arengo_payments.gateways.providers import (
    LIVE_API,
    STANDIN,
    STRIPE,
    gateway_named,
    outcome_of,
)
from arengo_payments.marketplace import marketplace
from arengo_payments.permissions import ACCOUNT

_KEY_FORMS = {
    "secret_key": re.compile(r"(sk|rk)_(test|live)_\w{6,250}"),
    "webhook_secret": re.compile(r"whsec_\w{6,250}"),
}
_EXPECTED = {
    "secret_key": "A secret key begins with sk_test_, sk_live_, rk_test_ or rk_live_.",
    "webhook_secret": "A webhook's signing secret begins with whsec_.",
}
_PROBE = "cs_test_arengo_connection_probe"


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """What an officer entered; an empty secret keeps the one that is stored.

    ``organization_id`` None makes a new company of ``company_name`` and ``vat_number``.
    """

    gateway: str
    organization_id: UUID | None = None
    is_public_administration: bool = False
    company_name: str = ""
    vat_number: str = ""
    secret_key: str = ""
    webhook_secret: str = ""
    api_base: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """Whether the gateway answers to the stored keys; ``detail`` says what is wrong."""

    works: bool
    detail: str


def masked(secret: str) -> str:
    """A secret as it may be shown: enough to tell one from another."""
    return f"{secret[:8]}…{secret[-4:]}" if len(secret) > 16 else "•••" if secret else ""


def gateways(host: Host) -> list[tuple[str, str]]:
    """Installed gateways that take cards: key and title."""
    return [
        (provider.value.key, gettext(provider.value.title))
        for provider in host.registry.providers_of(PaymentGateway)
        if provider.value.key != COUNTER
    ]


async def entity(host: Host, uow: UnitOfWork, consortium_id: UUID) -> CollectingEntity | None:
    """Who collects now. For officers of the consortium."""
    uow.caller.require(consortium_id, ACCOUNT)
    return await marketplace(host, uow).collecting_entity(consortium_id)


async def candidates(uow: UnitOfWork, consortium_id: UUID) -> list[Organization]:
    """Organizations that may be chosen: the consortium itself, and companies."""
    uow.caller.require(consortium_id, ACCOUNT)
    own = await organizations.get(uow.session, consortium_id)
    companies = await organizations.of_kind(uow.session, OrganizationKind.PROVIDER)
    return [*([own] if own else []), *companies]


async def choose(
    host: Host, uow: UnitOfWork, consortium_id: UUID, choice: AccountChoice
) -> CollectingEntity:
    """Name the collecting entity and its account.

    ConflictError (``PUBLIC_PAYEE``) for a public administration; InvalidInputError names the
    field that cannot be meant.
    """
    uow.caller.require(consortium_id, ACCOUNT)
    if choice.gateway not in dict(gateways(host)):
        raise InvalidInputError("Choose one of the list.", field="gateway")
    market = marketplace(host, uow)
    present = await market.collecting_entity(consortium_id)
    settings = _settings(host, choice, present)
    if choice.organization_id is None and not choice.company_name.strip():
        raise InvalidInputError("Choose who collects, or name a company.", field="organization")
    chosen = await market.set_collecting_entity(
        consortium_id,
        organization_id=choice.organization_id,
        name=choice.company_name,
        vat_number=choice.vat_number,
        is_public=choice.is_public_administration,
        gateway=choice.gateway,
        gateway_settings=settings,
    )
    if chosen.is_public_administration:
        raise ConflictError(
            PUBLIC_PAYEE, field="organization", code="PUBLIC_PAYEE", name=chosen.name
        )
    return chosen


async def probe(host: Host, caller: Caller, consortium_id: UUID) -> Probe:
    """Ask the gateway for something that is not there: the answer tells whether the keys work."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        found = await entity(host, uow, consortium_id)
    if found is None or not found.gateway:
        return Probe(False, gettext("Nobody collects yet: choose who, and enter the keys."))
    try:
        gateway = gateway_named(host, found.gateway, found.gateway_settings)
    except SettingsError as error:
        return Probe(False, gettext(error.message, **error.params))
    match await outcome_of(gateway.fetch_checkout(_PROBE)):
        case NotFound() | CheckoutState():
            return Probe(True, "")
        case Refused() as refusal:
            return Probe(False, gettext("The gateway refused: {reason}", reason=refusal.message))
        case OutcomeUnknown():
            return Probe(False, gettext("The gateway did not answer. Check the address."))


def _settings(
    host: Host, choice: AccountChoice, present: CollectingEntity | None
) -> dict[str, str]:
    stored = present.gateway_settings if present and present.gateway == choice.gateway else {}
    settings = {name: getattr(choice, name).strip() or stored.get(name, "") for name in _KEY_FORMS}
    if choice.gateway == STRIPE:
        for name, form in _KEY_FORMS.items():
            if not form.fullmatch(settings[name]):
                raise InvalidInputError(_EXPECTED[name], field=name)
    base = choice.api_base.strip().rstrip("/") or LIVE_API
    if not (base == STANDIN and host.settings.demo):
        base = host.outbound.check(base, field="api_base")
    return {**settings, "api_base": base}
