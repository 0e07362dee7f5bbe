"""Previews and settings as pages show them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from arengo_core.i18n import gettext
from arengo_core.plugins.manifest import Service
from arengo_core.web.forms import Form
from arengo_marketplace.activations.preview import ActivationPreview
from arengo_marketplace.activations.settings import SettingField, fields_of
from arengo_marketplace.costs.forecast import Change

_MOST_ROWS = 60


@dataclass(frozen=True, slots=True)
class PreviewFigures:
    """The rows of a preview, in minor units; ``hidden`` counts those left out of a long list."""

    rows: list[dict[str, Any]]
    chart: list[tuple[str, int, int]]
    hidden: int
    hidden_difference: int


def figures_of(preview: ActivationPreview) -> PreviewFigures:
    """The effect on every other bearer, by name; long lists keep those it touches most."""
    others = preview.others
    if len(others) > _MOST_ROWS:
        others = sorted(others, key=lambda c: -abs(c.difference.amount))[:_MOST_ROWS]
    left_out = [change for change in preview.others if change not in others]
    everybody = [*([preview.own] if preview.own else []), *others]
    return PreviewFigures(
        rows=[_row(change) for change in others],
        chart=[
            (change.bearer.name, change.today.amount, change.afterwards.amount)
            for change in everybody[:12]
        ],
        hidden=len(left_out),
        hidden_difference=sum(change.difference.amount for change in left_out),
    )


def _row(change: Change) -> dict[str, Any]:
    return {
        "name": change.bearer.name,
        "today": change.today,
        "afterwards": change.afterwards,
        "difference": change.difference,
        "per_inhabitant": change.per_inhabitant_afterwards,
    }


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A field of the generated form: how to draw it and what to put in."""

    name: str
    label: str
    help: str
    type: str
    value: str
    required: bool
    options: tuple[tuple[str, str], ...] = ()


def setting_rows(
    service: Service, plain: Mapping[str, Any], secret_names: set[str]
) -> list[SettingRow]:
    """The form of a service's settings; secrets are never put into it."""
    return [_setting(field, plain, field.name in secret_names) for field in fields_of(service)]


def _setting(field: SettingField, plain: Mapping[str, Any], kept: bool) -> SettingRow:
    help_text = gettext(field.help) if field.help else ""
    kind = "text"
    options: tuple[tuple[str, str], ...] = ()
    if field.secret:
        kind = "password"
        if kept:
            stored = gettext("A value is stored and not shown. Leave empty to keep it.")
            help_text = f"{help_text} {stored}".strip()
    elif field.kind is bool:
        kind = "switch"
    elif field.choices:
        kind = "select"
        options = tuple((key, gettext(label)) for key, label in field.choices.items())
    elif field.kind is int:
        kind = "number"
    default = None if field.default is dataclasses.MISSING else field.default
    value = plain.get(field.name, default)
    if isinstance(value, bool):
        value = "yes" if value else ""
    elif isinstance(value, Decimal):
        value = f"{value:f}"
    return SettingRow(
        name=field.name,
        label=gettext(field.label),
        help=help_text,
        type=kind,
        value="" if value is None or field.secret else str(value),
        required=field.required and not kept and field.kind is not bool,
        options=options,
    )


def accepted(form: Form) -> list[str]:
    """What was agreed to: the keys that the form showed, once its box is ticked."""
    return form["shown"].split() if form.flag("accepts") else []
