"""Tables of identity. Platform tables hold ids and digests; names and addresses are tenants'."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core import clock
from arengo_core.database.base import Identified, Owned, Stamped, TableClass, table
from arengo_core.database.core_base import CoreBase
from arengo_core.i18n import N_
from arengo_core.privacy.declaration import Erasure, Personal, Retention
from arengo_core.secrets import Sealed


class Person(CoreBase, Identified, Owned, Stamped):
    """A user's own data; its tenant is the person itself (``organization_id`` = ``id``)."""

    __tablename__ = "person"
    __table_args__ = table(
        TableClass.MEMBER,
        personal=Personal(
            ("name", "email", "locale"),
            N_("People with an account"),
            N_("To sign in and to be told from others"),
            N_("As long as the account"),
            by_user="id",
            erasure=Erasure.DELETE,
        ),
    )

    name: Mapped[str]
    email: Mapped[str]
    locale: Mapped[str]


class SignIn(CoreBase):
    """How a user signs in: digest of the address, argon2 hash of the password."""

    __tablename__ = "sign_in"
    __table_args__ = table(
        TableClass.PLATFORM,
        reason="sign-in: ids and digests only",
        personal=Personal(
            ("user_id", "email_digest", "password_hash"),
            N_("People with an account"),
            N_("To sign in"),
            N_("As long as the account"),
            by_user="user_id",
            erasure=Erasure.DELETE,
        ),
    )

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    email_digest: Mapped[bytes] = mapped_column(unique=True)
    password_hash: Mapped[str]


class SignInAttempts(CoreBase):
    """Failed sign-ins of one account, place or browser, by a keyed digest of which it is."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = table(
        TableClass.PLATFORM, reason="sign-in: keyed digests of accounts and places"
    )

    key_digest: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None]
    blocked_until: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]


class SecondStep(CoreBase, Identified, Owned, Stamped):
    """A person's key for an authenticator app, and digests of recovery codes not used yet."""

    __tablename__ = "second_step"
    __table_args__ = table(
        TableClass.MEMBER,
        Index("ix_second_step_organization_id", "organization_id", unique=True),
        personal=Personal(
            ("organization_id", "secret", "recovery_digests"),
            N_("People with an account"),
            N_("To sign in"),
            N_("As long as the account"),
            by_user="organization_id",
            erasure=Erasure.DELETE,
        ),
    )

    organization_id: Mapped[UUID]
    secret: Mapped[Sealed]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger)
    recovery_digests: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))


class Passkey(CoreBase, Identified, Owned, Stamped):
    """A public key whose private half a person's device keeps (WebAuthn)."""

    __tablename__ = "passkey"
    __table_args__ = table(
        TableClass.MEMBER,
        personal=Personal(
            ("organization_id", "name"),
            N_("People with an account"),
            N_("To sign in"),
            N_("As long as the account"),
            by_user="organization_id",
            erasure=Erasure.DELETE,
        ),
    )

    credential_id: Mapped[bytes]
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    last_used_at: Mapped[datetime | None]


class LinkedIdentity(CoreBase, Identified, Stamped):
    """That whoever proves elsewhere to be somebody is a user here: by a keyed digest of both."""

    __tablename__ = "linked_identity"
    __table_args__ = table(
        TableClass.PLATFORM,
        Index(None, "user_id"),
        reason="sign-in: ids and keyed digests only",
        personal=Personal(
            ("user_id", "digest", "provider"),
            N_("People with an account"),
            N_("To sign in"),
            N_("As long as the account"),
            by_user="user_id",
            erasure=Erasure.DELETE,
        ),
    )

    digest: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[UUID]
    provider: Mapped[str]
    last_used_at: Mapped[datetime | None]


class RoleGrant(CoreBase):
    """A role that a user holds in an Organization."""

    __tablename__ = "role_grant"
    __table_args__ = table(
        TableClass.PLATFORM,
        Index(None, "organization_id"),
        reason="sign-in: the scope itself is made from these ids",
        personal=Personal(
            ("user_id", "role"),
            N_("People with an account"),
            N_("To say who may do what"),
            N_("As long as the role"),
            by_user="user_id",
            erasure=Erasure.DELETE,
        ),
    )

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    granted_at: Mapped[datetime] = mapped_column(default=clock.now)


class UserSession(CoreBase, Identified, Stamped):
    """A signed-in session, of a browser or a script."""

    __tablename__ = "user_session"
    __table_args__ = table(
        TableClass.PLATFORM,
        Index(None, "user_id"),
        reason="sign-in: ids, digests and kinds of device",
        personal=Personal(
            ("user_id", "browser", "system"),
            N_("People with an account"),
            N_("To stay signed in"),
            N_("Two weeks"),
            by_user="user_id",
            erasure=Erasure.DELETE,
        ),
    )

    token_digest: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[UUID]
    acting_id: Mapped[UUID | None]
    expires_at: Mapped[datetime]
    browser: Mapped[str]
    system: Mapped[str]
    last_used_at: Mapped[datetime] = mapped_column(default=clock.now)


class ApiToken(CoreBase, Identified, Stamped):
    """A person's token for scripts: what it may do, where, until when; by its digest."""

    __tablename__ = "api_token"
    __table_args__ = table(
        TableClass.PLATFORM,
        Index(None, "user_id"),
        reason="sign-in: ids and digests only",
        personal=Personal(
            ("user_id", "hint"),
            N_("People with an account"),
            N_("To use the API by scripts"),
            N_("Until the day chosen, a year at most"),
            by_user="user_id",
            erasure=Erasure.DELETE,
        ),
    )

    digest: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[UUID]
    hint: Mapped[str]
    read_only: Mapped[bool]
    organization_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class Invitation(CoreBase, Identified, Owned, Stamped):
    """That somebody is asked to take a role in an Organization."""

    __tablename__ = "invitation"
    __table_args__ = table(
        TableClass.MEMBER,
        personal=Personal(
            ("email", "name", "invited_by"),
            N_("People invited"),
            N_("To ask somebody to take a role"),
            N_("A year"),
            by_email="email",
            erasure=Erasure.DELETE,
            retention=Retention("created_at", timedelta(days=365)),
        ),
    )

    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    invited_by: Mapped[UUID | None]
    accepted_at: Mapped[datetime | None]


class OneTimeLink(CoreBase):
    """A secret link sent to somebody, by its digest."""

    __tablename__ = "one_time_link"
    __table_args__ = table(
        TableClass.PLATFORM,
        reason="digests and ids only",
        personal=Personal(
            ("subject_id",),
            N_("People with an account"),
            N_("To open a link sent by mail"),
            N_("Two weeks"),
            by_user="subject_id",
            erasure=Erasure.DELETE,
            retention=Retention("expires_at", timedelta(days=14)),
        ),
    )

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    subject_id: Mapped[UUID]
    organization_id: Mapped[UUID | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
