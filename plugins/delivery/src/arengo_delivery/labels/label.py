"""Labels: A6, one parcel a page, with the number as Code 128 and in letters."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import A6
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from arengo_core.i18n import gettext as _
from arengo_delivery.labels.content import LabelData
from arengo_delivery.parcels.codes import show_tracking_code

_MARGIN = 7 * mm
_WIDTH = A6[0] - 2 * _MARGIN


def _printable(text: str) -> str:
    """The text in the characters that PDF's own fonts have."""
    return text.encode("cp1252", "replace").decode("cp1252")


class _Sheet:
    """A page written from the top down."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._y = A6[1] - _MARGIN

    def line(self, text: str, size: float, *, bold: bool = False, rows: int = 2) -> None:
        font = "Helvetica-Bold" if bold else "Helvetica"
        parts: list[str] = simpleSplit(_printable(text), font, size, _WIDTH)
        for part in parts[:rows]:
            self._y -= size * 1.2
            self._canvas.setFont(font, size)
            self._canvas.drawString(_MARGIN, self._y, part)

    def gap(self, height: float) -> None:
        self._y -= height

    def rule(self) -> None:
        self._y -= 2 * mm
        self._canvas.line(_MARGIN, self._y, A6[0] - _MARGIN, self._y)
        self._y -= 1 * mm


def _barcode(canvas: Canvas, code: str) -> None:
    drawn = Code128(code, barHeight=20 * mm, barWidth=0.36 * mm, humanReadable=False, quiet=False)
    drawn.drawOn(canvas, (A6[0] - drawn.width) / 2, _MARGIN + 8 * mm)
    canvas.setFont("Courier-Bold", 12)
    canvas.drawCentredString(A6[0] / 2, _MARGIN + 2 * mm, show_tracking_code(code))


def _page(canvas: Canvas, data: LabelData) -> None:
    sheet = _Sheet(canvas)
    sheet.line(_("From"), 8)
    for text in data.sender:
        sheet.line(text, 9)
    sheet.rule()
    sheet.line(_("To"), 8)
    sheet.line(data.recipient, 16, bold=True)
    for text in data.to:
        sheet.line(text, 13)
    if data.phone:
        sheet.line(_("Telephone {number}", number=data.phone), 9)
    sheet.rule()
    sheet.line(data.carrier, 11, bold=True)
    weight = f"{data.weight_grams / 1000:.2f}".replace(".", ",")
    sheet.line(
        _("Order {reference} · {weight} kg", reference=data.order_reference, weight=weight), 9
    )
    _barcode(canvas, data.tracking_code)
    canvas.showPage()


def make_labels(labels: Sequence[LabelData]) -> bytes:
    """A PDF with a page a label, in the present locale."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A6, invariant=True)
    canvas.setTitle(_("Labels"))
    for data in labels:
        _page(canvas, data)
    canvas.save()
    return buffer.getvalue()
