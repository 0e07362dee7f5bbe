"""What the log calls the acts noted here."""

from __future__ import annotations

from arengo_core.i18n import N_
from arengo_core.plugins.contributions import Act

ACTS = [
    Act("order.refunded", N_("Order refunded")),
    Act("shop.opened", N_("Shop opened")),
    Act("shop.changed", N_("Shop changed")),
    Act("shop.paused", N_("Shop closed for a while")),
    Act("shop.reopened", N_("Shop opened again")),
    Act("shop.host_name_set", N_("Shop's own address set")),
    Act("product.created", N_("Product entered")),
    Act("product.changed", N_("Product changed")),
    Act("product.published", N_("Product published")),
    Act("product.withdrawn", N_("Product taken off the market")),
    Act("category.saved", N_("Category saved")),
    Act("category.removed", N_("Category removed")),
]
