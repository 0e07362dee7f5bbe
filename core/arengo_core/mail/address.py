"""E-mail addresses."""

from __future__ import annotations

import re

from arengo_core.errors import InvalidInputError

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def check_email(value: str) -> str:
    """An e-mail address, lower-cased. InvalidInputError otherwise."""
    email = value.strip().lower()
    if not email:
        raise InvalidInputError("An e-mail address is needed.", field="email")
    if not _EMAIL.fullmatch(email) or len(email) > 254:
        raise InvalidInputError(
            "{value} is not an e-mail address: name@example.it is expected.",
            field="email",
            value=value,
        )
    return email
