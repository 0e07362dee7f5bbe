"""Scalars and shared types of the schema."""

from __future__ import annotations

from datetime import datetime
from typing import NewType
from uuid import UUID

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.types.scalar import ScalarDefinition

from arengo_core.clock import ROME
from arengo_core.errors import InvalidInputError
from arengo_core.i18n import LOCALES
from arengo_core.ids import decode_global_id, encode_global_id
from arengo_core.money import Money


def _parse_datetime(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=ROME)


def _parse_locale(value: str) -> str:
    if value not in LOCALES:
        raise ValueError(f"a locale is one of {', '.join(LOCALES)}")
    return value


Locale = NewType("Locale", str)

SCALARS: dict[object, ScalarDefinition] = {
    Locale: strawberry.scalar(
        name="Locale", description="`it` or `en`.", serialize=str, parse_value=_parse_locale
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant, ISO 8601 with offset; answers are UTC.",
        serialize=lambda value: value.isoformat(),
        parse_value=_parse_datetime,
    ),
}


@strawberry.type(name="Money", description="An amount in minor units of a currency.")
class MoneyType:
    """GraphQL face of :class:`arengo_core.money.Money`."""

    amount: int = strawberry.field(description="Minor units, e.g. cents.")
    currency: str = strawberry.field(description="ISO 4217 code.")

    @classmethod
    def of(cls, money: Money) -> MoneyType:
        """From the domain's Money."""
        return cls(amount=money.amount, currency=money.currency)

    @classmethod
    def cents(cls, amount: int, currency: str = "EUR") -> MoneyType:
        """From minor units."""
        return cls(amount=amount, currency=currency)


def global_id(type_name: str, value: UUID) -> strawberry.ID:
    """The Relay id of an object."""
    return strawberry.ID(encode_global_id(type_name, value))


def local_id(value: strawberry.ID | str, type_name: str, field: str = "id") -> UUID:
    """The id inside a Relay id of an expected type. InvalidInputError naming the field."""
    try:
        kind, text = decode_global_id(value)
        if kind == type_name:
            return UUID(text)
    except ValueError:
        pass
    raise InvalidInputError(
        "{value} is not the id of a {type}.", field=field, value=str(value)[:60], type=type_name
    )


CONFIG = StrawberryConfig(auto_camel_case=True, scalar_map=SCALARS)
