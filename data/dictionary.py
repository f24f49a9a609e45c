"""The dictionary of the shipped indicators, as a page: `python -m data.dictionary` writes `docs/indicators.md`."""
from __future__ import annotations

from pathlib import Path

from data.formula import formula
from data.indicators import definition, label
from data.instruments.adding import shipped
from data.instruments.model import Form, in_language
from data.instruments.workbook import read_workbook
from data.messages import say
from metrics.catalogue import INDICATORS
from metrics.indicator import Better, Indicator, Theme

PAGE = Path(__file__).resolve().parent.parent / "docs" / "indicators.md"
_HEAD = """# Indicators

Every indicator that comes with Pantau: what it counts, how it is computed, what it leaves out. Written from the declarations
in `metrics/` by `python -m data.dictionary`; a test holds it current. An evaluator's own indicators are declared in the
workbook of their instrument ([instruments](instruments.md)).

Shares are of 1 in files and commands, percent on pages. Every estimate comes with its standard error and interval; how they are
computed stands in [reading results](reading-results.md). A village profile and an activity list are complete, so they have no
sampling error. Official figures with the same code may come from other sources and questions: compare with care.
"""
_DIRECTION = {Better.UP: "more is better", Better.DOWN: "less is better"}


def page() -> str:
    """The dictionary, in Markdown."""
    forms = {
        (instrument.id, form.name): form
        for path in shipped() for instrument in [read_workbook(path.read_bytes(), path.name)] for form in instrument.forms
    }
    parts = [_HEAD]
    for theme in Theme:
        parts.append(f"## {say(f'theme.{theme}', 'en')} · {say(f'theme.{theme}', 'id')}\n")
        parts += [_entry(each, forms[each.instrument_id, each.form]) for each in INDICATORS if each.theme is theme]
    return "\n".join(parts)


def _entry(indicator: Indicator, form: Form) -> str:
    made = formula(indicator, form, "en")
    words = say(f"unit.{indicator.unit}", "en")
    lines = [
        f"### {label(indicator, 'en')}",
        f"`{indicator.id}` · {label(indicator, 'id')}\n",
        f"{definition(indicator, 'en')}\n",
        f"*{definition(indicator, 'id')}*\n",
        f"- Unit: {indicator.unit}{f' ({words})' if words else ''}; {_DIRECTION[indicator.better]}",
        f"- Computed: {made.words} `{made.symbols}`",
        f"- Leaves out: {indicator.leaves_out}",
        f"- Source: {in_language(form.labels, 'en', form.name).lower() if form.parent else 'main form'} of the instrument "
        f"`{indicator.instrument_id}`{_official(indicator)}",
    ]
    if indicator.parameters:
        lines.append(f"- Needs: {', '.join(indicator.parameters)}, entered in the register with its source")
    return "\n".join(lines) + "\n"


def _official(indicator: Indicator) -> str:
    keys = [key for key in (indicator.sdgs, *indicator.also_sdgs) if key]
    if not keys:
        return "; no official indicator"
    return "; SDGs Desa " + ", ".join(f"{framework} goal {goal}: {code}" for framework, goal, code in keys)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
