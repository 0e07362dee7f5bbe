"""Stripe's error objects (API reference, "Errors")."""

from __future__ import annotations

from arengo_payments.standin.forms import Json


class ApiError(Exception):
    """An answer other than success, with the fields of Stripe's error object."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        **fields: object,
    ) -> None:
        super().__init__(message)
        self.status = status
        given = {name: value for name, value in fields.items() if value is not None}
        self.body: Json = {"error": {"message": message, "type": kind, **given}}


def missing(kind: str, reference: str, param: str = "id") -> ApiError:
    """404 for an id that names nothing."""
    return ApiError(404, f"No such {kind}: '{reference}'", code="resource_missing", param=param)


def invalid(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    """400 for a parameter or a state that does not allow the request."""
    return ApiError(400, message, param=param, code=code)
