"""What stands on a label."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LabelData:
    """What stands on a label. ``to`` is the door or the pick-up point, line by line."""

    sender: tuple[str, ...]
    recipient: str
    to: tuple[str, ...]
    order_reference: str
    weight_grams: int
    carrier: str
    tracking_code: str
    phone: str = ""
