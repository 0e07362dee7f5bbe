"""Who may work at a desk, and for which merchant."""

from __future__ import annotations

from uuid import UUID

from arengo_core.caller import Caller, OrganizationKind, Permission
from arengo_core.errors import ForbiddenError
from arengo_core.web.pages import acting_for
from arengo_storefront.permissions import ORDERS, PRODUCTS


def merchant_of(caller: Caller, *permissions: Permission) -> UUID:
    """The merchant that the caller acts for. ForbiddenError for any other organization."""
    organization_id = acting_for(caller)
    caller.require(organization_id, *(permissions or (ORDERS, PRODUCTS)))
    kinds = {grant.kind for grant in caller.grants if grant.organization_id == organization_id}
    if OrganizationKind.MERCHANT not in kinds:
        raise ForbiddenError("This is the desk of merchants: act for a shop to use it.")
    return organization_id
