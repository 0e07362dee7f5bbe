"""Sealing the audit log: each organization's entries in a chain of batch digests."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from arengo_core import clock
from arengo_core.audit.models import AuditEntry, AuditSeal
from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.jobs.definition import Job
from arengo_core.organizations.models import Organization

_BATCH = 5_000
# No transaction lasts as long (idle and statement limits): older rows are all committed.
_SETTLED = timedelta(minutes=2)
_GENESIS = b"\0" * 32


def chain(previous: bytes, entries: list[AuditEntry]) -> bytes:
    """SHA-256 over the previous link and the canonical rows of a batch."""
    link = hashlib.sha256(previous)
    for entry in entries:
        row = [
            str(entry.id),
            entry.at.isoformat(),
            str(entry.actor_id),
            entry.action,
            entry.object_type,
            str(entry.object_id),
            entry.details,
        ]
        link.update(hashlib.sha256(msgspec.json.encode(row, order="sorted")).digest())
    return link.digest()


async def _seal(host: Host, organization_id: UUID) -> None:
    async with host.unit_of_work(Caller.program([organization_id])) as uow:
        last = (
            await uow.session.execute(
                select(AuditSeal)
                .where(AuditSeal.organization_id == organization_id)
                .order_by(AuditSeal.id.desc())
                .limit(1)
            )
        ).scalar_one_or_none()
        statement = (
            select(AuditEntry)
            .where(
                AuditEntry.organization_id == organization_id,
                AuditEntry.at < clock.now() - _SETTLED,
            )
            .order_by(AuditEntry.id)
            .limit(_BATCH)
        )
        if last is not None:
            statement = statement.where(AuditEntry.id > last.last_entry_id)
        entries = list((await uow.session.execute(statement)).scalars())
        if not entries:
            return
        uow.session.add(
            AuditSeal(
                id=new_id(),
                organization_id=organization_id,
                sealed_at=clock.now(),
                last_entry_id=entries[-1].id,
                entries=len(entries),
                digest=chain(last.digest if last else _GENESIS, entries),
            )
        )


async def verify(host: Host, organization_id: UUID) -> UUID | None:
    """Recompute an organization's chain; the first seal that does not fit, None if all do."""
    async with host.unit_of_work(Caller.program([organization_id]), read_only=True) as uow:
        seals = await uow.session.scalars(
            select(AuditSeal)
            .where(AuditSeal.organization_id == organization_id)
            .order_by(AuditSeal.id)
        )
        link, after = _GENESIS, UUID(int=0)
        for seal in seals.all():
            entries = await uow.session.scalars(
                select(AuditEntry)
                .where(
                    AuditEntry.organization_id == organization_id,
                    AuditEntry.id > after,
                    AuditEntry.id <= seal.last_entry_id,
                )
                .order_by(AuditEntry.id)
            )
            link, after = chain(link, list(entries)), seal.last_entry_id
            if link != seal.digest:
                return seal.id
    return None


async def seal_all(host: Host, _payload: dict[str, Any]) -> None:
    """Job: seal what came since the last seal, organization by organization."""
    async with host.unit_of_work(read_only=True) as uow:
        ids = list((await uow.session.execute(select(Organization.id))).scalars())
    for organization_id in ids:
        await _seal(host, organization_id)


SEAL_AUDIT = Job("core.seal_audit", seal_all, concurrency=1)
