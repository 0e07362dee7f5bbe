"""What a line of a batch counts as, or why it is refused."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from uuid import UUID

from arengo_core import clock
from arengo_core.clock import ROME
from arengo_core.errors import InvalidInputError
from arengo_core.i18n import gettext
from arengo_core.ids import encode_global_id
from arengo_core.plugins.registry import Registry
from arengo_marketplace.members.models import Membership
from arengo_marketplace.metering.batch_lines import RawReading
from arengo_marketplace.metering.counting import (
    Counted,
    check,
    counting_day,
    day_of,
    membership_of,
)
from arengo_marketplace.metering.digests import SourceKeys
from arengo_marketplace.titles import meter_of

_DAYS_KEPT = 100_000
_EARLIEST = datetime(2000, 1, 1, tzinfo=ROME).astimezone(UTC)


class Judge:
    """Judges the lines of one source, for one consortium, at one moment."""

    def __init__(
        self,
        registry: Registry,
        keys: SourceKeys,
        members: Iterable[tuple[Membership, str | None]],
        settled: Collection[date],
        *,
        refuses_late: bool,
    ) -> None:
        """``members`` are the consortium's memberships with ISTAT codes, the latest first."""
        self._keys = keys
        self._settled = settled
        self._refuses_late = refuses_late
        self._now = clock.now()
        self._days: dict[str, tuple[datetime, date, date]] = {}
        self._memberships: dict[UUID, list[Membership]] = {}
        self._membership: dict[tuple[str, date], tuple[UUID, UUID | None]] = {}
        self._by_name: dict[str, UUID] = {}
        for row, istat_code in members:
            member = row.organization_id
            self._memberships.setdefault(member, []).append(row)
            self._by_name[str(member)] = member
            self._by_name[encode_global_id("Organization", member)] = member
            if istat_code:
                self._by_name[istat_code] = member
        self._units: dict[str, set[str]] = {}
        for key in registry.meters():
            meter = meter_of(registry, key)
            self._units[key] = {meter.unit, gettext(meter.unit)} if meter else set()

    def judge(self, raw: RawReading | InvalidInputError) -> Counted:
        """The reading as it counts. InvalidInputError naming what is wrong."""
        if isinstance(raw, InvalidInputError):
            raise raw
        member = self._by_name.get(raw.member) or self._by_name.get(_istat_code(raw.member))
        if member is None:
            raise InvalidInputError(
                "{member} is no member of this consortium, by id or by ISTAT code.",
                field="member",
                member=raw.member[:60] or "—",
            )
        instant, day, counted_on = self._days.get(raw.occurred_at) or self._when(raw.occurred_at)
        check(raw.meter, raw.quantity, raw.key, instant, self._units)
        if raw.unit and raw.unit not in self._units[raw.meter]:
            raise InvalidInputError(
                "{meter} counts {units}, not {unit}.",
                field="unit",
                meter=raw.meter,
                units=", ".join(sorted(self._units[raw.meter])),
                unit=raw.unit[:60],
            )
        place = raw.member, day
        membership = self._membership.get(place)
        if membership is None:
            found = membership_of(member, day, self._memberships)
            membership = self._membership[place] = found.consortium_id, found.seat_id
        consortium_id, seat_id = membership
        return Counted(
            self._keys.digest(raw.key),
            member,
            raw.meter,
            raw.quantity,
            instant,
            consortium_id,
            seat_id,
            counted_on,
        )

    def _when(self, text: str) -> tuple[datetime, date, date]:
        """The instant, its day, and the day on which it counts."""
        instant = self._instant(text)
        day = day_of(instant)
        counted_on = counting_day(day, self._settled)
        if counted_on != day and self._refuses_late:
            raise InvalidInputError(
                "{month} is settled: the reading comes too late.",
                field="occurred_at",
                month=f"{day:%Y-%m}",
            )
        if len(self._days) == _DAYS_KEPT:
            self._days.clear()
        found = self._days[text] = instant, day, counted_on
        return found

    def _instant(self, text: str) -> datetime:
        try:
            instant = _midnight(text) if len(text) == 10 else datetime.fromisoformat(text)
        except ValueError:
            raise InvalidInputError(
                "{value} is neither a day (2026-09-30) nor an instant (2026-09-30T18:30:00+02:00).",
                field="occurred_at",
                value=text[:40] or "—",
            ) from None
        if instant.tzinfo is None:
            raise InvalidInputError(
                "{instant} has no time zone: give it with one.",
                field="occurred_at",
                instant=text[:40],
            )
        if instant > self._now:
            raise InvalidInputError(
                "{value} is still to come: only what was used is counted.",
                field="occurred_at",
                value=text[:40],
            )
        if instant < _EARLIEST:
            raise InvalidInputError(
                "{value} is too long ago: from 2000 on it can be counted.",
                field="occurred_at",
                value=text[:40],
            )
        return instant.astimezone(UTC)


def _istat_code(text: str) -> str:
    """A code as a spreadsheet leaves it, with its zeros in front again."""
    return text.zfill(6) if text.isdecimal() else text


def _midnight(text: str) -> datetime:
    day = date.fromisoformat(text)
    return datetime(day.year, day.month, day.day, tzinfo=ROME)
