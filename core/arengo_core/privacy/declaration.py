"""What a table says of the personal data in it; written beside the model, read by everything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from arengo_core.i18n import N_
from arengo_core.ids import keyed_digest

TEN_YEARS = N_("Ten years, as the civil code asks of accounts (art. 2220)")
WHILE_MEMBER = N_("As long as the membership; then ten years, as the civil code asks (art. 2220)")
IDS_ALONE = N_("For good: an id alone, which names nobody once the account is gone")
PERSONAL = "personal"
"""Key of a table's ``info`` under which its declaration lies."""


class Erasure(StrEnum):
    """What becomes of a person's rows when the person asks for erasure."""

    DELETE = "delete"
    BLANK = "blank"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Retention:
    """Rows older than ``life``, by the column ``since``, are deleted each night."""

    since: str
    life: timedelta


@dataclass(frozen=True, slots=True)
class AddressDigest:
    """A column with a keyed digest of an address, which finds rows whose address is encrypted.

    ``of`` says as what somebody has it, so that digests of two tables cannot be joined.
    """

    column: str
    of: str

    def value(self, secret: bytes, email: str) -> bytes:
        """The digest of an address, whatever its case."""
        return keyed_digest(secret, f"{self.of}:{email.strip().lower()}")


@dataclass(frozen=True, slots=True)
class Personal:
    """The personal data in a table; texts are msgids of the package.

    ``columns`` hold them; ``whose`` they are; ``why`` they are there; ``kept`` how long, or by
    which law. A person's rows are found by ``by_user`` (a column of user ids), ``by_email`` (a
    column of addresses) or ``by_digest``; where none is there, only whoever holds the row's own
    secret or number finds it. Where a row's tenant is no organization, ``tenants`` names the column
    of the plugin's that holds it (``table.column``); of a table that declares how it finds a
    person, that person's alone. ``BLANK`` empties the columns. ``KEEP`` needs no more than
    ``kept``.
    """

    columns: tuple[str, ...]
    whose: str
    why: str
    kept: str
    by_user: str = ""
    by_email: str = ""
    by_digest: AddressDigest | None = None
    tenants: str = ""
    erasure: Erasure = Erasure.KEEP
    retention: Retention | None = None

    @property
    def finders(self) -> list[str]:
        """The columns by which a person's rows are found."""
        digest = self.by_digest.column if self.by_digest else ""
        return [column for column in (self.by_user, self.by_email, digest) if column]
