"""Signing in elsewhere: by an identity provider that the installation configured.

An account is found by the provider's name of the person (issuer and subject) alone. What is not
linked yet is linked by whoever is signed in, in a step of its own: an address that a provider
tells proves nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, NotFoundError, SettingsError
from arengo_core.i18n import current_locale
from arengo_core.identity import attempts, repository
from arengo_core.identity.contract import (
    Departure,
    Identified,
    IdentityProvider,
    Journey,
    NotProvedError,
)
from arengo_core.identity.models import LinkedIdentity
from arengo_core.identity.origin import Origin
from arengo_core.identity.sessions import require_session
from arengo_core.ids import digest, keyed_digest

if TYPE_CHECKING:
    from arengo_core.host import Host
    from arengo_core.identity.service import Identity, SecondStepNeeded

PURPOSE = "identity_provider"
JOURNEY_LIFE = timedelta(minutes=15)
MOST = 10
_TIME_LIMIT = 20.0


@dataclass(frozen=True, slots=True)
class Way:
    """A provider as people choose it."""

    key: str
    label: str


def ways(host: Host) -> list[Way]:
    """The providers that are configured, in that order; those whose plugin is away are not."""
    return [
        Way(key, settings.label(current_locale()))
        for key, settings in host.settings.identity_providers.items()
        if (IdentityProvider, settings.kind) in host.registry.providers
    ]


def provider(host: Host, key: str) -> IdentityProvider:
    """A configured provider, guarded. NotFoundError when there is none of that name."""
    settings = host.settings.identity_providers.get(key)
    if settings is None or key not in {way.key for way in ways(host)}:
        raise NotFoundError("There is no such way to sign in.")
    return host.provider(IdentityProvider, settings.kind, settings.options, time_limit=_TIME_LIMIT)


def check_settings(host: Host) -> None:
    """SettingsError when what is said of a provider is wrong; at start."""
    for way in ways(host):
        try:
            provider(host, way.key)
        except Exception as error:
            raise SettingsError(
                "ARENGO_IDENTITY_PROVIDERS, {key}: {fault}", key=way.key, fault=error
            ) from None


async def begin(host: Host, key: str, journey: Journey) -> Departure:
    """Where the browser goes. Calls the outside: never inside a transaction."""
    return await provider(host, key).begin(journey)


async def finish(
    host: Host, key: str, journey: Journey, kept: Mapping[str, str], answer: Mapping[str, str]
) -> Identified:
    """Who came back. Calls the outside: never inside a transaction.

    NotProvedError when it proves nobody, UnavailableError when nobody answers.
    """
    return await provider(host, key).finish(journey, kept, answer)


def _digest(identity: Identity, found: Identified) -> bytes:
    who = f"{len(found.issuer)}:{found.issuer}{found.subject}"
    return keyed_digest(identity.secret, f"identity:{who}")


async def use_up(uow: UnitOfWork, journey: Journey) -> None:
    """Let a journey end once. NotProvedError when it has ended already."""
    moment = clock.now()
    is_first = await repository.use_up(
        uow.session, digest(journey.state), PURPOSE, moment + JOURNEY_LIFE, moment
    )
    if not is_first:
        raise NotProvedError("This sign-in was used already: begin again.")


async def user_of(uow: UnitOfWork, identity: Identity, found: Identified) -> UUID | None:
    """Whose account somebody's identity elsewhere is linked to."""
    row = await repository.linked_identity(uow.session, _digest(identity, found))
    return row.user_id if row else None


async def sign_in(
    uow: UnitOfWork, identity: Identity, found: Identified, origin: Origin
) -> str | SecondStepNeeded | None:
    """Open a session for the account that is linked; None when none is.

    The second step is asked for unless the provider checked two factors itself.
    """
    row = await repository.linked_identity(uow.session, _digest(identity, found))
    record = await repository.sign_in_by_user(uow.session, row.user_id) if row else None
    if row is None or record is None:
        return None
    row.last_used_at = clock.now()
    if found.two_factors:
        entered: str | SecondStepNeeded = await identity.open_session(uow, row.user_id, origin)
    else:
        entered = await identity.enter(uow, row.user_id, origin)
    if isinstance(entered, str):
        (await attempts.begin(uow, identity.secret, record.email_digest, origin)).succeed()
    return entered


async def own(uow: UnitOfWork) -> Sequence[LinkedIdentity]:
    """The caller's identities elsewhere, oldest first."""
    user_id, _ = require_session(uow)
    return await repository.linked_identities_of(uow.session, user_id)


async def link(uow: UnitOfWork, identity: Identity, key: str, found: Identified) -> None:
    """Let an identity elsewhere sign the caller in. ConflictError when it is somebody else's."""
    user_id, _ = require_session(uow)
    if len(await own(uow)) >= MOST:
        raise ConflictError("You have {most} of them: remove one first.", most=MOST)
    made = await repository.add_linked_identity(
        uow.session, digest=_digest(identity, found), user_id=user_id, provider=key
    )
    if made is not None:
        _note(uow, "identity.linked", made, key)
    elif await user_of(uow, identity, found) != user_id:
        raise ConflictError("This identity signs in to another account already.")


async def unlink(uow: UnitOfWork, linked_id: UUID) -> None:
    """Take one of the caller's away: it opens nothing any more."""
    for row in await own(uow):
        if row.id == linked_id:
            await uow.session.delete(row)
            _note(uow, "identity.unlinked", row.id, row.provider)
            return
    raise NotFoundError("There is no such identity.")


def _note(uow: UnitOfWork, act: str, linked_id: UUID, key: str) -> None:
    """In the log of each organization whose doors it opens."""
    for place in sorted({grant.organization_id for grant in uow.caller.grants if grant.role}):
        uow.audit(place, act, "LinkedIdentity", linked_id, provider=key)
