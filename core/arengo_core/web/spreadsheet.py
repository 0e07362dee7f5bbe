"""Tables as CSV, as spreadsheets of the reader's language open them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from litestar import Response

from arengo_core.i18n import current_locale
from arengo_core.money import Money

Cell = str | int | Decimal | date | Money | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(
    name: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> Response[bytes]:
    """A CSV file: semicolons and decimal commas in Italian, commas and points in English.

    Texts that a spreadsheet would run as a formula are quoted.
    """
    italian = current_locale() == "it"
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if italian else ",")
    writer.writerow([_written(heading, italian) for heading in headings])
    writer.writerows([_written(cell, italian) for cell in row] for row in rows)
    return Response(
        out.getvalue().encode("utf-8-sig"),
        media_type="text/csv",
        headers={
            "content-disposition": f'attachment; filename="{name}.csv"',
            "cache-control": "no-store",
        },
    )


def _written(cell: Cell, italian: bool) -> str:
    match cell:
        case None:
            return ""
        case Money():
            return _number(cell.decimal, italian)
        case Decimal() | int():
            return _number(Decimal(cell), italian)
        case date():
            return cell.isoformat()
        case str():
            return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _number(value: Decimal, italian: bool) -> str:
    text = f"{value:f}"
    return text.replace(".", ",") if italian else text
