"""Counting a vote, in exact fractions: nothing here knows of a database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from typing import Any
from uuid import UUID

from arengo_core.errors import InvalidInputError

_HUNDRED = Decimal(100)
_HALF = Decimal(50)
_DAYS = 15


class Weighing(StrEnum):
    """What a member's vote weighs: all the same, by inhabitants, or some of both."""

    HEADS = "heads"
    POPULATION = "population"
    MIXED = "mixed"


class Choice(StrEnum):
    """What a ballot says."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"


class Outcome(StrEnum):
    """What a vote came to."""

    PASSED = "passed"
    REJECTED = "rejected"
    NO_QUORUM = "no_quorum"


@dataclass(frozen=True, slots=True)
class Terms:
    """How a vote is counted; all but ``days`` are per cents, exact.

    ``head_share`` is the part of the whole weight that is divided by heads when mixed. ``quorum``
    is the least weight that must take part, abstentions among it. For the proposal must be more
    than ``majority`` of the weight for and against and, where ``heads`` is given, more than that
    of the members for and against. ``days`` is how long members have.
    """

    weighing: Weighing = Weighing.HEADS
    head_share: Decimal = _HALF
    quorum: Decimal = _HALF
    majority: Decimal = _HALF
    heads: Decimal | None = None
    days: int = _DAYS

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Terms:
        """From a document or a form's texts. InvalidInputError names the field."""
        try:
            weighing = Weighing(str(values.get("weighing") or Weighing.HEADS))
        except ValueError:
            raise InvalidInputError("Choose one of the list.", field="weighing") from None
        heads = values.get("heads")
        return cls(
            weighing,
            _per_cent(values, "head_share", _HALF),
            _per_cent(values, "quorum", _HALF),
            _per_cent(values, "majority", _HALF, below=True),
            None if heads in (None, "") else _per_cent(values, "heads", _HUNDRED, below=True),
            _days(_DAYS if values.get("days") in (None, "") else values["days"]),
        )

    def to_json(self) -> dict[str, Any]:
        """As a document, numbers as texts."""
        return {
            "weighing": self.weighing.value,
            "head_share": f"{self.head_share:f}",
            "quorum": f"{self.quorum:f}",
            "majority": f"{self.majority:f}",
            "heads": None if self.heads is None else f"{self.heads:f}",
            "days": self.days,
        }


def _per_cent(
    values: Mapping[str, Any], field: str, default: Decimal, *, below: bool = False
) -> Decimal:
    given = values.get(field)
    if given in (None, ""):
        return default
    try:
        number = Decimal(str(given).strip().replace(",", "."))
    except InvalidOperation:
        number = Decimal("nan")
    exact = number.is_finite() and number == round(number, 6)
    if not exact or not 0 <= number <= _HUNDRED or (below and number == _HUNDRED):
        raise InvalidInputError(
            "{value} is not possible here: from 0 to 99.999999 per cent, to six decimals."
            if below
            else "{value} is not possible here: from 0 to 100 per cent, to six decimals.",
            field=field,
            value=str(given)[:40],
        )
    return number


def _days(given: object) -> int:
    text = str(given).strip()
    if not text.isdecimal() or not 1 <= int(text) <= 180:
        raise InvalidInputError(
            "From {minimum} to {maximum} is possible.", field="days", minimum=1, maximum=180
        )
    return int(text)


@dataclass(frozen=True, slots=True)
class Elector:
    """A member that may vote, with its inhabitants as they were pinned."""

    organization_id: UUID
    population: int | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A count: weights as parts of the whole, members as numbers."""

    electors: int
    yes: Fraction
    no: Fraction
    abstain: Fraction
    yes_heads: int
    no_heads: int
    abstain_heads: int
    outcome: Outcome

    @property
    def turnout(self) -> Fraction:
        """The part of the weight that took part."""
        return self.yes + self.no + self.abstain

    @property
    def voted(self) -> int:
        """How many members took part."""
        return self.yes_heads + self.no_heads + self.abstain_heads

    @property
    def in_favour(self) -> Fraction:
        """The part of the weight for and against that is for it; 0 where there is none."""
        return self.yes / (self.yes + self.no) if self.yes + self.no else Fraction(0)


def weights(terms: Terms, electors: Iterable[Elector]) -> dict[UUID, Fraction]:
    """The weight of each elector; together they are 1. InvalidInputError where figures lack."""
    roll = {one.organization_id: one.population or 0 for one in electors}
    if not roll:
        return {}
    whole = sum(roll.values())
    by_heads = {
        Weighing.HEADS: Fraction(1),
        Weighing.POPULATION: Fraction(0),
        Weighing.MIXED: Fraction(terms.head_share) / 100,
    }[terms.weighing]
    if by_heads < 1 and not whole:
        raise InvalidInputError(
            "These members have no inhabitants on record: weigh their votes by heads.",
            field="weighing",
        )
    return {
        one: by_heads / len(roll) + ((1 - by_heads) * Fraction(people, whole) if whole else 0)
        for one, people in roll.items()
    }


def count(terms: Terms, electors: Iterable[Elector], ballots: Mapping[UUID, Choice]) -> Count:
    """Count the last ballot of each elector; those of others do not count. A tie passes nothing."""
    held = weights(terms, electors)
    weight = dict.fromkeys(Choice, Fraction(0))
    heads = dict.fromkeys(Choice, 0)
    for member, choice in ballots.items():
        if member in held:
            weight[choice] += held[member]
            heads[choice] += 1
    yes, no = weight[Choice.YES], weight[Choice.NO]
    turnout = sum(weight.values(), Fraction(0))
    if turnout < Fraction(terms.quorum) / 100 or not any(heads.values()):
        outcome = Outcome.NO_QUORUM
    elif _more(yes, no, terms.majority) and (
        terms.heads is None or _more(heads[Choice.YES], heads[Choice.NO], terms.heads)
    ):
        outcome = Outcome.PASSED
    else:
        outcome = Outcome.REJECTED
    return Count(
        len(held),
        yes,
        no,
        weight[Choice.ABSTAIN],
        heads[Choice.YES],
        heads[Choice.NO],
        heads[Choice.ABSTAIN],
        outcome,
    )


def _more(yes: Fraction | int, no: Fraction | int, per_cent: Decimal) -> bool:
    return 100 * yes > Fraction(per_cent) * (yes + no)
