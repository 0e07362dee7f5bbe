"""Classes of a map."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from arengo_marketplace.register.shading import COLOURS, shades_of

FIGURES = st.dictionaries(st.text("ab01", min_size=1, max_size=4), st.fractions(0, 50), max_size=40)


def test_five_classes_of_as_many() -> None:
    shades = shades_of({f"{place:02d}": Fraction(place) for place in range(10)})
    assert [shades[f"{place:02d}"].number for place in range(10)] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert (shades["02"].least, shades["02"].most) == (2, 3)


def test_equal_figures_share_a_class_and_two_take_the_ends() -> None:
    shades = shades_of({"a": Fraction(1), "b": Fraction(1), "c": Fraction(2)})
    assert [shades[key].number for key in "abc"] == [1, 1, 2]
    assert (shades["a"].colour, shades["c"].colour) == (COLOURS[0], COLOURS[-1])


@given(FIGURES)
def test_more_is_never_a_lower_class(figures: dict[str, Fraction]) -> None:
    shades = shades_of(figures)
    assert shades.keys() == figures.keys()
    for one, figure in figures.items():
        assert shades[one].least <= figure <= shades[one].most
        for other, more in figures.items():
            assert (shades[one].number < shades[other].number) <= (figure < more)
