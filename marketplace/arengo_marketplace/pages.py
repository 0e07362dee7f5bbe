"""Routes and menu of the marketplace's own pages."""

from __future__ import annotations

from typing import Any

from arengo_core.i18n import N_
from arengo_core.permissions.declared import HELD_WORK
from arengo_core.plugins.contributions import NavigationItem
from arengo_marketplace.activations import pages as activation_pages
from arengo_marketplace.health import pages as health_pages
from arengo_marketplace.members import charter_pages, join_pages, setup_pages
from arengo_marketplace.members import pages as member_pages
from arengo_marketplace.offers import index_pages, price_pages
from arengo_marketplace.offers import pages as offer_pages
from arengo_marketplace.office import pages as office_pages
from arengo_marketplace.permissions import CHARTER, FIGURES, OFFERS, OFFICE, SERVICES, VOTES
from arengo_marketplace.pledges import pages as pledge_pages
from arengo_marketplace.votes import assembly_pages, proposing_pages
from arengo_marketplace.votes import pages as vote_pages

ROUTES: list[Any] = [
    *office_pages.ROUTES,
    *activation_pages.ROUTES,
    *pledge_pages.ROUTES,
    *member_pages.ROUTES,
    *join_pages.ROUTES,
    *setup_pages.ROUTES,
    *charter_pages.ROUTES,
    *offer_pages.ROUTES,
    *price_pages.ROUTES,
    *index_pages.ROUTES,
    *vote_pages.ROUTES,
    *proposing_pages.ROUTES,
    *assembly_pages.ROUTES,
    *health_pages.ROUTES,
]

_OF_SERVICES = ("/office/offers", "/office/activations")

NAVIGATION = [
    NavigationItem("office", N_("Overview"), "/office", 0, permissions=(OFFICE, FIGURES, SERVICES)),
    NavigationItem(
        "office",
        N_("Services"),
        "/office/services",
        10,
        permissions=(OFFICE, SERVICES),
        also=_OF_SERVICES,
    ),
    NavigationItem(
        "office", N_("Votes"), "/office/votes", 25, permissions=(OFFICE, VOTES, FIGURES)
    ),
    NavigationItem("office", N_("Members"), "/office/members", 20, permissions=(OFFICE, FIGURES)),
    NavigationItem(
        "office", N_("Offers"), "/office/offers", 70, permissions=(OFFERS,), group=N_("Consortium")
    ),
    NavigationItem(
        "office",
        N_("Charter"),
        "/office/charter",
        71,
        permissions=(CHARTER,),
        group=N_("Consortium"),
    ),
    NavigationItem(
        "office",
        N_("Plugins"),
        "/office/plugins",
        72,
        permissions=(HELD_WORK,),
        group=N_("Consortium"),
    ),
    NavigationItem(
        "desk",
        N_("Services"),
        "/office/services",
        80,
        permissions=(SERVICES,),
        also=_OF_SERVICES,
    ),
    NavigationItem("desk", N_("Votes"), "/office/votes", 81, permissions=(VOTES, FIGURES)),
]
