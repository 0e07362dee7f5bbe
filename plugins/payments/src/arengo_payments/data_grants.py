"""What services may ask to read or write of a member's money."""

from __future__ import annotations

from arengo_core.i18n import N_
from arengo_core.plugins.grants import DataGrant
from arengo_payments.permissions import MONEY, REFUNDS, TILL

DATA_GRANTS = (
    DataGrant(
        "payments.money:read",
        N_("Your payments, refunds and payouts, with their amounts"),
        (MONEY,),
    ),
    DataGrant(
        "payments.money:write",
        N_("Payments taken for you and given back"),
        (REFUNDS, TILL),
    ),
)
