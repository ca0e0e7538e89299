"""Line charts as SVG, without any library: a program reads them, a person too, and a file of its own can be shown."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

COLOURS = ("#0f766e", "#c2410c", "#4338ca", "#a21caf", "#4d7c0f", "#0369a1", "#b45309", "#be123c")
WIDTH, HEIGHT = 560, 260
LEFT, RIGHT, TOP, BOTTOM = 62, 12, 34, 46
STYLE = """
.c{font:12px system-ui,sans-serif;fill:#334155}.c .h{font-weight:600;font-size:14px;fill:#0f172a}
.c .g{stroke:#cbd5e1;stroke-width:1}.c .l{fill:none;stroke-width:1.6;stroke-linejoin:round}
@media (prefers-color-scheme:dark){.c{fill:#cbd5e1}.c .h{fill:#f1f5f9}.c .g{stroke:#334155}}
"""


@dataclass(frozen=True, slots=True)
class Line:
    """Points are seconds and values."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    unit: str
    lines: Sequence[Line]


def document(charts: Sequence[Chart], columns: int = 2) -> str:
    """A picture of several charts, on paper of its own."""
    rows = -(-len(charts) // columns)
    width, height = columns * WIDTH, rows * HEIGHT
    parts = [
        f'<g transform="translate({number % columns * WIDTH},{number // columns * HEIGHT})">{_inner(chart)}</g>'
        for number, chart in enumerate(charts)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"<style>{STYLE}.p{{fill:#fff}}@media (prefers-color-scheme:dark){{.p{{fill:#0f172a}}}}</style>"
        f'<rect class="p" width="100%" height="100%"/>{"".join(parts)}</svg>\n'
    )


def figure(chart: Chart) -> str:
    """One chart inside of a page that has STYLE."""
    label = escape(f"{chart.title} over time, in {chart.unit}", quote=True)
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">{_inner(chart)}</svg>'


def _inner(chart: Chart) -> str:
    points = [point for line in chart.lines for point in line.points]
    longest = max((at for at, _ in points), default=1.0) or 1.0
    step = nice_step(max((value for _, value in points), default=0.0))
    highest = step * max(1, math.ceil(max((value for _, value in points), default=0.0) / step))

    def x(at: float) -> float:
        return LEFT + at / longest * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - value / highest * (HEIGHT - TOP - BOTTOM)

    parts = [f'<g class="c"><text class="h" x="{LEFT}" y="18">{escape(chart.title)} ({escape(chart.unit)})</text>']
    for number in range(round(highest / step) + 1):
        at = y(number * step)
        parts.append(f'<line class="g" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{number * step:,.10g}</text>')
    for share in (0, 0.5, 1):
        parts.append(
            f'<text x="{x(share * longest):.0f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">'
            f"{_time(share * longest)}</text>"
        )
    for number, line in enumerate(chart.lines):
        parts.append(_line(line, COLOURS[number % len(COLOURS)], number, len(chart.lines), x, y))
    if not points:
        parts.append(f'<text x="{WIDTH / 2}" y="{HEIGHT / 2}" text-anchor="middle">nothing was measured</text>')
    return "".join([*parts, "</g>"])


def _line(line: Line, colour: str, number: int, of: int, x, y) -> str:  # type: ignore[no-untyped-def]
    path = " ".join(f"{x(at):.1f},{y(value):.1f}" for at, value in line.points)
    left = LEFT + number * (WIDTH - LEFT - RIGHT) / of
    legend = (
        f'<rect x="{left:.0f}" y="{HEIGHT - 16}" width="10" height="10" rx="2" fill="{colour}"/>'
        f'<text x="{left + 14:.0f}" y="{HEIGHT - 7}">{escape(line.name)}</text>'
    )
    last = f"{line.points[-1][1]:,.4g}" if line.points else "nothing"
    title = f"<title>{escape(line.name)}: {last} at the end</title>"
    return f'<polyline class="l" stroke="{colour}" points="{path}">{title}</polyline>{legend}'


def nice_step(highest: float) -> float:
    """1, 2 or 5 times a power of ten, so that four lines or so are drawn."""
    if highest <= 0:
        return 1.0
    rough = highest / 4
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)


def _time(seconds: float) -> str:
    return f"{seconds / 60:.3g} min" if seconds >= 120 else f"{seconds:.0f} s"
