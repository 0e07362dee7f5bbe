"""Tokens by which remote plugins call ``/graphql``: for an hour, within what members agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, UnauthenticatedError
from arengo_core.i18n import N_
from arengo_core.ids import digest, new_id, new_token
from arengo_core.jobs.definition import Job
from arengo_core.remote import access, repository

if TYPE_CHECKING:
    from arengo_core.host import Host

PREFIX = "arengoplugin_"
LIFE = timedelta(hours=1)
# Longer than the message that asked for a token is believed.
_REMEMBERED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Issued:
    """A token, told this once, and until when it holds."""

    token: str
    expires_at: datetime


class StaleTokenError(UnauthenticatedError):
    """The token holds no more: its time is over, it was ended, or whom it is of is out of reach."""

    def __init__(self) -> None:
        super().__init__("This token is not valid, or is no longer: ask for another.")


def is_plugin_token(token: str) -> bool:
    """Whether a token is a remote plugin's, told from people's by how it begins."""
    return token.startswith(PREFIX)


async def issue(
    uow: UnitOfWork, host: Host, plugin: str, message_id: str, only: UUID | None
) -> Issued:
    """A token for a plugin whose signed message asks for one, of one member where it says so.

    ConflictError for a message that was answered before, StaleTokenError where the plugin is out
    of service or the member is none that it serves.
    """
    if not host.registry.has(plugin):
        raise StaleTokenError
    if only is not None and not await _reached(uow, host, plugin, only):
        raise StaleTokenError
    secret, moment = PREFIX + new_token(), clock.now()
    is_new = await repository.add_token(
        uow.session,
        id=new_id(),
        digest=digest(secret),
        plugin=plugin,
        request_digest=digest(f"{plugin}\n{message_id}"),
        organization_id=only,
        created_at=moment,
        expires_at=moment + LIFE,
    )
    if not is_new:
        raise ConflictError("This message was answered before: sign another with another id.")
    return Issued(secret, moment + LIFE)


async def _reached(uow: UnitOfWork, host: Host, plugin: str, only: UUID | None) -> Any:
    return await access.of_plugin(uow.session, host.registry, plugin, only)


async def caller_of(uow: UnitOfWork, host: Host, token: str, locale: str) -> Caller:
    """The plugin behind a token, with what its members let it do at this moment.

    StaleTokenError where the token holds no more.
    """
    found = await repository.token(uow.session, digest(token), clock.now())
    if found is None or not host.registry.has(found.plugin):
        raise StaleTokenError
    reached = await _reached(uow, host, found.plugin, found.organization_id)
    if found.organization_id is not None and not reached:
        raise StaleTokenError
    registry = host.registry
    return Caller(
        grants=access.grants_of(registry, reached, writing=False),
        writes=access.grants_of(registry, reached, writing=True),
        services=access.services_of(registry, found.plugin, reached),
        locale=locale,
        token_id=found.id,
        plugin=found.plugin,
        member_id=found.organization_id,
    )


async def revoke(uow: UnitOfWork, plugin: str) -> int:
    """End a plugin's tokens at once; how many there were."""
    return await repository.end_tokens(uow.session, plugin, clock.now())


async def _clear_away(host: Host, _payload: dict[str, Any]) -> None:
    async with host.unit_of_work(Caller.program()) as uow:
        await repository.remove_tokens(uow.session, clock.now() - _REMEMBERED)


CLEAR_TOKENS = Job(
    "core.clear_plugin_tokens", _clear_away, title=N_("Clear ended tokens of plugins away")
)
