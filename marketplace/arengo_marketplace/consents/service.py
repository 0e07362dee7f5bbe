"""Rules of consents: nothing is in force that the member has not agreed to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.i18n import current_locale, gettext
from arengo_core.ids import new_id
from arengo_core.plugins import gate
from arengo_core.plugins.grants import DataGrant, wording
from arengo_core.plugins.registry import Registry
from arengo_marketplace.activations.models import Activation
from arengo_marketplace.consents.errors import ConsentNeededError
from arengo_marketplace.consents.models import Consent
from arengo_marketplace.contract import ConsentAsked, ConsentGiven


def outstanding(registry: Registry, activation: Activation) -> list[DataGrant]:
    """What the installed version asks for and the member has not agreed to."""
    if activation.state == "ended":
        return []
    asked = registry.asked_by(activation.service)
    return [grant for grant in asked if grant.key not in activation.agreed]


def require_accepted(registry: Registry, service: str, accepts: Collection[str]) -> None:
    """Raise ConsentNeededError unless all that a service asks for is among what is accepted."""
    missing = [grant for grant in registry.asked_by(service) if grant.key not in accepts]
    if missing:
        raise ConsentNeededError(
            "Agree to what the service reads and writes: {grants}.",
            field="accepts",
            grants=", ".join(dict.fromkeys(gettext(grant.title) for grant in missing)),
        )


def require_answered(registry: Registry, activation: Activation) -> None:
    """Raise ConsentNeededError while something that the service asks for is not agreed to."""
    require_accepted(registry, activation.service, activation.agreed)


async def give(
    uow: UnitOfWork, registry: Registry, activation: Activation, *, by: UUID | None = None
) -> None:
    """Record that the member agrees to all that the service asks for, and put it in force.

    ``by`` is who agreed, where that is not the caller.
    """
    grants = registry.asked_by(activation.service)
    if not grants and not activation.agreed:
        return
    activation.agreed = [grant.key for grant in grants]
    await _note(uow, registry, activation, "given", grants, by)
    await gate.set_grants(uow.session, activation.id, activation.agreed)
    uow.record(
        ConsentGiven(
            organization_id=activation.organization_id,
            aggregate_id=activation.id,
            service=activation.service,
            grants=tuple(activation.agreed),
        )
    )


async def ask(
    uow: UnitOfWork, registry: Registry, activation: Activation, grants: Sequence[DataGrant]
) -> None:
    """Record that the member is told what more the service asks for."""
    await _note(uow, registry, activation, "asked", grants)
    uow.record(
        ConsentAsked(
            organization_id=activation.organization_id,
            aggregate_id=activation.id,
            service=activation.service,
            grants=tuple(grant.key for grant in grants),
        )
    )


async def withdraw(uow: UnitOfWork, registry: Registry, activation: Activation) -> None:
    """Record that what was agreed to ended with the Activation."""
    if not activation.agreed:
        return
    held = [
        registry.data_grants[key].value if key in registry.data_grants else DataGrant(key, key)
        for key in activation.agreed
    ]
    activation.agreed = []
    await _note(uow, registry, activation, "withdrawn", held)


async def _note(
    uow: UnitOfWork,
    registry: Registry,
    activation: Activation,
    act: str,
    grants: Sequence[DataGrant],
    by: UUID | None = None,
) -> None:
    owned = registry.services.get(activation.service)
    uow.session.add(
        Consent(
            id=new_id(),
            organization_id=activation.organization_id,
            consortium_id=activation.consortium_id,
            activation_id=activation.id,
            service=activation.service,
            version=registry.plugin(owned.plugin).manifest.version if owned else "",
            act=act,
            grants={grant.key: gettext(grant.title) for grant in grants},
            wording=wording(grants),
            locale=current_locale(),
            at=clock.now(),
            by=by or uow.caller.user_id,
            acting_for=uow.caller.in_name_of(activation.organization_id),
        )
    )
    await uow.session.flush()
    uow.audit(
        activation.organization_id,
        f"consent.{act}",
        "Activation",
        activation.id,
        service=activation.service,
        grants=" ".join(grant.key for grant in grants),
    )
