"""Reading JSON documents field by field, with errors that name the field and the mend."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import cast

from arengo_marketplace.costs.errors import N_, CostError

_NUMBER = N_("Write a number, for example {example}")
_EMPTY = N_("the list is empty")
_NOT_EMPTY = N_("Write a list with at least one")


class Document:
    """A JSON object being read; ``path`` is where it stands in the whole."""

    def __init__(self, value: object, path: str, error: type[CostError]) -> None:
        self._path = path
        self._error = error
        self._read: set[str] = set()
        if not isinstance(value, dict):
            raise error(
                path or "document",
                N_("{value} is not an object"),
                N_("Write an object with named fields, in braces"),
                value=repr(value),
            )
        self._fields = cast("dict[str, object]", value)

    def fail(self, name: str, fault: str, mend: str, **values: object) -> CostError:
        """The error about one field of this object."""
        return self._error(self.field(name), fault, mend, **values)

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
            raise self.fail(
                name, N_("{value} is not a text"), N_("Write a text"), value=repr(value)
            )
        return value

    def choice(self, name: str, options: Sequence[str], default: str | None = None) -> str:
        """One of the given words."""
        value = self.take(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or value not in options:
            raise self.fail(
                name,
                N_("{value} is not known"),
                N_("Use one of: {options}"),
                value=repr(value),
                options=", ".join(options),
            )
        return value

    def minor(self, name: str, default: int | None = None) -> int:
        """An amount in minor units (cents), 0 or more."""
        value = self.take(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.fail(
                name,
                N_("{value} is not a whole number of cents"),
                N_("Write the amount in cents, for example 120000 for 1,200.00"),
                value=repr(value),
            )
        return value

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
        raise self.fail(
            name, fault, _NUMBER, value=repr(value), below=below, places=places, example=example
        )

    def flag(self, name: str) -> bool:
        """Yes or no; no when absent."""
        value = self.take(name)
        if value is not None and not isinstance(value, bool):
            raise self.fail(
                name,
                N_("{value} is neither true nor false"),
                N_("Write true or false"),
                value=repr(value),
            )
        return bool(value)

    def day(self, name: str) -> date:
        """A day as YYYY-MM-DD."""
        value = self.take(name)
        try:
            return date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            raise self.fail(
                name,
                N_("{value} is not a day"),
                N_("Write the day as YYYY-MM-DD, for example 2026-09-01"),
                value=repr(value),
            ) from None

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
        value = self.take(name)
        if not isinstance(value, list) or not value:
            raise self.fail(name, _EMPTY, _NOT_EMPTY)
        items = Document(
            {str(index): item for index, item in enumerate(cast("list[object]", value))},
            self.field(name),
            self._error,
        )
        return [items.text(index) for index in items.rest()]

    def objects(self, name: str) -> list[Document]:
        """A list of objects, at least one."""
        value = self.take(name)
        if not isinstance(value, list) or not value:
            raise self.fail(name, _EMPTY, _NOT_EMPTY)
        return [
            Document(item, f"{self.field(name)}[{index}]", self._error)
            for index, item in enumerate(cast("list[object]", value))
        ]

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self._fields.get(name) is not None
