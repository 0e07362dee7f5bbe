"""Reading JSON documents field by field, with errors that name the field and the mend."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import cast

from babel.numbers import list_currencies

from arengo_marketplace.costs.errors import N_, CostError

_NUMBER = N_("Write a number, for example {example}")
_EMPTY = N_("the list is empty")
_NOT_EMPTY = N_("Write a list with at least one")
_MISSING = N_("this is missing")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_YEARS = range(1900, 2200)
_LONGEST = 80
MOST_CENTS = 10**15
TOO_MUCH = N_("{value} is more than can be divided")


def written(value: object) -> str:
    """A value as JSON has it, for messages: cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}…"
    return text.encode("utf-8", "backslashreplace").decode()


class Document:
    """A JSON object being read; ``path`` is where it stands in the whole."""

    def __init__(self, value: object, path: str, error: type[CostError]) -> None:
        self._path = path
        self._error = error
        self._read: set[str] = set()
        if not isinstance(value, dict):
            raise error(
                path or "document",
                N_("{value} is not an object") if value is not None else _MISSING,
                N_("Write an object with named fields, in braces"),
                value=written(value),
            )
        self._fields = cast("dict[str, object]", value)

    def fail(self, name: str, fault: str, mend: str, **values: object) -> CostError:
        """The error about one field of this object."""
        return self._error(self.field(name), fault, mend, **values)

    def unfit(self, name: str, value: object, fault: str, mend: str, **values: object) -> CostError:
        """The error about a field's ``{value}``, or that there is none."""
        fault = fault if value is not None else _MISSING
        return self.fail(name, fault, mend, value=written(value), **values)

    def field(self, name: str) -> str:
        """The full name of a field, such as ``parts[1].weight``."""
        return f"{self._path}.{name}" if self._path else name

    def take(self, name: str) -> object:
        """The raw value; None when absent."""
        self._read.add(name)
        return self._fields.get(name)

    def rest(self) -> dict[str, object]:
        """The fields not read so far."""
        return {name: value for name, value in self._fields.items() if name not in self._read}

    def done(self) -> None:
        """Refuse fields that nothing has read."""
        for name in self.rest():
            raise self.fail(
                name,
                N_("there is no such field"),
                N_("Remove it, or use one of: {known}"),
                known=", ".join(sorted(self._read)),
            )

    def text(self, name: str, default: str | None = None) -> str:
        """A text that is not empty."""
        value = self.take(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value.strip():
            raise self.unfit(name, value, N_("{value} is not a text"), N_("Write a text"))
        return value

    def choice(self, name: str, options: Sequence[str], default: str | None = None) -> str:
        """One of the given words."""
        value = self.take(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or value not in options:
            raise self.unfit(
                name,
                value,
                N_("{value} is not known"),
                N_("Use one of: {options}"),
                options=", ".join(options),
            )
        return value

    def minor(self, name: str, default: int | None = None) -> int:
        """An amount in minor units (cents), 0 or more."""
        value = self.take(name)
        if value is None and default is not None:
            return default
        fault = N_("{value} is not a whole number of cents")
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            if value <= MOST_CENTS:
                return value
            fault = TOO_MUCH
        raise self.unfit(
            name,
            value,
            fault,
            N_("Write the amount in cents, for example 120000 for 1,200.00"),
        )

    def decimal(self, name: str, *, places: int, below: int, example: str) -> Decimal:
        """A number from 0 to ``below``, with at most ``places`` decimals."""
        value = self.take(name)
        try:
            # A JSON number's shortest text is what was typed; its binary value is not.
            number = Decimal("" if isinstance(value, bool) else str(value))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            fault = N_("{value} is not a number")
        elif number < 0 or number > below:
            fault = N_("{value} is not between 0 and {below}")
        elif number != round(number, places):
            fault = N_("{value} has more than {places} decimals")
        else:
            return number
        raise self.unfit(name, value, fault, _NUMBER, below=below, places=places, example=example)

    def currency(self) -> str:
        """The currency, EUR unless named."""
        value = self.text("currency", "EUR")
        if value not in list_currencies():
            raise self.fail(
                "currency",
                N_("{currency} is not a currency"),
                N_("Write its code of three capital letters, for example EUR"),
                currency=written(value),
            )
        return value

    def flag(self, name: str) -> bool:
        """Yes or no; no when absent."""
        value = self.take(name)
        if value is not None and not isinstance(value, bool):
            raise self.unfit(
                name, value, N_("{value} is neither true nor false"), N_("Write true or false")
            )
        return bool(value)

    def day(self, name: str) -> date:
        """A day as YYYY-MM-DD."""
        value = self.take(name)
        fault = N_("{value} is not a day")
        try:
            if isinstance(value, str) and _DAY.fullmatch(value):
                day = date.fromisoformat(value)
                if day.year in _YEARS:
                    return day
                fault = N_("{value} is too far away")
        except ValueError:
            pass
        raise self.unfit(
            name,
            value,
            fault,
            N_("Write the day as YYYY-MM-DD, for example 2026-09-01"),
        )

    def amounts(self, name: str) -> dict[str, int]:
        """An object of amounts in minor units."""
        inner = self.inner(name)
        return {key: inner.minor(key) for key in inner.rest()}

    def decimals(self, name: str) -> dict[str, Decimal]:
        """An object of numbers of 0 or more, with at most 8 decimals."""
        inner = self.inner(name)
        return {
            key: inner.decimal(key, places=8, below=10**12, example="1.5") for key in inner.rest()
        }

    def inner(self, name: str) -> Document:
        """The object in a field."""
        return Document(self.take(name), self.field(name), self._error)

    def texts(self, name: str) -> list[str]:
        """A list of texts, at least one."""
        items = Document(
            {str(index): item for index, item in enumerate(self.items(name))},
            self.field(name),
            self._error,
        )
        return [items.text(index) for index in items.rest()]

    def objects(self, name: str) -> list[Document]:
        """A list of objects, at least one."""
        return [
            Document(item, f"{self.field(name)}[{index}]", self._error)
            for index, item in enumerate(self.items(name))
        ]

    def items(self, name: str) -> list[object]:
        """A list, at least one long."""
        value = self.take(name)
        if not isinstance(value, list) or not value:
            fault = _EMPTY if value == [] else N_("{value} is not a list")
            raise self.unfit(name, value, fault, _NOT_EMPTY)
        return cast("list[object]", value)

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self._fields.get(name) is not None
