"""What the log calls the acts noted here."""

from __future__ import annotations

from arengo_core.i18n import N_
from arengo_core.plugins.contributions import Act

ACTS = [
    Act("pick_up_point.opened", N_("Pick-up point opened")),
    Act("pick_up_point.changed", N_("Pick-up point changed")),
    Act("pick_up_point.closed", N_("Pick-up point closed")),
    Act("parcel.handed_over", N_("Parcel handed over")),
    Act("tariff.set", N_("Courier's price set")),
    Act("tariff.removed", N_("Courier's price removed")),
]
