"""The official indicators a workbook says it reports on: each must be one that its framework has.

Asked when a workbook is added, not when one that is kept is read again: a framework that learns or loses a code never makes a
store unreadable.
"""
from __future__ import annotations

from data import sdgs_desa
from data.instruments.declared import COLUMNS
from data.instruments.sheets import SheetRow, rows


def check(content: bytes) -> None:
    """Raises `UserError` naming sheet, row, column and remedy for the first code that its framework and goal do not have."""
    for row in rows(content, "indicators", COLUMNS):
        if row.get("sdgs_code"):
            _check(row)


def _check(row: SheetRow) -> None:
    framework = row.one_of("sdgs_framework", sdgs_desa.FRAMEWORKS)
    goal, code = int(row.need("sdgs_goal")), row.need("sdgs_code")
    if sdgs_desa.official((framework, goal, code)) is not None:
        return
    known = sdgs_desa.framework(framework)
    elsewhere = sorted(set(known.loc[known["code"] == code, "goal"]))
    if elsewhere:
        raise row.error("instrument.sdgs_of_other_goal", "sdgs_goal", value=code, goal=goal,
                        goals=", ".join(str(each) for each in elsewhere), framework=framework)
    allowed = ", ".join(each for each in known.loc[known["goal"] == goal, "code"] if each) or "-"
    raise row.error("instrument.unknown_sdgs", "sdgs_code", value=code, goal=goal, framework=framework, allowed=allowed)
