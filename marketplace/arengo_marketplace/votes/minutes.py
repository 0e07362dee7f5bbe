"""Minutes of votes: a file in the store, with its SHA-256."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError
from arengo_core.files import service as files
from arengo_core.files.models import StoredFile
from arengo_core.files.service import WrittenFile
from arengo_core.host import Host
from arengo_marketplace.permissions import OFFERS
from arengo_marketplace.votes import reading, service
from arengo_marketplace.votes.models import Vote

MOST_BYTES = 10 * 2**20


def kind_of(content: bytes) -> str:
    """The type of a PDF or a signed file (p7m). InvalidInputError for anything else."""
    if content.startswith(b"%PDF-"):
        kind = "application/pdf"
    elif content[:1] == b"\x30" and content[1:2] in {b"\x80", b"\x82", b"\x83", b"\x84"}:
        kind = "application/pkcs7-mime"
    else:
        raise InvalidInputError("Minutes are a PDF file, or a signed one (p7m).", field="minutes")
    if len(content) > MOST_BYTES:
        raise InvalidInputError("This file is larger than 10 MB.", field="minutes")
    return kind


async def require_attaching(uow: UnitOfWork, vote_id: UUID) -> None:
    """Refuse who may not attach minutes to a vote, before any file is written."""
    vote = await reading.vote_of(uow, vote_id)
    uow.caller.require(vote.organization_id, OFFERS)


@asynccontextmanager
async def written(host: Host, content: bytes) -> AsyncGenerator[WrittenFile]:
    """Write minutes into the store before the transaction; gone again when that fails."""
    async with host.files.writing([content], kind_of(content)) as [found]:
        yield found


async def attach(uow: UnitOfWork, *, vote_id: UUID, name: str, file: WrittenFile) -> Vote:
    """Attach minutes to an opened vote; the office may. Once it is over they stay as they are."""
    vote = await service.own_locked(uow, vote_id)
    if vote.opened_at is None:
        raise ConflictError("Open the vote first: minutes are of what was voted.")
    if vote.is_over and vote.minutes_id is not None:
        raise ConflictError("This vote is over and has its minutes: they stay as they are.")
    if vote.minutes_id is not None:
        await files.drop(uow, [vote.minutes_id])
    vote.minutes_id = files.keep(uow, vote.organization_id, file)
    shown = "".join(one for one in name if one.isprintable() and one not in '/\\"').strip()
    vote.minutes_name = shown[-120:] or "minutes.pdf"
    vote.minutes_digest = file.sha256.hex()
    uow.audit(
        vote.organization_id,
        "vote.minutes",
        "Vote",
        vote.id,
        name=vote.minutes_name,
        sha256=vote.minutes_digest,
    )
    return vote


async def find(uow: UnitOfWork, vote_id: UUID) -> tuple[Vote, StoredFile]:
    """The minutes of a vote that the caller may see. NotFoundError where there are none."""
    vote = await reading.vote_of(uow, vote_id)
    kept = await files.find(uow, vote.minutes_id) if vote.minutes_id else None
    if kept is None:
        raise NotFoundError("This vote has no minutes.")
    return vote, kept
