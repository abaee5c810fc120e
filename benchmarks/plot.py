"""Results come in; a drawing of seconds over reports goes out as SVG, both on logarithmic scales."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

from tables import Result

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 420, 380, 60, 100, 40, 50  # of one panel, in pixels
COLOURS = ("#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#882255", "#117733", "#999933")
LINE = 13  # pixels between two names
STYLE = "text{font:11px sans-serif;fill:#333} .title{font-weight:bold} .grid{stroke:#ddd} .curve{fill:none;stroke-width:1.8}"


def svg(results: Sequence[Result]) -> str:
    """A panel for each workload, in it a curve for each who finished."""
    seen = [one for one in results if one.seconds is not None]
    names = list(dict.fromkeys(one.who for one in seen))
    colours = {name: COLOURS[n % len(COLOURS)] for n, name in enumerate(names)}
    workloads = list(dict.fromkeys(one.workload for one in seen))
    width = WIDTH * max(1, len(workloads))
    panels = [
        f'<g transform="translate({WIDTH * n},0)">{_panel(name, [one for one in seen if one.workload == name], colours)}</g>'
        for n, name in enumerate(workloads)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}">'
        f'<style>{STYLE}</style><rect width="100%" height="100%" fill="#fff"/>{"".join(panels)}</svg>\n'
    )


def _panel(title: str, results: Sequence[Result], colours: dict[str, str]) -> str:
    sizes, times = [one.size for one in results], [one.seconds or 0 for one in results]
    x = _scale(sizes, LEFT, WIDTH - RIGHT)
    y = _scale(times, HEIGHT - BOTTOM, TOP)
    parts = [f'<text class="title" x="{LEFT}" y="{TOP - 18}">{escape(title)}: seconds by number of reports</text>']
    for size in sorted(set(sizes)):
        parts.append(_line("grid", [(x(size), TOP), (x(size), HEIGHT - BOTTOM)]))
        parts.append(f'<text x="{x(size):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{size:,}</text>')
    for time in _ticks(times):
        parts.append(_line("grid", [(LEFT, y(time)), (WIDTH - RIGHT, y(time))]))
        parts.append(f'<text x="{LEFT - 6}" y="{y(time) + 4:.1f}" text-anchor="end">{time:g} s</text>')
    ends: list[tuple[float, str]] = []
    for name, colour in colours.items():
        points = sorted((one.size, one.seconds or 0) for one in results if one.who == name)
        if points:
            at = [(x(size), y(time)) for size, time in points]
            parts.append(_line("curve", at, f' stroke="{colour}"'))
            parts += (f'<circle cx="{a:.1f}" cy="{b:.1f}" r="2.5" fill="{colour}"/>' for a, b in at)
            ends.append((at[-1][1], name))
    for (_, name), place in zip(sorted(ends), _apart(sorted(ends)), strict=True):
        parts.append(
            f'<text x="{WIDTH - RIGHT + 8}" y="{place + 4:.1f}" style="fill:{colours[name]}">{escape(name)}</text>'
        )
    return "".join(parts)


def _line(kind: str, points: Iterable[tuple[float, float]], more: str = "") -> str:
    return f'<polyline class="{kind}"{more} points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in points)}"/>'


def _scale(values: Sequence[float], start: float, end: float):  # noqa: ANN202
    """A function from a value to its place, by its logarithm."""
    low, high = math.log10(min(values)), math.log10(max(values))
    span = high - low or 1
    return lambda value: start + (math.log10(value) - low) / span * (end - start)


def _ticks(values: Sequence[float]) -> list[float]:
    """One, two and five times the powers of ten within."""
    powers = range(math.floor(math.log10(min(values))), math.ceil(math.log10(max(values))) + 1)
    ticks = [step * 10.0**power for power in powers for step in (1, 2, 5)]
    return [tick for tick in ticks if min(values) <= tick <= max(values)]


def _apart(ends: Sequence[tuple[float, str]]) -> list[float]:
    """Where names stand so that none covers another, from the top down, and then up from the bottom."""
    places: list[float] = []
    for end, _ in ends:
        places.append(max(end, places[-1] + LINE if places else end))
    limit = float(HEIGHT - BOTTOM)
    for n in reversed(range(len(places))):
        places[n] = min(places[n], limit)
        limit = places[n] - LINE
    return places
