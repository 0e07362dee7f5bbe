"""Core as a plugin of its own: its tables, jobs, pages and commands, by the same hooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from arengo_core import __version__
from arengo_core.audit.acts import ACTS
from arengo_core.audit.pages import ROUTES as AUDIT_PAGES
from arengo_core.audit.queries import AuditQuery
from arengo_core.audit.sealing import SEAL_AUDIT
from arengo_core.caller import Permission
from arengo_core.consents.graphql import ConsentQuery
from arengo_core.consents.pages import ROUTES as CONSENT_PAGES
from arengo_core.database.core_base import CoreBase
from arengo_core.database.migrate import MigrationHistory
from arengo_core.database.unit_of_work import DELIVER
from arengo_core.feedback import models as _feedback_tables
from arengo_core.feedback import service as feedback
from arengo_core.feedback.graphql import FeedbackMutation
from arengo_core.feedback.pages import ROUTES as FEEDBACK_PAGES
from arengo_core.files import models as _file_tables
from arengo_core.files import service as files
from arengo_core.files.providers import PROVIDERS as FILE_STORES
from arengo_core.i18n import N_
from arengo_core.identity import mails, sessions
from arengo_core.identity.account_pages import ROUTES as ACCOUNT_PAGES
from arengo_core.identity.contract import IdentityProvider
from arengo_core.identity.elsewhere_graphql import CONTRIBUTION as ELSEWHERE_API
from arengo_core.identity.elsewhere_pages import ROUTES as ELSEWHERE_PAGES
from arengo_core.identity.graphql import CONTRIBUTION as IDENTITY_API
from arengo_core.identity.letter_pages import ROUTES as LETTER_PAGES
from arengo_core.identity.link_pages import ROUTES as LINK_PAGES
from arengo_core.identity.oidc.provider import make_oidc
from arengo_core.identity.pages import ROUTES as IDENTITY_PAGES
from arengo_core.identity.passkey_graphql import CONTRIBUTION as PASSKEY_API
from arengo_core.identity.passkey_pages import ROUTES as PASSKEY_PAGES
from arengo_core.identity.queries import PeopleQuery
from arengo_core.identity.second_step_graphql import CONTRIBUTION as SECOND_STEP_API
from arengo_core.identity.second_step_pages import ROUTES as SECOND_STEP_PAGES
from arengo_core.identity.session_graphql import CONTRIBUTION as SESSION_API
from arengo_core.identity.session_pages import ROUTES as SESSION_PAGES
from arengo_core.identity.token_graphql import CONTRIBUTION as TOKEN_API
from arengo_core.identity.tokens import CLEAR_TOKENS
from arengo_core.jobs import models as _job_tables
from arengo_core.jobs.definition import Job, Schedule
from arengo_core.jobs.graphql import DeadLetterMutation, DeadLetterQuery
from arengo_core.jobs.pages import ROUTES as JOB_PAGES
from arengo_core.jobs.replaying import REPLAY
from arengo_core.limits.requests import SCHEDULES as COUNTS
from arengo_core.organizations.pages import ROUTES as ORGANIZATION_PAGES
from arengo_core.outbox.delivery import deliver
from arengo_core.outbox.events import EventHandler
from arengo_core.permissions import models as _permission_tables
from arengo_core.permissions.data_grants import DATA_GRANTS
from arengo_core.permissions.declared import (
    CONSENTS,
    GRANTS,
    HELD_WORK,
    LOG,
    OWN_DATA,
    PEOPLE,
    PERMISSIONS,
)
from arengo_core.permissions.declared import WEBHOOKS as WEBHOOKS_KEPT
from arengo_core.permissions.graphql import CONTRIBUTION as PERMISSION_API
from arengo_core.permissions.pages import ROUTES as PERMISSION_PAGES
from arengo_core.plugins.contributions import (
    Act,
    GraphqlContribution,
    HealthCheck,
    NavigationItem,
    Provider,
    Resources,
)
from arengo_core.plugins.grants import DataGrant
from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.plugins.manifest import Manifest
from arengo_core.privacy.graphql import CONTRIBUTION as PRIVACY_API
from arengo_core.privacy.pages import ROUTES as PRIVACY_PAGES
from arengo_core.privacy.service import CLEAR_OVER
from arengo_core.remote import models as _remote_tables
from arengo_core.remote.graphql import CONTRIBUTION as REMOTE_API
from arengo_core.remote.pages import ROUTES as REMOTE_ROUTES
from arengo_core.remote.tokens import CLEAR_TOKENS as CLEAR_PLUGIN_TOKENS
from arengo_core.tasks import models as _task_tables
from arengo_core.tasks import service as tasks
from arengo_core.tasks.definition import TaskKind
from arengo_core.tasks.graphql import TaskMutation, TaskQuery
from arengo_core.tasks.pages import ROUTES as TASK_PAGES
from arengo_core.web import models as _site_tables
from arengo_core.web.legal import ROUTES as LEGAL_PAGES
from arengo_core.webhooks import models as _webhook_tables
from arengo_core.webhooks.graphql import WebhookMutation, WebhookQuery
from arengo_core.webhooks.notices import SEND_NOTICE
from arengo_core.webhooks.pages import ROUTES as WEBHOOK_PAGES
from arengo_core.webhooks.sending import HANDLER as WEBHOOKS
from arengo_core.webhooks.sending import SEND_WEBHOOK

_HERE = Path(__file__).parent
TABLES = (
    _feedback_tables,
    _file_tables,
    _job_tables,
    _permission_tables,
    _remote_tables,
    _site_tables,
    _task_tables,
    _webhook_tables,
)


@hookimpl
def arengo_manifest() -> Manifest:
    return Manifest(
        key="core",
        title="Core",
        description="Identity, plugins, database, pages.",
        version=__version__,
    )


@hookimpl
def arengo_migrations() -> MigrationHistory:
    return MigrationHistory("core", _HERE / "database" / "migrations", CoreBase.metadata)


@hookimpl
def arengo_resources() -> Resources:
    return Resources(templates=_HERE / "templates", locale=_HERE / "locale")


@hookimpl
def arengo_providers() -> list[Provider]:
    return [*FILE_STORES, Provider(IdentityProvider, "oidc", "OpenID Connect", make_oidc)]


@hookimpl
def arengo_jobs() -> list[Job]:
    return [
        Job(DELIVER, deliver, title=N_("Tell a plugin of an event")),
        SEND_WEBHOOK,
        SEND_NOTICE,
        *mails.JOBS,
        *feedback.JOBS,
        *files.JOBS,
    ]


@hookimpl
def arengo_tasks() -> list[TaskKind]:
    return [REPLAY]


@hookimpl
def arengo_health_checks() -> list[HealthCheck]:
    return [HealthCheck("core.files", N_("The file store answers"), files.answers)]


@hookimpl
def arengo_event_handlers() -> list[EventHandler]:
    return [WEBHOOKS]


@hookimpl
def arengo_schedules() -> list[Schedule]:
    return [
        Schedule(SEAL_AUDIT, "* * * * *"),
        Schedule(CLEAR_TOKENS, "23 3 * * *"),
        Schedule(CLEAR_PLUGIN_TOKENS, "27 * * * *"),
        *sessions.SCHEDULES,
        *files.SCHEDULES,
        *tasks.SCHEDULES,
        Schedule(CLEAR_OVER, "29 3 * * *"),
        *COUNTS,
    ]


@hookimpl
def arengo_routes() -> list[object]:
    return [
        *IDENTITY_PAGES,
        *ACCOUNT_PAGES,
        *SESSION_PAGES,
        *SECOND_STEP_PAGES,
        *LETTER_PAGES,
        *LINK_PAGES,
        *PASSKEY_PAGES,
        *ELSEWHERE_PAGES,
        *ORGANIZATION_PAGES,
        *PERMISSION_PAGES,
        *PRIVACY_PAGES,
        *AUDIT_PAGES,
        *CONSENT_PAGES,
        *FEEDBACK_PAGES,
        *JOB_PAGES,
        *TASK_PAGES,
        *WEBHOOK_PAGES,
        *LEGAL_PAGES,
        *REMOTE_ROUTES,
    ]


@hookimpl
def arengo_navigation() -> list[NavigationItem]:
    own = N_("Organization")
    entries = (
        (N_("Own data"), "/office/organization", 910, OWN_DATA),
        (N_("People"), "/office/people", 920, PEOPLE),
        (N_("Permissions"), "/office/permissions", 925, GRANTS),
        (N_("Log"), "/office/log", 930, LOG),
        (N_("Consents"), "/office/consents", 935, CONSENTS),
        (N_("Webhooks"), "/office/webhooks", 940, WEBHOOKS_KEPT),
    )
    work = [
        NavigationItem(face, N_("Work under way"), "/office/tasks", order=945, group=own)
        for face in ("office", "desk")
    ]
    held = NavigationItem(
        "office",
        N_("Held work"),
        "/office/held",
        order=73,
        permissions=(HELD_WORK,),
        group=N_("Consortium"),
    )
    return [
        held,
        *work,
        *(
            NavigationItem(face, label, path, order=order, permissions=(permission,), group=own)
            for face in ("office", "desk")
            for label, path, order, permission in entries
        ),
    ]


@hookimpl
def arengo_graphql() -> GraphqlContribution:
    return replace(
        IDENTITY_API,
        queries=(
            *IDENTITY_API.queries,
            *SESSION_API.queries,
            *SECOND_STEP_API.queries,
            *PASSKEY_API.queries,
            *ELSEWHERE_API.queries,
            *TOKEN_API.queries,
            *PERMISSION_API.queries,
            *PRIVACY_API.queries,
            *REMOTE_API.queries,
            PeopleQuery,
            AuditQuery,
            ConsentQuery,
            DeadLetterQuery,
            TaskQuery,
            WebhookQuery,
        ),
        mutations=(
            *IDENTITY_API.mutations,
            *SESSION_API.mutations,
            *SECOND_STEP_API.mutations,
            *PASSKEY_API.mutations,
            *ELSEWHERE_API.mutations,
            *TOKEN_API.mutations,
            *PERMISSION_API.mutations,
            *PRIVACY_API.mutations,
            FeedbackMutation,
            DeadLetterMutation,
            TaskMutation,
            WebhookMutation,
        ),
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
