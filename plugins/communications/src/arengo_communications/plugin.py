"""What communications registers with the host."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from arengo_communications.acts import ACTS
from arengo_communications.announcements import sending
from arengo_communications.announcements.mutations import AnnouncementsMutation
from arengo_communications.announcements.pages import ROUTES as ANNOUNCEMENT_PAGES
from arengo_communications.announcements.queries import AnnouncementsQuery
from arengo_communications.base import CommunicationsBase
from arengo_communications.channels import email, inbox
from arengo_communications.channels.remote import CHANNEL
from arengo_communications.contract import Announcements, Channel, Messages
from arengo_communications.data_grants import DATA_GRANTS
from arengo_communications.demo.steps import STEPS
from arengo_communications.inbox.mutations import InboxMutation
from arengo_communications.inbox.pages import ROUTES as INBOX_PAGES
from arengo_communications.inbox.queries import InboxQuery
from arengo_communications.messages import dispatch, usage
from arengo_communications.messages.correspondence import CorrespondenceService
from arengo_communications.messages.mutations import MessagesMutation
from arengo_communications.messages.pages import ROUTES as MESSAGE_PAGES
from arengo_communications.messages.queries import MessagesQuery
from arengo_communications.messages.service import MessageService
from arengo_communications.offering import SERVICE, SERVICE_KEY
from arengo_communications.permissions import ANNOUNCEMENTS, INBOX, PERMISSIONS
from arengo_communications.subscriptions import consents
from arengo_communications.subscriptions.capability import PublicAnnouncements
from arengo_communications.subscriptions.mutations import SubscriptionsMutation
from arengo_communications.subscriptions.pages import ROUTES as SUBSCRIPTION_PAGES
from arengo_core.caller import Permission
from arengo_core.consents.contract import ConsentSource
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
from arengo_core.tasks.definition import TaskKind
from arengo_marketplace.contract import Correspondence

_HERE = Path(__file__).parent


@hookimpl
def arengo_manifest() -> Manifest:
    return Manifest(
        key="communications",
        title=N_("Communications"),
        description=SERVICE.description,
        version="0.1.0",
        requires={"marketplace": ">=0.1,<2"},
        author="Arengo",
        licence="EUPL-1.2",
    )


@hookimpl
def arengo_services() -> list[Service]:
    return [SERVICE]


def _messages(host: Host, uow: UnitOfWork | None) -> MessageService:
    if uow is None:
        raise TypeError("Messages works in the caller's transaction")
    return MessageService(host, uow)


@hookimpl
def arengo_capabilities() -> list[Capability]:
    return [
        Capability(Messages, _messages, service=SERVICE_KEY),
        Capability(Correspondence, CorrespondenceService, service=SERVICE_KEY),
        Capability(Announcements, lambda _host, _uow: PublicAnnouncements(), service=SERVICE_KEY),
    ]


@hookimpl
def arengo_remote_kinds() -> list[RemoteKind]:
    return [CHANNEL]


@hookimpl
def arengo_providers() -> list[Provider]:
    return [
        Provider(Channel, email.EMAIL, email.TITLE, email.EmailChannel),
        Provider(Channel, inbox.INBOX, inbox.TITLE, inbox.InboxChannel),
    ]


@hookimpl
def arengo_migrations() -> MigrationHistory:
    return MigrationHistory("communications", _HERE / "migrations", CommunicationsBase.metadata)


@hookimpl
def arengo_resources() -> Resources:
    return Resources(templates=_HERE / "templates", locale=_HERE / "locale")


@hookimpl
def arengo_jobs() -> list[Job]:
    return [*dispatch.JOBS, *usage.JOBS]


@hookimpl
def arengo_tasks() -> list[TaskKind]:
    return [sending.SEND]


@hookimpl
def arengo_routes() -> list[object]:
    return [*MESSAGE_PAGES, *INBOX_PAGES, *SUBSCRIPTION_PAGES, *ANNOUNCEMENT_PAGES]


@hookimpl
def arengo_navigation() -> list[NavigationItem]:
    return [
        NavigationItem(
            "office",
            N_("Announcements"),
            "/office/announcements",
            order=60,
            icon="horn",
            permissions=(ANNOUNCEMENTS,),
            service=SERVICE_KEY,
        ),
        NavigationItem(
            "office",
            N_("Inbox"),
            "/office/inbox",
            70,
            "inbox",
            permissions=(INBOX,),
            service=SERVICE_KEY,
        ),
        NavigationItem(
            "desk",
            N_("Inbox"),
            "/desk/inbox",
            70,
            "inbox",
            permissions=(INBOX,),
            service=SERVICE_KEY,
        ),
    ]


@hookimpl
def arengo_graphql() -> GraphqlContribution:
    return GraphqlContribution(
        queries=(MessagesQuery, InboxQuery, AnnouncementsQuery),
        mutations=(
            MessagesMutation,
            InboxMutation,
            SubscriptionsMutation,
            AnnouncementsMutation,
        ),
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
def arengo_consents() -> list[ConsentSource]:
    return [consents.SOURCE]


@hookimpl
def arengo_acts() -> list[Act]:
    return ACTS
