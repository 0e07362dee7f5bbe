"""The fields of an offer's form that link its prices to an index."""

from __future__ import annotations

from typing import Any

from arengo_core.errors import InvalidInputError
from arengo_core.web.forms import Form
from arengo_marketplace.costs.indexing import IndexLink
from arengo_marketplace.offers.wording import typed

_COLUMNS = ("month", "value", "source", "published_on")


def index_of(form: Form) -> dict[str, Any] | None:
    """The link of the form, as a document; None where none of its fields is filled in.

    The figures are lines of month, value, source and day of publication, separated by semicolons.
    InvalidInputError naming the line that has not these four.
    """
    if not any(form[name] for name in form if name.startswith("index_")):
        return None
    for name in ("index_name", "index_first", "index_base", "index_share", "index_figures"):
        if not form[name]:
            raise InvalidInputError("This is needed: fill it in.", field=name)
    figures: list[dict[str, str]] = []
    for number, line in enumerate(form["index_figures"].splitlines(), 1):
        cells = [cell.strip() for cell in line.split(";")]
        if not any(cells):
            continue
        if len(cells) != len(_COLUMNS):
            raise InvalidInputError(
                "Line {line}: month; value; source; day of publication are expected.",
                field="index_figures",
                line=number,
            )
        figure = dict(zip(_COLUMNS, cells, strict=True))
        figures.append({**figure, "value": figure["value"].replace(",", ".")})
    document: dict[str, Any] = {
        "name": form["index_name"],
        "first": form["index_first"],
        "base": form["index_base"],
        "share": f"{form.decimal('index_share'):f}",
        "figures": figures,
    }
    if form["index_cap"]:
        document["cap"] = f"{form.decimal('index_cap'):f}"
    return document


def values_of(link: IndexLink) -> dict[str, str]:
    """The form's values for a link."""
    return {
        "index_name": link.name,
        "index_first": f"{link.first:%Y-%m}",
        "index_base": f"{link.base:%Y-%m}",
        "index_share": typed(link.share),
        "index_cap": typed(link.cap) if link.cap is not None else "",
        "index_figures": "\n".join(
            "; ".join(
                (
                    f"{one.month:%Y-%m}",
                    typed(one.value),
                    one.source,
                    one.published_on.isoformat(),
                )
            )
            for one in link.figures
        ),
    }
