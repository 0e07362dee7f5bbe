"""The search that comes with the product: PostgreSQL's full text and trigrams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_storefront.catalogue.views import ListingView, ProductDetail
from arengo_storefront.search import repository
from arengo_storefront.search.filters import ListingFilter
from arengo_storefront.search.found import Found

POSTGRESQL = "postgresql"


class PostgresqlSearch:
    """Asks the listings, in one statement; in a second one where nothing was found."""

    async def find(
        self, uow: UnitOfWork, asked: ListingFilter, size: int, after: str | None
    ) -> Found[ListingView]:
        """A page of products."""
        return await repository.find(uow.session, asked, size=size, after=after)

    async def find_details(
        self, uow: UnitOfWork, asked: ListingFilter, size: int, after: str | None
    ) -> Found[ProductDetail]:
        """A page of products with all that their pages show."""
        return await repository.find_details(uow.session, asked, size=size, after=after)


def make_search(_host: Host, _settings: Mapping[str, Any]) -> PostgresqlSearch:
    """There is nothing to set."""
    return PostgresqlSearch()
