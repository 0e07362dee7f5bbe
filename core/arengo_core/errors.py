"""The one error tree. Each class has a stable code; messages are English msgids.

ArengoError
├── InvalidInputError   bad value: names field, fault and mend      400
├── UnauthenticatedError  sign in first                             401
├── ForbiddenError      signed in, but may not                      403
├── NotFoundError       does not exist, or is not yours             404
├── NotActiveError      the member has not activated the service    404
├── ConflictError       the state does not allow it                 409
├── TooLargeError       over a stated limit                         413
├── TooManyError        over a rate limit, try later                429
├── UnavailableError    a part is down, try later (retriable)       503
│   └── DatabaseAwayError  the database does not answer             503
├── PluginError         a plugin cannot be used (plugins.registry)    at start
└── SettingsError       the installation is set up wrongly          at start
"""

from __future__ import annotations

from typing import Any


class ArengoError(Exception):
    """Base of all errors that callers may see.

    ``message`` is a gettext msgid; ``params`` fill its ``{placeholders}`` after translation.
    """

    code = "INTERNAL"
    status = 500

    def __init__(
        self, message: str, *, field: str | None = None, code: str | None = None, **params: Any
    ) -> None:
        super().__init__(message.format(**params) if params else message)
        self.message = message
        self.field = field
        self.params = params
        if code is not None:
            self.code = code


class InvalidInputError(ArengoError):
    """A value given is not acceptable; the message says why and what would be."""

    code = "INVALID"
    status = 400


class UnauthenticatedError(ArengoError):
    """Nobody is signed in and somebody must be."""

    code = "UNAUTHENTICATED"
    status = 401


class ForbiddenError(ArengoError):
    """The caller's roles do not allow it."""

    code = "FORBIDDEN"
    status = 403


class NotFoundError(ArengoError):
    """There is no such thing for this caller."""

    code = "NOT_FOUND"
    status = 404


class NotActiveError(NotFoundError):
    """The member has no active Activation of the service."""

    code = "NOT_ACTIVE"

    def __init__(self, service: str) -> None:
        super().__init__("The service {service} is not active here.", service=service)
        self.service = service


class ConflictError(ArengoError):
    """The thing's present state does not allow the request."""

    code = "CONFLICT"
    status = 409


class TooLargeError(ArengoError):
    """A request or file is over its stated limit."""

    code = "TOO_LARGE"
    status = 413


class TooManyError(ArengoError):
    """Too many attempts; try later, in ``retry_after`` seconds where that is known."""

    code = "RATE_LIMITED"
    status = 429

    def __init__(self, message: str, *, retry_after: int = 0, **params: Any) -> None:
        super().__init__(message, **params)
        self.retry_after = retry_after


class UnavailableError(ArengoError):
    """A part that this needs does not answer; the same request may pass later."""

    code = "UNAVAILABLE"
    status = 503


class NotYetError(UnavailableError):
    """A job whose turn has not come: it is put back, and no plugin is blamed for it."""


class DatabaseAwayError(UnavailableError):
    """The database refused, dropped or ended the connection. What was not confirmed may be tried
    again with the same idempotency key."""

    def __init__(self) -> None:
        super().__init__("The database does not answer. Try again in a minute.")


class SettingsError(ArengoError):
    """A setting of the installation is missing or wrong; raised at start."""

    code = "SETTINGS"
