"""One statement for every list of products: filtered, ranked, by keyset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Double,
    Integer,
    Select,
    String,
    Uuid,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.api.connection import decode_cursor, encode_cursor
from arengo_core.errors import InvalidInputError
from arengo_storefront.catalogue.models import Listing
from arengo_storefront.catalogue.publishing import fold
from arengo_storefront.catalogue.repository.listings import CARD, DETAIL, detail_of
from arengo_storefront.catalogue.views import ListingView, ProductDetail
from arengo_storefront.search.filters import ListingFilter, Sort
from arengo_storefront.search.found import Found
from arengo_storefront.search.mistyped import swapped
from arengo_storefront.shops.repository import open_merchants

ViewT = TypeVar("ViewT", bound=ListingView)


_ITALIAN = literal_column("'core.italian'::regconfig")
_ENGLISH = literal_column("'english'::regconfig")


def _query() -> ColumnElement[Any]:
    """What the words ask in either language; a subquery, so that it is read once, not per row."""
    words = bindparam("words", type_=String)
    either = func.websearch_to_tsquery(_ITALIAN, words).op("||")(
        func.websearch_to_tsquery(_ENGLISH, words)
    )
    return select(either).scalar_subquery()


_ALIKE = bindparam("alike", type_=String)
_NARROWING: dict[str, ColumnElement[bool]] = {
    "consortium_id": Listing.consortium_id == bindparam("consortium_id"),
    "organization_id": Listing.organization_id == bindparam("organization_id"),
    "municipality_id": Listing.municipality_id == bindparam("municipality_id"),
    "category_id": Listing.categories.contains(array([bindparam("category_id", type_=Uuid)])),
    "price_from": Listing.price_from >= bindparam("price_from"),
    "price_to": Listing.price_from <= bindparam("price_to"),
    "in_stock": Listing.in_stock.expression,
}


def _matching(is_alike: bool) -> ColumnElement[bool]:
    """Words by their stems in either language, or a name that looks alike."""
    matches = Listing.document.op("@@")(_query())
    return or_(matches, _ALIKE.op("<%")(Listing.folded)) if is_alike else matches


def _rank() -> ColumnElement[float]:
    """Words found rank by where and how often; names that only look alike come after them."""
    query = _query()
    alike = func.word_similarity(_ALIKE, Listing.folded)
    return cast(
        case(
            (Listing.document.op("@@")(query), 1 + func.ts_rank(Listing.document, query)),
            else_=alike,
        ),
        Double,
    )


@dataclass(frozen=True, slots=True)
class _Shape:
    """All that decides the text of a statement; what is asked are its parameters."""

    columns: tuple[Any, ...]
    order: Sort
    narrowed: tuple[str, ...]
    is_typed: bool
    is_alike: bool
    goes_on: bool


@lru_cache(maxsize=256)
def _statement(shape: _Shape) -> Select[*tuple[Any, ...]]:
    """Built once a shape: building it costs more than sending it."""
    key: ColumnElement[Any]
    if shape.order is Sort.BEST:
        key = _rank()
    elif shape.order is Sort.NEWEST:
        key = Listing.published_at.expression
    else:
        key = Listing.price_from.expression
    statement = select(*shape.columns, key.label("sort_key")).where(
        Listing.organization_id.in_(open_merchants()),
        *(_NARROWING[name] for name in shape.narrowed),
    )
    if shape.is_typed:
        statement = statement.where(_matching(shape.is_alike))
    rising = shape.order is Sort.CHEAPEST
    if shape.goes_on:
        left = tuple_(key, Listing.id)
        right = tuple_(bindparam("after_key", type_=key.type), bindparam("after_id", type_=Uuid))
        statement = statement.where(left > right if rising else left < right)
    sorting = (key, Listing.id.expression)
    statement = statement.order_by(*(c.asc() if rising else c.desc() for c in sorting))
    return statement.limit(bindparam("limit", type_=Integer))


def _after(order: Sort, cursor: str | None) -> tuple[Any, UUID] | None:
    values = decode_cursor(cursor, 3)
    if values is None:
        return None
    try:
        key: Any = values[1]
        if values[0] != order.value:
            raise ValueError
        if order is Sort.NEWEST:
            key = datetime.fromisoformat(key)
        elif order is Sort.BEST:
            key = float(key)
        else:
            key = int(key)
        return key, UUID(values[2])
    except (ValueError, TypeError, AttributeError):
        raise InvalidInputError(
            "This cursor does not belong to this list.", field="after"
        ) from None


async def find(
    session: AsyncSession, asked: ListingFilter, *, size: int, after: str | None = None
) -> Found[ListingView]:
    """Up to ``size`` + 1 listings after a cursor, in one statement."""
    return await _find(session, asked, size, after, CARD, lambda values: ListingView(*values))


async def find_details(
    session: AsyncSession, asked: ListingFilter, *, size: int, after: str | None = None
) -> Found[ProductDetail]:
    """The same with all that product pages show."""
    return await _find(session, asked, size, after, DETAIL, detail_of)


async def _find(
    session: AsyncSession,
    asked: ListingFilter,
    size: int,
    after: str | None,
    columns: tuple[Any, ...],
    make: Callable[[tuple[Any, ...]], ViewT],
) -> Found[ViewT]:
    order, text, place = asked.order, asked.text.strip(), _after(asked.order, after)
    folded = fold(text)
    asking = {name: getattr(asked, name) for name in _NARROWING}
    given = {k: value for k, value in asking.items() if value is not None and value is not False}
    going_on = {"after_key": place[0], "after_id": place[1]} if place else {}

    async def ask(words: str, *, is_alike: bool) -> list[tuple[Any, ...]]:
        shape = _Shape(columns, order, tuple(given), bool(words), is_alike, place is not None)
        typed = {"words": words, "alike": folded} if words else {}
        values = {**given, **typed, **going_on, "limit": size + 1}
        return [tuple(row) for row in await session.execute(_statement(shape), values)]

    rows = await ask(text, is_alike=bool(folded))
    if not rows and (others := swapped(folded)):
        rows = await ask(others, is_alike=False)
    return Found(
        [make(row[:-1]) for row in rows],
        [encode_cursor(order.value, row[-1], row[0]) for row in rows],
    )
