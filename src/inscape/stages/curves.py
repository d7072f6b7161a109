"""The losses of a training as a picture: an SVG for a file, braille for a terminal.

Invariant: numbers in, text out, the same for the same numbers. A loss that is no number is left out; nothing is drawn
from outside (no fonts, no scripts), and the colors are read on light and on dark paper.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 820, 440
LEFT, RIGHT, TOP, BOTTOM = 62, 24, 78, 52
"""What stands around the plot."""
_MANY = 600
"""Points of a line in the SVG; more are brought together."""
BLUE, ORANGE, INK = "#3b82f6", "#ea7317", "#7b8494"
_FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Curve:
    """The losses of a run by step: of the rows it trains on, and of those held out."""

    title: str
    train: Points
    valid: Points
    best: tuple[float, float] | None = None
    """The step whose adapter is kept, and its held-out loss."""

    def real(self) -> Curve:
        """The same without what is no number."""
        sound = [[(x, y) for x, y in points if math.isfinite(y)] for points in (self.train, self.valid)]
        best = self.best if self.best and math.isfinite(self.best[1]) else None
        return Curve(self.title, sound[0], sound[1], best)


def smooth(points: Points) -> list[tuple[float, float]]:
    """Each point as the mean of those around it: a fifteenth of all, half before, half after."""
    half = len(points) // 30
    sums = [0.0]
    for _, y in points:
        sums.append(sums[-1] + y)
    made = []
    for at, (x, _) in enumerate(points):
        first, after = max(0, at - half), min(len(points), at + half + 1)
        made.append((x, (sums[after] - sums[first]) / (after - first)))
    return made


def ticks(low: float, high: float, about: int, *, whole: bool = False) -> list[float]:
    """Round numbers between low and high, about so many."""
    span = high - low
    if span <= 0:
        return [low]
    ten = 10.0 ** math.floor(math.log10(span / max(1, about)))
    step = min((ten * one for one in (1, 2, 5, 10)), key=lambda one: abs(span / one - about))
    step = max(1.0, step) if whole else step
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(n * step, 10) for n in range(first, last + 1)]


def _bounds(curve: Curve) -> tuple[float, float, float, float]:
    """From step, to step, lowest and highest loss that are shown: single steps that stand out are cut off."""
    lines = [*smooth(curve.train), *curve.valid, *([curve.best] if curve.best else [])]
    raw = sorted(y for _, y in curve.train)
    values = [y for _, y in lines] + ([raw[len(raw) // 50], raw[-1 - len(raw) // 50]] if raw else [])
    low, high = min(values), max(values)
    room = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    steps = [x for x, _ in lines]
    return min(0.0, *steps), max(1.0, *steps), max(0.0, low - room) if low >= 0 else low - room, high + room


# ---------------------------------------------------------------- SVG


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where a step and a loss stand on the paper."""

    first: float
    last: float
    low: float
    high: float

    def x(self, step: float) -> float:
        return LEFT + (step - self.first) / (self.last - self.first) * (WIDTH - LEFT - RIGHT)

    def y(self, loss: float) -> float:
        return HEIGHT - BOTTOM - (loss - self.low) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM)

    def path(self, points: Points) -> str:
        return " ".join(
            f"{'L' if at else 'M'}{self.x(step):.1f} {self.y(loss):.1f}" for at, (step, loss) in enumerate(points)
        )


def svg(curve: Curve) -> str:
    """The picture, as a file of its own."""
    curve = curve.real()
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" font-family="{_FONT}" font-size="12" fill="{INK}">'
    )
    title = escape(curve.title)
    parts = [head, f"<title>{title}</title>", _text(LEFT, 28, title, size=16, weight=600)]
    if curve.train or curve.valid:
        plot = _Plot(*_bounds(curve))
        parts += [*_axes(plot), *_lines(curve, plot), *_best(curve, plot), *_legend(curve)]
    else:
        parts.append(_text(LEFT, HEIGHT / 2, "No step has been made."))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 12, weight: int = 400) -> str:
    said = f'font-size="{size}" font-weight="{weight}"' if (size, weight) != (12, 400) else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {said}>{text}</text>'


def _axes(plot: _Plot) -> list[str]:
    right, floor = WIDTH - RIGHT, HEIGHT - BOTTOM
    parts = [f'<g stroke="{INK}" stroke-opacity="0.25">']
    heights = ticks(plot.low, plot.high, 6)
    steps = ticks(plot.first, plot.last, 8, whole=True)
    parts += [f'<path d="M{LEFT} {plot.y(one):.1f}H{right}"/>' for one in heights]
    parts += [f'<path d="M{plot.x(one):.1f} {floor}v5"/>' for one in steps]
    parts += [f'<path d="M{LEFT} {floor}H{right}" stroke-opacity="0.7"/>', "</g>"]
    parts += [_text(LEFT - 8, plot.y(one) + 4, f"{one:g}", anchor="end") for one in heights]
    parts += [_text(plot.x(one), floor + 20, f"{one:,.0f}", anchor="middle") for one in steps]
    parts.append(_text((LEFT + right) / 2, HEIGHT - 12, "step (update of the weights)", anchor="middle"))
    middle = (TOP + floor) / 2
    parts.append(f'<g transform="rotate(-90 16 {middle:.1f})">{_text(16, middle, "loss", anchor="middle")}</g>')
    return parts


def _lines(curve: Curve, plot: _Plot) -> list[str]:
    box = f'x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" height="{HEIGHT - TOP - BOTTOM}"'
    line = 'fill="none" stroke-linejoin="round" stroke-linecap="round"'
    parts = [f'<clipPath id="plot"><rect {box}/></clipPath>', '<g clip-path="url(#plot)">']
    if curve.train:
        raw, even = thinned(curve.train), thinned(smooth(curve.train))
        parts.append(f'<path d="{plot.path(raw)}" {line} stroke="{BLUE}" stroke-width="1" stroke-opacity="0.35"/>')
        parts.append(f'<path d="{plot.path(even)}" {line} stroke="{BLUE}" stroke-width="2.2"/>')
    if curve.valid:
        parts.append(f'<path d="{plot.path(curve.valid)}" {line} stroke="{ORANGE}" stroke-width="2.2"/>')
    parts.append("</g>")
    if len(curve.valid) <= 80:
        places = [(plot.x(step), plot.y(loss)) for step, loss in curve.valid]
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.4" fill="{ORANGE}"/>' for x, y in places]
    return parts


def thinned(points: Points) -> list[tuple[float, float]]:
    """At most so many points as a line on paper shows: those that stand together become their mean."""
    size = math.ceil(len(points) / _MANY) or 1
    groups = [points[at : at + size] for at in range(0, len(points), size)]
    return [(sum(x for x, _ in one) / len(one), sum(y for _, y in one) / len(one)) for one in groups]


def _best(curve: Curve, plot: _Plot) -> list[str]:
    if not curve.best:
        return []
    step, loss = curve.best
    x, y = plot.x(step), plot.y(loss)
    shift, anchor = (-8, "end") if x > (LEFT + WIDTH - RIGHT) / 2 else (8, "start")
    label = _text(x + shift, TOP + 12, f"best: step {step:,.0f}, {loss:.3f}", anchor=anchor)
    return [
        f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="{ORANGE}" stroke-opacity="0.7" stroke-dasharray="4 4"/>',
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="none" stroke="{ORANGE}" stroke-width="2"/>',
        label,
    ]


def _legend(curve: Curve) -> list[str]:
    entries = (
        [(BLUE, "1", "0.5", "training, each step"), (BLUE, "2.2", "1", "training, smoothed")] if curve.train else []
    )
    entries += [(ORANGE, "2.2", "1", "rows held out")] if curve.valid else []
    parts, x = [], float(LEFT)
    for color, width, opacity, name in entries:
        parts.append(f'<path d="M{x:.0f} 50h22" stroke="{color}" stroke-width="{width}" stroke-opacity="{opacity}"/>')
        parts.append(_text(x + 28, 54, name))
        x += 46 + 6.6 * len(name)
    return parts


# ---------------------------------------------------------------- the terminal


_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""A braille sign's dots by row and column."""


def terminal(curve: Curve, width: int = 72, height: int = 12) -> str:
    """The curve in so many columns, axis and labels included; empty where there is nothing to draw."""
    curve = curve.real()
    if not curve.train and not curve.valid:
        return ""
    first, last, low, high = _bounds(curve)
    labels = _labels(low, high, height)
    margin = max(len(one) for one in labels.values())
    wide = max(10, width - margin - 2)

    def place(step: float, loss: float) -> tuple[int, int]:
        right, up = (step - first) / (last - first), (loss - low) / (high - low)
        return round(right * (wide * 2 - 1)), round((1 - min(1.0, max(0.0, up))) * (height * 4 - 1))

    cells = _braille([place(*one) for one in smooth(curve.train)], wide, height)
    for mark, points in (("○", curve.valid), ("●", [curve.best] if curve.best else [])):
        for one in points:
            x, y = place(*one)
            cells[y // 4][x // 2] = mark
    lines = [
        f"{labels.get(at, ''):>{margin}} {'┤' if at in labels else '│'}{''.join(row)}" for at, row in enumerate(cells)
    ]
    ends = f"{first:,.0f}{f'step {last:,.0f}':>{wide - len(f'{first:,.0f}')}}"
    key = [*(["⠤ training"] if curve.train else []), *(["○ held out"] if curve.valid else [])]
    key += [f"● best, {curve.best[1]:.3f}"] if curve.best else []
    pad = " " * (margin + 2)
    lines += [f"{' ' * margin} └{'─' * wide}", pad + ends, pad + "   ".join(key)]
    return "\n".join(line.rstrip() for line in lines)


def _labels(low: float, high: float, height: int) -> dict[int, str]:
    """Round losses by the row that they stand in."""
    marks = ticks(low, high, max(2, height // 3))
    return {round((1 - (one - low) / (high - low)) * (height - 1)): f"{one:g}" for one in reversed(marks)}


def _braille(points: Sequence[tuple[int, int]], wide: int, height: int) -> list[list[str]]:
    """A line through these dots."""
    bits = [[0] * wide for _ in range(height)]
    for (x, y), (to_x, to_y) in zip(points, [*points[1:], *points[-1:]], strict=True):
        length = max(abs(to_x - x), abs(to_y - y), 1)
        for n in range(length + 1):
            dot_x, dot_y = round(x + (to_x - x) * n / length), round(y + (to_y - y) * n / length)
            bits[dot_y // 4][dot_x // 2] |= _DOTS[dot_y % 4][dot_x % 2]
    return [[chr(0x2800 + one) if one else " " for one in row] for row in bits]
