"""Tables as CSV: semicolons and a byte order mark, as Italian spreadsheets expect."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from litestar import Response

_FIGURE = re.compile(r"-\d+,\d\d").fullmatch


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response[str]:
    """A CSV file to save."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_safe(value) for value in row] for row in rows)
    answer: Response[str] = Response("\ufeff" + text.getvalue(), media_type="text/csv")
    answer.headers["content-disposition"] = f'attachment; filename="{name}"'
    answer.headers["cache-control"] = "no-store"
    return answer


def figure(cents: int) -> str:
    """An amount in major units with a comma, without a currency."""
    return f"{cents // 100},{cents % 100:02}" if cents >= 0 else f"-{figure(-cents)}"


def _safe(value: object) -> object:
    """A text that a spreadsheet would run as a formula is quoted; negative figures are not."""
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t"} and not _FIGURE(value):
        return f"'{value}"
    return value
