"""Codes: the label's, which nobody can guess, and the shopper's six digits.

The shopper's code is derived from the installation's secret, so that it is stored nowhere and a
repeated job tells the same one; the database keeps a keyed digest of it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from arengo_core.host import Host
from arengo_core.ids import digest, keyed_digest

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH = 16
PICK_UP_DIGITS = 6


def new_tracking_code() -> str:
    """Eighty random bits in letters and digits that are not taken for each other."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def read_tracking_code(text: str) -> str:
    """A label's code as scanned or typed: spaces and hyphens left out, letters large."""
    return "".join(character for character in text.upper() if character.isalnum())


def show_tracking_code(code: str) -> str:
    """A label's code in groups of four."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def tracking_digest(code: str) -> bytes:
    """What the database keeps to find a parcel by its label."""
    return digest(f"tracking:{read_tracking_code(code)}")


@dataclass(frozen=True, slots=True)
class PickUpCodes:
    """The shopper's codes under an installation's secret."""

    secret: bytes

    @classmethod
    def of(cls, host: Host) -> PickUpCodes:
        """With the secret of this installation."""
        return cls(host.settings.secret_key.get_secret_value().encode())

    def code(self, parcel_id: UUID, issue: int) -> str:
        """The code of a parcel; each issue is another one."""
        value = int.from_bytes(keyed_digest(self.secret, f"pick-up:{parcel_id}:{issue}")[:8])
        return f"{value % 10**PICK_UP_DIGITS:0{PICK_UP_DIGITS}d}"

    def digest(self, holder_id: UUID, code: str) -> bytes:
        """What the database keeps of a code that is good with one keeper."""
        return keyed_digest(self.secret, f"pick-up-digest:{holder_id}:{code}")
