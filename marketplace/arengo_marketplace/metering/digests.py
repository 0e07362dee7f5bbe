"""Digests of usage: of a reading's key, and of the canonical rows of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from uuid import UUID


def plugin_key(organization_id: UUID, meter: str, key: str) -> bytes:
    """What stands for the key of a plugin's reading: it is the member's and meter's own."""
    return sha256(f"{organization_id}\n{meter}\n{key}".encode()).digest()


class SourceKeys:
    """What stands for the keys of a source, which are the same whomever a reading counts for."""

    def __init__(self, consortium_id: UUID, source: str) -> None:
        self._begun = sha256(f"source\n{consortium_id}\n{source}\n".encode())

    def digest(self, key: str) -> bytes:
        """The digest of a key."""
        whole = self._begun.copy()
        whole.update(key.encode())
        return whole.digest()


def correction_key(record_id: UUID) -> bytes:
    """What stands for the key of the record that takes another back: there is one at most."""
    return sha256(f"correction\n{record_id}".encode()).digest()


def place_text(organization_id: UUID, meter: str, counted_on: date, through_seat: bool) -> str:
    """The part of a canonical row that says where a record counts."""
    return f"{organization_id.hex},{meter},{counted_on},{through_seat:d}"


@lru_cache(maxsize=4096)
def units_text(quantity: Decimal) -> str:
    """A quantity as a canonical row has it: without trailing zeros and exponent."""
    return f"{quantity.normalize():f}"


def instant_text(instant: datetime) -> str:
    """An instant as a canonical row has it: in UTC, with six decimals of a second."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def canonical_row(record_id: str, place: str, units: str, instant: str) -> str:
    """A record as text, without the line feed that ends it in a digest.

    The record's id and the organization's, each as 32 hexadecimal digits, the meter, the day on
    which it counts, 1 where it counts through a seat, else 0, the quantity without trailing zeros,
    and the instant in UTC with six decimals of a second; separated by commas. Of these,
    :func:`place_text`, :func:`units_text` and :func:`instant_text` give the parts.
    """
    return f"{record_id},{place},{units},{instant}"


class RowsDigest:
    """SHA-256 over records as canonical rows in UTF-8, in the order of their ids.

    Each row (:func:`canonical_row`) ends with a line feed.
    """

    def __init__(self) -> None:
        self.records = 0
        self._sum = sha256()

    def add(self, rows: Sequence[str]) -> None:
        """Take the next records in, each as its :func:`canonical_row`."""
        self.records += len(rows)
        self._sum.update("".join(f"{row}\n" for row in rows).encode())

    def digest(self) -> bytes:
        """The digest of what was added."""
        return self._sum.digest()
