"""Reading figures off the pages, as a spreadsheet-minded person would."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser


@dataclass
class _Cell:
    text: str = ""
    value: str | None = None
    link: str | None = None


@dataclass
class _Table:
    rows: list[list[_Cell]] = field(default_factory=list)
    foot: list[_Cell] = field(default_factory=list)


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: list[_Table] = []
        self.cell: _Cell | None = None
        self.in_foot = False

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        if tag == "table":
            self.tables.append(_Table())
        elif tag in ("tfoot", "thead"):
            self.in_foot = tag == "tfoot"
            if self.in_foot:
                self.tables[-1].foot = []
        elif tag == "tbody":
            self.in_foot = False
        elif tag == "tr" and self.tables and not self.in_foot:
            self.tables[-1].rows.append([])
        elif tag in ("td", "th") and self.tables:
            self.cell = _Cell()
            row = self.tables[-1].foot if self.in_foot else self.tables[-1].rows[-1]
            row.append(self.cell)
        elif self.cell is not None and tag == "data":
            self.cell.value = named["value"]
        elif self.cell is not None and tag == "a":
            self.cell.link = named["href"]

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.cell = None

    def handle_data(self, data):
        if self.cell is not None:
            self.cell.text += data.strip()


def tables_in(page: str) -> list[_Table]:
    """The tables of a page, without their heads."""
    parser = _Tables()
    parser.feed(page)
    for table in parser.tables:
        table.rows = [row for row in table.rows[1:] if row]
    return parser.tables


def links_in(page: str) -> list[str]:
    """Addresses that a page leads to."""
    return [link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#]*)', page)]


def rows_of(page: str, _what: str) -> list[tuple[int, str]]:
    """Amounts that are links, of the first table, with where they lead."""
    first = tables_in(page)[0]
    return [(int(row[-1].value), row[-1].link) for row in first.rows]


def total_of(page: str) -> int:
    """The total below the first table."""
    return int(tables_in(page)[0].foot[-1].value)


@dataclass
class ShareTables:
    """What a service's page of a statement shows."""

    parts: list[int]
    shown: list[tuple[Decimal, Fraction, Fraction]]
    usage: dict[str, Decimal]
    lines: dict[str, int]
    net: int


def amounts_in(page: str) -> ShareTables:
    """The parts of a share and the pool's lines."""
    parts, pool = tables_in(page)[:2]
    return ShareTables(
        parts=[int(row[-1].value) for row in parts.rows],
        shown=[
            (_number(row[1].text.removesuffix("%").strip()), _fraction(row[2]), _fraction(row[3]))
            for row in parts.rows
        ],
        usage={
            row[2].link: Decimal(row[2].value)
            for row in parts.rows
            if row[2].link and "/usage/" in row[2].link
        },
        lines={row[-1].link: int(row[-1].value) for row in pool.rows},
        net=int(pool.foot[-1].value),
    )


def _number(text: str) -> Decimal:
    return Decimal(text.replace(".", "").replace(",", "."))


def _fraction(cell: _Cell) -> Fraction:
    return Fraction(Decimal(cell.value) if cell.value else _number(cell.text))
