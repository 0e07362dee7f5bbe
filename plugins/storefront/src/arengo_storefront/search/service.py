"""Search by words: asks the provider that the installation chose, or PostgreSQL."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import UnavailableError
from arengo_core.host import Host
from arengo_storefront.catalogue.views import ListingView, ProductDetail
from arengo_storefront.contract import SearchProvider
from arengo_storefront.search.filters import ListingFilter
from arengo_storefront.search.found import Found
from arengo_storefront.search.postgresql import POSTGRESQL, PostgresqlSearch

ViewT = TypeVar("ViewT", bound=ListingView)
_OWN = PostgresqlSearch()


async def find(
    host: Host, uow: UnitOfWork, asked: ListingFilter, *, size: int, after: str | None = None
) -> Found[ListingView]:
    """Up to ``size`` + 1 products after a cursor."""
    return await _ask(host, uow, asked, lambda search: search.find(uow, asked, size, after))


async def find_details(
    host: Host, uow: UnitOfWork, asked: ListingFilter, *, size: int, after: str | None = None
) -> Found[ProductDetail]:
    """The same with all that product pages show."""
    return await _ask(host, uow, asked, lambda search: search.find_details(uow, asked, size, after))


async def _ask(
    host: Host,
    uow: UnitOfWork,
    asked: ListingFilter,
    ask: Callable[[SearchProvider], Awaitable[Found[ViewT]]],
) -> Found[ViewT]:
    chosen = host.settings.providers.get(SearchProvider.__name__, POSTGRESQL)
    if chosen == POSTGRESQL or not asked.text.strip():
        return await ask(_OWN)
    try:
        return await ask(host.provider(SearchProvider, chosen, uow=uow))
    except UnavailableError:
        return await ask(_OWN)  # the guard has recorded why
