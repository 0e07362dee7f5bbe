"""Table of photos."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Owned, Stamped, TableClass, table
from arengo_storefront.base import StorefrontBase


class Media(StorefrontBase, Identified, Owned, Stamped):
    """A photo in two sizes of WebP, without metadata; never changed once stored.

    The sizes lie in the file store. Earlier photos have them here until a job has moved them.

    ``sha256`` is that of the large size: the same photo again is the same row.
    """

    __tablename__ = "media"
    __table_args__ = table(TableClass.PUBLIC, Index(None, "organization_id", "sha256", unique=True))

    organization_id: Mapped[UUID] = mapped_column(index=False)
    sha256: Mapped[bytes]
    width: Mapped[int]
    height: Mapped[int]
    large_file: Mapped[UUID | None]
    small_file: Mapped[UUID | None]
    large: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    small: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
