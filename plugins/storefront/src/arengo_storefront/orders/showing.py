"""What templates of orders share: labels of states, names of lines, reasons of exemption."""

from __future__ import annotations

from typing import Any

from arengo_storefront.orders.states import EXEMPTIONS, LABELS, SHOPPERS_LABELS
from arengo_storefront.orders.views import line_name

SHARED: dict[str, Any] = {
    "labels": LABELS,
    "exemptions": EXEMPTIONS,
    "line_name": line_name,
}
SHARED_WITH_SHOPPERS: dict[str, Any] = {**SHARED, "labels": SHOPPERS_LABELS}
