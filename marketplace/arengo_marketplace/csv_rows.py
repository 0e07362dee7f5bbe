"""Reading CSV that people upload: headings in either language, faults named by line and column."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from arengo_core.errors import InvalidInputError
from arengo_core.i18n import gettext


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in one cell; ``column`` is empty where it is the whole line.

    ``message`` says the fault and the mend, in the reader's language.
    """

    line: int
    column: str
    message: str

    @property
    def text(self) -> str:
        """The fault with its place."""
        if self.column:
            return gettext(
                "Line {line}, column {column}: {fault}",
                line=self.line,
                column=self.column,
                fault=self.message,
            )
        return gettext("Line {line}: {fault}", line=self.line, fault=self.message)


def rows_of(
    lines: Iterable[str],
    columns: Collection[str],
    needed: Collection[str],
    aliases: Mapping[str, str],
) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines below the headings as cells by column, with their numbers; empty ones left out.

    ``aliases`` are other words for columns. The delimiter is the one of ``;``, ``,`` and tab that
    the headings have most of. InvalidInputError where it is no table with the columns needed.
    """
    given = iter(lines)
    before = 0
    first = ""
    for first in given:
        if first.strip("\ufeff\r\n "):
            break
        before += 1
    first = first.lstrip("\ufeff")
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(chain([first], given), delimiter=delimiter)
    try:
        headings = [_heading(cell, aliases) for cell in next(reader, [])]
        _check(headings, columns, needed)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                named = dict(zip(headings, map(str.strip, cells), strict=False))
                yield before + reader.line_num, named
    except csv.Error as error:
        raise InvalidInputError(
            "The file is not CSV: {fault}.", field="file", fault=error
        ) from None


def _heading(cell: str, aliases: Mapping[str, str]) -> str:
    name = cell.strip().lower().replace(" ", "_")
    return aliases.get(name, name)


def _check(headings: list[str], columns: Collection[str], needed: Collection[str]) -> None:
    missing = [name for name in needed if name not in headings]
    if missing:
        raise InvalidInputError(
            "The first line lacks the columns {missing}. Expected are: {columns}.",
            field="file",
            missing=", ".join(missing),
            columns=", ".join(columns),
        )
    unknown = [name for name in headings if name and name not in columns]
    if unknown:
        raise InvalidInputError(
            "The columns {unknown} mean nothing here. Expected are: {columns}.",
            field="file",
            unknown=", ".join(unknown),
            columns=", ".join(columns),
        )
