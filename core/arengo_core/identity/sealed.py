"""What a browser carries for us between two pages: encrypted, for one purpose, until a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from arengo_core import clock
from arengo_core.errors import SettingsError
from arengo_core.secrets import Cipher

_PURPOSE, _UNTIL = "_purpose", "_until"


def seal(cipher: Cipher, purpose: str, life: timedelta, values: Mapping[str, str]) -> str:
    """Values as the text of a cookie."""
    until = str((clock.now() + life).timestamp())
    return cipher.encrypt({**values, _PURPOSE: purpose, _UNTIL: until}).decode()


def unseal(cipher: Cipher, purpose: str, text: str | None) -> dict[str, str] | None:
    """The values again; None when it is not ours, for something else, or over."""
    if not text:
        return None
    try:
        values = cipher.decrypt(text.encode())
    except (SettingsError, ValueError):
        return None
    if values.pop(_PURPOSE, "") != purpose:
        return None
    if float(values.pop(_UNTIL, "0")) < clock.now().timestamp():
        return None
    return values
