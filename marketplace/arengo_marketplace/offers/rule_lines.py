"""Figures of a cost rule as people write them, a line each, in Italian or English words.

``Lanzada: 250`` is a member's figure, ``mountain: 2`` the weight of a word, ``below 600: 1`` and
``above: 2`` those of bands. Lines without a figure are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

import msgspec

from arengo_core.errors import InvalidInputError
from arengo_core.i18n import gettext
from arengo_marketplace.offers.rule_choices import RuleChoices
from arengo_marketplace.offers.wording import typed

_LINE = re.compile(r"(?P<what>.*[^\s:=;])\s*[:=;\t]\s*(?P<figure>[^:=;\t]*)")
_BAND = re.compile(r"(?:below|sotto(?: i)?)\s+(?P<below>.+)|above|oltre", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{1,8})?")


def amounts_of(text: str, name: str, choices: RuleChoices) -> dict[str, str]:
    """Members' figures, by what rules call them. InvalidInputError naming the line at fault."""
    found: dict[str, str] = {}
    for line, what, figure in _lines(text, name):
        member = choices.member(what, name, line=line)
        if member in found:
            raise InvalidInputError(
                "Line {line}: {value} has a figure already.", field=name, line=line, value=what
            )
        found[member] = _number(figure, name, line)
    return found


def table_of(text: str, name: str) -> dict[str, Any]:
    """Weights of words or of bands, as options of the key; none where there are no lines."""
    lines = list(_lines(text, name))
    bands = [_BAND.fullmatch(what) for _, what, _ in lines]
    if not any(bands):
        weights = {what: _number(figure, name, line) for line, what, figure in lines}
        return {"weights": weights} if weights else {}
    rows: list[dict[str, str]] = []
    for (line, what, figure), band in zip(lines, bands, strict=True):
        is_last = line == lines[-1][0]
        if band is None or is_last != (band["below"] is None):
            raise InvalidInputError(
                "Line {line}: {value} is no band here. Write “below 600: 1” upwards, and as the"
                " last line “above: 2”.",
                field=name,
                line=line,
                value=what,
            )
        limit = {} if is_last else {"below": _number(band["below"], name, line)}
        rows.append(limit | {"weight": _number(figure, name, line)})
    return {"bands": rows}


def options_of(text: str, name: str) -> dict[str, Any]:
    """A plugin key's options: numbers and true or false as such, all else as text."""
    return {what: _value(figure) for _, what, figure in _lines(text, name)}


def table_lines(options: Mapping[str, object], choices: RuleChoices) -> str:
    """Such lines of a part's options, in the words of the locale."""
    if "amounts" in options:
        amounts = cast("Mapping[str, str]", options["amounts"])
        rows = [(choices.label(key), _typed(value)) for key, value in amounts.items()]
    elif "weights" in options:
        weights = cast("Mapping[str, str]", options["weights"])
        rows = [(word, _typed(value)) for word, value in weights.items()]
    elif "bands" in options:
        bands = cast("Sequence[Mapping[str, str]]", options["bands"])
        rows = [
            (
                gettext("below {limit}", limit=_typed(band["below"]))
                if "below" in band
                else gettext("above"),
                _typed(band["weight"]),
            )
            for band in bands
        ]
    else:
        rows = [(key, _written(value)) for key, value in options.items()]
    return "\n".join(f"{what}: {figure}" for what, figure in rows)


def _lines(text: str, name: str) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise InvalidInputError(
                "Line {line}: {value} has no figure. Write what it is for, a colon and the figure.",
                field=name,
                line=number,
                value=line.strip()[:80],
            )
        if found["figure"].strip():
            yield number, found["what"].strip(), found["figure"].strip()


def _number(text: str, name: str, line: int) -> str:
    if not _NUMBER.fullmatch(text):
        raise InvalidInputError(
            "Line {line}: {value} is not a number of 0 or more, with 8 decimals at most.",
            field=name,
            line=line,
            value=text[:80],
        )
    return text.replace(",", ".")


def _typed(number: str) -> str:
    return typed(Decimal(number))


def _value(text: str) -> object:
    try:
        value: object = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
    return value if isinstance(value, bool | int | float | str) else text


def _written(value: object) -> str:
    if isinstance(value, str) and _value(value) == value:
        return value
    return msgspec.json.encode(value).decode()
