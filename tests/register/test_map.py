import re
from xml.etree import ElementTree

import pytest

from arengo_marketplace.register import by_istat, of_province, of_region
from arengo_marketplace.register.map import Area, draw

SVG = "{http://www.w3.org/2000/svg}"
TOWNS = ["014019", "014013", "014036", "014062"]


def drawn(codes: list[str], **more: object) -> ElementTree.Element:
    areas = [Area(code, f"{by_istat(code).name} <&>", "map-member map-step-2") for code in codes]
    return ElementTree.fromstring(
        draw(areas, title="La valle", description="Quattro & più", **more)
    )  # type: ignore[arg-type]


def test_it_is_well_formed_named_and_described() -> None:
    svg = drawn(TOWNS, identifier="members")
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "members-title members-desc"
    assert svg.findtext(f"{SVG}title[@id='members-title']") == "La valle"
    assert svg.findtext(f"{SVG}desc[@id='members-desc']") == "Quattro & più"
    paths = svg.findall(f".//{SVG}path[@class='map-member map-step-2']")
    assert [path.findtext(f"{SVG}title") for path in paths] == [
        f"{by_istat(code).name} <&>" for code in TOWNS
    ]
    assert [text.text for text in svg.iter(f"{SVG}text")] == [by_istat(code).name for code in TOWNS]


def test_no_inline_style_that_the_content_policy_would_refuse() -> None:
    svg = drawn(TOWNS, context=[record.istat_code for record in of_province("SO")])
    assert not any("style" in element.attrib for element in svg.iter())
    assert not list(svg.iter(f"{SVG}style"))


def corners(svg: ElementTree.Element) -> list[tuple[float, float]]:
    return [
        (float(x), float(y))
        for path in svg.iter(f"{SVG}path")
        for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path.get("d", ""))
    ]


@pytest.mark.parametrize("codes", [TOWNS, [r.istat_code for r in of_region("Piemonte")][:553]])
def test_everything_fits_in_the_frame(codes: list[str]) -> None:
    svg = drawn(codes)
    *_, width, height = map(float, svg.get("viewBox", "").split())
    points = corners(svg)
    assert len(svg.findall(f".//{SVG}path")) == len(codes)
    assert min(x for x, _ in points) == pytest.approx(12, abs=1)
    assert min(y for _, y in points) == pytest.approx(12, abs=1)
    assert max(x for x, _ in points) == pytest.approx(width - 12, abs=1)
    assert max(y for _, y in points) == pytest.approx(height - 12, abs=1)


def test_a_square_on_the_ground_is_square_on_the_map() -> None:
    svg = drawn(TOWNS)
    points = corners(svg)
    wide = max(x for x, _ in points) - min(x for x, _ in points)
    high = max(y for _, y in points) - min(y for _, y in points)
    # From the towns' outermost corners, by the lengths of a degree at 46.3 degrees north.
    assert wide / high == pytest.approx(1.07, abs=0.08)


def test_context_lies_behind_and_repeats_nobody() -> None:
    svg = drawn(TOWNS, context=[record.istat_code for record in of_province("SO")])
    classes = [path.get("class") for path in svg.iter(f"{SVG}path")]
    assert classes == ["map-context"] * 73 + ["map-member map-step-2"] * 4


def test_a_map_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one municipality"):
        draw([], title="t", description="d")
