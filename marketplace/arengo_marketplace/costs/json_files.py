"""JSON files of costs, read strictly: who reads them by eye sees what the program sees."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, TextIO, cast

from arengo_core.errors import InvalidInputError

_MOST_DIGITS = 15


def read_object(file: TextIO, field: str, *, whole: bool = False) -> dict[str, Any]:
    """The object in a file, no field of which may be there twice.

    ``whole`` says that all its numbers are whole ones of at most 15 digits. Raises
    InvalidInputError about ``field``.
    """
    try:
        value = json.load(
            file,
            object_pairs_hook=_once,
            parse_constant=_no_number,
            parse_float=_not_whole if whole else None,
            parse_int=_whole if whole else None,
        )
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(
            "This is not a JSON document: {fault}.", field=field, fault=error
        ) from None
    if not isinstance(value, dict):
        raise InvalidInputError(
            "This is not a JSON document: {fault}.", field=field, fault="no object in braces"
        )
    return cast("dict[str, Any]", value)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose fields are all named once."""
    found = dict(pairs)
    if len(found) != len(pairs):
        name = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the field {name!r} is there twice")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is not a number of JSON")


def _not_whole(text: str) -> Any:
    raise ValueError(f"{text[:_MOST_DIGITS]} is not a whole number")


def _whole(text: str) -> int:
    if len(text.lstrip("-")) > _MOST_DIGITS:
        raise ValueError(f"{text[:_MOST_DIGITS]}… has more than {_MOST_DIGITS} digits")
    return int(text)
