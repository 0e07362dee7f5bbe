"""Rules of the tree of categories: the consortium's office tends it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_core.ids import new_id
from arengo_core.organizations.service import slugify
from arengo_storefront.catalogue import publishing
from arengo_storefront.catalogue.errors import CategoryInUseError, NoCategoryError
from arengo_storefront.catalogue.first_categories import FIRST_CATEGORIES
from arengo_storefront.catalogue.models import Category
from arengo_storefront.catalogue.repository import products as repository
from arengo_storefront.permissions import CATEGORIES


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryDetails:
    """What an office says of a category."""

    name_it: str
    name_en: str = ""
    parent_id: UUID | None = None
    position: int = 0


async def ensure(uow: UnitOfWork, consortium_id: UUID) -> None:
    """Give a market that has no categories the first ones."""
    if (await repository.category_tree(uow.session, consortium_id)).branches:
        return
    rows: list[dict[str, object]] = []

    def add(names: tuple[str, str], parent_id: UUID | None) -> UUID:
        category_id = new_id()
        rows.append(
            {
                "id": category_id,
                "organization_id": consortium_id,
                "parent_id": parent_id,
                "slug": slugify(names[0]),
                "name_it": names[0],
                "name_en": names[1],
                "position": len(rows),
            }
        )
        return category_id

    for top, below in FIRST_CATEGORIES:
        parent_id = add(top, None)
        for names in below:
            add(names, parent_id)
    async with uow.widened([consortium_id]):
        await repository.add_categories(uow.session, rows)


async def save_category(
    uow: UnitOfWork,
    *,
    consortium_id: UUID,
    details: CategoryDetails,
    category_id: UUID | None = None,
) -> Category:
    """Add a category or change one; listings under it follow in the same transaction."""
    uow.caller.require(consortium_id, CATEGORIES)
    name = details.name_it.strip()
    if not 1 <= len(name) <= 60:
        raise InvalidInputError("A name of 1 to 60 characters is needed.", field="name_it")
    tree = await repository.category_tree(uow.session, consortium_id)
    if details.parent_id is not None and tree.get(details.parent_id) is None:
        raise InvalidInputError("Choose one of the list.", field="parent_id")
    if category_id is None:
        slug = slugify(name)
        if tree.by_slug(slug) is not None:
            raise ConflictError("There is a category of this name.", field="name_it")
        row = Category(
            id=new_id(),
            organization_id=consortium_id,
            slug=slug,
            name_it=name,
            name_en=details.name_en.strip()[:60],
            parent_id=details.parent_id,
            position=details.position or len(tree.branches),
        )
        uow.session.add(row)
    else:
        row = await _owned(uow, consortium_id, category_id)
        if details.parent_id is not None and any(
            branch.id == category_id for branch in tree.path(details.parent_id)
        ):
            raise InvalidInputError("A category cannot be under itself.", field="parent_id")
        row.name_it, row.name_en = name, details.name_en.strip()[:60]
        row.parent_id, row.position = details.parent_id, details.position
    await uow.session.flush()
    if category_id is not None:
        await publishing.relist_category(uow, category_id)
    uow.audit(consortium_id, "category.saved", "Category", row.id)
    return row


async def remove_category(uow: UnitOfWork, *, consortium_id: UUID, category_id: UUID) -> None:
    """Take away an empty category. CategoryInUseError while something hangs on it."""
    uow.caller.require(consortium_id, CATEGORIES)
    row = await _owned(uow, consortium_id, category_id)
    if await repository.category_is_used(uow.session, category_id):
        raise CategoryInUseError
    await uow.session.delete(row)
    await uow.session.flush()
    uow.audit(consortium_id, "category.removed", "Category", category_id)


async def _owned(uow: UnitOfWork, consortium_id: UUID, category_id: UUID) -> Category:
    row = await repository.category(uow.session, category_id)
    if row is None or row.organization_id != consortium_id:
        raise NoCategoryError
    return row
