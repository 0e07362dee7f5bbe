"""The capability ``Announcements``."""

from __future__ import annotations


class PublicAnnouncements:
    """Where announcements are read."""

    async def public_page(self, slug: str) -> str:
        """The path where anybody reads a municipality's announcements and subscribes."""
        return f"/towns/{slug}/announcements"
