"""What delivery registers with the host."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from arengo_core.caller import Permission
from arengo_core.database.migrate import MigrationHistory
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.jobs.definition import Job
from arengo_core.plugins.contributions import (
    Act,
    Capability,
    DemoStep,
    GraphqlContribution,
    NavigationItem,
    Provider,
    Resources,
)
from arengo_core.plugins.grants import DataGrant
from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.plugins.manifest import Manifest, Service
from arengo_core.remote.kinds import RemoteKind
from arengo_delivery.acts import ACTS
from arengo_delivery.base import DeliveryBase
from arengo_delivery.carriers import keys, pick_up_point, valley_courier
from arengo_delivery.carriers.remote import CARRIER
from arengo_delivery.contract import Carrier, Delivery
from arengo_delivery.counter.mutations import CounterMutation
from arengo_delivery.counter.pages import ROUTES as COUNTER_PAGES
from arengo_delivery.counter.queries import CounterQuery
from arengo_delivery.data_grants import DATA_GRANTS
from arengo_delivery.demo.steps import STEPS
from arengo_delivery.offering import SERVICE, SERVICE_KEY
from arengo_delivery.parcels import booking, notices, usage
from arengo_delivery.parcels.capability import DeliveryService
from arengo_delivery.parcels.courier_pages import ROUTES as COURIER_PAGES
from arengo_delivery.parcels.mutations import ParcelsMutation
from arengo_delivery.parcels.pages import ROUTES as PARCEL_PAGES
from arengo_delivery.parcels.queries import ParcelsQuery
from arengo_delivery.parcels.tracking_pages import ROUTES as TRACKING_PAGES
from arengo_delivery.permissions import ALL_PARCELS, COUNTER, COURIER, PARCELS, PERMISSIONS, TARIFFS
from arengo_delivery.points.mutations import PointsMutation
from arengo_delivery.points.pages import ROUTES as POINT_PAGES
from arengo_delivery.points.queries import PointsQuery
from arengo_delivery.tariffs.mutations import TariffsMutation
from arengo_delivery.tariffs.pages import ROUTES as TARIFF_PAGES
from arengo_delivery.tariffs.queries import TariffsQuery

_HERE = Path(__file__).parent


@hookimpl
def arengo_manifest() -> Manifest:
    return Manifest(
        key="delivery",
        title=N_("Delivery"),
        description=SERVICE.description,
        version="0.1.0",
        requires={"marketplace": ">=0.1,<2"},
        uses={"communications": ">=0.1,<2"},
        author="Arengo",
        licence="EUPL-1.2",
    )


@hookimpl
def arengo_services() -> list[Service]:
    return [SERVICE]


def _delivery(host: Host, uow: UnitOfWork | None) -> DeliveryService:
    if uow is None:
        raise TypeError("Delivery works in the caller's transaction")
    return DeliveryService(host, uow)


@hookimpl
def arengo_capabilities() -> list[Capability]:
    return [Capability(Delivery, _delivery, service=SERVICE_KEY)]


@hookimpl
def arengo_remote_kinds() -> list[RemoteKind]:
    return [CARRIER]


@hookimpl
def arengo_providers() -> list[Provider]:
    return [
        Provider(Carrier, keys.VALLEY_COURIER, valley_courier.TITLE, valley_courier.ValleyCourier),
        Provider(
            Carrier, keys.PICK_UP_POINT, pick_up_point.TITLE, pick_up_point.PickUpPointCarrier
        ),
    ]


@hookimpl
def arengo_migrations() -> MigrationHistory:
    return MigrationHistory("delivery", _HERE / "migrations", DeliveryBase.metadata)


@hookimpl
def arengo_resources() -> Resources:
    return Resources(templates=_HERE / "templates", locale=_HERE / "locale")


@hookimpl
def arengo_jobs() -> list[Job]:
    return [*booking.JOBS, *notices.JOBS, *usage.JOBS]


@hookimpl
def arengo_routes() -> list[object]:
    return [
        *TARIFF_PAGES,
        *POINT_PAGES,
        *PARCEL_PAGES,
        *COURIER_PAGES,
        *COUNTER_PAGES,
        *TRACKING_PAGES,
    ]


@hookimpl
def arengo_navigation() -> list[NavigationItem]:
    return [
        NavigationItem(
            "office",
            N_("Delivery"),
            "/office/delivery",
            50,
            "box",
            permissions=(TARIFFS, ALL_PARCELS),
        ),
        NavigationItem(
            "office",
            N_("Counter"),
            "/office/counter",
            50,
            "box",
            permissions=(COUNTER,),
            service=SERVICE_KEY,
        ),
        NavigationItem(
            "office",
            N_("Courier"),
            "/office/courier",
            51,
            "car",
            permissions=(ALL_PARCELS, COURIER),
            service=SERVICE_KEY,
        ),
        NavigationItem(
            "desk",
            N_("Parcels"),
            "/desk/parcels",
            30,
            "box",
            permissions=(PARCELS,),
            service=SERVICE_KEY,
        ),
        NavigationItem(
            "desk",
            N_("Counter"),
            "/desk/counter",
            31,
            "map-marker",
            permissions=(COUNTER,),
            service=SERVICE_KEY,
        ),
    ]


@hookimpl
def arengo_graphql() -> GraphqlContribution:
    return GraphqlContribution(
        queries=(TariffsQuery, PointsQuery, ParcelsQuery, CounterQuery),
        mutations=(TariffsMutation, PointsMutation, ParcelsMutation, CounterMutation),
    )


@hookimpl
def arengo_demo() -> list[DemoStep]:
    return STEPS


@hookimpl
def arengo_data_grants() -> Sequence[DataGrant]:
    return DATA_GRANTS


@hookimpl
def arengo_permissions() -> Sequence[Permission]:
    return PERMISSIONS


@hookimpl
def arengo_acts() -> list[Act]:
    return ACTS
