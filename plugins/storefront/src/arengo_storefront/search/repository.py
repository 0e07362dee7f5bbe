"""One statement for every list of products: filtered, ranked, by keyset."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Double,
    Select,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.api.connection import decode_cursor, encode_cursor
from arengo_core.errors import InvalidInputError
from arengo_storefront.catalogue.listings import CARD, DETAIL, detail_of
from arengo_storefront.catalogue.models import Listing
from arengo_storefront.catalogue.publishing import fold
from arengo_storefront.catalogue.views import ListingView, ProductDetail
from arengo_storefront.search.filters import ListingFilter, Sort
from arengo_storefront.shops.repository import open_merchants

ViewT = TypeVar("ViewT", bound=ListingView)


@dataclass(frozen=True, slots=True)
class Found(Generic[ViewT]):
    """A page of listings: one more than asked where there are further ones, with cursors."""

    listings: Sequence[ViewT]
    cursors: Sequence[str]


_ITALIAN = literal_column("'core.italian'::regconfig")
_ENGLISH = literal_column("'english'::regconfig")


def _query(words: str) -> ColumnElement[Any]:
    """What the words ask in either language; a subquery, so that it is read once, not per row."""
    either = func.websearch_to_tsquery(_ITALIAN, words).op("||")(
        func.websearch_to_tsquery(_ENGLISH, words)
    )
    return select(either).scalar_subquery()


def _narrow(statement: Select[*tuple[Any, ...]], asked: ListingFilter) -> Select[*tuple[Any, ...]]:
    statement = statement.where(Listing.organization_id.in_(open_merchants()))
    if asked.consortium_id is not None:
        statement = statement.where(Listing.consortium_id == asked.consortium_id)
    if asked.organization_id is not None:
        statement = statement.where(Listing.organization_id == asked.organization_id)
    if asked.municipality_id is not None:
        statement = statement.where(Listing.municipality_id == asked.municipality_id)
    if asked.category_id is not None:
        statement = statement.where(Listing.categories.contains([asked.category_id]))
    if asked.price_from is not None:
        statement = statement.where(Listing.price_from >= asked.price_from)
    if asked.price_to is not None:
        statement = statement.where(Listing.price_from <= asked.price_to)
    if asked.in_stock:
        statement = statement.where(Listing.in_stock)
    return statement


def _matching(statement: Select[*tuple[Any, ...]], text: str) -> Select[*tuple[Any, ...]]:
    """Words by their stems in either language, or a name that looks alike."""
    alike = fold(text)
    matches = Listing.document.op("@@")(_query(text))
    if not alike:
        return statement.where(matches)
    return statement.where(or_(matches, literal(alike).op("<%")(Listing.folded)))


def _rank(words: str) -> ColumnElement[float]:
    """Words found rank by where and how often; names that only look alike come after them."""
    query = _query(words)
    alike = func.word_similarity(fold(words), Listing.folded)
    return cast(
        case(
            (Listing.document.op("@@")(query), 1 + func.ts_rank(Listing.document, query)),
            else_=alike,
        ),
        Double,
    )


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
    order = asked.order
    text = asked.text.strip()
    key: ColumnElement[Any]
    if order is Sort.BEST:
        key = _rank(text)
    elif order is Sort.NEWEST:
        key = Listing.published_at.expression
    else:
        key = Listing.price_from.expression
    statement = _narrow(select(*columns, key.label("sort_key")), asked)
    if text:
        statement = _matching(statement, text)
    place = _after(order, after)
    rising = order is Sort.CHEAPEST
    if place is not None:
        left, right = tuple_(key, Listing.id), tuple_(*place)
        statement = statement.where(left > right if rising else left < right)
    sorting = (key, Listing.id.expression)
    statement = statement.order_by(*(c.asc() if rising else c.desc() for c in sorting))
    rows = [tuple(row) for row in await session.execute(statement.limit(size + 1))]
    return Found(
        [make(row[:-1]) for row in rows],
        [encode_cursor(order.value, row[-1], row[0]) for row in rows],
    )
