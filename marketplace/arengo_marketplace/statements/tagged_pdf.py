"""A page writer whose PDF says what its texts are: headings, tables (ISO 32000-1, 14.8).

A screen reader then reads a document in order and a table by its cells. The typeface is embedded,
with all that Italian writes.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

PLAIN, BOLD = "Arengo", "Arengo-Bold"
MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN
_FOOT = 26 * mm
_LEADING = 1.35


@dataclass(slots=True)
class Element:
    """A part of the document's structure, with its parts or the marks of its text on pages."""

    role: str
    parts: list[Element] = field(default_factory=list["Element"])
    marks: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    def add(self, role: str) -> Element:
        """A new part of it."""
        part = Element(role)
        self.parts.append(part)
        return part


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; ``share`` is its part of the width."""

    heading: str
    share: float
    is_number: bool = False


@cache
def _typefaces() -> None:
    for name, file in ((PLAIN, "Vera.ttf"), (BOLD, "VeraBd.ttf")):
        pdfmetrics.registerFont(TTFont(name, file))


class TaggedPdf:
    """Writes from the top down and begins a new page where one is full."""

    def __init__(self, *, title: str, language: str, author: str, foot: Sequence[str]) -> None:
        _typefaces()
        self._buffer = BytesIO()
        self._canvas = Canvas(self._buffer, pagesize=A4, invariant=True, lang=language)
        # What reportlab has no name for: operators as they are, and the document's own objects.
        self._drawn: Any = self._canvas
        self._canvas.setTitle(title)
        self._canvas.setAuthor(author)
        self._canvas.setCreator("Arengo")
        self._canvas.setViewerPreference("DisplayDocTitle", "true")
        self._foot = foot
        self._document = Element("Document")
        self._on_page: list[Element] = []
        self._pages: list[list[Element]] = []
        self._y = A4[1] - MARGIN

    def heading(self, text: str, level: int = 1) -> None:
        """A heading; the first level is the document's own."""
        size = {1: 18, 2: 12}.get(level, 10)
        self._room(size * 3)
        self._y -= size * 0.8
        self._lines(self._document.add(f"H{level}"), text, size, BOLD)
        self._y -= size * 0.2

    def paragraph(self, text: str, size: float = 9) -> None:
        """A paragraph."""
        self._lines(self._document.add("P"), text, size, PLAIN)
        self._y -= size * 0.4

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[str]],
        foot: Sequence[str] = (),
    ) -> None:
        """A table with its headings repeated on each page."""
        table = self._document.add("Table")
        headings = [column.heading for column in columns]
        self._row(table.add("TR"), "TH", columns, headings, bold=True)
        self._line()
        for row in rows:
            if self._row(table.add("TR"), "TD", columns, row):
                with self._artifact():
                    self._cells(columns, headings, BOLD)
        if foot:
            self._line()
            self._row(table.add("TR"), "TD", columns, foot, bold=True)
        self._y -= 6

    def done(self) -> bytes:
        """The file."""
        self._end_page()
        self._write_structure()
        self._canvas.save()
        return self._buffer.getvalue()

    def _room(self, height: float) -> bool:
        """Whether a new page had to be begun for what is so high."""
        if self._y - height >= _FOOT:
            return False
        self._end_page()
        self._y = A4[1] - MARGIN
        return True

    def _lines(self, element: Element, text: str, size: float, font: str) -> None:
        for line in simpleSplit(text, font, size, WIDTH) or [""]:
            self._room(size * _LEADING)
            self._y -= size * _LEADING
            with self._marked(element):
                self._canvas.setFont(font, size)
                self._canvas.drawString(MARGIN, self._y, line)

    def _row(
        self,
        row: Element,
        role: str,
        columns: Sequence[Column],
        cells: Sequence[str],
        *,
        bold: bool = False,
    ) -> bool:
        font = BOLD if bold else PLAIN
        turned = self._room(_height(columns, cells, font))
        self._cells(columns, cells, font, [row.add(role) for _ in columns])
        return turned

    def _cells(
        self,
        columns: Sequence[Column],
        cells: Sequence[str],
        font: str,
        elements: Sequence[Element] = (),
    ) -> None:
        size, left, top = 8.0, MARGIN, self._y
        for place, (column, cell) in enumerate(zip(columns, cells, strict=True)):
            width = column.share * WIDTH
            y = top
            for line in _wrapped(column, cell, font):
                y -= size * _LEADING
                if elements:
                    with self._marked(elements[place]):
                        self._cell(line, font, size, left, width, y, column.is_number)
                else:
                    self._cell(line, font, size, left, width, y, column.is_number)
            left += width
        self._y = top - _height(columns, cells, font)

    def _cell(
        self, text: str, font: str, size: float, left: float, width: float, y: float, right: bool
    ) -> None:
        self._canvas.setFont(font, size)
        if right:
            self._canvas.drawRightString(left + width, y, text)
        else:
            self._canvas.drawString(left, y, text)

    def _line(self) -> None:
        with self._artifact():
            self._canvas.setLineWidth(0.5)
            self._canvas.line(MARGIN, self._y, MARGIN + WIDTH, self._y)
        self._y -= 2

    @contextmanager
    def _marked(self, element: Element) -> Generator[None]:
        """What is drawn meanwhile is the element's text (ISO 32000-1, 14.7.4.2)."""
        mark = len(self._on_page)
        self._on_page.append(element)
        element.marks.append((len(self._pages), mark))
        self._raw(f"/{element.role} <</MCID {mark}>> BDC")
        yield
        self._raw("EMC")

    @contextmanager
    def _artifact(self) -> Generator[None]:
        self._raw("/Artifact BMC")
        yield
        self._raw("EMC")

    def _raw(self, operator: str) -> None:
        code: list[str] = self._drawn._code
        code.append(operator)

    def _end_page(self) -> None:
        with self._artifact():
            y = _FOOT - 4 * mm
            self._canvas.setFont(PLAIN, 6)
            for line in (*self._foot, str(len(self._pages) + 1)):
                y -= 8
                self._canvas.drawString(MARGIN, y, line)
        self._canvas.showPage()
        self._pages.append(self._on_page)
        self._on_page = []

    def _write_structure(self) -> None:
        """The tree of the elements, and for each page which element owns which mark."""
        doc: Any = self._drawn._doc
        pages: list[Any] = doc.Pages.pages
        for number, page in enumerate(pages):
            page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
            page.StructParents, page.Tabs = number, PDFName("S")
        root = PDFDictionary({"Type": PDFName("StructTreeRoot")})
        made: dict[int, Any] = {}
        root["K"] = PDFArray([self._structure(doc, pages, self._document, root, made)])
        owners: list[Any] = []
        for number, elements in enumerate(self._pages):
            owners += [number, PDFArray([made[id(element)] for element in elements])]
        root["ParentTree"] = doc.Reference(PDFDictionary({"Nums": PDFArray(owners)}))
        root["ParentTreeNextKey"] = len(pages)
        doc.Catalog.StructTreeRoot = root
        doc.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})

    def _structure(
        self, doc: Any, pages: Sequence[Any], element: Element, above: Any, made: dict[int, Any]
    ) -> Any:
        written = PDFDictionary(
            {
                "Type": PDFName("StructElem"),
                "S": PDFName(element.role),
                "P": doc.Reference(above),
            }
        )
        if element.role == "TH":
            written["A"] = PDFDictionary({"O": PDFName("Table"), "Scope": PDFName("Column")})
        reference = made[id(element)] = doc.Reference(written)
        kids: list[Any] = [
            PDFDictionary({"Type": PDFName("MCR"), "Pg": doc.Reference(pages[page]), "MCID": mark})
            for page, mark in element.marks
        ]
        kids += [self._structure(doc, pages, part, written, made) for part in element.parts]
        written["K"] = PDFArray(kids)
        return reference


def _wrapped(column: Column, cell: str, font: str) -> list[str]:
    return simpleSplit(cell, font, 8, column.share * WIDTH - 4) or [""]


def _height(columns: Sequence[Column], cells: Sequence[str], font: str) -> float:
    most = max(
        len(_wrapped(column, cell, font)) for column, cell in zip(columns, cells, strict=True)
    )
    return most * 8 * _LEADING + 3
