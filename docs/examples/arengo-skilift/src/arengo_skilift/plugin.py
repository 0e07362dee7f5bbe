"""All that the host knows of this plugin: hooks register, nothing else happens here."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from arengo_core.caller import OrganizationKind, Permission
from arengo_core.database.migrate import MigrationHistory
from arengo_core.jobs.definition import Job, Schedule
from arengo_core.outbox.events import EventHandler
from arengo_core.plugins.contributions import (
    Capability,
    FieldExtension,
    GraphqlContribution,
    NavigationItem,
    Resources,
    SlotPart,
)
from arengo_core.plugins.grants import DataGrant
from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.plugins.manifest import Manifest, Meter, Service, setting
from arengo_marketplace.contract import DASHBOARD_SLOT
from arengo_skilift import __version__
from arengo_skilift.contract import SERVICE, LiftReported, LiftReports
from arengo_skilift.lifts import graphql, pages, reactions, service
from arengo_skilift.lifts.models import SkiliftBase
from arengo_skilift.permissions import DATA_GRANTS, REPORT

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class SkiliftSettings:
    """What a member enters when it switches the service on."""

    phone: str = setting("Phone of the lifts' office", help="Shown to officers.", default="")


@hookimpl
def arengo_manifest() -> Manifest:
    return Manifest(
        key="skilift",
        title="Lift reports",
        description="Which lifts of the valley run today.",
        version=__version__,
        author="A lift company of the valley",
        licence="EUPL-1.2",
        requires={"marketplace": ">=0.1"},
        uses={"storefront": ">=0.1"},
    )


@hookimpl
def arengo_services() -> list[Service]:
    return [
        Service(
            key=SERVICE,
            title="Lift reports",
            description="Say which of your lifts run; everybody in the valley sees it.",
            serves=frozenset({OrganizationKind.MUNICIPALITY, OrganizationKind.MERCHANT}),
            settings=SkiliftSettings,
            meters=(Meter(reactions.METER, "Reports", "reports"),),
            icon="it-map-marker",
            grants=(*(grant.key for grant in DATA_GRANTS), "marketplace.usage:write"),
        )
    ]


@hookimpl
def arengo_capabilities() -> list[Capability]:
    return [Capability(LiftReports, lambda _host, uow: service.Reports(uow), SERVICE)]


@hookimpl
def arengo_graphql() -> GraphqlContribution:
    extensions = [
        FieldExtension(
            "Organization",
            "open_lifts",
            graphql.open_lifts,
            "How many of its lifts run; null without lift reports.",
            service=SERVICE,
            member=graphql.organization_of,
        )
    ]
    if find_spec("arengo_storefront") is not None:
        from arengo_storefront.contract import PRODUCT_TYPE

        extensions.append(
            FieldExtension(
                PRODUCT_TYPE,
                "open_lifts_nearby",
                graphql.open_lifts_nearby,
                "How many lifts run where the shop is; null without lift reports.",
            )
        )
    return GraphqlContribution(
        queries=(graphql.LiftQuery,),
        mutations=(graphql.LiftMutation,),
        extensions=tuple(extensions),
    )


@hookimpl
def arengo_routes() -> list[object]:
    return list(pages.ROUTES)


@hookimpl
def arengo_permissions() -> list[Permission]:
    return [REPORT]


@hookimpl
def arengo_data_grants() -> list[DataGrant]:
    return [*DATA_GRANTS]


@hookimpl
def arengo_navigation() -> list[NavigationItem]:
    return [
        NavigationItem("market", "Lifts", "/lifts", order=80),
        NavigationItem(
            "office",
            "Lifts",
            "/office/lifts",
            order=80,
            permissions=(REPORT,),
            service=SERVICE,
        ),
    ]


@hookimpl
def arengo_slot_parts() -> list[SlotPart]:
    return [
        SlotPart(DASHBOARD_SLOT.key, "skilift/card.html", pages.card_of, service=SERVICE),
    ]


@hookimpl
def arengo_event_handlers() -> list[EventHandler]:
    return [EventHandler(LiftReported, reactions.on_report, "skilift.count", service=SERVICE)]


@hookimpl
def arengo_jobs() -> list[Job]:
    return [Job(reactions.COUNT, reactions.count_report, service=SERVICE, finishes=True)]


@hookimpl
def arengo_schedules() -> list[Schedule]:
    return [Schedule(Job(reactions.FORGET, reactions.forget_stale), "10 * * * *")]


@hookimpl
def arengo_migrations() -> MigrationHistory:
    return MigrationHistory("skilift", _HERE / "migrations", SkiliftBase.metadata)


@hookimpl
def arengo_resources() -> Resources:
    return Resources(templates=_HERE / "templates", locale=_HERE / "locale")
