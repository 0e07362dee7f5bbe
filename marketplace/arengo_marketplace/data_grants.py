"""What services may ask to read or write of a member's data in the marketplace."""

from __future__ import annotations

from arengo_core.i18n import N_
from arengo_core.plugins.grants import DataGrant
from arengo_marketplace.permissions import FIGURES

DATA_GRANTS = (
    DataGrant(
        "marketplace.membership:read",
        N_("Your membership: consortium, seat, inhabitants, since when"),
    ),
    DataGrant("marketplace.figures:read", N_("Your costs, statements and use"), (FIGURES,)),
    DataGrant(
        "marketplace.usage:write",
        N_("Your use of the service, by which its cost is divided"),
    ),
    DataGrant(
        "marketplace.ledger:write",
        N_("Entries about you in the consortium's ledger"),
    ),
)
