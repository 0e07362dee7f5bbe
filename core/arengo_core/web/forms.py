"""Forms: reading what was typed, and keeping it when something is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from litestar.datastructures import UploadFile

from arengo_core.errors import ArengoError, InvalidInputError
from arengo_core.i18n import error_text
from arengo_core.money import Money
from arengo_core.web.context import ArengoRequest


@dataclass(slots=True)
class Form(Mapping[str, str]):
    """The fields of a posted form: text by name, uploads apart, errors by field."""

    fields: dict[str, str]
    lists: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    files: dict[str, list[UploadFile]] = field(default_factory=dict[str, list[UploadFile]])
    errors: dict[str, str] = field(default_factory=dict[str, str])

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "").strip()

    def __iter__(self) -> Iterator[str]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)

    def all(self, name: str) -> list[str]:
        """Every value of a repeated field."""
        return self.lists.get(name, [])

    def flag(self, name: str) -> bool:
        """Whether a checkbox was ticked."""
        return self.fields.get(name, "") not in {"", "0", "off", "false"}

    def uuid(self, name: str) -> UUID:
        """An id. InvalidInputError naming the field."""
        try:
            return UUID(self[name])
        except ValueError:
            raise InvalidInputError("Choose one of the list.", field=name) from None

    def integer(self, name: str, *, minimum: int = 0, maximum: int = 2_000_000_000) -> int:
        """A whole number in bounds. InvalidInputError naming the field."""
        try:
            value = int(self[name])
        except ValueError:
            raise InvalidInputError(
                "{value} is not a whole number.", field=name, value=self[name] or "—"
            ) from None
        if not minimum <= value <= maximum:
            raise InvalidInputError(
                "From {minimum} to {maximum} is possible.",
                field=name,
                minimum=minimum,
                maximum=maximum,
            )
        return value

    def decimal(self, name: str) -> Decimal:
        """A decimal number, comma or point. InvalidInputError naming the field."""
        try:
            value = Decimal(self[name].replace(",", "."))
        except InvalidOperation:
            value = Decimal("nan")
        if not value.is_finite():
            raise InvalidInputError("{value} is not a number.", field=name, value=self[name] or "—")
        return value

    def money(self, name: str, currency: str = "EUR") -> Money:
        """An amount. InvalidInputError naming the field."""
        try:
            return Money.parse(self[name], currency)
        except ValueError:
            raise InvalidInputError(
                "{value} is not an amount: 12,50 is expected.", field=name, value=self[name] or "—"
            ) from None

    def refuse(self, error: ArengoError) -> None:
        """Put an error beside its field, or above the form."""
        self.errors[error.field or ""] = error_text(error)


def day_named(value: str, field: str) -> date:
    """A day as forms send it. InvalidInputError naming the field."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise InvalidInputError(
            "{value} is not a day: year-month-day is expected.", field=field, value=value or "—"
        ) from None


async def read_form(request: ArengoRequest) -> Form:
    """The posted form; the CSRF field is left out."""
    data = await request.form()
    values: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    files: dict[str, list[UploadFile]] = {}
    for name, value in data.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                files.setdefault(name, []).append(value)
        elif name != "_csrf_token":
            text = str(value).replace("\x00", "")
            values[name] = text
            lists.setdefault(name, []).append(text)
    return Form(values, lists, files)
