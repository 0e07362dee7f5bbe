"""What a member chooses when it activates payments."""

from __future__ import annotations

from dataclasses import dataclass

from arengo_core.i18n import N_
from arengo_core.plugins.manifest import setting


@dataclass(frozen=True, slots=True)
class PaymentSettings:
    """Settings of the service ``payments``, of a shop or of the municipality that covers it."""

    counter: str = setting(
        N_("Payment at the counter"),
        help=N_("Whether shoppers may also pay when they collect. Without cards they always may."),
        default="yes",
        choices={"yes": N_("Offered beside cards"), "no": N_("Cards only")},
    )
