"""What other plugins get of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_storefront.catalogue.repository import listings
from arengo_storefront.contract import ProductView


class PublishedProducts:
    """Implements :class:`arengo_storefront.contract.Catalogue`."""

    def __init__(self, _host: Host, uow: UnitOfWork | None) -> None:
        assert uow is not None, "the catalogue works in its caller's transaction"
        self._uow = uow

    async def products(self, product_ids: Sequence[UUID]) -> dict[UUID, ProductView]:
        """Published products by id."""
        found = await listings.by_ids(self._uow.session, product_ids)
        return {
            key: ProductView(
                id=view.id,
                merchant_id=view.organization_id,
                name=view.name,
                path=view.path,
                price=view.price,
                in_stock=view.in_stock,
            )
            for key, view in found.items()
        }
