"""Whether a consortium can let its statements be paid online, through a service of payments."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, ConflictError, UnavailableError
from arengo_core.host import Host
from arengo_core.money import Money
from arengo_core.plugins.contributions import Capability
from arengo_marketplace.contract import StatementCheckout
from arengo_marketplace.offers import repository as offers
from arengo_marketplace.titles import service_title


def checkout(host: Host, uow: UnitOfWork) -> StatementCheckout | None:
    """The payments service in this transaction; None where no plugin brings one.

    No Activation of the member is asked for: it pays its statement, it uses no service.
    """
    contract: Any = StatementCheckout
    if contract not in host.registry.capabilities:
        return None
    return host.continuing(uow, contract)


async def obstacle(host: Host, uow: UnitOfWork, consortium_id: UUID) -> ArengoError | None:
    """Why statements cannot be collected online; None where they can.

    What members have agreed to share the cost of is asked here: the consortium's own offer.
    """
    desk = checkout(host, uow)
    if desk is None:
        return ConflictError(
            "No service of payments is installed here.", field="online", code="NOT_INSTALLED"
        )
    contract: Any = StatementCheckout
    brought: Capability = host.registry.capabilities[contract].value
    service = brought.service
    if service is not None and await offers.current(uow.session, consortium_id, service) is None:
        return ConflictError(
            "The consortium does not offer {service} yet: offer it first, so that its members know"
            " what it costs.",
            field="online",
            code="NOT_OFFERED",
            service=service_title(host.registry, service),
        )
    try:
        return await desk.obstacle(consortium_id)
    except UnavailableError as error:
        return error


async def beyond(host: Host, uow: UnitOfWork, amount: Money) -> ArengoError | None:
    """Why an amount cannot be collected online where others can; None where it can."""
    desk = checkout(host, uow)
    assert desk is not None, "asked after obstacle()"
    try:
        return await desk.beyond(amount)
    except UnavailableError as error:
        return error
