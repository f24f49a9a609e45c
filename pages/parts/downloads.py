"""What is shown, as a workbook to take away: Excel opens it the same in every language, numbers stay numbers."""
from __future__ import annotations

import io
import re

import pandas as pd
import streamlit as st
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from data.spreadsheet import csv_text, put_text
from pages.parts.words import say

_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")  # in the name of a sheet
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def button(frame: pd.DataFrame, name: str, *, key: str) -> None:
    """A button that makes the workbook when it is pressed."""
    st.download_button(
        say("parts.download"), lambda: workbook(frame, name), file_name=f"{name}.xlsx", mime=WORKBOOK, key=key,
        icon=":material/download:", on_click="ignore",
    )


def buttons(frame: pd.DataFrame, name: str, *, key: str) -> None:
    """The same frame as a workbook and as CSV, for who computes with it."""
    with st.container(horizontal=True):
        button(frame, name, key=key)
        st.download_button(say("parts.download_csv"), lambda: csv(frame), file_name=f"{name}.csv", mime="text/csv",
                           key=f"{key}-csv", icon=":material/download:", on_click="ignore")


def csv(frame: pd.DataFrame) -> bytes:
    """A frame as UTF-8 CSV, numbers in full. A text that a spreadsheet would take for a formula begins with an apostrophe."""
    safe = frame.map(_csv_safe).rename(columns=_csv_safe)
    return safe.to_csv(index=False).encode("utf-8-sig")


def _csv_safe(value: object) -> object:
    return csv_text(value) if isinstance(value, str) else value


def workbook(frame: pd.DataFrame, name: str) -> bytes:
    """A frame as one sheet. Text stays text: a cell that begins like a formula is not one."""
    book = Workbook()
    sheet = book.active
    sheet.title = _FORBIDDEN.sub(" ", name)[:31]
    for row, values in enumerate([list(frame.columns), *frame.itertuples(index=False)], start=1):
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(row, column)
            if isinstance(value, str):
                put_text(cell, _UNPRINTABLE.sub(" ", value))
            elif not pd.isna(value):
                cell.value = value.item() if hasattr(value, "item") else value
            if row == 1:
                cell.font = Font(bold=True)
    for column, title in enumerate(frame.columns, start=1):
        longest = max([len(str(title)), *(len(str(value)) for value in frame.iloc[:, column - 1])])
        sheet.column_dimensions[get_column_letter(column)].width = min(60, longest + 2)
    sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
