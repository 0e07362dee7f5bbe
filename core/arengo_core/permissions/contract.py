"""What core asks of whoever knows the federation: to whom an organization may delegate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID


class Federation(Protocol):
    """Who belongs together; the marketplace brings it."""

    async def peers(self, organization_id: UUID) -> Sequence[UUID]:
        """The consortia of an organization and their other municipalities."""
        ...
