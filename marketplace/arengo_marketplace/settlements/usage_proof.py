"""Whether usage records are those that a settlement rested on: their digests and their sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from arengo_core.errors import InvalidInputError
from arengo_marketplace.metering.digests import RowsDigest
from arengo_marketplace.metering.models import UsageBatch

COLUMNS = (
    "batch", "record", "organization", "meter", "counted_on", "through_seat", "quantity",
    "occurred_at",
)  # fmt: skip


def batch_document(batch: UsageBatch) -> dict[str, Any]:
    """A batch as a settlement keeps it."""
    return {
        "id": str(batch.id),
        "source": batch.source,
        "records": batch.records,
        "sha256": batch.digest.hex(),
    }


def row_line(batch_id: UUID | None, row: str) -> str:
    """A line of a file of rows: the batch, empty where there is none, and the canonical row."""
    return f"{batch_id or ''},{row}"


@dataclass(frozen=True, slots=True)
class BatchProof:
    """One batch, as the settlement's file says and as its rows give it again."""

    id: str
    source: str
    records: int
    found: int
    is_equal: bool


@dataclass(frozen=True, slots=True)
class UsageProof:
    """One member's units of a meter, as a service's shares rest on them and as the rows sum up."""

    service: str
    meter: str
    member: str
    stated: Decimal
    summed: Decimal

    @property
    def is_equal(self) -> bool:
        """Whether both are the same."""
        return self.stated == self.summed


@dataclass(frozen=True, slots=True)
class RowsVerdict:
    """What rehashing and adding up the rows gives. ``unlisted`` counts those of other batches by
    the batch, which is empty for records that came in none."""

    batches: tuple[BatchProof, ...]
    usage: tuple[UsageProof, ...]
    unlisted: Mapping[str, int]

    @property
    def holds(self) -> bool:
        """Whether all is as the settlement's file says."""
        return not self.unlisted and all(one.is_equal for one in (*self.batches, *self.usage))


class RowsCheck:
    """Rehashes and adds up the rows of a settlement's month, given one by one."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._start = date.fromisoformat(document["period"]["from"]).isoformat()
        self._end = date.fromisoformat(document["period"]["to"]).isoformat()
        self._digests = {one["id"]: RowsDigest() for one in document.get("usage_batches", [])}
        self._unlisted: dict[str, int] = {}
        self._sums: dict[tuple[str, str], Decimal] = {}

    def add(self, line: str) -> None:
        """Take the next line in: rows of a batch in the order of their ids.

        InvalidInputError for what is no row of the month.
        """
        batch_id, _, row = line.partition(",")
        try:
            _, member, meter, day, _, quantity, _ = row.split(",")
            units = Decimal(quantity)
        except (ValueError, ArithmeticError):
            raise InvalidInputError(
                "This is no row of usage: {line}", field="rows", line=line[:200]
            ) from None
        if not self._start <= day < self._end:
            raise InvalidInputError(
                "This row is of another month: {line}", field="rows", line=line[:200]
            )
        digest = self._digests.get(batch_id)
        if digest is None:
            self._unlisted[batch_id] = self._unlisted.get(batch_id, 0) + 1
        else:
            digest.add([row])
        place = meter, member
        self._sums[place] = self._sums.get(place, Decimal()) + units

    def verdict(self) -> RowsVerdict:
        """What the rows give."""
        return RowsVerdict(tuple(self._batches()), tuple(self._usage()), self._unlisted)

    def _batches(self) -> Iterator[BatchProof]:
        for one in self._document.get("usage_batches", []):
            digest = self._digests[one["id"]]
            equal = (digest.records, digest.digest().hex()) == (one["records"], one["sha256"])
            yield BatchProof(one["id"], one["source"], one["records"], digest.records, equal)

    def _usage(self) -> Iterator[UsageProof]:
        for service in self._document["services"]:
            priced = service.get("priced_usage", {}).get(self._start, {})
            for meter, stated in sorted((priced | service["usage"]).items()):
                for member in service["members"]:
                    yield UsageProof(
                        service["service"],
                        meter,
                        member["name"],
                        Decimal(stated.get(member["id"], "0")),
                        self._sums.get((meter, UUID(member["id"]).hex), Decimal()),
                    )
