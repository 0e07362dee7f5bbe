"""What the log calls the acts noted here."""

from __future__ import annotations

from arengo_core.i18n import N_
from arengo_core.plugins.contributions import Act

ACTS = [
    Act("payment.paid", N_("Paid by card")),
    Act("payment.received", N_("Paid at the counter")),
    Act("payment.part_received", N_("Part paid at the counter")),
    Act("payment.duplicate_returned", N_("Second payment given back")),
    Act("payment.refunded_elsewhere", N_("Refunded at the gateway")),
    Act("refund.requested", N_("Refund asked for")),
    Act("refund.done", N_("Refund made")),
    Act("refund.failed", N_("Refund failed")),
    Act("payout.to_bank", N_("Payout of the gateway to the bank recorded")),
    Act("payout.recorded", N_("Transfer to a merchant recorded")),
]
