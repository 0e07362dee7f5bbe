"""A search: the valley's own words are understood, and PostgreSQL's search does the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_storefront.contract import (
    Found,
    ListingFilter,
    ListingView,
    ProductDetail,
    SearchProvider,
)

_WORDS = {
    "sciatt": "frittelle",
    "bitto": "formaggio",
    "formai": "formaggio",
    "pan": "pane",
    "mel": "miele",
}


def in_italian(asked: ListingFilter) -> ListingFilter:
    """The same question with the valley's words in Italian."""
    words = (_WORDS.get(word.lower(), word) for word in asked.text.split(" "))
    return replace(asked, text=" ".join(words))


class DialectSearch:
    """Asks another search for what was meant."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def _behind(self, uow: UnitOfWork) -> SearchProvider:
        return self._host.provider(SearchProvider, "postgresql", uow=uow)

    async def find(
        self, uow: UnitOfWork, asked: ListingFilter, size: int, after: str | None
    ) -> Found[ListingView]:
        """A page of products."""
        return await self._behind(uow).find(uow, in_italian(asked), size, after)

    async def find_details(
        self, uow: UnitOfWork, asked: ListingFilter, size: int, after: str | None
    ) -> Found[ProductDetail]:
        """A page of products with all that their pages show."""
        return await self._behind(uow).find_details(uow, in_italian(asked), size, after)


def make_dialect(host: Host, _settings: Mapping[str, Any]) -> DialectSearch:
    """There is nothing to set."""
    return DialectSearch(host)
