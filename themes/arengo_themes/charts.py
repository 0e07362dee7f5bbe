"""Charts drawn on the server as SVG: fluid in width, coloured by classes, read aloud by title.

Every drawing takes numbers in any one unit and the texts that show them, so that money and
percentages are written by the caller's own formatter. Widths are percentages of the frame, heights
are pixels: text keeps its size on every screen. Nothing carries a style attribute.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from markupsafe import Markup, escape

Number = int | float | Decimal
Format = Callable[[Number], object]

COLOURS = 6
ROW = 46
BAR = 14
LINE = 18
_TOP = 20


def _plain(value: Number) -> str:
    return f"{value}"


def bars(
    title: str,
    items: Iterable[tuple[str, Number]],
    *,
    desc: str = "",
    format: Format = _plain,
    highlight: str = "",
) -> Markup:
    """Horizontal bars, one a label; negative values grow to the left of the zero line.

    ``highlight`` is the label to set apart (the reader's own municipality, say).
    """
    rows = [(label, float(value), format(value)) for label, value in items]
    zero, span = _scale([value for _, value, _ in rows])
    parts: list[Markup] = []
    for index, (label, value, text) in enumerate(rows):
        y = index * ROW
        start, width = _extent(value, zero, span)
        own = " ar-own" if highlight and label == highlight else ""
        parts += [
            _label(label, text, y),
            Markup('<rect class="ar-track" x="0" y="{}" width="100%" height="{}"/>').format(
                y + _TOP, BAR
            ),
            Markup('<rect class="ar-bar{}" x="{}%" y="{}" width="{}%" height="{}"/>').format(
                own, _n(start), y + _TOP, _n(width), BAR
            ),
        ]
    if zero > 0:
        parts.append(_zero_line(zero, len(rows)))
    return _svg("bars", title, desc or _spoken(rows), len(rows) * ROW, parts)


def stacked(
    title: str,
    rows: Iterable[tuple[str, Sequence[Number]]],
    series: Sequence[str],
    *,
    desc: str = "",
    format: Format = _plain,
    share: bool = False,
) -> Markup:
    """Stacked horizontal bars: each row's values in the order of ``series``, none negative.

    With ``share`` each row fills the frame (parts of a whole), else rows share one scale.
    Raises :class:`ValueError` for a negative value or a row of another length than ``series``.
    """
    listed = [(label, list(values)) for label, values in rows]
    for label, values in listed:
        if len(values) != len(series):
            raise ValueError(f"{label}: {len(values)} values for {len(series)} series")
        if any(value < 0 for value in values):
            raise ValueError(f"{label}: a stacked bar takes no negative value")
    widest = max((float(sum(values)) for _, values in listed), default=0.0)
    parts: list[Markup] = []
    for index, (label, values) in enumerate(listed):
        y = index * ROW
        total: Number = sum(values)
        whole = float(total) if share else widest
        parts.append(_label(label, format(total), y))
        start = 0.0
        for place, value in enumerate(values):
            width = _part(float(value), whole)
            parts.append(
                Markup(
                    '<rect class="ar-seg ar-c{}" x="{}%" y="{}" width="{}%" height="{}">'
                    "<title>{}: {}</title></rect>"
                ).format(
                    _colour(place),
                    _n(start),
                    y + _TOP,
                    _n(width),
                    BAR,
                    series[place],
                    format(value),
                )
            )
            start += width
    spoken = desc or "; ".join(
        f"{label}: " + ", ".join(f"{s} {format(v)}" for s, v in zip(series, values, strict=True))
        for label, values in listed
    )
    drawing = _svg("stacked", title, spoken, len(listed) * ROW, parts)
    return drawing + legend([(name, "") for name in series])


def line(
    title: str,
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[Number | None]]],
    *,
    desc: str = "",
    format: Format = _plain,
    height: int = 220,
) -> Markup:
    """Lines over equal steps, zero included; ``None`` leaves a gap. Several series get a legend.

    Raises :class:`ValueError` for a series of another length than ``labels``.
    """
    for name, values in series:
        if len(values) != len(labels):
            raise ValueError(f"{name}: {len(values)} values for {len(labels)} labels")
    known = [float(v) for _, values in series for v in values if v is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    span = (high - low) or 1.0
    foot, head = 28, 22
    plot = height - foot - head
    parts: list[Markup] = []
    for fraction in (0.0, 0.5, 1.0):
        y = head + plot * (1 - fraction)
        value = low + span * fraction if known else 0.0
        parts.append(
            Markup(
                '<line class="ar-grid-line" x1="0" x2="100%" y1="{0}" y2="{0}"/>'
                '<text class="ar-tick" x="0" y="{1}">{2}</text>'
            ).format(_n(y), _n(y - 4), format(_like(value, series)))
        )
    xs = [4 + 92 * i / max(len(labels) - 1, 1) for i in range(len(labels))]
    parts += _ticks(labels, xs, height)
    for index, (name, values) in enumerate(series):
        points = [
            None if v is None else (x, 100 * (1 - (float(v) - low) / span))
            for x, v in zip(xs, values, strict=True)
        ]
        parts.append(_polylines(points, index, head, plot))
        for point, label, value in zip(points, labels, values, strict=True):
            if point is not None and value is not None:
                parts.append(
                    Markup(
                        '<circle class="ar-dot ar-c{}" cx="{}%" cy="{}" r="4">'
                        "<title>{}, {}: {}</title></circle>"
                    ).format(
                        _colour(index),
                        _n(point[0]),
                        _n(head + plot * point[1] / 100),
                        name,
                        label,
                        format(value),
                    )
                )
    spoken = desc or "; ".join(
        f"{name}: "
        + ", ".join(
            f"{label} {format(v)}" for label, v in zip(labels, values, strict=True) if v is not None
        )
        for name, values in series
    )
    drawing = _svg("line", title, spoken, height, parts)
    return drawing + legend([(name, "") for name, _ in series]) if len(series) > 1 else drawing


def sparkline(title: str, values: Sequence[Number], *, desc: str = "") -> Markup:
    """A word-sized line without axes, its last value dotted."""
    floats = [float(value) for value in values]
    low, high = min(floats, default=0.0), max(floats, default=0.0)
    span = (high - low) or 1.0
    xs = [3 + 94 * i / max(len(floats) - 1, 1) for i in range(len(floats))]
    points = [(x, 10 + 80 * (1 - (v - low) / span)) for x, v in zip(xs, floats, strict=True)]
    parts = [_polylines(list(points), 0, 0, 28)]
    if points:
        x, y = points[-1]
        parts.append(
            Markup('<circle class="ar-dot ar-c1" cx="{}%" cy="{}" r="3"/>').format(
                _n(x), _n(28 * y / 100)
            )
        )
    return _svg("spark", title, desc or ", ".join(_plain(v) for v in values), 28, parts)


def donut(
    title: str,
    items: Iterable[tuple[str, Number]],
    *,
    desc: str = "",
    format: Format = _plain,
    centre: str = "",
) -> Markup:
    """Parts of a whole as a ring with a legend beside; ``centre`` is the text in its middle.

    Raises :class:`ValueError` for a negative value. Beyond six parts use :func:`bars`.
    """
    rows = [(label, float(value), format(value)) for label, value in items]
    if any(value < 0 for _, value, _ in rows):
        raise ValueError(f"{title}: a ring takes no negative value")
    total = sum(value for _, value, _ in rows)
    radius = 70.0
    around = 2 * math.pi * radius
    parts = [Markup('<circle class="ar-track-ring" cx="100" cy="100" r="{}"/>').format(_n(radius))]
    start = 0.0
    for index, (label, value, text) in enumerate(rows):
        length = around * _part(value, total) / 100
        ring = Markup(
            '<circle class="ar-ring ar-c{}" cx="100" cy="100" r="{}" stroke-dasharray="{} {}"'
            ' stroke-dashoffset="{}" transform="rotate(-90 100 100)"><title>{}: {}</title></circle>'
        )
        parts.append(
            ring.format(
                _colour(index), _n(radius), _n(length), _n(around - length), _n(-start), label, text
            )
        )
        start += length
    if centre:
        parts.append(
            Markup('<text class="ar-centre" x="100" y="106" text-anchor="middle">{}</text>').format(
                centre
            )
        )
    drawing = _svg("donut", title, desc or _spoken(rows), 200, parts, box="0 0 200 200")
    return drawing + legend([(label, str(text)) for label, _, text in rows])


def comparison(
    title: str,
    items: Iterable[tuple[str, Number, Number]],
    *,
    names: tuple[str, str],
    desc: str = "",
    format: Format = _plain,
    highlight: str = "",
) -> Markup:
    """Two bars a label, before over after, with both values written beside the label."""
    rows = [(label, before, after) for label, before, after in items]
    zero, span = _scale([float(v) for _, *pair in rows for v in pair])
    # The two values stand below the label: beside it they would meet on a phone.
    high = ROW + BAR + LINE
    parts: list[Markup] = []
    for index, (label, before, after) in enumerate(rows):
        y = index * high
        text = f"{format(before)} → {format(after)}"
        own = " ar-own" if highlight and label == highlight else ""
        parts.append(
            Markup(
                '<text class="ar-name{}" x="0" y="{}">{}</text>'
                '<text class="ar-value" x="0" y="{}">{}</text>'
            ).format(own, y + 13, _short(label), y + 13 + LINE, text)
        )
        for place, value in enumerate((before, after)):
            start, width = _extent(float(value), zero, span)
            parts.append(
                Markup(
                    '<rect class="ar-pair-{}" x="{}%" y="{}" width="{}%" height="{}">'
                    "<title>{}: {}</title></rect>"
                ).format(
                    place,
                    _n(start),
                    y + _TOP + LINE + place * (BAR + 2),
                    _n(width),
                    BAR,
                    names[place],
                    format(value),
                )
            )
    if zero > 0:
        parts.append(_zero_line(zero, len(rows), high))
    spoken = desc or "; ".join(
        f"{label}: {names[0]} {format(before)}, {names[1]} {format(after)}"
        for label, before, after in rows
    )
    drawing = _svg("comparison", title, spoken, len(rows) * high, parts)
    return drawing + legend([(names[0], ""), (names[1], "")], marks=("ar-pair-0", "ar-pair-1"))


def waterfall(
    title: str,
    start: tuple[str, Number],
    steps: Iterable[tuple[str, Number]],
    end: tuple[str, Number],
    *,
    desc: str = "",
    format: Format = _plain,
    format_step: Format = _plain,
) -> Markup:
    """From one amount to another by steps, each beginning where the one before it ended.

    ``format_step`` writes the steps, with their sign. Raises :class:`ValueError` where they do not
    add up to the end.
    """
    walked: list[tuple[str, Number, Number, object, str]] = [
        (start[0], 0, start[1], format(start[1]), "ar-total")
    ]
    at = start[1]
    for label, step in steps:
        after = _plus(at, step)
        walked.append((label, at, after, format_step(step), "ar-less" if step < 0 else "ar-more"))
        at = after
    if at != end[1]:
        raise ValueError(f"{title}: the steps lead to {at}, not to {end[1]}")
    walked.append((end[0], 0, end[1], format(end[1]), "ar-total"))
    zero, span = _scale([float(value) for _, low, high, *_ in walked for value in (low, high)])
    bar = Markup('<rect class="{}" x="{}%" y="{}" width="{}%" height="{}"/>')
    parts: list[Markup] = []
    for index, (label, before, after, text, css) in enumerate(walked):
        y = index * ROW
        low, high = sorted((float(before), float(after)))
        parts += [
            _label(label, text, y),
            bar.format("ar-track", 0, y + _TOP, 100, BAR),
            bar.format(
                css,
                _n(zero + low / span * 100),
                y + _TOP,
                _n((high - low) / span * 100),
                BAR,
            ),
        ]
    if zero > 0:
        parts.append(_zero_line(zero, len(walked)))
    spoken = desc or ", ".join(f"{label}: {text}" for label, _, _, text, _ in walked)
    return _svg("waterfall", title, spoken, len(walked) * ROW, parts)


def lorenz(
    title: str,
    points: Iterable[tuple[Number, Number]],
    *,
    names: tuple[str, str],
    ends: tuple[str, str],
    desc: str,
    height: int = 260,
) -> Markup:
    """A curve through points between 0 and 1 beside the straight line of equal parts.

    ``names`` are those of the curve and of the line, ``ends`` the texts at 0 and at 1 below.
    """
    curve = [(100 * float(x), 100 * (1 - float(y))) for x, y in ((0, 0), *points)]
    plot = height - 28
    even = Markup(
        '<svg x="0" y="0" width="100%" height="{}" viewBox="0 0 100 100"'
        ' preserveAspectRatio="none" overflow="visible">'
        '<polyline class="ar-even" points="0,100 100,0"/></svg>'
    ).format(plot)
    frame = Markup('<rect class="ar-track" x="0" y="0" width="100%" height="{}"/>').format(plot)
    parts = [frame, even, _polylines(curve, 0, 0, plot), *_ticks(ends, (0, 100), height)]
    drawing = _svg("lorenz", title, desc, height, parts)
    return drawing + legend([(name, "") for name in names], marks=("ar-seg ar-c1", "ar-even-key"))


def legend(entries: Sequence[tuple[str, str]], marks: Sequence[str] = ()) -> Markup:
    """The list that names the colours, each with its value if it has one."""
    item = Markup(
        '<li><svg class="ar-key" width="14" height="14" aria-hidden="true" focusable="false">'
        '<rect class="{}" width="14" height="14"/></svg> <span>{}</span>{}</li>'
    )
    value = Markup(" <strong>{}</strong>")
    listed = (
        item.format(
            marks[index] if marks else f"ar-seg ar-c{_colour(index)}",
            name,
            value.format(text) if text else "",
        )
        for index, (name, text) in enumerate(entries)
    )
    return Markup('<ul class="ar-legend">{}</ul>').format(Markup("").join(listed))


def _svg(
    kind: str, title: str, desc: str, height: int, parts: Sequence[Markup], box: str = ""
) -> Markup:
    body = Markup("").join(parts)
    digest = hashlib.sha256(f"{kind}{title}{body}".encode()).hexdigest()[:10]
    frame = (
        Markup('viewBox="{}"').format(box)
        if box
        else Markup('width="100%" height="{}"').format(max(height, 1))
    )
    return Markup(
        '<svg class="ar-chart ar-chart-{0}" {1} role="img" aria-labelledby="{2}-t {2}-d">'
        '<title id="{2}-t">{3}</title><desc id="{2}-d">{4}</desc>{5}</svg>'
    ).format(kind, frame, f"c{digest}", title, desc, body)


def _plus(one: Number, other: Number) -> Number:
    if isinstance(one, float) or isinstance(other, float):
        return float(one) + float(other)
    return one + other


def _short(label: str) -> str:
    return label if len(label) <= 34 else f"{label[:33]}…"


def _label(label: str, text: object, y: int) -> Markup:
    return Markup(
        '<text class="ar-name" x="0" y="{}">{}</text>'
        '<text class="ar-value" x="100%" y="{}" text-anchor="end">{}</text>'
    ).format(y + 13, _short(label), y + 13, escape(text))


def _ticks(labels: Sequence[str], xs: Sequence[float], height: int) -> list[Markup]:
    every = max(1, math.ceil(len(labels) / 6))
    last = len(labels) - 1
    shown = [i for i in range(len(labels)) if i % every == 0]
    tick = Markup('<text class="ar-tick" x="{}%" y="{}" text-anchor="{}">{}</text>')
    anchors = {0: "start", last: "end"} if last else {}
    return [tick.format(_n(xs[i]), height - 8, anchors.get(i, "middle"), labels[i]) for i in shown]


def _polylines(
    points: Sequence[tuple[float, float] | None], index: int, top: float, plot: float
) -> Markup:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    drawn = (
        Markup('<polyline class="ar-line ar-c{}" points="{}"/>').format(
            _colour(index), " ".join(f"{_n(x)},{_n(y)}" for x, y in run)
        )
        for run in runs
        if len(run) > 1
    )
    return Markup(
        '<svg x="0" y="{}" width="100%" height="{}" viewBox="0 0 100 100"'
        ' preserveAspectRatio="none" overflow="visible">{}</svg>'
    ).format(_n(top), _n(plot), Markup("").join(drawn))


def _zero_line(zero: float, rows: int, high: int = ROW) -> Markup:
    return Markup('<line class="ar-zero" x1="{0}%" x2="{0}%" y1="0" y2="{1}"/>').format(
        _n(zero), rows * high
    )


def _scale(values: Sequence[float]) -> tuple[float, float]:
    """Where zero lies, in percent of the frame, and the span that the frame covers."""
    low, high = min([0.0, *values]), max([0.0, *values])
    span = (high - low) or 1.0
    return -low / span * 100, span


def _extent(value: float, zero: float, span: float) -> tuple[float, float]:
    width = min(abs(value) / span * 100, 100.0)
    return (zero if value >= 0 else max(zero - width, 0.0)), width


def _part(value: float, whole: float) -> float:
    return 100 * value / whole if whole else 0.0


def _like(value: float, series: Sequence[tuple[str, Sequence[Number | None]]]) -> Number:
    """The axis value in the type of the data, so that the caller's formatter takes it."""
    whole = all(isinstance(v, int) for _, values in series for v in values if v is not None)
    return round(value) if whole else Decimal(str(round(value, 2)))


def _colour(index: int) -> int:
    return index % COLOURS + 1


def _spoken(rows: Iterable[tuple[str, float, object]]) -> str:
    return ", ".join(f"{label}: {text}" for label, _, text in rows)


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
