"""Queries on identity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, any_, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.caller import Grant, Services
from arengo_core.clock import ROME
from arengo_core.identity.models import (
    ApiToken,
    Invitation,
    LinkedIdentity,
    OneTimeLink,
    Passkey,
    Person,
    RoleGrant,
    SecondStep,
    SignIn,
    SignInAttempts,
    UserSession,
)
from arengo_core.organizations.models import Organization
from arengo_core.permissions.repository import grants_in, held, services_in


async def sign_in_of(session: AsyncSession, email_digest: bytes) -> SignIn | None:
    """The sign-in record of an address."""
    statement = select(SignIn).where(SignIn.email_digest == email_digest)
    return (await session.execute(statement)).scalar_one_or_none()


async def sign_in_by_user(session: AsyncSession, user_id: UUID) -> SignIn | None:
    """The sign-in record of a user."""
    return await session.get(SignIn, user_id)


def of_session() -> Select[Any]:
    """The statement behind :func:`session_and_grants`."""
    return (
        select(UserSession, *held())
        .outerjoin(RoleGrant, RoleGrant.user_id == UserSession.user_id)
        .outerjoin(Organization, Organization.id == RoleGrant.organization_id)
        .where(
            UserSession.token_digest == bindparam("digest"),
            UserSession.expires_at > bindparam("at"),
        )
    )


# Every signed-in request asks this: built once, as building it costs more than sending it.
_SESSION = of_session()


async def session_and_grants(
    session: AsyncSession, token_digest: bytes, at: datetime
) -> tuple[UserSession | None, tuple[Grant, ...], Services]:
    """A live session, its user's grants and the services active where these reach.

    In one statement.
    """
    asked = {"digest": token_digest, "at": at, "day": _day_of(at)}
    rows = (await session.execute(_SESSION, asked)).all()
    grants = grants_in(rows)
    return (rows[0][0] if rows else None), grants, services_in(rows, grants)


_TOKEN = (
    select(ApiToken, *held())
    .outerjoin(
        RoleGrant,
        (RoleGrant.user_id == ApiToken.user_id)
        & (RoleGrant.organization_id == any_(ApiToken.organization_ids)),
    )
    .outerjoin(Organization, Organization.id == RoleGrant.organization_id)
    .where(ApiToken.digest == bindparam("digest"), ApiToken.expires_at > bindparam("at"))
)


async def token_and_grants(
    session: AsyncSession, token_digest: bytes, at: datetime
) -> tuple[ApiToken | None, tuple[Grant, ...], Services]:
    """A live API token, its user's own grants in its organizations, and the services active there.

    In one statement.

    What others let these organizations do is for people, not for tokens.
    """
    asked = {"digest": token_digest, "at": at, "day": _day_of(at)}
    rows = (await session.execute(_TOKEN, asked)).all()
    grants = grants_in(rows, own_alone=True)
    return (rows[0][0] if rows else None), grants, services_in(rows, grants)


def _day_of(at: datetime) -> date:
    return at.astimezone(ROME).date()


async def note_use(session: AsyncSession, token_id: UUID, at: datetime) -> None:
    """Set when an API token was last used."""
    await session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=at))


async def tokens_of(session: AsyncSession, user_id: UUID) -> Sequence[ApiToken]:
    """A user's API tokens, newest first."""
    statement = select(ApiToken).where(ApiToken.user_id == user_id).order_by(ApiToken.id.desc())
    return (await session.execute(statement)).scalars().all()


async def remove_tokens(
    session: AsyncSession, user_id: UUID, token_id: UUID | None = None
) -> Sequence[ApiToken]:
    """Delete one API token of a user, or every one; those that there were."""
    statement = delete(ApiToken).where(ApiToken.user_id == user_id)
    if token_id is not None:
        statement = statement.where(ApiToken.id == token_id)
    return (await session.execute(statement.returning(ApiToken))).scalars().all()


async def remove_expired_tokens(session: AsyncSession, at: datetime) -> None:
    """Delete API tokens that are over."""
    await session.execute(delete(ApiToken).where(ApiToken.expires_at <= at))


async def grants_of(session: AsyncSession, user_id: UUID, at: datetime) -> tuple[Grant, ...]:
    """What a user may do where: the roles held, and what others let these do."""
    statement = (
        select(*held())
        .join(Organization, Organization.id == RoleGrant.organization_id)
        .where(RoleGrant.user_id == user_id)
    )
    return grants_in((await session.execute(statement, {"day": _day_of(at)})).all())


async def user_ids(session: AsyncSession) -> Sequence[UUID]:
    """Everybody who has an account."""
    return (await session.scalars(select(SignIn.user_id))).all()


async def roles_in(session: AsyncSession, *organization_ids: UUID) -> Sequence[RoleGrant]:
    """Who holds roles in organizations."""
    statement = select(RoleGrant).where(RoleGrant.organization_id.in_(organization_ids))
    return (await session.execute(statement)).scalars().all()


async def persons(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Person]:
    """People by id, as far as the scope reaches."""
    rows = await session.execute(select(Person).where(Person.id.in_(ids)))
    return {row.id: row for row in rows.scalars()}


async def sessions_of(session: AsyncSession, user_id: UUID, at: datetime) -> Sequence[UserSession]:
    """A user's live sessions, the last used first."""
    statement = (
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.expires_at > at)
        .order_by(UserSession.last_used_at.desc(), UserSession.id.desc())
    )
    return (await session.execute(statement)).scalars().all()


async def note_session_use(session: AsyncSession, session_id: UUID, at: datetime) -> None:
    """Set when a session was last used."""
    await session.execute(
        update(UserSession).where(UserSession.id == session_id).values(last_used_at=at)
    )


async def remove_sessions(
    session: AsyncSession, user_id: UUID, *, only: UUID | None = None, but: UUID | None = None
) -> int:
    """End a user's sessions: one, all but one, or all; how many there were."""
    statement = delete(UserSession).where(UserSession.user_id == user_id)
    if only is not None:
        statement = statement.where(UserSession.id == only)
    if but is not None:
        statement = statement.where(UserSession.id != but)
    return len((await session.execute(statement.returning(UserSession.id))).all())


async def act_for(session: AsyncSession, session_id: UUID, organization_id: UUID) -> None:
    """Set the organization that a session acts for."""
    await session.execute(
        update(UserSession).where(UserSession.id == session_id).values(acting_id=organization_id)
    )


async def take_link(
    session: AsyncSession, digest: bytes, purpose: str, at: datetime
) -> OneTimeLink | None:
    """Use a secret link up; None when it is unknown, used or too old."""
    statement = (
        update(OneTimeLink)
        .where(
            OneTimeLink.digest == digest,
            OneTimeLink.purpose == purpose,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > at,
        )
        .values(used_at=at)
        .returning(OneTimeLink)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def find_link(
    session: AsyncSession, digest: bytes, purpose: str, at: datetime
) -> OneTimeLink | None:
    """A live secret link, left unused."""
    statement = select(OneTimeLink).where(
        OneTimeLink.digest == digest,
        OneTimeLink.purpose == purpose,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > at,
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def invitations_in(session: AsyncSession, organization_id: UUID) -> Sequence[Invitation]:
    """Open invitations of an organization, newest first."""
    statement = (
        select(Invitation)
        .where(Invitation.organization_id == organization_id, Invitation.accepted_at.is_(None))
        .order_by(Invitation.id.desc())
    )
    return (await session.execute(statement)).scalars().all()


async def users_exist(session: AsyncSession) -> bool:
    """Whether anybody can sign in: the first-run page shows itself otherwise."""
    return bool(await session.scalar(select(func.count()).select_from(SignIn)))


async def second_step_of(session: AsyncSession, user_id: UUID) -> SecondStep | None:
    """A user's second step, locked where it may be written: a code works once."""
    statement = select(SecondStep).where(SecondStep.organization_id == user_id)
    if not session.info.get("read_only", False):
        statement = statement.with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def remove_second_step(session: AsyncSession, user_id: UUID) -> None:
    """Delete a user's second step."""
    await session.execute(delete(SecondStep).where(SecondStep.organization_id == user_id))


async def passkeys_of(session: AsyncSession, user_id: UUID) -> Sequence[Passkey]:
    """A user's passkeys, oldest first."""
    statement = select(Passkey).where(Passkey.organization_id == user_id).order_by(Passkey.id)
    return (await session.execute(statement)).scalars().all()


async def linked_identity(session: AsyncSession, digest: bytes) -> LinkedIdentity | None:
    """Whose an identity elsewhere is here."""
    statement = select(LinkedIdentity).where(LinkedIdentity.digest == digest)
    return (await session.execute(statement)).scalar_one_or_none()


async def linked_identities_of(session: AsyncSession, user_id: UUID) -> Sequence[LinkedIdentity]:
    """A user's identities elsewhere, oldest first."""
    statement = (
        select(LinkedIdentity).where(LinkedIdentity.user_id == user_id).order_by(LinkedIdentity.id)
    )
    return (await session.execute(statement)).scalars().all()


async def add_linked_identity(
    session: AsyncSession, *, digest: bytes, user_id: UUID, provider: str
) -> UUID | None:
    """Link an identity elsewhere; its id, None when it is somebody's already."""
    statement = (
        insert(LinkedIdentity)
        .values(digest=digest, user_id=user_id, provider=provider)
        .on_conflict_do_nothing()
        .returning(LinkedIdentity.id)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def use_up(
    session: AsyncSession, digest: bytes, purpose: str, expires_at: datetime, at: datetime
) -> bool:
    """Note that a secret was used which is kept nowhere before; whether this is the first time."""
    statement = (
        insert(OneTimeLink)
        .values(
            digest=digest,
            purpose=purpose,
            subject_id=UUID(int=0),
            expires_at=expires_at,
            used_at=at,
        )
        .on_conflict_do_nothing()
        .returning(OneTimeLink.digest)
    )
    return (await session.execute(statement)).first() is not None


async def lock_attempts(
    session: AsyncSession, keys: Sequence[bytes]
) -> dict[bytes, SignInAttempts]:
    """The counters of these keys, made where missing, locked in one order."""
    ordered = sorted(keys)
    await session.execute(
        insert(SignInAttempts)
        .values([{"key_digest": key, "failures": 0} for key in ordered])
        .on_conflict_do_nothing()
    )
    statement = (
        select(SignInAttempts)
        .where(SignInAttempts.key_digest.in_(ordered))
        .order_by(SignInAttempts.key_digest)
        .with_for_update()
    )
    return {row.key_digest: row for row in (await session.execute(statement)).scalars()}


async def clear_sign_ins(
    session: AsyncSession, *, failed_before: datetime, known_before: datetime, at: datetime
) -> None:
    """Delete counters that say nothing any more, and sessions and links that are over."""
    await session.execute(
        delete(SignInAttempts).where(
            or_(SignInAttempts.failed_at.is_(None), SignInAttempts.failed_at < failed_before),
            or_(SignInAttempts.succeeded_at.is_(None), SignInAttempts.succeeded_at < known_before),
        )
    )
    await session.execute(delete(UserSession).where(UserSession.expires_at < at))
    await session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < at))
