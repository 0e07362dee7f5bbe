"""Queries on identity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, any_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.caller import Grant, OrganizationKind, Role
from arengo_core.identity.models import (
    ApiToken,
    Invitation,
    OneTimeLink,
    Person,
    RoleGrant,
    SignIn,
    UserSession,
)
from arengo_core.organizations.models import Organization


async def sign_in_of(session: AsyncSession, email_digest: bytes) -> SignIn | None:
    """The sign-in record of an address, locked: failures are counted one at a time."""
    statement = select(SignIn).where(SignIn.email_digest == email_digest).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def sign_in_by_user(session: AsyncSession, user_id: UUID) -> SignIn | None:
    """The sign-in record of a user."""
    return await session.get(SignIn, user_id)


def _grants_in(rows: Sequence[Row[Any, UUID, str, str]]) -> tuple[Grant, ...]:
    """The grants of rows of (who, organization, role, kind); one without any has no kind."""
    return tuple(Grant(row[1], OrganizationKind(row[3]), Role(row[2])) for row in rows if row[3])


async def session_and_grants(
    session: AsyncSession, token_digest: bytes, at: datetime
) -> tuple[UserSession | None, tuple[Grant, ...]]:
    """A live session with the grants of its user, in one statement."""
    statement = (
        select(UserSession, RoleGrant.organization_id, RoleGrant.role, Organization.kind)
        .outerjoin(RoleGrant, RoleGrant.user_id == UserSession.user_id)
        .outerjoin(Organization, Organization.id == RoleGrant.organization_id)
        .where(UserSession.token_digest == token_digest, UserSession.expires_at > at)
    )
    rows = (await session.execute(statement)).all()
    return (rows[0][0] if rows else None), _grants_in(rows)


async def token_and_grants(
    session: AsyncSession, token_digest: bytes, at: datetime
) -> tuple[ApiToken | None, tuple[Grant, ...]]:
    """A live API token with its user's grants in the token's organizations, in one statement."""
    statement = (
        select(ApiToken, RoleGrant.organization_id, RoleGrant.role, Organization.kind)
        .outerjoin(
            RoleGrant,
            (RoleGrant.user_id == ApiToken.user_id)
            & (RoleGrant.organization_id == any_(ApiToken.organization_ids)),
        )
        .outerjoin(Organization, Organization.id == RoleGrant.organization_id)
        .where(ApiToken.digest == token_digest, ApiToken.expires_at > at)
    )
    rows = (await session.execute(statement)).all()
    return (rows[0][0] if rows else None), _grants_in(rows)


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


async def grants_of(session: AsyncSession, user_id: UUID) -> tuple[Grant, ...]:
    """The roles that a user holds."""
    statement = (
        select(RoleGrant.organization_id, RoleGrant.role, Organization.kind)
        .join(Organization, Organization.id == RoleGrant.organization_id)
        .where(RoleGrant.user_id == user_id)
    )
    rows = (await session.execute(statement)).all()
    return tuple(Grant(row[0], OrganizationKind(row[2]), Role(row[1])) for row in rows)


async def grants_in(session: AsyncSession, organization_id: UUID) -> Sequence[RoleGrant]:
    """Who holds roles in an organization."""
    statement = select(RoleGrant).where(RoleGrant.organization_id == organization_id)
    return (await session.execute(statement)).scalars().all()


async def persons(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Person]:
    """People by id, as far as the scope reaches."""
    rows = await session.execute(select(Person).where(Person.id.in_(ids)))
    return {row.id: row for row in rows.scalars()}


async def remove_sessions(session: AsyncSession, user_id: UUID) -> None:
    """Sign a user out everywhere."""
    await session.execute(delete(UserSession).where(UserSession.user_id == user_id))


async def remove_session(session: AsyncSession, session_id: UUID) -> None:
    """Sign one session out."""
    await session.execute(delete(UserSession).where(UserSession.id == session_id))


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
