"""Prices that follow a published index, once a year, by a part of its change and up to a cap.

A contract says that its prices change every year by, say, 75 per cent of the change of a consumer
price index. Everything is reckoned in exact fractions; a price is rounded once, where it is
changed: amounts to the cent, rates to 8 decimals, halves upwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from arengo_marketplace.costs.document import Document, written
from arengo_marketplace.costs.errors import N_


@dataclass(frozen=True, slots=True)
class Figure:
    """A published value of the index; ``source`` says where, ``published_on`` when."""

    month: date
    value: Decimal
    source: str
    published_on: date


@dataclass(frozen=True, slots=True)
class IndexLink:
    """From ``first`` on, the prices change each year by ``share`` per cent of what the index
    ``name`` changed in the year before.

    ``base`` is the month whose figure the first year's prices stand for; the change of the year
    that begins ``n`` years after ``first`` is that of the index from ``n - 1`` to ``n`` years after
    ``base``. It is at most ``cap`` per cent. A figure that is not known yet is taken to be the last
    one known before it.
    """

    name: str
    first: date
    base: date
    share: Decimal
    cap: Decimal | None = None
    figures: tuple[Figure, ...] = ()

    def figure_for(self, month: date) -> Figure:
        """The figure of a month, or the last one known before it; there is one for the base."""
        known = [one for one in self.figures if one.month <= month]
        return max(known, key=lambda one: one.month)

    def months_used(self, month: date) -> list[date]:
        """The months whose figures make the prices of a month, the base first."""
        passed = (month.year - self.first.year) * 12 + month.month - self.first.month
        years = max(passed, 0) // 12
        return [self.base.replace(year=self.base.year + year) for year in range(years + 1)]

    def not_known(self, month: date) -> list[date]:
        """The months of whose figures the last known one takes the place."""
        return [one for one in self.months_used(month) if self.figure_for(one).month != one]

    def factor(self, month: date) -> Fraction:
        """The prices of a month as a multiple of the first year's."""
        result = Fraction(1)
        values = [Fraction(self.figure_for(one).value) for one in self.months_used(month)]
        for before, after in pairwise(values):
            change = (after / before - 1) * Fraction(self.share) / 100
            if self.cap is not None:
                change = min(change, Fraction(self.cap) / 100)
            result *= 1 + change
        return result

    def to_json(self) -> dict[str, Any]:
        """The link as a JSON object; months as ``2026-09``, numbers as texts."""
        return {
            "name": self.name,
            "first": f"{self.first:%Y-%m}",
            "base": f"{self.base:%Y-%m}",
            "share": f"{self.share:f}",
            **({"cap": f"{self.cap:f}"} if self.cap is not None else {}),
            "figures": [
                {
                    "month": f"{one.month:%Y-%m}",
                    "value": f"{one.value:f}",
                    "source": one.source,
                    "published_on": one.published_on.isoformat(),
                }
                for one in self.figures
            ],
        }

    @classmethod
    def from_json(cls, document: Document) -> IndexLink:
        """Read such an object. Raises the document's error."""
        figures: list[Figure] = []
        for one in document.objects("figures"):
            value = one.decimal("value", places=4, below=10**6, example="121.4")
            if not value:
                raise one.fail("value", N_("an index is more than 0"), N_("Write its figure"))
            figures.append(
                Figure(_month(one, "month"), value, one.text("source"), one.day("published_on"))
            )
            one.done()
        if len({one.month for one in figures}) < len(figures):
            raise document.fail(
                "figures", N_("a month has two figures"), N_("Leave one figure for each month")
            )
        link = cls(
            document.text("name"),
            _month(document, "first"),
            _month(document, "base"),
            document.decimal("share", places=2, below=100, example="75"),
            document.decimal("cap", places=2, below=100, example="5")
            if document.has("cap")
            else None,
            tuple(sorted(figures, key=lambda one: one.month)),
        )
        document.take("cap")
        document.done()
        if link.base > link.first:
            raise document.fail(
                "base",
                N_("the base month comes after the first month at these prices"),
                N_("Give the month whose figure the prices stand for"),
            )
        if all(one.month > link.base for one in link.figures):
            raise document.fail(
                "figures",
                N_("the figure of the base month {month} is missing"),
                N_("Enter it, or the last one published before"),
                month=f"{link.base:%Y-%m}",
            )
        return link


def _month(document: Document, name: str) -> date:
    text = document.text(name)
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise document.fail(
            name,
            N_("{value} is not a month"),
            N_("Write it as YYYY-MM, for example 2026-09"),
            value=written(text),
        ) from None
