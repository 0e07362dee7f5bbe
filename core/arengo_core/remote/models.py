"""Tables of remote plugins."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Stamped, TableClass, table
from arengo_core.database.core_base import CoreBase
from arengo_core.secrets import Sealed


class RemotePlugin(CoreBase):
    """A plugin that the operator registered: its manifest as it was accepted.

    ``secrets`` holds what it shares with the host: the secret ``now`` and, until
    ``former_until``, the ``former`` one.
    """

    __tablename__ = "remote_plugin"
    __table_args__ = table(
        TableClass.PLATFORM, reason="plugins' own descriptions; their secrets are sealed"
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    base_url: Mapped[str]
    manifest: Mapped[dict[str, Any]] = mapped_column(JSONB)
    secrets: Mapped[Sealed]
    former_until: Mapped[datetime | None]
    added_at: Mapped[datetime]
    refreshed_at: Mapped[datetime]


class PluginToken(CoreBase, Identified, Stamped):
    """A remote plugin's token for ``/graphql``, by its digest; of one member where it says so.

    ``request_digest`` is the digest of the message that asked for it, which is answered once.
    """

    __tablename__ = "plugin_token"
    __table_args__ = table(
        TableClass.PLATFORM, Index(None, "plugin"), reason="plugins' tokens: ids and digests only"
    )

    digest: Mapped[bytes] = mapped_column(unique=True)
    plugin: Mapped[str]
    request_digest: Mapped[bytes] = mapped_column(unique=True)
    organization_id: Mapped[UUID | None]
    expires_at: Mapped[datetime]


class SigningKey(CoreBase):
    """An Ed25519 key by which the host signs its calls; ``private`` is gone once it is retired."""

    __tablename__ = "signing_key"
    __table_args__ = table(
        TableClass.PLATFORM, reason="the host's own public keys; the private ones are sealed"
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    public: Mapped[bytes]
    private: Mapped[Sealed | None]
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
