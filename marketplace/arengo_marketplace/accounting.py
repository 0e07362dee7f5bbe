"""What metering, pools, settlements, statements and ledger register with the host."""

from __future__ import annotations

from typing import Any

from arengo_core.caller import Permission
from arengo_core.i18n import N_
from arengo_core.jobs.definition import Job, Schedule
from arengo_core.plugins.contributions import NavigationItem
from arengo_marketplace.budget import models as _budget_tables
from arengo_marketplace.budget import pages as budget_pages
from arengo_marketplace.budget.mutations import BudgetMutation
from arengo_marketplace.budget.queries import BudgetQuery
from arengo_marketplace.deliveries import jobs as delivery_jobs
from arengo_marketplace.deliveries import models as _delivery_tables
from arengo_marketplace.deliveries import pages as delivery_pages
from arengo_marketplace.dunning import jobs as dunning_jobs
from arengo_marketplace.dunning import models as _dunning_tables
from arengo_marketplace.dunning import pages as dunning_pages
from arengo_marketplace.dunning.mutations import DunningMutation
from arengo_marketplace.fairness import models as _fairness_tables
from arengo_marketplace.fairness import pages as fairness_pages
from arengo_marketplace.fairness import reckoning
from arengo_marketplace.fairness.mutations import FairnessMutation
from arengo_marketplace.fairness.queries import FairnessQuery
from arengo_marketplace.funding import models as _funding_tables
from arengo_marketplace.funding import pages as funding_pages
from arengo_marketplace.funding import reminding as grant_reminders
from arengo_marketplace.funding.mutations import FundingMutation
from arengo_marketplace.funding.queries import FundingQuery
from arengo_marketplace.ledger import models as _ledger_tables
from arengo_marketplace.ledger import pages as ledger_pages
from arengo_marketplace.ledger.queries import LedgerQuery
from arengo_marketplace.metering import batch_pages
from arengo_marketplace.metering import jobs as metering_jobs
from arengo_marketplace.metering import models as _metering_tables
from arengo_marketplace.metering import pages as metering_pages
from arengo_marketplace.metering import remote_pages as remote_metering
from arengo_marketplace.metering.mutations import MeteringMutation
from arengo_marketplace.metering.queries import MeteringQuery
from arengo_marketplace.permissions import (
    ALL_FIGURES,
    COSTS,
    FIGURES,
    INCOME,
    LEDGER,
    OFFICE,
    SERVICES,
    SETTLEMENTS,
)
from arengo_marketplace.pools import import_pages, importing
from arengo_marketplace.pools import models as _pool_tables
from arengo_marketplace.pools import pages as pool_pages
from arengo_marketplace.pools.mutations import PoolsMutation
from arengo_marketplace.pools.queries import PoolsQuery
from arengo_marketplace.settlements import closing, keeping
from arengo_marketplace.settlements import models as _settlement_tables
from arengo_marketplace.settlements import pages as settlement_pages
from arengo_marketplace.settlements.commands import COMMANDS
from arengo_marketplace.settlements.mutations import SettlementsMutation
from arengo_marketplace.settlements.queries import SettlementsQuery
from arengo_marketplace.statements import change_pages, mayor_pages, online_pages, payment_pages
from arengo_marketplace.statements import file_pages as statement_files
from arengo_marketplace.statements import models as _statement_tables
from arengo_marketplace.statements import pages as statement_pages
from arengo_marketplace.statements.mutations import StatementsMutation
from arengo_marketplace.statements.queries import StatementsQuery
from arengo_marketplace.whatif import pages as what_if_pages
from arengo_marketplace.whatif.queries import WhatIfQuery

TABLES = (
    _metering_tables,
    _pool_tables,
    _funding_tables,
    _budget_tables,
    _settlement_tables,
    _statement_tables,
    _delivery_tables,
    _dunning_tables,
    _ledger_tables,
    _fairness_tables,
)
JOBS: list[Job] = [
    *delivery_jobs.JOBS,
    *dunning_jobs.JOBS,
    *grant_reminders.JOBS,
    *keeping.JOBS,
]
TASKS = [closing.CLOSE, importing.IMPORT, reckoning.RECKON]
SCHEDULES: list[Schedule] = [
    *metering_jobs.SCHEDULES,
    *dunning_jobs.SCHEDULES,
    *grant_reminders.SCHEDULES,
    *keeping.SCHEDULES,
]

QUERIES: tuple[type[Any], ...] = (
    PoolsQuery,
    FundingQuery,
    BudgetQuery,
    SettlementsQuery,
    StatementsQuery,
    MeteringQuery,
    LedgerQuery,
    WhatIfQuery,
    FairnessQuery,
)
MUTATIONS: tuple[type[Any], ...] = (
    PoolsMutation,
    FundingMutation,
    BudgetMutation,
    SettlementsMutation,
    StatementsMutation,
    DunningMutation,
    MeteringMutation,
    FairnessMutation,
)

ROUTES: list[Any] = [
    *pool_pages.ROUTES,
    *import_pages.ROUTES,
    *funding_pages.ROUTES,
    *budget_pages.ROUTES,
    *settlement_pages.ROUTES,
    *statement_pages.ROUTES,
    *online_pages.ROUTES,
    *payment_pages.ROUTES,
    *statement_files.ROUTES,
    *change_pages.ROUTES,
    *delivery_pages.ROUTES,
    *dunning_pages.ROUTES,
    *mayor_pages.ROUTES,
    *metering_pages.ROUTES,
    *batch_pages.ROUTES,
    *remote_metering.ROUTES,
    *ledger_pages.ROUTES,
    *what_if_pages.ROUTES,
    *fairness_pages.ROUTES,
]

_GROUP = N_("Costs")


def _item(label: str, path: str, order: int, *permissions: Permission) -> NavigationItem:
    return NavigationItem("office", label, path, order, permissions=permissions, group=_GROUP)


NAVIGATION = [
    _item(N_("The year on a page"), "/office/mayor", 40, ALL_FIGURES, FIGURES),
    _item(N_("Costs"), "/office/costs", 41, COSTS),
    _item(N_("Grants"), "/office/funding", 41, COSTS),
    _item(N_("Settlements"), "/office/settlements", 42, SETTLEMENTS),
    _item(N_("Statements"), "/office/statements", 43, ALL_FIGURES, FIGURES),
    _item(N_("Overdue"), "/office/overdue", 43, INCOME),
    _item(N_("Use"), "/office/usage", 44, ALL_FIGURES, FIGURES),
    _item(N_("Ledger"), "/office/ledger", 45, LEDGER),
    _item(N_("What if"), "/office/what-if", 46, OFFICE, SERVICES, FIGURES),
    NavigationItem("desk", N_("Statements"), "/office/statements", 82, permissions=(FIGURES,)),
    NavigationItem("desk", N_("Use"), "/office/usage", 83, permissions=(FIGURES,)),
]

__all__ = [
    "COMMANDS",
    "JOBS",
    "MUTATIONS",
    "NAVIGATION",
    "QUERIES",
    "ROUTES",
    "SCHEDULES",
    "TABLES",
]
