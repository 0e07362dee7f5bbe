"""Errors of orders."""

from __future__ import annotations

from arengo_core.errors import ConflictError, NotFoundError


class NoSuchOrderError(NotFoundError):
    """There is no such order, or it is not the caller's."""

    def __init__(self) -> None:
        super().__init__("There is no such order. Open the link in the mail that we sent you.")


class WrongStateError(ConflictError):
    """The order stands where this cannot be done any more, or not yet."""

    def __init__(self) -> None:
        super().__init__(
            "This order stands elsewhere by now: look at it again before you go on.",
            code="WRONG_STATE",
        )
