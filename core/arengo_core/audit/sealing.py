"""Sealing the audit log: each organization's entries in a chain of batch digests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from arengo_core import clock
from arengo_core.audit import repository
from arengo_core.audit.models import AuditEntry, AuditSeal
from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.ids import new_id
from arengo_core.jobs.definition import Job
from arengo_core.organizations import repository as organizations

_BATCH = 5_000
# No transaction lasts as long (idle and statement limits): older rows are all committed.
_SETTLED = timedelta(minutes=2)
GENESIS = b"\0" * 32


def entry_digest(entry: AuditEntry) -> bytes:
    """SHA-256 of everything that an entry says."""
    row: list[Any] = [
        str(entry.id),
        str(entry.organization_id),
        entry.at.isoformat(),
        str(entry.actor_id),
        entry.action,
        entry.object_type,
        str(entry.object_id),
        entry.details,
        entry.trace_id,
    ]
    later = (entry.acting_id, entry.origin, entry.network, entry.token_id, entry.changes)
    if any(value is not None for value in later):  # entries of earlier versions have none
        row += [str(entry.acting_id), entry.origin, entry.network, str(entry.token_id)]
        row.append(entry.changes)
    return hashlib.sha256(msgspec.json.encode(row, order="sorted")).digest()


def link(previous: bytes, number: int, ids: Sequence[UUID], digests: Iterable[bytes]) -> bytes:
    """SHA-256 over the previous link and a batch: its number, its entries and their digests."""
    whole = hashlib.sha256(previous + number.to_bytes(8, "big"))
    for key, digest in zip(ids, digests, strict=False):
        whole.update(key.bytes + digest)
    return whole.digest()


async def _seal(host: Host, organization_id: UUID) -> None:
    async with host.unit_of_work(Caller.program([organization_id])) as uow:
        last = await repository.last_seal(uow.session, organization_id)
        entries = await repository.unsealed(
            uow.session,
            organization_id,
            after=last.last_entry_id if last else None,
            until=clock.now() - _SETTLED,
            limit=_BATCH,
        )
        if not entries:
            return
        number = last.number + 1 if last else 1
        ids, digests = [row.id for row in entries], [entry_digest(row) for row in entries]
        uow.session.add(
            AuditSeal(
                id=new_id(),
                organization_id=organization_id,
                number=number,
                sealed_at=clock.now(),
                last_entry_id=ids[-1],
                entry_ids=ids,
                entry_digests=digests,
                digest=link(last.digest if last else GENESIS, number, ids, digests),
            )
        )


async def seal_all(host: Host, _payload: dict[str, Any]) -> None:
    """Job: seal what came since the last seal, organization by organization."""
    async with host.unit_of_work(read_only=True) as uow:
        everyone = await organizations.everyone(uow.session)
    for organization in everyone:
        await _seal(host, organization.id)


SEAL_AUDIT = Job("core.seal_audit", seal_all, concurrency=1, title=N_("Seal the log"))
