"""Payments as a plugin: what its rooms bring, by hooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from arengo_core.caller import OrganizationKind, Permission
from arengo_core.database.migrate import MigrationHistory
from arengo_core.i18n import N_
from arengo_core.jobs.definition import Job, Schedule
from arengo_core.plugins.contributions import (
    Act,
    Capability,
    Companion,
    DemoStep,
    GraphqlContribution,
    HealthCheck,
    NavigationItem,
    Provider,
    Resources,
)
from arengo_core.plugins.grants import DataGrant
from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.plugins.manifest import Manifest, Meter, Service
from arengo_core.remote.kinds import RemoteKind
from arengo_payments import __version__
from arengo_payments.acts import ACTS
from arengo_payments.base import PLUGIN, SERVICE, TRANSACTIONS, PaymentsBase
from arengo_payments.capability import CAPABILITIES
from arengo_payments.checkout import janitor
from arengo_payments.collecting import models as _collecting
from arengo_payments.collecting.transitions import RETURN_DUPLICATE
from arengo_payments.data_grants import DATA_GRANTS
from arengo_payments.demo import loading
from arengo_payments.gateways.providers import PROVIDERS, STRIPE
from arengo_payments.gateways.remote import GATEWAY
from arengo_payments.overview import desk_pages, office_pages, statement_pages
from arengo_payments.overview.mutations import PaymentsMutation
from arengo_payments.overview.queries import PaymentsQuery
from arengo_payments.payouts import models as _payouts
from arengo_payments.permissions import MONEY, PAYMENTS, PERMISSIONS
from arengo_payments.refunds import making
from arengo_payments.refunds import models as _refunds
from arengo_payments.refunds.service import MAKE_REFUND
from arengo_payments.settings import PaymentSettings
from arengo_payments.statements import capability as statements
from arengo_payments.webhooks import models as _webhooks
from arengo_payments.webhooks import pages as webhook_pages

_HERE = Path(__file__).parent
TABLES = (_collecting, _refunds, _webhooks, _payouts)


@hookimpl
def arengo_manifest() -> Manifest:
    return Manifest(
        key=PLUGIN,
        title=N_("Payments"),
        description=N_("Cards on a secure hosted page, and payment at the counter."),
        version=__version__,
        requires={"marketplace": ">=0.1"},
        licence="EUPL-1.2",
    )


@hookimpl
def arengo_services() -> list[Service]:
    return [
        Service(
            key=SERVICE,
            title=N_("Card payments"),
            description=N_(
                "Shoppers pay by card on a secure hosted page; one payment for all shops of an"
                " order, what each merchant is due kept in the ledger."
            ),
            serves=frozenset({OrganizationKind.MUNICIPALITY, OrganizationKind.MERCHANT}),
            settings=PaymentSettings,
            meters=(Meter(TRANSACTIONS, N_("Card payments"), N_("payments")),),
            icon="it-card",
            grants=(
                "core.own_data:read",
                "marketplace.membership:read",
                "marketplace.usage:write",
                "marketplace.ledger:write",
                "payments.money:read",
                "payments.money:write",
            ),
        )
    ]


@hookimpl
def arengo_capabilities() -> list[Capability]:
    return [*CAPABILITIES, *statements.CAPABILITIES]


@hookimpl
def arengo_remote_kinds() -> list[RemoteKind]:
    return [GATEWAY]


@hookimpl
def arengo_providers() -> list[Provider]:
    return PROVIDERS


@hookimpl
def arengo_graphql() -> GraphqlContribution:
    return GraphqlContribution(queries=(PaymentsQuery,), mutations=(PaymentsMutation,))


@hookimpl
def arengo_routes() -> list[Any]:
    return [
        *office_pages.ROUTES,
        *statement_pages.ROUTES,
        *desk_pages.ROUTES,
        *webhook_pages.ROUTES,
    ]


@hookimpl
def arengo_navigation() -> list[NavigationItem]:
    return [
        NavigationItem(
            "office",
            N_("Payments"),
            "/office/payments",
            order=60,
            icon="it-card",
            permissions=(PAYMENTS,),
        ),
        NavigationItem(
            "desk",
            N_("Money"),
            "/desk/money",
            order=40,
            icon="it-card",
            permissions=(MONEY,),
        ),
    ]


@hookimpl
def arengo_jobs() -> list[Job]:
    return [
        Job(
            MAKE_REFUND,
            making.make_refund,
            title=N_("Make a refund"),
            service=SERVICE,
            finishes=True,
        ),
        Job(
            RETURN_DUPLICATE,
            making.return_duplicate,
            title=N_("Return a payment made twice"),
            service=SERVICE,
            finishes=True,
        ),
    ]


@hookimpl
def arengo_schedules() -> list[Schedule]:
    return [
        Schedule(
            Job(
                janitor.RESOLVE,
                janitor.resolve,
                attempts=1,
                title=N_("Ask how open payments ended"),
                service=SERVICE,
                finishes=True,
            ),
            "* * * * *",
        )
    ]


@hookimpl
def arengo_migrations() -> MigrationHistory:
    return MigrationHistory("payments", _HERE / "migrations", PaymentsBase.metadata)


@hookimpl
def arengo_resources() -> Resources:
    return Resources(templates=_HERE / "templates", locale=_HERE / "locale")


@hookimpl
def arengo_health_checks() -> list[HealthCheck]:
    return [
        HealthCheck(
            "payments.outcomes",
            N_("No payment is without a known outcome for an hour"),
            janitor.nothing_lasts_unknown,
            every=timedelta(minutes=5),
        )
    ]


@hookimpl
def arengo_demo() -> list[DemoStep]:
    return [
        DemoStep(45, N_("Payments: who collects"), loading.name_collecting_entity),
        DemoStep(55, N_("Payments: what the stand-in for Stripe knows"), loading.tell_standin),
    ]


@hookimpl
def arengo_companions() -> list[Companion]:
    return [
        Companion(
            STRIPE,
            N_("Stand-in for Stripe"),
            ("arengo_payments.demo.standin", "{port}", "{base_url}"),
            ready_path="/_control/health",
        )
    ]


@hookimpl
def arengo_data_grants() -> Sequence[DataGrant]:
    return DATA_GRANTS


@hookimpl
def arengo_permissions() -> Sequence[Permission]:
    return PERMISSIONS


@hookimpl
def arengo_acts() -> list[Act]:
    return ACTS
