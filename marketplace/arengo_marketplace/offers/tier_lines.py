"""Tiers of a price as people write them: a line each, in Italian or English words.

``up to 1000: 0.05 + 20.00`` is a limit, a rate and an amount on top; ``above: 0.03`` is the last.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from arengo_core.errors import InvalidInputError
from arengo_core.i18n import gettext
from arengo_core.money import Money
from arengo_marketplace.costs.charges import Tier
from arengo_marketplace.costs.document import MOST_CENTS
from arengo_marketplace.offers.wording import typed, typed_cents

_LINE = re.compile(
    r"(?:(?:up to|fino a)\s+(?P<limit>[^:]+?)|(?:above|oltre)(?:\s+(?P<above>[^:]+?))?)\s*:"
    r"\s*(?:€\s*)?(?P<rate>[^+€]+?)\s*€?\s*(?:\+(?P<fixed>.+))?",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"[0-9]{1,15}|[0-9]{1,3}(?:[., '][0-9]{3}){1,4}")
_RATE = re.compile(r"[0-9]{1,11}(?:[.,][0-9]{1,8})?")


def tiers_of(text: str, field: str) -> list[dict[str, Any]]:
    """The tiers of a price plan's document. InvalidInputError naming the line at fault."""
    tiers: list[dict[str, Any]] = []
    below, ended, number = 0, False, 0
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        if ended:
            raise InvalidInputError(
                "Line {line}: nothing comes after the tier without limit.", field=field, line=number
            )
        found = _LINE.fullmatch(" ".join(line.split()))
        if found is None:
            raise InvalidInputError(
                "Line {line}: {value} is no tier. Write “up to 1000: 0.05”, and as the last"
                " “above: 0.03”.",
                field=field,
                line=number,
                value=line.strip()[:80],
            )
        tier: dict[str, Any] = {}
        if found["limit"]:
            limit = _whole(found["limit"], field, number)
            if limit <= below:
                raise InvalidInputError(
                    "Line {line}: {limit} is not above {below}. Write the tiers from the lowest"
                    " limit to the highest.",
                    field=field,
                    line=number,
                    limit=limit,
                    below=below,
                )
            tier["up_to"] = below = limit
        else:
            ended = True
            if found["above"] and _whole(found["above"], field, number) != below:
                raise InvalidInputError(
                    "Line {line}: the tier before ends at {below}, not at {limit}.",
                    field=field,
                    line=number,
                    limit=found["above"],
                    below=below,
                )
        tier["rate"] = _rate(found["rate"], field, number)
        if found["fixed"]:
            tier["fixed"] = _fixed(found["fixed"].strip(), field, number)
        tiers.append(tier)
    if tiers and not ended:
        raise InvalidInputError(
            "Line {line}: the last tier has a limit. Add a line such as “above: 0.03”.",
            field=field,
            line=number,
        )
    return tiers


def lines_of(tiers: Sequence[Tier]) -> str:
    """Such lines, in the words of the locale."""
    return "\n".join(_line(tier) for tier in tiers)


def _line(tier: Tier) -> str:
    price = typed(tier.rate)
    if tier.fixed:
        price = f"{price} + {typed_cents(tier.fixed)}"
    if tier.up_to is None:
        return gettext("above: {price}", price=price)
    return gettext("up to {limit}: {price}", limit=tier.up_to, price=price)


def _whole(text: str, field: str, line: int) -> int:
    if not _WHOLE.fullmatch(text):
        raise InvalidInputError(
            "Line {line}: {value} is not a whole number.", field=field, line=line, value=text
        )
    return int(re.sub(r"\D", "", text))


def _rate(text: str, field: str, line: int) -> str:
    if not _RATE.fullmatch(text):
        raise InvalidInputError(
            "Line {line}: {value} is not a rate: 0.25 is expected, with 8 decimals at most.",
            field=field,
            line=line,
            value=text,
        )
    return text.replace(",", ".")


def _fixed(text: str, field: str, line: int) -> int:
    try:
        amount = Money.parse(text).amount
    except ValueError:
        amount = -1
    if not 0 <= amount <= MOST_CENTS:
        raise InvalidInputError(
            "Line {line}: {value} is not an amount: 12,50 is expected.",
            field=field,
            line=line,
            value=text,
        )
    return amount
