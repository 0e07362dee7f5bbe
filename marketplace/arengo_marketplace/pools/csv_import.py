"""Cost lines from a CSV file: every fault named by line and column, all lines or none."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, InvalidInputError, TooLargeError
from arengo_core.i18n import N_, current_locale, error_text, gettext
from arengo_core.money import Money
from arengo_core.tasks.definition import UNTOLD, Progress
from arengo_marketplace.costs.vat import Vat
from arengo_marketplace.csv_rows import RowFault, rows_of
from arengo_marketplace.members import repository as members
from arengo_marketplace.offers import repository as offers
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.offers.terms import vat_of
from arengo_marketplace.permissions import COSTS
from arengo_marketplace.pools import repository, service
from arengo_marketplace.pools.models import LineKind, PoolLine
from arengo_marketplace.pools.service import LineData
from arengo_marketplace.settlements import repository as settlements

SIZE_LIMIT = 1_000_000
ROW_LIMIT = 5_000
_TOLD_EVERY = 100
COLUMNS = (
    "month",
    "service",
    "kind",
    "description",
    "amount",
    "supplier",
    "document_number",
    "document_date",
    "last_month",
    "schedule",
    "paid_by",
    "vat_rate",
    "vat_recoverable",
    "vat_included",
    "evidence",
    "sha256",
)
_NEEDED = COLUMNS[:5]
_HEADINGS = {
    "mese": "month",
    "servizio": "service",
    "tipo": "kind",
    "descrizione": "description",
    "importo": "amount",
    "fornitore": "supplier",
    "numero_documento": "document_number",
    "documento": "document_number",
    "data_documento": "document_date",
    "ultimo_mese": "last_month",
    "piano": "schedule",
    "pagato_da": "paid_by",
    "aliquota_iva": "vat_rate",
    "iva_detraibile": "vat_recoverable",
    "iva_inclusa": "vat_included",
    "allegato": "evidence",
    "sha-256": "sha256",
}
_KINDS = {
    "fisso": LineKind.FIXED,
    "consumo": LineKind.USAGE,
    "una_tantum": LineKind.ONE_OFF,
    "tariffa": LineKind.FEE,
    "tariffe": LineKind.FEE,
    "finanziamento": LineKind.FUNDING,
}
_COLUMN_OF = {"evidence_name": "evidence", "evidence_digest": "sha256"}
_YES = {"yes", "y", "true", "1", "sì", "si", "s"}
_NO = {"", "no", "n", "false", "0"}
ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True)
class CsvReading:
    """What a file holds: lines to enter with their line numbers, and every fault found."""

    lines: tuple[tuple[int, LineData], ...]
    faults: tuple[RowFault, ...]

    @property
    def total(self) -> Money:
        """Costs less fees and funding of the lines read."""
        amounts = (
            data.cost.amount if data.kind.is_cost else -data.cost.amount for _, data in self.lines
        )
        return Money(sum(amounts))


class ImportRefusedError(InvalidInputError):
    """A file has faults: nothing of it was entered."""

    def __init__(self, faults: Sequence[RowFault]) -> None:
        super().__init__(
            "Nothing was imported: {count} faults in the file. The first: {first}",
            field="file",
            code="IMPORT_REFUSED",
            count=len(faults),
            first=faults[0].text,
        )
        self.faults = tuple(faults)


def decode(content: bytes) -> str:
    """A file's text: UTF-8, or Windows' own where it is not. TooLargeError over 1 MB."""
    if len(content) > SIZE_LIMIT:
        raise TooLargeError(
            "The file is larger than {limit} bytes: split it.", field="file", limit=SIZE_LIMIT
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def check_size(text: str) -> None:
    """TooLargeError over 1 MB."""
    if len(text) > SIZE_LIMIT:
        raise TooLargeError(
            "The file is larger than {limit} bytes: split it.", field="file", limit=SIZE_LIMIT
        )


async def read(
    uow: UnitOfWork, *, consortium_id: UUID, text: str, progress: Progress = UNTOLD
) -> CsvReading:
    """Read a file without entering anything; consortium officers may.

    InvalidInputError where it is no table with the columns expected.
    """
    uow.caller.require(consortium_id, COSTS)
    check_size(text)
    rows = _rows(text)
    known = await offers.of_consortium(uow.session, consortium_id, withdrawn=True)
    settled = await settlements.settled_months(uow.session, consortium_id)
    towns = await members.municipalities_by_code(uow.session, consortium_id)
    reader = _Reader({offer.service: offer for offer in known}, settled, towns)
    for place, (number, cells) in enumerate(rows):
        if place % _TOLD_EVERY == 0:
            await progress.tell(N_("Reading the lines"), place, len(rows))
        reader.read(number, cells)
    months = sorted({data.month for _, data in reader.lines})
    present = await repository.of_months(uow.session, consortium_id, months)
    reader.refuse_known(present)
    return CsvReading(tuple(reader.lines), tuple(sorted(reader.faults, key=lambda f: f.line)))


async def import_csv(
    uow: UnitOfWork, *, consortium_id: UUID, text: str, progress: Progress = UNTOLD
) -> list[PoolLine]:
    """Enter every line of a file. ImportRefusedError, entering nothing, where one has a fault."""
    reading = await read(uow, consortium_id=consortium_id, text=text, progress=progress)
    if reading.faults:
        raise ImportRefusedError(reading.faults)
    lines = [data for _, data in reading.lines]
    await progress.tell(N_("Entering the lines"), len(lines), len(lines))
    return await service.add(uow, consortium_id=consortium_id, lines=lines)


def _rows(text: str) -> list[tuple[int, dict[str, str]]]:
    """The data lines by column, with their numbers."""
    if not text.strip("\ufeff\r\n "):
        raise InvalidInputError(
            "The file is empty: a line of headings and a line for each cost are expected.",
            field="file",
        )
    rows = list(rows_of(io.StringIO(text), COLUMNS, _NEEDED, _HEADINGS))
    if not rows:
        raise InvalidInputError("The file has headings, but no cost below them.", field="file")
    if len(rows) > ROW_LIMIT:
        raise TooLargeError("The file has more than {limit} lines: split it.", limit=ROW_LIMIT)
    return rows


class _Reader:
    """Reads line by line, gathering lines and faults."""

    def __init__(
        self, offers_by_service: Mapping[str, Offer], settled: set[date], towns: Mapping[str, UUID]
    ) -> None:
        self.offers = offers_by_service
        self.settled = settled
        self.towns = towns
        self.lines: list[tuple[int, LineData]] = []
        self.faults: list[RowFault] = []

    def read(self, number: int, cells: Mapping[str, str]) -> None:
        before = len(self.faults)
        month = self._cell(number, cells, "month", _month)
        offer = self._cell(number, cells, "service", self._offer)
        kind = self._cell(number, cells, "kind", _kind)
        description = self._cell(number, cells, "description", _description)
        amount = self._cell(number, cells, "amount", _amount)
        on = self._cell(number, cells, "document_date", _day)
        last = self._cell(number, cells, "last_month", _last_month)
        schedule = self._cell(number, cells, "schedule", service.schedule_named)
        payer = self._cell(number, cells, "paid_by", self._payer)
        recoverable = self._cell(number, cells, "vat_recoverable", _yes)
        included = self._cell(number, cells, "vat_included", _yes)

        def taxed(rate: str) -> Vat | None:
            return vat_of(rate, recoverable=bool(recoverable), included=bool(included))

        vat = self._cell(number, cells, "vat_rate", taxed)
        if len(self.faults) > before or not (month and offer and kind and amount is not None):
            return
        data = LineData(
            offer_id=offer.id,
            month=month,
            kind=kind,
            description=description or "",
            amount=amount,
            supplier=cells.get("supplier", ""),
            document_number=cells.get("document_number", ""),
            document_date=on,
            last_month=last,
            schedule=schedule or (),
            paid_by=payer,
            vat=vat,
            evidence_name=cells.get("evidence", ""),
            evidence_digest=cells.get("sha256", "").lower(),
        )
        try:
            service.check(data)
            self._refuse_settled(data)
        except InvalidInputError as error:
            field = error.field or ""
            self._fault(number, _COLUMN_OF.get(field, field), error_text(error))
        else:
            self.lines.append((number, data))

    def _refuse_settled(self, data: LineData) -> None:
        for month in data.months.months():
            if month.start in self.settled:
                raise InvalidInputError(
                    "{month} is settled. Leave the line out, or reverse the settlement first.",
                    field="month",
                    month=f"{month.start:%Y-%m}",
                )

    def refuse_known(self, present: Sequence[PoolLine]) -> None:
        """A document that is in the pool, or in the file, is not entered a second time."""
        seen = {
            (line.offer_id, line.starts_on, line.supplier, line.document_number, line.amount)
            for line in present
            if line.document_number
        }
        for number, data in self.lines:
            if not data.document_number:
                continue
            mark = (
                data.offer_id,
                data.month,
                data.supplier,
                data.document_number,
                data.cost.amount,
            )
            if mark in seen:
                self._fault(
                    number,
                    "document_number",
                    gettext(
                        "The document {document} is entered already. Leave the line out.",
                        document=data.document_number,
                    ),
                )
            seen.add(mark)

    def _offer(self, text: str) -> Offer:
        if text not in self.offers:
            raise InvalidInputError(
                "The consortium offers no service {value}. Use one of: {known}.",
                value=text or "—",
                known=", ".join(sorted(self.offers)) or "—",
            )
        return self.offers[text]

    def _payer(self, text: str) -> UUID | None:
        if text and text not in self.towns:
            raise InvalidInputError(
                "{value} is no member: give a municipality's ISTAT code or tax code.", value=text
            )
        return self.towns[text] if text else None

    def _cell(
        self, number: int, cells: Mapping[str, str], column: str, read: Callable[[str], ValueT]
    ) -> ValueT | None:
        try:
            return read(cells.get(column, ""))
        except ArengoError as error:
            self._fault(number, column, error_text(error))
            return None

    def _fault(self, number: int, column: str, message: str) -> None:
        self.faults.append(RowFault(number, column, message))


def _month(text: str) -> date:
    return service.month_named(text).start


def _yes(text: str) -> bool:
    word = text.lower()
    if word not in _YES | _NO:
        raise InvalidInputError("{value} is neither yes nor no.", value=text)
    return word in _YES


def _last_month(text: str) -> date | None:
    return service.month_named(text, "last_month").start if text else None


def _kind(text: str) -> LineKind:
    word = text.lower().replace(" ", "_").replace("-", "_")
    return _KINDS[word] if word in _KINDS else service.kind_named(word)


def _description(text: str) -> str:
    if not text:
        raise InvalidInputError("This is needed: fill it in.")
    return text


def _amount(text: str) -> Money:
    try:
        return Money.parse(text)
    except ValueError:
        raise InvalidInputError(
            "{value} is not an amount: 12,50 is expected.", value=text or "—"
        ) from None


def _day(text: str) -> date | None:
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise InvalidInputError("{value} is not a day: 2026-09-30 is expected.", value=text)


def template() -> str:
    """An example file with every column."""
    example = (
        "2026-09;payments;fixed;Canone del portale;1200,00;Fornitore S.r.l."
        if current_locale() == "it"
        else "2026-09;payments;fixed;Portal fee;1200.00;Supplier Ltd"
    )
    return ";".join(COLUMNS) + "\r\n" + example + ";12/2026;2026-09-30;;;;22;no;no;;\r\n"
