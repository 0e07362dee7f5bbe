"""The storefront as a plugin: what its rooms bring, by hooks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from arengo_core.caller import OrganizationKind, Permission
from arengo_core.database.migrate import MigrationHistory
from arengo_core.i18n import N_
from arengo_core.jobs.definition import Job, Schedule
from arengo_core.outbox.events import EventHandler
from arengo_core.plugins.contributions import (
    Act,
    Capability,
    DemoStep,
    GraphqlContribution,
    NavigationItem,
    Provider,
    Resources,
    Slot,
)
from arengo_core.plugins.grants import DataGrant
from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.plugins.manifest import Manifest, Service
from arengo_storefront import __version__, ordering
from arengo_storefront.acts import ACTS
from arengo_storefront.base import SERVICE, StorefrontBase
from arengo_storefront.catalogue import metering
from arengo_storefront.catalogue import models as catalogue
from arengo_storefront.catalogue.capability import PublishedProducts
from arengo_storefront.catalogue.mutations import CatalogueMutation
from arengo_storefront.catalogue.queries import CatalogueQuery
from arengo_storefront.contract import SLOTS, Catalogue, SearchProvider
from arengo_storefront.data_grants import DATA_GRANTS
from arengo_storefront.demo.loading import load_shops
from arengo_storefront.demo.orders import load_orders
from arengo_storefront.desk import category_pages, product_pages
from arengo_storefront.desk import shop_pages as desk_pages
from arengo_storefront.market import pages as market_pages
from arengo_storefront.market import shop_pages
from arengo_storefront.media import models as media
from arengo_storefront.media import pages as media_pages
from arengo_storefront.media import service as media_service
from arengo_storefront.permissions import CATEGORIES, ORDERS, PERMISSIONS, PRODUCTS, SHOP
from arengo_storefront.search.postgresql import POSTGRESQL, make_search
from arengo_storefront.shops import models as shops
from arengo_storefront.shops.mutations import ShopMutation
from arengo_storefront.shops.queries import ShopQuery

_HERE = Path(__file__).parent
_TABLES = (shops, catalogue, media, *ordering.TABLES)


@hookimpl
def arengo_manifest() -> Manifest:
    return Manifest(
        key="storefront",
        title=N_("Storefronts"),
        description=N_("Shops of the valley with one market, one cart and one payment."),
        version=__version__,
        licence="EUPL-1.2",
        requires={"marketplace": ">=0.1"},
        uses={"payments": ">=0.1", "delivery": ">=0.1", "communications": ">=0.1"},
    )


@hookimpl
def arengo_services() -> list[Service]:
    return [
        Service(
            key=SERVICE,
            title=N_("Storefront"),
            description=N_("A shop of one's own in the valley's market: products, cart, orders."),
            serves=frozenset({OrganizationKind.MERCHANT, OrganizationKind.MUNICIPALITY}),
            meters=(metering.PRODUCTS_METER, *ordering.METERS),
            icon="it-cart",
            grants=(
                "core.own_data:read",
                "core.people:read",
                "marketplace.membership:read",
                "marketplace.usage:write",
                "storefront.shop:read",
                "storefront.shop:write",
                "storefront.products:read",
                "storefront.products:write",
                "storefront.orders:read",
                "storefront.orders:write",
                "payments.money:read",
                "payments.money:write",
                "delivery.parcels:read",
                "delivery.parcels:write",
                "communications.messages:write",
            ),
        )
    ]


@hookimpl
def arengo_capabilities() -> list[Capability]:
    return [Capability(Catalogue, PublishedProducts, SERVICE)]


@hookimpl
def arengo_providers() -> list[Provider]:
    return [Provider(SearchProvider, POSTGRESQL, "PostgreSQL", make_search)]


@hookimpl
def arengo_graphql() -> GraphqlContribution:
    return GraphqlContribution(
        queries=(ShopQuery, CatalogueQuery, *ordering.QUERIES),
        mutations=(ShopMutation, CatalogueMutation, *ordering.MUTATIONS),
    )


@hookimpl
def arengo_routes() -> list[object]:
    return [
        *media_pages.ROUTES,
        *market_pages.ROUTES,
        *shop_pages.ROUTES,
        *desk_pages.ROUTES,
        *product_pages.ROUTES,
        *category_pages.ROUTES,
        *ordering.ROUTES,
    ]


@hookimpl
def arengo_navigation() -> list[NavigationItem]:
    return [
        NavigationItem("desk", N_("Desk"), "/desk", 10, permissions=(ORDERS, PRODUCTS)),
        NavigationItem(
            "desk", N_("Products"), "/desk/products", 20, permissions=(PRODUCTS,), service=SERVICE
        ),
        NavigationItem("desk", N_("Your shop"), "/desk/shop", 60, permissions=(SHOP,)),
        NavigationItem(
            "office",
            N_("Categories"),
            "/office/categories",
            70,
            permissions=(CATEGORIES,),
        ),
        *ordering.NAVIGATION,
    ]


@hookimpl
def arengo_slots() -> list[Slot]:
    return [*SLOTS]


@hookimpl
def arengo_event_handlers() -> list[EventHandler]:
    return [*ordering.EVENT_HANDLERS]


@hookimpl
def arengo_jobs() -> list[Job]:
    return [*ordering.JOBS]


@hookimpl
def arengo_schedules() -> list[Schedule]:
    return [*metering.SCHEDULES, *media_service.SCHEDULES, *ordering.SCHEDULES]


@hookimpl
def arengo_demo() -> list[DemoStep]:
    return [
        DemoStep(30, N_("Shops and their products"), load_shops),
        DemoStep(50, N_("Orders of three months"), load_orders),
    ]


@hookimpl
def arengo_migrations() -> MigrationHistory:
    return MigrationHistory("storefront", _HERE / "migrations", StorefrontBase.metadata)


@hookimpl
def arengo_resources() -> Resources:
    return Resources(
        templates=_HERE / "templates", locale=_HERE / "locale", static=_HERE / "static"
    )


@hookimpl
def arengo_data_grants() -> Sequence[DataGrant]:
    return DATA_GRANTS


@hookimpl
def arengo_permissions() -> Sequence[Permission]:
    return PERMISSIONS


@hookimpl
def arengo_acts() -> list[Act]:
    return ACTS
