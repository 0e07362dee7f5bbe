"""What the valley's home shows, read in few statements."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_storefront.catalogue.models import Listing
from arengo_storefront.catalogue.tree import Branch, CategoryTree
from arengo_storefront.shops.repository import open_merchants


@dataclass(frozen=True, slots=True)
class CategoryShelf:
    """A category of the market: how many products it shows, and a photo of one."""

    branch: Branch
    products: int
    picture_id: UUID | None


async def shelves(
    session: AsyncSession,
    tree: CategoryTree,
    consortium_id: UUID,
    organization_id: UUID | None = None,
) -> list[CategoryShelf]:
    """Categories that show something, in the tree's order; of one merchant when given."""
    category = func.unnest(Listing.categories).label("category")
    statement = select(category, Listing.picture_id, Listing.published_at, Listing.id).where(
        Listing.consortium_id == consortium_id, Listing.organization_id.in_(open_merchants())
    )
    if organization_id is not None:
        statement = statement.where(Listing.organization_id == organization_id)
    listed = statement.subquery()
    picture = func.array_agg(
        aggregate_order_by(listed.c.picture_id, listed.c.published_at.desc(), listed.c.id.desc())
    ).filter(listed.c.picture_id.is_not(None))
    rows = await session.execute(
        select(listed.c.category, func.count(), picture).group_by(listed.c.category)
    )
    found = {
        category_id: (count, pictures[0] if pictures else None)
        for category_id, count, pictures in rows
    }
    return [
        CategoryShelf(branch, *found[branch.id]) for _, branch in tree.walk() if branch.id in found
    ]
