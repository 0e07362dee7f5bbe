"""Chart geometry: bars stay in the frame, parts make the whole, texts are escaped."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from arengo_themes import charts

AMOUNTS = st.integers(min_value=-(10**9), max_value=10**9)


def drawn(markup: Markup) -> ElementTree.Element:
    return ElementTree.fromstring(f"<div>{markup}</div>")


def widths(markup: Markup, css: str) -> list[tuple[float, float]]:
    found = [e for e in drawn(markup).iter("rect") if css in e.get("class", "").split()]
    shown = [e for e in found if e.get("x") is not None]
    return [(float(e.get("x", "")[:-1]), float(e.get("width", "")[:-1])) for e in shown]


@given(st.lists(AMOUNTS, max_size=8))
def test_bars_stay_inside_and_keep_proportion(values: list[int]) -> None:
    markup = charts.bars("Costs", [(f"m{i}", v) for i, v in enumerate(values)])
    placed = widths(markup, "ar-bar")
    assert len(placed) == len(values)
    span = max([0, *values]) - min([0, *values])
    for (x, width), value in zip(placed, values, strict=True):
        assert x >= -0.01
        assert x + width <= 100.02
        assert width == pytest.approx(100 * abs(value) / span if span else 0, abs=0.01)


def test_bars_grow_from_the_zero_line_both_ways() -> None:
    markup = charts.bars("Change", [("up", 50), ("down", -50)])
    assert widths(markup, "ar-bar") == [(50, 50), (0, 50)]
    assert [line.get("x1") for line in drawn(markup).iter("line")] == ["50%"]


@given(st.lists(st.lists(st.integers(0, 10**6), min_size=3, max_size=3), min_size=1, max_size=5))
def test_shares_of_a_stacked_row_fill_it(rows: list[list[int]]) -> None:
    named = [(f"r{i}", row) for i, row in enumerate(rows)]
    markup = charts.stacked("Parts", named, ("a", "b", "c"), share=True)
    placed = widths(markup, "ar-seg")
    for index, row in enumerate(rows):
        total = sum(width for _, width in placed[index * 3 : index * 3 + 3])
        assert total == pytest.approx(100 if sum(row) else 0, abs=0.02)


def test_stacked_rows_share_one_scale() -> None:
    markup = charts.stacked("Parts", [("x", (60, 40)), ("y", (20, 5))], ("a", "b"))
    assert widths(markup, "ar-seg") == [(0, 60), (60, 40), (0, 20), (20, 5)]


def test_a_ring_goes_once_around() -> None:
    markup = charts.donut("Parts", [("a", 1), ("b", 1), ("c", 2)], centre="4")
    dashes = [e.get("stroke-dasharray") for e in drawn(markup).iter("circle")]
    lengths = [float(dash.split()[0]) for dash in dashes if dash]
    assert sum(lengths) == pytest.approx(2 * 3.14159265 * 70, abs=0.05)
    assert lengths[2] == pytest.approx(2 * lengths[0], abs=0.02)


def test_a_comparison_writes_both_values() -> None:
    items = [("Lanzada", 0, 50), ("Spriana", 100, 75)]
    markup = charts.comparison("Change", items, names=("Before", "After"))
    assert widths(markup, "ar-pair-0") == [(0, 0), (0, 100)]
    assert widths(markup, "ar-pair-1") == [(0, 50), (0, 75)]
    assert "100 → 75" in markup
    assert "Lanzada: Before 0, After 50" in markup


def test_the_values_of_a_comparison_never_meet_a_long_label() -> None:
    items = [("Chiesa in Valmalenco", 36_048, 30_312)]
    texts = list(drawn(charts.comparison("Change", items, names=("a", "b"))).iter("text"))
    lines = {text.get("class"): int(text.get("y", "0")) for text in texts}
    assert lines["ar-value"] - lines["ar-name"] >= 16


def test_a_gap_breaks_the_line() -> None:
    values = [1, 2, None, 3, 4]
    markup = charts.line("Months", ["a", "b", "c", "d", "e"], [("This year", values)])
    assert len(list(drawn(markup).iter("polyline"))) == 2
    assert len(list(drawn(markup).iter("circle"))) == 4


def test_the_axis_speaks_the_callers_format() -> None:
    markup = charts.line("Costs", ["a", "b"], [("x", [0, 1000])], format=lambda v: f"{v:d} cents")
    assert "1000 cents" in markup
    assert "500 cents" in markup


def test_texts_are_escaped_and_nothing_is_inline() -> None:
    evil = '<script>alert("x")</script>'
    drawings = [
        charts.bars(evil, [(evil, 1)], format=lambda _: evil, highlight=evil),
        charts.stacked(evil, [(evil, [1])], [evil]),
        charts.line(evil, [evil], [(evil, [1]), (evil, [2])]),
        charts.donut(evil, [(evil, 1)], centre=evil),
        charts.comparison(evil, [(evil, 1, 2)], names=(evil, evil)),
        charts.sparkline(evil, [1, 2]),
    ]
    for markup in drawings:
        assert "<script" not in markup
        assert not re.search(r"\s(style|on\w+)=", markup)
        drawn(markup)


def test_title_and_description_are_tied_to_the_drawing() -> None:
    root = drawn(charts.bars("Costs", [("Lanzada", 3)], format=lambda v: f"{v} €"))
    svg = root[0]
    title, desc = svg[0], svg[1]
    assert svg.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert (title.text, desc.text) == ("Costs", "Lanzada: 3 €")


@pytest.mark.parametrize(
    ("draw", "fault"),
    [
        (lambda: charts.stacked("t", [("x", [1])], ["a", "b"]), "1 values for 2 series"),
        (lambda: charts.stacked("t", [("x", [-1])], ["a"]), "no negative"),
        (lambda: charts.donut("t", [("x", -1)]), "no negative"),
        (lambda: charts.line("t", ["a"], [("x", [1, 2])]), "2 values for 1 labels"),
    ],
)
def test_data_that_cannot_be_drawn_is_refused(draw: object, fault: str) -> None:
    assert callable(draw)
    with pytest.raises(ValueError, match=fault):
        draw()


def test_nothing_to_draw_draws_nothing() -> None:
    for markup in (charts.bars("t", []), charts.donut("t", []), charts.sparkline("t", [])):
        assert "NaN" not in markup
        drawn(markup)


@given(AMOUNTS, st.lists(AMOUNTS, max_size=6))
def test_a_waterfall_walks_from_one_amount_to_the_other(start: int, steps: list[int]) -> None:
    end = start + sum(steps)
    markup = charts.waterfall("W", ("a", start), [("s", s) for s in steps], ("b", end))
    placed = [*widths(markup, "ar-more"), *widths(markup, "ar-less")]
    assert len(placed) == len(steps)
    for x, width in (*placed, *widths(markup, "ar-total")):
        assert x >= -0.01
        assert x + width <= 100.02


def test_a_waterfall_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="lead to 3"):
        charts.waterfall("W", ("a", 1), [("s", 2)], ("b", 4))


def test_a_curve_hangs_below_the_line_of_equal_parts() -> None:
    markup = charts.lorenz(
        "L", [(0.5, 0.25), (1, 1)], names=("as it is", "even"), ends=("none", "all"), desc="told"
    )
    lines = [line.get("points") for line in drawn(markup).iter("polyline")]
    assert lines == ["0,100 100,0", "0,100 50,75 100,0"]
    assert "told" in str(markup)
