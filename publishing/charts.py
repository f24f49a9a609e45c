"""The two charts of a snapshot, as inline SVG made from the document alone.

The trajectory: each round's value with its interval, the comparison villages beside it, and the straight path from
baseline to target. The road: how far along that path the last value is, on one scale for every indicator.
Classes are coloured by the page's style sheet, and shapes differ, so that nothing rests on colour.
"""
from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup, escape

from data.formats import SHARE
from data.messages import Language, say
from publishing import figures
from publishing.document import Baseline, Entry, Estimate, Round, Target

WIDTH, HEIGHT = 420, 210
LEFT, RIGHT, TOP, BOTTOM = 62, 26, 24, 30
BESIDE = 9           # how far right of a round's own value its comparison villages stand
EDGE = 40            # a label nearer than this to the right edge ends there
APART = 58           # labels under the axis nearer than this hide one another
ROAD_WIDTH, ROAD_HEIGHT, ROAD_START, ROAD_END = 170, 24, 26, 140


@dataclass(frozen=True, kw_only=True)
class _Scale:
    """A straight line from values to places."""

    first: float
    last: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return round(self.start + (value - self.first) / (self.last - self.first) * (self.end - self.start), 1)


def trajectory(entry: Entry, rounds: Sequence[Round], language: Language) -> Markup:
    """Values by time with intervals, path and target; empty where nothing can be drawn."""
    on = {item["id"]: _middle(item) for item in rounds}
    shown = [estimate for estimate in entry["estimates"] if estimate["estimate"] is not None]
    if not shown:
        return Markup("")
    beside = [estimate for estimate in entry["comparison"] if estimate["estimate"] is not None]
    path, breaks = _path(entry, on), [date.fromisoformat(day) for day in entry.get("breaks", [])]
    days = [on[estimate["round"]] for estimate in (*shown, *beside)] + [day for day, _ in path]
    x = _time_scale(days)
    ticks = _ticks(_values(shown, beside, path), entry["unit"])
    y = _Scale(first=ticks[0], last=ticks[-1], start=HEIGHT - BOTTOM, end=TOP)
    unit = entry["unit"]
    parts = [
        _grid(ticks, y, unit, language),
        _time_labels(on, shown, path, x, language),
        _breaks_drawn(breaks, x),
        _path_drawn(path, x, y, breaks),
        _series(beside, on, x, y, "other", breaks, shift=BESIDE),
        _series(shown, on, x, y, "own", breaks),
        '<g class="values">',
        *(_value_label(estimate, x(on[estimate["round"]].toordinal()), y, unit, language) for estimate in shown),
        "</g>",
    ]
    return _svg(WIDTH, HEIGHT, "trajectory", in_words(entry, rounds, language), parts)


def road(entry: Entry, language: Language) -> Markup:
    """The last value between baseline (left) and target (right); empty without one of them, or where there was no way to go."""
    baseline, target, last = entry["baseline"], entry["target"], latest(entry)
    goal = target["value"] if target else None
    if baseline is None or goal is None or last is None or last["estimate"] is None or _is_met(target, baseline["value"]):
        return Markup("")
    scale = _Scale(first=baseline["value"], last=goal, start=ROAD_START, end=ROAD_END)
    middle, least, most = ROAD_HEIGHT / 2, 3.0, ROAD_WIDTH - 3.0

    def place(value: float) -> float:
        return min(max(scale(value), least), most)

    parts = [f'<path class="rail" d="M{ROAD_START} {middle}H{ROAD_END}"/>',
             f'<path class="from" d="M{ROAD_START} {middle - 6}v12"/>', _diamond(ROAD_END, middle)]
    if entry["due"] is not None:
        due = place(entry["due"])
        parts.append(f'<path class="due" d="M{due - 4} {middle - 10}h8l-4 6z"/>')
    if last["lower"] is not None and last["upper"] is not None:
        ends = sorted((place(last["lower"]), place(last["upper"])))
        parts.append(f'<g class="own"><path class="line" d="M{ends[0]} {middle}H{ends[1]}"/></g>')
    now, at = scale(last["estimate"]), place(last["estimate"])
    if now == at:
        parts.append(f'<g class="own"><circle cx="{at}" cy="{middle}" r="4.5"/></g>')
    else:  # beyond the drawing: an arrow instead of a dot
        back = -7 if now > at else 7
        parts.append(f'<path class="beyond" d="M{at} {middle}l{back} -5v10z"/>')
    words = say("snapshot.road_alt", language,
                first=figures.value(baseline["value"], entry["unit"], language),
                now=figures.value(last["estimate"], entry["unit"], language),
                target=figures.value(goal, entry["unit"], language))
    return _svg(ROAD_WIDTH, ROAD_HEIGHT, "road", words, parts)


def latest(entry: Entry) -> Estimate | None:
    """The last round's estimate of the partnership, withheld or not; None where there is none."""
    return entry["estimates"][-1] if entry["estimates"] else None


def in_words(entry: Entry, rounds: Sequence[Round], language: Language) -> str:
    """What the trajectory shows, for who cannot see it."""
    names = {item["id"]: item["name"] for item in rounds}
    sentences = [
        say("snapshot.alt_value", language, round=names[estimate["round"]],
            value=figures.value(estimate["estimate"], entry["unit"], language),
            interval=figures.span(estimate["lower"], estimate["upper"], entry["unit"], language))
        for estimate in entry["estimates"] if estimate["estimate"] is not None
    ]
    if entry["target"] and entry["target"]["value"] is not None:
        sentences.append(say("snapshot.alt_target", language, due=figures.day(entry["target"]["due_on"], language),
                             value=figures.value(entry["target"]["value"], entry["unit"], language)))
    sentences += [broken(day, language) for day in entry.get("breaks", [])]
    return f"{entry['label'][language]}: " + "; ".join(sentences) + "."


def broken(day: str, language: Language) -> str:
    """That a series is measured differently from a day on."""
    return f"{say('parts.chart.break', language)} ({figures.day(day, language)})"


def _middle(item: Round) -> date:
    first, last = date.fromisoformat(item["starts_on"]), date.fromisoformat(item["ends_on"])
    return first + (last - first) / 2


def _path(entry: Entry, on: dict[str, date]) -> list[tuple[date, float]]:
    """The straight path's two ends; only the target where there is no baseline, or it was met from the start; nothing without a
    dated number."""
    target = entry["target"]
    if target is None or target["value"] is None or target["due_on"] is None:
        return []
    end = (date.fromisoformat(target["due_on"]), target["value"])
    start = _start(entry["baseline"], on)
    return [start, end] if start and not _is_met(target, start[1]) else [end]


def _is_met(target: Target | None, value: float) -> bool:
    """Whether a value meets a target as its comparison says; a value on the border leaves no way to go either."""
    if target is None or target["value"] is None:
        return False
    match target["comparison"]:
        case "at_most" | "less_than" | "zero":
            return value <= target["value"]
        case "between":
            upper = target["upper_value"]
            return target["value"] <= value and (upper is None or value <= upper)
    return value >= target["value"]


def _start(baseline: Baseline | None, on: dict[str, date]) -> tuple[date, float] | None:
    if baseline is None:
        return None
    if baseline["on"] is not None:
        return date.fromisoformat(baseline["on"]), baseline["value"]
    return (on[baseline["round"]], baseline["value"]) if baseline["round"] in on else None


def _values(shown: Iterable[Estimate], beside: Iterable[Estimate], path: Iterable[tuple[date, float]]) -> list[float]:
    ends = [end for estimate in (*shown, *beside) for end in (estimate["estimate"], estimate["lower"], estimate["upper"])]
    return [end for end in ends if end is not None] + [value for _, value in path]


def _time_scale(days: Sequence[date]) -> _Scale:
    first, last = min(days).toordinal(), max(days).toordinal()
    if first == last:
        first, last = first - 1, last + 1
    return _Scale(first=first, last=last, start=LEFT + 36, end=WIDTH - RIGHT)


def _ticks(values: Sequence[float], unit: str) -> list[float]:
    """Three to six round numbers that hold every value; shares and scores stay within what is possible."""
    low, high = min(values), max(values)
    spread = (high - low) or abs(high) or 1.0
    least, most = {SHARE: (0.0, 1.0), "score_100": (0.0, 100.0)}.get(unit, (-math.inf, math.inf))
    if low >= 0:
        least = max(least, 0.0)
    low, high = max(low - 0.08 * spread, least), min(high + 0.12 * spread, most)
    rough = (high - low) / 4
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * times for times in (1, 2, 2.5, 5, 10) if size * times >= rough)
    return [round(step * count, 10) for count in range(math.floor(low / step), math.ceil(high / step) + 1)]


def _grid(ticks: Sequence[float], y: _Scale, unit: str, language: Language) -> str:
    lines = "".join(f"M{LEFT} {y(tick):.0f}H{WIDTH - RIGHT + 8}" for tick in ticks)
    labels = "".join(f'<text x="{LEFT - 6}" y="{y(tick) + 4:.0f}">{figures.tick(tick, unit, language)}</text>' for tick in ticks)
    return f'<path class="grid" d="{lines}"/><g class="axis up">{labels}</g>'


def _time_labels(on: dict[str, date], shown: Sequence[Estimate], path: Sequence[tuple[date, float]],
                 x: _Scale, language: Language) -> str:
    days = sorted({on[estimate["round"]] for estimate in shown} | {day for day, _ in path[-1:]})
    kept: list[date] = []
    for day in reversed(days):  # the last is the most wanted
        if not kept or x(kept[-1].toordinal()) - x(day.toordinal()) >= APART:
            kept.append(day)
    labels = "".join(
        f'<text x="{x(day.toordinal()):.0f}" y="{HEIGHT - 8}">{figures.month(day.isoformat(), language)}</text>' for day in kept
    )
    return f'<g class="axis along">{labels}</g>'


def _breaks_drawn(breaks: Sequence[date], x: _Scale) -> str:
    """An upright line at each day, within what is drawn, from which the series is measured differently."""
    shown = [place for place in (x(day.toordinal()) for day in breaks) if LEFT <= place <= WIDTH - RIGHT]
    return "".join(f'<path class="break" d="M{place} {TOP - 8}V{HEIGHT - BOTTOM}"/>' for place in shown)


def _unbroken(days: Sequence[date], breaks: Sequence[date]) -> list[list[int]]:
    """The places of some days, in parts that no break parts; a break is the first day of what comes after it."""
    later = [sum(day >= on for on in breaks) for day in days]
    return [[place for place, count in enumerate(later) if count == part] for part in sorted(set(later))]


def _through(places: Sequence[tuple[float, float]], days: Sequence[date], breaks: Sequence[date], digits: int = 1) -> str:
    """The line through the places of some days, interrupted by breaks."""
    parts = [[places[at] for at in part] for part in _unbroken(days, breaks)]
    return "".join("M" + "L".join(f"{px:.{digits}f} {py}" for px, py in part) for part in parts)


def _path_drawn(path: Sequence[tuple[date, float]], x: _Scale, y: _Scale, breaks: Sequence[date]) -> str:
    if not path:
        return ""
    places = [(x(day.toordinal()), y(value)) for day, value in path]
    line = _through(places, [day for day, _ in path], breaks)
    return f'<path class="path" d="{line}"/>' + _diamond(*places[-1])


def _diamond(x: float, y: float) -> str:
    return f'<path class="target" d="M{x} {y - 6}l6 6l-6 6l-6 -6z"/>'


def _series(
    estimates: Sequence[Estimate], on: dict[str, date], x: _Scale, y: _Scale, name: str, breaks: Sequence[date], shift: float = 0,
) -> str:
    """A line through the values that no break parts, and for each a dot with its interval."""
    if not estimates:
        return ""
    places = [(x(on[item["round"]].toordinal()) + shift, y(item["estimate"] or 0.0)) for item in estimates]
    through = _through(places, [on[item["round"]] for item in estimates], breaks, digits=0)
    bars = "".join(
        f"M{px:.0f} {y(item['lower'])}V{y(item['upper'])}m-4 0h8M{px - 4:.0f} {y(item['lower'])}h8"
        for item, (px, _) in zip(estimates, places, strict=True)
        if item["lower"] is not None and item["upper"] is not None and item["lower"] != item["upper"]
    )
    dots = "".join(f'<circle cx="{px:.0f}" cy="{py}" r="4.5"/>' for px, py in places)
    return f'<g class="{name}"><path class="through" d="{through}"/><path class="line" d="{bars}"/>{dots}</g>'


def _value_label(item: Estimate, x: float, y: _Scale, unit: str, language: Language) -> str:
    top = item["estimate"] if item["upper"] is None else item["upper"]
    text = escape(figures.value(item["estimate"], unit, language).removeprefix("Rp").lstrip())
    is_last = x > WIDTH - EDGE
    end = ' text-anchor="end"' if is_last else ""
    return f'<text x="{WIDTH - 2 if is_last else round(x)}" y="{y(top or 0.0) - 7:.0f}"{end}>{text}</text>'


def _svg(width: int, height: int, name: str, words: str, parts: Iterable[str]) -> Markup:
    inside = "".join(parts)
    return Markup(
        f'<svg class="{name}" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(words)}">{inside}</svg>'
    )
