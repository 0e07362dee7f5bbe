"""The tree of categories as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from arengo_storefront.base import in_language


@dataclass(frozen=True, slots=True)
class Branch:
    """A category; its name in the reader's language is ``name``."""

    id: UUID
    parent_id: UUID | None
    slug: str
    name_it: str
    name_en: str
    position: int

    @property
    def name(self) -> str:
        """Its name in the reader's language."""
        return in_language(self.name_it, self.name_en)


@dataclass(frozen=True, slots=True)
class CategoryTree:
    """All categories of a consortium, in the order in which lists show them."""

    branches: tuple[Branch, ...]
    _by_id: dict[UUID, Branch] = field(default_factory=dict[UUID, Branch])

    @classmethod
    def of(cls, branches: Iterable[Branch]) -> CategoryTree:
        """From branches in any order."""
        ordered = tuple(sorted(branches, key=lambda branch: (branch.position, branch.name_it)))
        return cls(ordered, {branch.id: branch for branch in ordered})

    def get(self, category_id: UUID) -> Branch | None:
        """A category by id."""
        return self._by_id.get(category_id)

    def by_slug(self, slug: str) -> Branch | None:
        """A category by its short name in addresses."""
        return next((branch for branch in self.branches if branch.slug == slug), None)

    def path(self, category_id: UUID) -> list[Branch]:
        """A category and all above it, from the top."""
        found: list[Branch] = []
        branch = self.get(category_id)
        while branch is not None and branch not in found:
            found.append(branch)
            branch = self.get(branch.parent_id) if branch.parent_id else None
        return found[::-1]

    def children(self, category_id: UUID | None) -> list[Branch]:
        """The branches right under a category; with None the top ones."""
        return [branch for branch in self.branches if branch.parent_id == category_id]

    def walk(self) -> list[tuple[int, Branch]]:
        """Every category with its depth, each under its parent."""

        def below(parent: UUID | None, depth: int) -> list[tuple[int, Branch]]:
            rows: list[tuple[int, Branch]] = []
            for branch in self.children(parent):
                rows += [(depth, branch), *below(branch.id, depth + 1)]
            return rows

        return below(None, 0)
