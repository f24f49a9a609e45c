"""A snapshot's page: one HTML file that needs nothing else, made from the document alone.

No script, no request, charts as inline SVG; it prints on A4 and reads at 390 pixels. The document itself is inside,
packed, so that a page sent by hand can be verified years later.
"""
from __future__ import annotations

import base64
import gzip
import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from data import formats
from data.messages import Language, has, say
from publishing import canonical, charts, figures
from publishing.document import Change, Document, Entry

HERE = Path(__file__).resolve().parent
STATUSES = ("achieved", "on_track", "needs_attention", "not_enough_data")
JUDGED = STATUSES[:3]
MOST_BYTES = 300_000
_STYLE = (HERE / "snapshot.css").read_text(encoding="utf-8")
_PACKED = re.compile(rb'href="data:application/gzip;base64,([A-Za-z0-9+/=]+)"')


def render(document: Document, language: Language, *, others: dict[Language, str] | None = None) -> str:
    """The page in one language. `others` are the addresses of the same page in the other languages, when it is served."""
    content = canonical.encode(document)
    identity = canonical.identity(content)
    other = next(iter((others or {}).items()), None)
    names = {item["id"]: item["name"] for item in document["rounds"]}
    promised = [entry for entry in document["indicators"] if entry["target"]]
    unpromised = [entry for entry in document["indicators"] if not entry["target"]]
    counts = Counter(entry["status"] for entry in promised)
    return _environment(language).get_template("snapshot.html.j2").render(
        document=document,
        partnership=document["partnership"],
        identity=identity,
        css=style(),
        other={"language": other[0], "href": other[1], "name": say("snapshot.in_language", other[0])} if other else None,
        counts=[(status, counts[status]) for status in STATUSES],
        headline=_headline(counts, len(unpromised), language),
        bar=_bar(counts, language),
        promised=_themes(promised, language),
        others=_themes(unpromised, language),
        trajectory=lambda entry: charts.trajectory(entry, document["rounds"], language),
        round_names=names,
        withheld=_withheld(document, names, language),
        changed=lambda change, entry: _changed(change, entry, names, language),
        packed=base64.b64encode(packed(content)).decode(),
        file_name=f"{file_stem(document)}.json.gz",
    )


def style() -> Markup:
    """The one style sheet of every page."""
    return Markup(_STYLE)


def style_hash() -> str:
    """What a content security policy must allow for the page's one style sheet."""
    return "sha256-" + base64.b64encode(hashlib.sha256(_STYLE.encode("utf-8")).digest()).decode()


def packed(content: bytes) -> bytes:
    """The document's bytes, compressed; the same bytes each time."""
    return gzip.compress(content, 9, mtime=0)


def packed_inside(page: bytes) -> bytes | None:
    """The packed document that a page carries; None where there is none."""
    found = _PACKED.search(page)
    return base64.b64decode(found[1]) if found else None


def file_stem(document: Document) -> str:
    """A name for files made from a document: `pantau-PARTNERSHIP-DATE`."""
    return f"pantau-{document['partnership']['id']}-{document['as_of']}"


@cache
def _environment(language: Language) -> Environment:
    made = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True)

    def t(key: str, **params: object) -> str:
        return say(f"snapshot.{key}", language, **params)

    made.filters.update(
        value=lambda number, unit: figures.value(number, unit, language),
        change=lambda number, unit: formats.change(number, unit, language),
        whole=lambda number: figures.whole(number, language),
        percent=lambda share: figures.percent(share, language),
        day=lambda on: figures.day(on, language),
        month=lambda on: figures.month(on, language),
    )
    made.globals.update(
        t=t, say=lambda key: say(key, language), language=language, judged=JUDGED,
        latest=charts.latest, direction=_direction, legend=_legend(),
        span=lambda lower, upper, unit: figures.span(lower, upper, unit, language),
        change_span=lambda lower, upper, unit: figures.change_span(lower, upper, unit, language),
        road=lambda entry: charts.road(entry, language), broken=lambda day: charts.broken(day, language),
        reason=lambda reason: _reason(reason, language),
        target=lambda entry: _target(entry, language),
        sdgs=_sdgs,
    )
    return made


def _headline(counts: Counter[str], others: int, language: Language) -> str:
    if not counts:
        return say("snapshot.headline_none", language, n=others)
    said = say("snapshot.headline", language, of=counts.total(), good=counts["achieved"] + counts["on_track"],
               attention=counts["needs_attention"], unknown=counts["not_enough_data"])
    return f"{said} {say('snapshot.headline_others', language, n=others)}" if others else said


def _bar(counts: Counter[str], language: Language) -> Markup:
    """How many of what was promised has each status, as one bar; empty without a promise."""
    if not counts:
        return Markup("")
    total, parts, start = counts.total(), [], 0.0
    for status in STATUSES:
        width = 1000 * counts[status] / total
        if width:
            parts.append(f'<rect class="{status}" x="{start:.1f}" width="{width - 3:.1f}" height="14"/>')
        start += width
    words = ", ".join(f"{say(f'status.{status}', language)} {counts[status]}" for status in STATUSES if counts[status])
    return Markup('<svg class="bar" viewBox="0 0 1000 14" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>').format(
        words, Markup("".join(parts)))


def _legend() -> Markup:
    """The mark of a value with its interval."""
    return Markup('<svg viewBox="0 0 20 14" aria-hidden="true"><g class="own"><path class="line" d="M10 1v12M7 1h6M7 13h6"/>'
                  '<circle cx="10" cy="7" r="4"/></g></svg>')


def _themes(entries: Iterable[Entry], language: Language) -> list[dict[str, Any]]:
    """Entries under their themes, in the document's order."""
    themes: dict[str, dict[str, Any]] = {}
    for entry in entries:
        theme = themes.setdefault(entry["theme"], {"label": entry["theme_label"][language], "entries": []})
        theme["entries"].append(entry)
    return list(themes.values())


def _direction(change: Change, entry: Entry) -> str:
    """better or worse where the interval excludes no change, otherwise unclear."""
    lower, upper = change["lower"], change["upper"]
    if lower is None or upper is None or lower <= 0 <= upper:
        return "unclear"
    return "better" if (lower > 0) == (entry["better"] == "up") else "worse"


def _changed(change: Change, entry: Entry, names: dict[str, str], language: Language) -> str:
    key = "changed" if change["lower"] != change["upper"] else "changed_exactly"
    return say(f"snapshot.{key}", language, change=formats.change(change["estimate"], entry["unit"], language),
               interval=figures.change_span(change["lower"], change["upper"], entry["unit"], language),
               first=names[change["first"]], last=names[change["last"]],
               direction=say(f"snapshot.direction.{_direction(change, entry)}", language))


def _target(entry: Entry, language: Language) -> str:
    target = entry["target"]
    assert target is not None
    return say(f"snapshot.comparison.{target['comparison']}", language,
               value=figures.value(target["value"], entry["unit"], language),
               upper=figures.value(target["upper_value"], entry["unit"], language))


def _sdgs(entry: Entry) -> str:
    """`6 / 6.1.1 (2025)`, several joined by semicolons."""
    return "; ".join("{1} / {2} ({0})".format(*code.split(" ", 2)) for code in entry["sdgs"])


def _reason(reason: str | None, language: Language) -> str:
    key = f"reason.{reason}"
    return say(key if has(key, language) else "snapshot.reason_other", language)


def _withheld(document: Document, names: dict[str, str], language: Language) -> list[str]:
    """A line for each indicator with figures that are not shown: which rounds, and why."""
    lines = []
    for entry in document["indicators"]:
        for group in ("estimates", "comparison"):
            hidden: dict[str, list[str]] = {}
            for item in entry[group]:
                if item["estimate"] is None:
                    hidden.setdefault(_reason(item["reason"], language), []).append(names[item["round"]])
            lines += [
                say(f"snapshot.withheld_{group}", language, indicator=entry["label"][language],
                    rounds=", ".join(rounds), reason=why)
                for why, rounds in hidden.items()
            ]
    return lines
