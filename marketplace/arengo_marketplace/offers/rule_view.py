"""What the template of a cost rule's fields shows: which rows, with which choices."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from arengo_core.i18n import N_, gettext
from arengo_core.web.forms import Form
from arengo_marketplace.costs.charges import Every
from arengo_marketplace.costs.pool import CostKind
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.offers import rule_form
from arengo_marketplace.offers.rule_choices import MOST_LISTED, RuleChoices
from arengo_marketplace.offers.rule_parts import ALL
from arengo_marketplace.offers.rule_reading import MEMBER, ROW
from arengo_marketplace.offers.wording import as_document

_KINDS = {
    CostKind.FIXED: N_("Fixed costs by another key"),
    CostKind.USAGE: N_("Costs of use by another key"),
    CostKind.ONE_OFF: N_("One-off costs by another key"),
}
_LISTS = ("exempt", "amount", "discount", "cap", "floor", "step")
_ASKED = 3
_DETAILS = {
    *("table", "as_of", "otherwise", "samples", "seed"),
    *("attribute", "is", "at_least", "below"),
}


def shown(
    choices: RuleChoices, rule: CostRule | None, values: dict[str, str], form: Form | None
) -> dict[str, Any]:
    """The rows and choices of the fields. ``values`` get those of the rule, or of the form."""
    asked = form is not None and form["more_rows"] == "yes"
    errors = form.errors if form else {}
    if rule is not None:
        values |= rule_form.values_of(rule, choices)
    if form is not None and any(ROW.fullmatch(name) for name in form):
        for name in [name for name in values if ROW.fullmatch(name) or name == "rule_json"]:
            del values[name]
    values |= form or {}
    _list_members(choices, values)
    rows = {
        name: _rows(name, values, errors, asked)
        for name in (*(f"part:{mix}" for mix in (ALL, *_KINDS)), *_LISTS)
    }
    known = choices.keys()
    keys = {key for key, _ in known}
    typed = {values[name]: None for name in values if name.endswith(":key") and values[name]}
    named = {values[name]: None for name in values if name.endswith(":attribute") and values[name]}
    figures = dict.fromkeys([*choices.figures(), *named])
    return {
        "all": rows[f"part:{ALL}"],
        "kinds": [(gettext(title), rows[f"part:{kind}"]) for kind, title in _KINDS.items()],
        **{name: rows[name] for name in _LISTS},
        "keys": [
            ("", gettext("Choose")),
            *known,
            *(choices.key(key) for key in typed if key not in keys),
        ],
        "otherwise": [
            ("", gettext("In equal parts")),
            ("population", gettext("By inhabitants")),
        ],
        "attributes": [("", gettext("None")), *((name, choices.figure(name)) for name in figures)],
        "units": [
            ("", gettext("euro in all")),
            ("per_inhabitant", gettext("euro per inhabitant")),
            ("against_last_year", gettext("per cent of a year ago")),
        ],
        "every": [
            ("", gettext("In the period divided")),
            (Every.MONTH, gettext("A month")),
            (Every.YEAR, gettext("A year")),
        ],
        "members": list(choices.members.values())[:MOST_LISTED],
        "document": as_document(rule.to_json()) if rule is not None else "",
    }


def _rows(
    name: str, values: Mapping[str, str], errors: Mapping[str, str], asked: bool
) -> list[dict[str, Any]]:
    """The rows of a list: those with anything typed, and some to fill in."""
    said: dict[int, set[str]] = {}
    for given in (*(one for one in values if values[one]), *errors):
        found = ROW.fullmatch(given)
        if found is not None and found["list"] == name:
            said.setdefault(int(found["number"]), set()).add(found["rest"])
    more = _ASKED if asked else 1
    least = 2 if name.startswith("part:") else 1
    return [
        {
            "base": f"{name}:{number}",
            "number": number,
            "members": range(1, _last_member(said.get(number, set())) + more + 1),
            "is_said": number in said,
            "has_details": not _DETAILS.isdisjoint(said.get(number, ())),
        }
        for number in range(1, max(max(said, default=0) + more, least) + 1)
    ]


def _last_member(said: Collection[str]) -> int:
    found = [MEMBER.fullmatch(name) for name in said]
    return max((int(one["number"]) for one in found if one), default=0)


def _list_members(choices: RuleChoices, values: dict[str, str]) -> None:
    """Where a part is divided by agreed figures and has none yet, list the members to fill in."""
    lines = "\n".join(f"{name}: " for name in [*choices.members.values()][:MOST_LISTED])
    for name in [name for name in values if ROW.fullmatch(name) and values[name] == "fixed"]:
        table = f"{name.removesuffix(':key')}:table"
        values[table] = values.get(table, "").strip() or lines
