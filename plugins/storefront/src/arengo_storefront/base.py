"""What every table of the storefront is built on, and the words its rooms share."""

from __future__ import annotations

from arengo_core.database.base import Base, metadata_for
from arengo_core.i18n import current_locale

SERVICE = "storefront"


class StorefrontBase(Base):
    """Base of the storefront's tables: PostgreSQL schema ``storefront``."""

    __abstract__ = True
    metadata = metadata_for("storefront")


def in_language(italian: str, english: str) -> str:
    """The words in the language of the request; the Italian ones where English lacks."""
    return english if english and current_locale() == "en" else italian
