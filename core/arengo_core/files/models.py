"""Table of files."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Owned, Stamped, TableClass, table
from arengo_core.database.core_base import CoreBase


class StoredFile(CoreBase, Identified, Owned, Stamped):
    """A file that is kept in the file store; without its row it is cleared away.

    Who may see it is said by the row of whoever keeps it. ``size`` is in bytes, ``sha256`` of the
    whole content.
    """

    __tablename__ = "stored_file"
    __table_args__ = table(
        TableClass.PLATFORM, reason="ids, digests, sizes and types of content only"
    )

    organization_id: Mapped[UUID]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[bytes]
    content_type: Mapped[str]
