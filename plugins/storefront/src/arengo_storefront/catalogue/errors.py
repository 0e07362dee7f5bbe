"""Errors of the catalogue."""

from __future__ import annotations

from arengo_core.errors import ConflictError, NotFoundError


class NoProductError(NotFoundError):
    """There is no such product, or it is not shown, or it is another merchant's."""

    code = "NO_PRODUCT"

    def __init__(self) -> None:
        super().__init__("There is no such product.")


class NoCategoryError(NotFoundError):
    """There is no such category in this consortium."""

    code = "NO_CATEGORY"

    def __init__(self) -> None:
        super().__init__("There is no such category.")


class CategoryInUseError(ConflictError):
    """The category still has goods or branches."""

    code = "CATEGORY_IN_USE"

    def __init__(self) -> None:
        super().__init__("Products or other categories are in it: move them first.")
