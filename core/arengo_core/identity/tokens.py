"""API tokens: scripts use ``/graphql`` by them in a person's stead, within what each was given."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
)
from arengo_core.i18n import N_
from arengo_core.identity import repository
from arengo_core.identity.models import ApiToken
from arengo_core.identity.sessions import require_session
from arengo_core.ids import digest, new_id, new_token
from arengo_core.jobs.definition import Job

if TYPE_CHECKING:
    from arengo_core.host import Host

PREFIX = "arengo_"
LONGEST_LIFE = 366
MOST_TOKENS = 50
USE_NOTED_EVERY = timedelta(minutes=5)


def is_api_token(token: str) -> bool:
    """Whether a token is for scripts, told from a session's by how it begins."""
    return token.startswith(PREFIX)


async def create(
    uow: UnitOfWork, *, organization_ids: Collection[UUID], read_only: bool, days: int
) -> str:
    """Make a token for some of the caller's organizations; what it is, told this once."""
    user_id, _ = require_session(uow)
    chosen = sorted(set(organization_ids))
    if not chosen:
        raise InvalidInputError("Choose one organization at least.", field="organization_ids")
    for organization_id in chosen:
        uow.caller.require(organization_id)
    if not 1 <= days <= LONGEST_LIFE:
        raise InvalidInputError(
            "From {minimum} to {maximum} is possible.",
            field="days",
            minimum=1,
            maximum=LONGEST_LIFE,
        )
    if len(await repository.tokens_of(uow.session, user_id)) >= MOST_TOKENS:
        raise ConflictError("You have {most} tokens: revoke one first.", most=MOST_TOKENS)
    secret = new_token()
    token = ApiToken(
        id=new_id(),
        digest=digest(PREFIX + secret),
        user_id=user_id,
        hint=PREFIX + secret[:4],
        read_only=read_only,
        organization_ids=chosen,
        expires_at=clock.now() + timedelta(days=days),
    )
    uow.session.add(token)
    await uow.session.flush()
    for organization_id in chosen:
        uow.audit(organization_id, "token.created", "ApiToken", token.id)
    return PREFIX + secret


async def own(uow: UnitOfWork) -> Sequence[ApiToken]:
    """The caller's tokens, newest first."""
    user_id, _ = require_session(uow)
    return await repository.tokens_of(uow.session, user_id)


async def revoke(uow: UnitOfWork, token_id: UUID) -> None:
    """End one of the caller's tokens. NotFoundError when it is none of theirs."""
    user_id, _ = require_session(uow)
    if not await _remove(uow, user_id, token_id):
        raise NotFoundError("There is no such token.")


async def revoke_all(uow: UnitOfWork, user_id: UUID) -> None:
    """End every token of a user."""
    await _remove(uow, user_id, None)


async def _remove(uow: UnitOfWork, user_id: UUID, token_id: UUID | None) -> bool:
    removed = await repository.remove_tokens(uow.session, user_id, token_id)
    for row in removed:
        for organization_id in row.organization_ids:
            uow.audit(organization_id, "token.revoked", "ApiToken", row.id, person=user_id)
    return bool(removed)


async def clear_away(host: Host, _payload: dict[str, Any]) -> None:
    """Job: delete tokens that have expired."""
    async with host.unit_of_work(Caller.program()) as uow:
        await repository.remove_expired_tokens(uow.session, clock.now())


CLEAR_TOKENS = Job("core.clear_tokens", clear_away, title=N_("Clear ended tokens away"))


async def caller_of(uow: UnitOfWork, token: str, locale: str) -> Caller | None:
    """The caller behind an API token; its use is noted every few minutes, not each time."""
    moment = clock.now()
    found, grants, services = await repository.token_and_grants(uow.session, digest(token), moment)
    if found is None:
        return None
    if found.last_used_at is None or moment - found.last_used_at > USE_NOTED_EVERY:
        await repository.note_use(uow.session, found.id, moment)
    acting = found.organization_ids[0] if len(found.organization_ids) == 1 else None
    return Caller(
        found.user_id,
        grants,
        acting,
        None,
        locale,
        read_only=found.read_only,
        token_id=found.id,
        services=services,
    )
