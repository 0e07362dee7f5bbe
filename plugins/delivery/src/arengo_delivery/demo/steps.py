"""Delivery's demo steps."""

from __future__ import annotations

from arengo_core.i18n import N_
from arengo_core.plugins.contributions import DemoStep
from arengo_delivery.demo import parcels, points

STEPS = [
    DemoStep(40, N_("Pick-up points and the courier's prices"), points.load),
    DemoStep(52, N_("Parcels of three months"), parcels.load),
]
