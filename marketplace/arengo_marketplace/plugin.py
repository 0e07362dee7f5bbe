"""The marketplace joins the host by the same hooks as any plugin."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from arengo_core import __version__
from arengo_core.caller import Permission
from arengo_core.consents.contract import ConsentSource
from arengo_core.database.migrate import MigrationHistory
from arengo_core.jobs.definition import Job, Schedule
from arengo_core.permissions.contract import Federation
from arengo_core.plugins.contributions import (
    Act,
    Capability,
    DemoStep,
    GraphqlContribution,
    NavigationItem,
    Resources,
    Slot,
)
from arengo_core.plugins.grants import DataGrant
from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.plugins.manifest import Manifest
from arengo_core.tasks.definition import TaskKind
from arengo_marketplace import accounting, graphql, pages
from arengo_marketplace.activations import export
from arengo_marketplace.activations import models as _activation_tables
from arengo_marketplace.base import MarketplaceBase
from arengo_marketplace.capability import MarketplaceCapability
from arengo_marketplace.consents import asking, log
from arengo_marketplace.consents import models as _consent_tables
from arengo_marketplace.contract import DASHBOARD_SLOT, Marketplace
from arengo_marketplace.data_grants import DATA_GRANTS
from arengo_marketplace.demo import steps
from arengo_marketplace.members import commands, joining
from arengo_marketplace.members import models as _member_tables
from arengo_marketplace.members.federation import Peers
from arengo_marketplace.offers import models as _offer_tables
from arengo_marketplace.offers import price_mails
from arengo_marketplace.office.acts import ACTS
from arengo_marketplace.permissions import PERMISSIONS
from arengo_marketplace.pledges import models as _pledge_tables
from arengo_marketplace.pledges import review as pledge_review
from arengo_marketplace.votes import jobs as vote_jobs
from arengo_marketplace.votes import models as _vote_tables

_HERE = Path(__file__).parent
TABLES = (
    _member_tables,
    _offer_tables,
    _activation_tables,
    _pledge_tables,
    _vote_tables,
    _consent_tables,
    *accounting.TABLES,
)


@hookimpl
def arengo_manifest() -> Manifest:
    return Manifest(
        key="marketplace",
        title="Marketplace",
        description="Members, offers, activations, metering, costs and settlements.",
        version=__version__,
    )


@hookimpl
def arengo_migrations() -> MigrationHistory:
    return MigrationHistory("marketplace", _HERE / "migrations", MarketplaceBase.metadata)


@hookimpl
def arengo_resources() -> Resources:
    return Resources(templates=_HERE / "templates", locale=_HERE / "locale")


@hookimpl
def arengo_capabilities() -> list[Capability]:
    return [
        Capability(Marketplace, MarketplaceCapability),
        Capability(Federation, lambda _host, uow: Peers(uow)),
    ]


@hookimpl
def arengo_jobs() -> list[Job]:
    return [
        *joining.JOBS,
        *asking.JOBS,
        *pledge_review.JOBS,
        *price_mails.JOBS,
        *vote_jobs.JOBS,
        *accounting.JOBS,
    ]


@hookimpl
def arengo_tasks() -> list[TaskKind]:
    return [export.EXPORT, *accounting.TASKS]


@hookimpl
def arengo_schedules() -> list[Schedule]:
    return [
        *asking.SCHEDULES,
        *pledge_review.SCHEDULES,
        *vote_jobs.SCHEDULES,
        *accounting.SCHEDULES,
    ]


@hookimpl
def arengo_routes() -> list[object]:
    return [*pages.ROUTES, *accounting.ROUTES]


@hookimpl
def arengo_navigation() -> list[NavigationItem]:
    return [*pages.NAVIGATION, *accounting.NAVIGATION]


@hookimpl
def arengo_slots() -> list[Slot]:
    return [DASHBOARD_SLOT]


@hookimpl
def arengo_graphql() -> GraphqlContribution:
    return graphql.CONTRIBUTION


@hookimpl
def arengo_commands() -> list[click.Command]:
    return [commands.setup, *accounting.COMMANDS]


@hookimpl
def arengo_demo() -> list[DemoStep]:
    return [*steps.STEPS]


@hookimpl
def arengo_data_grants() -> Sequence[DataGrant]:
    return DATA_GRANTS


@hookimpl
def arengo_permissions() -> Sequence[Permission]:
    return PERMISSIONS


@hookimpl
def arengo_consents() -> list[ConsentSource]:
    return [log.SOURCE]


@hookimpl
def arengo_acts() -> list[Act]:
    return ACTS
