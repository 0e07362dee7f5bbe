"""Verifying the audit log: what was changed, added, taken away or put in another order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from arengo_core import clock
from arengo_core.audit import repository
from arengo_core.audit.models import AuditEntry, AuditSeal
from arengo_core.audit.sealing import GENESIS, entry_digest, link
from arengo_core.caller import Caller
from arengo_core.host import Host

# The sealing job comes every minute; an entry this old without a seal has lost it.
_OVERDUE = timedelta(hours=1)


class Fault(StrEnum):
    """What is wrong with an entry or a batch."""

    ENTRY_CHANGED = "entry changed"
    ENTRY_MISSING = "entry missing"
    ENTRY_UNSEALED = "entry in no batch"
    BATCH_CHANGED = "batch changed"
    BATCH_MISSING = "batch missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault, with the number of the batch and the entry where there is one."""

    fault: Fault
    batch: int | None = None
    entry: UUID | None = None


@dataclass(slots=True)
class ChainReport:
    """An organization's chain: how long it is, its last link, and what is wrong."""

    organization_id: UUID
    batches: int = 0
    entries: int = 0
    head: bytes = GENESIS
    findings: list[Finding] = field(default_factory=list[Finding])


def _in_batch(seal: AuditSeal, rows: dict[UUID, AuditEntry]) -> Iterator[Finding]:
    for key, sealed in zip(seal.entry_ids, seal.entry_digests, strict=False):
        row = rows.get(key)
        if row is None:
            yield Finding(Fault.ENTRY_MISSING, seal.number, key)
        elif entry_digest(row) != sealed:
            yield Finding(Fault.ENTRY_CHANGED, seal.number, key)


def _is_whole(seal: AuditSeal, previous: bytes) -> bool:
    ids, digests = seal.entry_ids, seal.entry_digests
    return (
        len(ids) == len(digests)
        and ids[-1:] == [seal.last_entry_id]
        and link(previous, seal.number, ids, digests) == seal.digest
    )


async def verify(host: Host, organization_id: UUID) -> ChainReport:
    """Recompute an organization's chain from its first link."""
    report = ChainReport(organization_id)
    number = 0
    async with host.unit_of_work(Caller.program([organization_id]), read_only=True) as uow:
        while seal := await repository.next_seal(uow.session, organization_id, number):
            gap = range(number + 1, seal.number)
            report.findings += [Finding(Fault.BATCH_MISSING, missing) for missing in gap]
            # After a gap the link before is unknown: what is missing has been said.
            if not gap and not _is_whole(seal, report.head):
                report.findings.append(Finding(Fault.BATCH_CHANGED, seal.number))
            rows = await repository.entries_by_id(uow.session, organization_id, seal.entry_ids)
            report.findings += _in_batch(seal, rows)
            report.batches += 1
            report.entries += len(seal.entry_ids)
            report.head, number = seal.digest, seal.number
            uow.session.expunge_all()
        report.findings += [
            Finding(Fault.ENTRY_UNSEALED, entry=key)
            for key in await repository.outside_every_seal(
                uow.session, organization_id, clock.now() - _OVERDUE
            )
        ]
    return report
