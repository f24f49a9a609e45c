"""The settings: each said in plain words with its unit, its default and what it may be; saved together."""
from __future__ import annotations

import streamlit as st

from access.policy import Action, may
from data import formats
from data.importing.finding import Severity
from data.register import SETTINGS, changes, settings
from data.register.cells import entry_of
from data.register.entry import Entry
from data.register.sheets import SETTINGS as SHEET
from pages.parts import reads, session
from pages.parts.session import language
from pages.parts.words import plain, say

_SHARES = {"min_coverage", "rse_care", "rse_unreliable", "sure_from", "budget_gap"}
_CHOICES = {"single_psu": 5}


def show() -> None:
    """All settings as they are; a form for those who may change the register."""
    now = settings(session.store())
    if not may(session.viewer(), Action.CHANGE_REGISTER):
        for name, value in now.items():
            st.markdown(f"**{say(f'targets.setting.{name}')}**: {said(name, value)}")
            st.caption(say(f"targets.setting.{name}.about"))
        return
    with st.form("settings", border=False):
        written = {}
        with st.grid(2, min_column_width=300):
            for name, value in now.items():
                with st.container(border=True, height="stretch", gap="xsmall"):
                    written[name] = _field(name, value)
                    default = say("targets.setting.default", value=said(name, SETTINGS[name][0]))
                    st.caption(f"{say(f'targets.setting.{name}.about')} {default}")
        sent = st.form_submit_button(say("forms.save"), type="primary", icon=":material/save:")
    if sent:
        _save({name: value for name, value in written.items() if value != round(now[name], 6)})


def said(name: str, value: float) -> str:
    """A setting's value in words, with its unit."""
    if name in _CHOICES:
        return say(f"targets.setting.{name}.{value:.0f}")
    if name in _SHARES:
        return formats.amount(value, formats.SHARE, language(), decimals=0 if round(value * 100, 6) == round(value * 100) else 1)
    return say(f"targets.setting.{name}.value", value=formats.number(value, language()))


def _field(name: str, now: float) -> float:
    _, lowest, highest = SETTINGS[name]
    label = say(f"targets.setting.{name}")
    if name in _CHOICES:
        return float(st.selectbox(label, list(range(_CHOICES[name])), index=int(now), key=f"setting-{name}",
                                  format_func=lambda choice: say(f"targets.setting.{name}.{choice}")))
    if name in _SHARES:
        typed = st.number_input(f"{label} (%)", min_value=float(lowest * 100), max_value=float(highest * 100),
                                value=float(round(now * 100, 4)), step=1.0, format="%g", key=f"setting-{name}")
        return round(typed / 100, 6)
    unit = say(f"targets.setting.{name}.unit")
    return float(st.number_input(f"{label} ({unit})", min_value=int(lowest), max_value=int(highest), value=int(now), step=1,
                                 key=f"setting-{name}"))


def _save(changed: dict[str, float]) -> None:
    """Writes what was changed; a setting that is given its default is no longer kept as set."""
    kept = {str(record["name"]) for record in reads.records("settings")}
    entries: list[Entry] = []
    for name, value in changed.items():
        is_default = value == SETTINGS[name][0]
        if not is_default or name in kept:
            entries.append(entry_of(SHEET, {"name": name, "value": value}, is_removal=is_default)[0])
    prepared = changes.prepare(session.store(), session.viewer(), entries, name=SHEET.name)
    for finding in prepared.findings:
        box = st.error if finding.severity is Severity.ERROR else st.warning
        box(plain(finding.what(language())), icon=":material/error:")
    if not prepared.has_errors:
        changes.apply(session.store(), session.viewer(), prepared)
        st.toast(say("forms.saved"), icon=":material/check:")
        st.rerun()
