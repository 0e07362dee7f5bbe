"""The marketplace's demo steps."""

from __future__ import annotations

from arengo_core.i18n import N_
from arengo_core.plugins.contributions import DemoStep
from arengo_marketplace.demo import accounts, members, offers

STEPS = (
    DemoStep(10, N_("Consortium, municipalities, merchants"), members.load),
    DemoStep(20, N_("Services on offer and switched on"), offers.load),
    DemoStep(60, N_("Use, costs and settlements"), accounts.load),
)
