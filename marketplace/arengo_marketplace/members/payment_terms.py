"""How and by when a consortium wants to be paid: part of its charter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from arengo_core.errors import InvalidInputError

_DAYS = 30
_LONGEST = 365
_TEXT = 300
_MOST = 5
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """When statements are due, in days after they are issued, and where to pay them.

    ``note`` is whatever else the payer has to know, such as how to pay by pagoPA. ``reminders``
    are the days past the due day on which a statement is reminded of, growing; empty for none.
    ``online``: members may also pay through the service of payments.
    """

    due_days: int = _DAYS
    holder: str = ""
    iban: str = ""
    bank: str = ""
    note: str = ""
    reminders: tuple[int, ...] = ()
    online: bool = False

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> PaymentTerms:
        """From a document or a form's texts. InvalidInputError names the field."""
        given = str(values.get("due_days", _DAYS)).strip()
        if not given.isdecimal() or not 1 <= int(given) <= _LONGEST:
            raise InvalidInputError(
                "From {minimum} to {maximum} is possible.",
                field="due_days",
                minimum=1,
                maximum=_LONGEST,
            )
        return cls(
            int(given),
            _text(values, "holder"),
            _iban(str(values.get("iban") or "")),
            _text(values, "bank"),
            _text(values, "note"),
            _reminders(values.get("reminders") or ()),
            bool(values.get("online")),
        )

    def to_json(self) -> dict[str, Any]:
        """As a document."""
        return asdict(self) | {"reminders": list(self.reminders)}

    def due(self, issued_on: date) -> date:
        """The last day to pay what is issued on a day."""
        return issued_on + timedelta(days=self.due_days)

    @property
    def iban_in_groups(self) -> str:
        """The account's number as it is printed: four characters at a time."""
        return " ".join(self.iban[at : at + 4] for at in range(0, len(self.iban), 4))


def _text(values: Mapping[str, Any], field: str) -> str:
    text = str(values.get(field) or "").strip()
    if len(text) > _TEXT:
        raise InvalidInputError(
            "At most {limit} characters are possible.", field=field, limit=_TEXT
        )
    return text


def _reminders(given: Any) -> tuple[int, ...]:
    """Days from a list, or from a form's text such as ``10, 30, 60``."""
    parts = re.split(r"[,;\s]+", given.strip()) if isinstance(given, str) else given
    texts = [str(part) for part in parts]
    days = [int(text) for text in texts if text.isdecimal() and len(text) <= 3]
    is_growing = all(before < after for before, after in pairwise(days))
    if len(days) != len(texts) or len(days) > _MOST or not is_growing or days[:1] == [0]:
        raise InvalidInputError(
            "Up to {limit} growing numbers of days are expected, such as 10, 30, 60.",
            field="reminders",
            limit=_MOST,
        )
    return tuple(days)


def _iban(given: str) -> str:
    """An account's number, whose check digits (ISO 7064, mod 97-10) hold."""
    number = re.sub(r"\s", "", given).upper()
    if not number:
        return ""
    moved = number[4:] + number[:4]
    if not _IBAN.fullmatch(number) or int("".join(str(int(c, 36)) for c in moved)) % 97 != 1:
        raise InvalidInputError("This is not an IBAN: a character is wrong.", field="iban")
    return number
