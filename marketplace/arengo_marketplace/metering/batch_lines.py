"""The lines of a batch, from NDJSON or CSV, one after the other: files may be large."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import BinaryIO

import msgspec

from arengo_core.errors import InvalidInputError
from arengo_core.i18n import current_locale
from arengo_marketplace.csv_rows import rows_of

COLUMNS = ("member", "meter", "quantity", "unit", "occurred_at", "key")
_NEEDED = ("member", "meter", "quantity", "occurred_at", "key")
_ALIASES = {
    "aderente": "member",
    "membro": "member",
    "comune": "member",
    "contatore": "meter",
    "quantità": "quantity",
    "quantita": "quantity",
    "unità": "unit",
    "unita": "unit",
    "quando": "occurred_at",
    "data": "occurred_at",
    "chiave": "key",
}
LINE_LIMIT = 10_000


class RawReading(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A reading as it came: the member by id or ISTAT code, an instant or a day in Rome."""

    member: str
    meter: str
    quantity: Decimal
    occurred_at: str
    key: str
    unit: str = ""


class Line(msgspec.Struct, gc=False):
    """A line with its number: a reading, or why it is none."""

    number: int
    reading: RawReading | InvalidInputError


_decoder = msgspec.json.Decoder(RawReading)


def ndjson(file: BinaryIO) -> Iterator[Line]:
    """Readings as one JSON object a line; empty lines are left out."""
    for number, line in enumerate(_lines(file), 1):
        if line.strip():
            try:
                yield Line(number, _decoder.decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError, InvalidOperation) as error:
                yield Line(number, InvalidInputError("This is no reading: {fault}.", fault=error))


def csv(file: BinaryIO) -> Iterator[Line]:
    """Readings as CSV with headings. InvalidInputError where it is not."""
    for number, cells in rows_of(_texts(file), COLUMNS, _NEEDED, _ALIASES):
        yield Line(number, _from_cells(cells))


def _from_cells(cells: dict[str, str]) -> RawReading | InvalidInputError:
    try:
        quantity = Decimal(cells.get("quantity", "").replace(",", "."))
    except InvalidOperation:
        return InvalidInputError(
            "{value} is not a number.", field="quantity", value=cells.get("quantity") or "—"
        )
    return RawReading(
        cells.get("member", ""),
        cells.get("meter", ""),
        quantity,
        cells.get("occurred_at", ""),
        cells.get("key", ""),
        cells.get("unit", ""),
    )


def _lines(file: BinaryIO) -> Iterator[bytes]:
    number = 0
    while line := file.readline(LINE_LIMIT + 1):
        number += 1
        if len(line) > LINE_LIMIT:
            raise InvalidInputError(
                "Line {line} is longer than {limit} bytes: this is no list of readings.",
                field="file",
                line=number,
                limit=LINE_LIMIT,
            )
        yield line


def _texts(file: BinaryIO) -> Iterable[str]:
    decode = codecs.getdecoder("utf-8-sig")
    for number, line in enumerate(_lines(file), 1):
        try:
            yield decode(line)[0]
        except UnicodeDecodeError:
            raise InvalidInputError(
                "Line {line} is not UTF-8: save the file so.", field="file", line=number
            ) from None


def example() -> str:
    """An example file with every column."""
    quantity = "12,5" if current_locale() == "it" else "12.5"
    return (
        ";".join(COLUMNS) + f"\r\n014045;delivery.parcels;3;;2026-09-30;invoice-12-1\r\n"
        f"014061;messages.sent;{quantity};;2026-09-30T18:30:00+02:00;invoice-12-2\r\n"
    )
