"""What subscribers agreed to: kept beside the subscription, and in the consent log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from arengo_communications.subscriptions import repository
from arengo_communications.subscriptions.models import Subscription, SubscriptionConsent
from arengo_core.consents.contract import Before, ConsentAct, ConsentEntry, ConsentSource
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.ids import new_id


async def give(uow: UnitOfWork, row: Subscription, words: Sequence[str], at: datetime) -> None:
    """Keep that a subscriber agreed, and to which words."""
    uow.session.add(_of(row, ConsentAct.GIVEN, at, words=words))
    await uow.session.flush()


async def withdraw(uow: UnitOfWork, row: Subscription, at: datetime) -> None:
    """Keep that a subscriber withdrew; from now the time runs until it is deleted."""
    await repository.end_consents(uow.session, row.organization_id, row.email_digest, at)
    uow.session.add(_of(row, ConsentAct.WITHDRAWN, at, over_at=at))
    await uow.session.flush()


def _of(
    row: Subscription,
    act: ConsentAct,
    at: datetime,
    *,
    words: Sequence[str] = (),
    over_at: datetime | None = None,
) -> SubscriptionConsent:
    return SubscriptionConsent(
        id=new_id(),
        organization_id=row.organization_id,
        email_digest=row.email_digest,
        email_sealed=row.email_sealed,
        act=act.value,
        words=list(words),
        at=at,
        over_at=over_at,
    )


async def read(
    host: Host, uow: UnitOfWork, organization_id: UUID, before: Before | None, limit: int
) -> Sequence[ConsentEntry]:
    """A municipality's subscribers in the consent log, newest first."""
    rows = await repository.consents(uow.session, organization_id, before, limit)
    what = gettext("Announcements by e-mail")
    return [
        ConsentEntry(
            id=row.id,
            at=row.at,
            who=host.cipher.decrypt(row.email_sealed)["email"],
            what=what,
            act=ConsentAct(row.act),
            words=tuple(row.words),
        )
        for row in rows
    ]


SOURCE = ConsentSource("communications.announcements", read)
