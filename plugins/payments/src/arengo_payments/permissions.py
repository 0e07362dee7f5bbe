"""The permissions that payments ask for."""

from __future__ import annotations

from arengo_core.caller import Permission, Role
from arengo_core.i18n import N_

ACCOUNT = Permission(
    "payments.account", N_("Choose the account that collects"), frozenset({Role.CONSORTIUM_OFFICER})
)
PAYMENTS = Permission(
    "payments.payments", N_("Look into payments"), frozenset({Role.CONSORTIUM_OFFICER})
)
PAYOUTS = Permission(
    "payments.payouts",
    N_("Record payouts to merchants and to the bank"),
    frozenset({Role.CONSORTIUM_OFFICER}),
)
GIVE_BACK = Permission(
    "payments.give_back",
    N_("Give members' online payments back"),
    frozenset({Role.CONSORTIUM_OFFICER}),
)
MONEY = Permission("payments.money", N_("See the shop's money"), frozenset({Role.MERCHANT}))
REFUNDS = Permission(
    "payments.refunds", N_("Give money of payments back"), frozenset({Role.MERCHANT})
)
TILL = Permission(
    "payments.till", N_("Take money at the counter"), frozenset({Role.MERCHANT, Role.CLERK})
)

PERMISSIONS = (
    ACCOUNT,
    PAYMENTS,
    PAYOUTS,
    GIVE_BACK,
    MONEY,
    REFUNDS,
    TILL,
)
