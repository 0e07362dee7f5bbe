"""The permissions that the marketplace asks for."""

from __future__ import annotations

from arengo_core.caller import Permission, Role
from arengo_core.i18n import N_

OFFICE = Permission(
    "marketplace.office",
    N_("Work in the consortium's office"),
    frozenset({Role.CONSORTIUM_OFFICER}),
    fixed=True,
)
MEMBERS = Permission(
    "marketplace.members",
    N_("Admit members and keep their register"),
    frozenset({Role.CONSORTIUM_OFFICER}),
)
CHARTER = Permission(
    "marketplace.charter", N_("Change the charter"), frozenset({Role.CONSORTIUM_OFFICER})
)
OFFERS = Permission(
    "marketplace.offers",
    N_("Offer services and set their price"),
    frozenset({Role.CONSORTIUM_OFFICER}),
)
APPROVALS = Permission(
    "marketplace.approvals",
    N_("Approve and suspend services of members"),
    frozenset({Role.CONSORTIUM_OFFICER}),
)
COSTS = Permission("marketplace.costs", N_("Enter costs"), frozenset({Role.CONSORTIUM_OFFICER}))
USAGE = Permission(
    "marketplace.usage",
    N_("Enter use and take it back"),
    frozenset({Role.CONSORTIUM_OFFICER}),
)
SETTLEMENTS = Permission(
    "marketplace.settlements",
    N_("Close months and take settlements back"),
    frozenset({Role.CONSORTIUM_OFFICER}),
)
LEDGER = Permission(
    "marketplace.ledger", N_("Read the ledger"), frozenset({Role.CONSORTIUM_OFFICER})
)
INCOME = Permission(
    "marketplace.income", N_("Record payments of statements"), frozenset({Role.CONSORTIUM_OFFICER})
)
ALL_FIGURES = Permission(
    "marketplace.all_figures",
    N_("Read the figures of all members"),
    frozenset({Role.CONSORTIUM_OFFICER}),
)
SERVICES = Permission(
    "marketplace.services",
    N_("Switch services on and off"),
    frozenset({Role.MUNICIPAL_OFFICER, Role.MERCHANT}),
    delegable=True,
)
FIGURES = Permission(
    "marketplace.figures",
    N_("Read costs, statements and use"),
    frozenset({Role.MUNICIPAL_OFFICER, Role.MERCHANT}),
    delegable=True,
)
PAY = Permission(
    "marketplace.pay",
    N_("Pay statements online"),
    frozenset({Role.MUNICIPAL_OFFICER, Role.MERCHANT}),
)
VOTES = Permission(
    "marketplace.votes",
    N_("Vote on how costs are divided"),
    frozenset({Role.MUNICIPAL_OFFICER, Role.MERCHANT}),
    delegable=True,
)
MEMBERSHIP = Permission(
    "marketplace.membership",
    N_("Leave the consortium"),
    frozenset({Role.MUNICIPAL_OFFICER, Role.MERCHANT}),
)

PERMISSIONS = (
    OFFICE,
    MEMBERS,
    CHARTER,
    OFFERS,
    APPROVALS,
    COSTS,
    USAGE,
    SETTLEMENTS,
    LEDGER,
    INCOME,
    ALL_FIGURES,
    SERVICES,
    FIGURES,
    PAY,
    VOTES,
    MEMBERSHIP,
)
