"""Usage in batches: each line is taken in, known already, or refused with its number."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from uuid import UUID

import msgspec

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import error_text
from arengo_marketplace.csv_rows import RowFault
from arengo_marketplace.metering import repository
from arengo_marketplace.metering.batch_lines import Line
from arengo_marketplace.metering.counting import Counted, day_of
from arengo_marketplace.metering.digests import SourceKeys
from arengo_marketplace.metering.intake import Intake
from arengo_marketplace.metering.judging import Judge
from arengo_marketplace.metering.models import UsageBatch
from arengo_marketplace.permissions import USAGE
from arengo_marketplace.settlements import repository as settlements

FAULTS_TOLD = 1_000
SOURCE_LIMIT = 100
_CHUNK = 50_000
_PAUSE = 1_000


@dataclass(frozen=True, slots=True)
class Terms:
    """How a batch is taken in.

    ``source`` says whose keys they are. ``atomic``: with one line refused, none is taken in;
    else the others are. ``refuses_late``: readings whose month is settled are refused, else they
    count in the next one that is not.
    """

    consortium_id: UUID
    source: str
    atomic: bool = True
    refuses_late: bool = False


@dataclass(slots=True)
class BatchReport:
    """What became of a batch's lines.

    ``late`` counts new readings by the first day of the month in which they occurred and of that
    in which they count; of faults, the first thousand are told.
    """

    new: int = 0
    repeated: int = 0
    refused: int = 0
    faults: list[RowFault] = field(default_factory=list[RowFault])
    late: Counter[tuple[date, date]] = field(default_factory=Counter[tuple[date, date]])
    batches: Sequence[UsageBatch] = ()

    def refuse(self, line: int, error: InvalidInputError) -> None:
        """Note a line as refused."""
        self.refused += 1
        if len(self.faults) < FAULTS_TOLD:
            self.faults.append(RowFault(line, error.field or "", error_text(error)))


class BatchRefusedError(InvalidInputError):
    """Lines of a batch are refused, and so nothing of it was taken in."""

    def __init__(self, report: BatchReport) -> None:
        super().__init__(
            "Nothing was taken in: {count} lines are refused. The first: {first}",
            code="BATCH_REFUSED",
            count=report.refused,
            first=report.faults[0].text,
        )
        self.report = report


async def ingest(uow: UnitOfWork, host: Host, terms: Terms, lines: Iterable[Line]) -> BatchReport:
    """Take readings in, in the caller's transaction; whoever enters use for the consortium may.

    BatchRefusedError where terms ask for all or nothing; InvalidInputError for a source that is
    none and for a file without readings.
    """
    uow.caller.require(terms.consortium_id, USAGE)
    check_source(terms.source)
    consortium = terms.consortium_id
    async with uow.widened(governs=[consortium]):
        members = await repository.memberships_in(uow.session, consortium)
    reached = {row.organization_id for row, _ in members} | {
        row.seat_id for row, _ in members if row.seat_id is not None
    }
    report = BatchReport()
    async with uow.widened({consortium, *reached}):
        await settlements.keep_books_open(uow.session, [consortium])
        await repository.hold_source(uow.session, consortium, terms.source)
        settled = await settlements.settled_months(uow.session, consortium)
        judge = Judge(
            host.registry,
            SourceKeys(consortium, terms.source),
            members,
            settled,
            refuses_late=terms.refuses_late,
        )
        batch = _Batch(uow, terms, judge, report)
        await batch.take(lines)
        await batch.finish()
    uow.audit(
        consortium,
        "usage.entered",
        "Organization",
        consortium,
        source=terms.source,
        new=report.new,
        repeated=report.repeated,
        refused=report.refused,
    )
    return report


def check_source(source: str) -> None:
    """Refuse what names no source. InvalidInputError."""
    if not 1 <= len(source) <= SOURCE_LIMIT or not source.isprintable():
        raise InvalidInputError(
            "Say whose readings these are, in 1 to {limit} characters.",
            field="source",
            limit=SOURCE_LIMIT,
        )


class _Judged(msgspec.Struct, gc=False):
    """A line's number with what it counts as; with nothing, where it was refused."""

    number: int
    counted: Counted | None


class _Batch:
    """A batch on its way in."""

    def __init__(self, uow: UnitOfWork, terms: Terms, judge: Judge, report: BatchReport) -> None:
        self._uow = uow
        self._terms = terms
        self._judge = judge
        self._report = report
        self._intake = Intake(uow, terms.source)
        self._seen = False

    async def take(self, lines: Iterable[Line]) -> None:
        """Take its lines in: while some are stored, the next are judged."""
        given = iter(lines)
        judged = await self._judged(given)
        while judged:
            following = asyncio.create_task(self._judged(given))
            try:
                await self._store(judged)
            except BaseException:
                following.cancel()
                raise
            judged = await following

    async def _judged(self, lines: Iterator[Line]) -> list[_Judged]:
        """The next lines with what they count as; other requests have their turn meanwhile."""
        judged: list[_Judged] = []
        for line in islice(lines, _CHUNK):
            if len(judged) % _PAUSE == 0:
                await asyncio.sleep(0)
            try:
                judged.append(_Judged(line.number, self._judge.judge(line.reading)))
            except InvalidInputError as error:
                self._report.refuse(line.number, error)
                judged.append(_Judged(line.number, None))
        return judged

    async def _store(self, lines: Sequence[_Judged]) -> None:
        """Store what is new of judged lines; none any more once all shall be refused."""
        self._seen = True
        readings: dict[bytes, _Judged] = {}
        for line in lines:
            if line.counted is None:
                continue
            first = readings.setdefault(line.counted.digest, line)
            if first is not line:
                self._known_already(line.number, line.counted, first.counted)
        if not readings or (self._report.refused and self._terms.atomic):
            return
        given = [one.counted for one in readings.values() if one.counted is not None]
        new = await self._intake.take(given)
        self._report.new += len(new)
        known = [one for one in given if one.digest not in new]
        stored = await repository.stored(self._uow.session, known) if known else {}
        for one in given:
            if one.digest not in new:
                number = readings[one.digest].number
                self._known_already(number, one, stored.get(one.digest))
            elif one.counted_on.day == 1 and (day := day_of(one.occurred_at)) != one.counted_on:
                self._report.late[day.replace(day=1), one.counted_on] += 1

    def _known_already(self, number: int, one: Counted, known: Counted | None) -> None:
        if known is not None and one.is_alike(known):
            self._report.repeated += 1
            return
        self._report.refuse(
            number,
            InvalidInputError(
                "The key stands for another reading of this source. Take that one back first,"
                " then report this one by a new key.",
                field="key",
            ),
        )

    async def finish(self) -> None:
        """Write what belongs to the whole, or refuse the whole."""
        if not self._seen:
            raise InvalidInputError("There is no reading in it.", field="file")
        self._report.faults.sort(key=lambda fault: fault.line)
        if self._report.refused and self._terms.atomic:
            raise BatchRefusedError(self._report)
        self._report.batches = await self._intake.finish()
