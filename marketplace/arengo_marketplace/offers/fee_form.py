"""The fields of an offer's form for the fees that users pay."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from arengo_core.i18n import gettext
from arengo_core.plugins.manifest import Service
from arengo_core.web.forms import Form
from arengo_marketplace.offers.wording import typed


def fees_of(form: Form, service: Service) -> list[dict[str, Any]]:
    """The fees of the form: a rate for each meter that has one."""
    return [
        {
            "meter": meter.key,
            "label": gettext(meter.title),
            "rate": str(form.decimal(f"fee:{meter.key}")),
        }
        for meter in service.meters
        if form[f"fee:{meter.key}"]
    ]


def values_of(fees: Sequence[dict[str, Any]]) -> dict[str, str]:
    """The form's values for fees."""
    return {f"fee:{fee['meter']}": typed(Decimal(fee["rate"])) for fee in fees}
