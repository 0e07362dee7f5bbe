"""Errors of consents."""

from __future__ import annotations

from arengo_core.errors import ConflictError


class ConsentNeededError(ConflictError):
    """A service asks for something that the member has not agreed to."""

    code = "CONSENT_NEEDED"
