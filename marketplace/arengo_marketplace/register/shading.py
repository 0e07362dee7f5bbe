"""Shades of a map: municipalities in up to five classes of a figure, as many in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

COLOURS = ("#eaf3fa", "#c9e0f1", "#9ec9e6", "#6eabd6", "#4890c4")
"""From the least to the most; dark text can be read on each."""


@dataclass(frozen=True, slots=True)
class Shade:
    """A class: its number from 1 (the least), its colour, its least and its greatest figure."""

    number: int
    colour: str
    least: Fraction
    most: Fraction


def shades_of(figures: Mapping[str, Fraction]) -> dict[str, Shade]:
    """The class of each, by what ``figures`` are kept under; equal figures share one."""
    order = sorted(figures, key=lambda key: (figures[key], key))
    classes: list[list[str]] = []
    for place, key in enumerate(order):
        alike = bool(place) and figures[key] == figures[order[place - 1]]
        begins = place * len(COLOURS) // len(order) != (place - 1) * len(COLOURS) // len(order)
        if not alike and (begins or not classes):
            classes.append([])
        classes[-1].append(key)
    found: dict[str, Shade] = {}
    for number, keys in enumerate(classes):
        colour = COLOURS[number * (len(COLOURS) - 1) // max(len(classes) - 1, 1)]
        shade = Shade(number + 1, colour, figures[keys[0]], figures[keys[-1]])
        found |= dict.fromkeys(keys, shade)
    return found
