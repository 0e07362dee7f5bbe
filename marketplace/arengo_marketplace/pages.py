"""Routes and menu of the marketplace's own pages."""

from __future__ import annotations

from typing import Any

from arengo_core.caller import Role
from arengo_core.i18n import N_
from arengo_core.plugins.contributions import NavigationItem
from arengo_marketplace.activations import pages as activation_pages
from arengo_marketplace.health import pages as health_pages
from arengo_marketplace.members import charter_pages, join_pages, setup_pages
from arengo_marketplace.members import pages as member_pages
from arengo_marketplace.offers import pages as offer_pages
from arengo_marketplace.office import pages as office_pages

_OFFICE = frozenset({Role.CONSORTIUM_OFFICER})
_OFFICERS = frozenset({Role.CONSORTIUM_OFFICER, Role.MUNICIPAL_OFFICER})
_MERCHANTS = frozenset({Role.MERCHANT})

ROUTES: list[Any] = [
    *office_pages.ROUTES,
    *activation_pages.ROUTES,
    *member_pages.ROUTES,
    *join_pages.ROUTES,
    *setup_pages.ROUTES,
    *charter_pages.ROUTES,
    *offer_pages.ROUTES,
    *health_pages.ROUTES,
]

NAVIGATION = [
    NavigationItem("office", N_("Overview"), "/office", 0, roles=_OFFICERS),
    NavigationItem("office", N_("Services"), "/office/services", 10, roles=_OFFICERS),
    NavigationItem("office", N_("Members"), "/office/members", 20, roles=_OFFICERS),
    NavigationItem(
        "office", N_("Offers"), "/office/offers", 70, roles=_OFFICE, group=N_("Consortium")
    ),
    NavigationItem(
        "office", N_("Charter"), "/office/charter", 71, roles=_OFFICE, group=N_("Consortium")
    ),
    NavigationItem(
        "office", N_("Plugins"), "/office/plugins", 72, roles=_OFFICE, group=N_("Consortium")
    ),
    NavigationItem("desk", N_("Services"), "/office/services", 80, roles=_MERCHANTS),
]
