"""A survey as the workbook that KoboToolbox exports: a sheet for the main form, one for its repeat, and its own columns.

An export is written with names, with names under their groups, or with labels, as its maker chose; see `dirt.py` for what
happens to some cells on the way.
"""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.utils import column_index_from_string

from data.instruments.model import Form, Instrument, Variable, in_language
from data.instruments.writing import to_bytes

Headers = Literal["names", "groups", "labels"]
Cell = object
_SHEET_NAME = 31                         # characters a spreadsheet allows


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A sheet as a list of rows, the header first."""

    name: str
    rows: list[list[Cell]]


def sheets(
    instrument: Instrument, main: pd.DataFrame, repeat: pd.DataFrame | None, headers: Headers, period: tuple[date, date],
    seed: int,
) -> list[Sheet]:
    """The sheets of an export of `main` and, if there is one, its `repeat`, whose `parent` is a row number of `main`."""
    random = np.random.default_rng(seed)
    ended = _times(len(main), period, random)
    started = [end - timedelta(minutes=int(random.integers(22, 58))) for end in ended]
    added = _added(ended, instrument.version, random)
    main = main.assign(start=started, end=ended, interview_date=[start.date() for start in started])
    title = in_language(instrument.labels, "id", instrument.id)
    form = instrument.forms[0]
    found = [Sheet(name=title[:_SHEET_NAME], rows=_rows(instrument, form, main, headers, added))]
    if repeat is not None:
        parent = repeat["parent"].to_numpy()
        columns: dict[str, list[Cell]] = {
            "_index": [*range(1, len(repeat) + 1)],
            "_parent_table_name": [title] * len(repeat),
            "_parent_index": (parent + 1).tolist(),
            "_submission__id": [added["_id"][row] for row in parent],
            "_submission__uuid": [added["_uuid"][row] for row in parent],
        }
        found.append(Sheet(name=instrument.forms[1].name, rows=_rows(instrument, instrument.forms[1], repeat, headers, columns)))
    return found


def workbook(found: Sequence[Sheet]) -> bytes:
    """The file of an export, always the same bytes for the same cells."""
    book = Workbook(write_only=True)
    for sheet in found:
        page = book.create_sheet(sheet.name)
        for row in sheet.rows:
            page.append(row)
    return to_bytes(book, shape=_without_addresses)


def _without_addresses(xml: bytes) -> bytes:
    """A sheet whose cells do not say where they stand: readers count, and the file is a third as big."""
    rows = []
    for opening, cells in re.findall(rb"(<row )[^>]*>(.*?)</row>", xml, re.DOTALL):
        last, found = 0, []
        for letters, cell in re.findall(rb'<c r="([A-Z]+)\d+"(.*?(?:/>|</c>))', cells, re.DOTALL):
            at = column_index_from_string(letters.decode())
            found.append(b"<c/>" * (at - last - 1) + b"<c" + cell)
            last = at
        rows.append(opening.strip() + b">" + b"".join(found) + b"</row>")
    before, after = xml[:xml.index(b"<row ")], xml[xml.rindex(b"</row>") + len(b"</row>"):]
    return before + b"".join(rows) + after


def _times(count: int, period: tuple[date, date], random: np.random.Generator) -> list[datetime]:
    """When each interview ended, in the order of submission: in the daytime of the round."""
    first, last = period
    days, seconds = random.integers((last - first).days + 1, size=count), random.integers(8 * 3600, 17 * 3600, size=count)
    midnight = datetime.combine(first, time())
    return sorted(midnight + timedelta(days=int(day), seconds=int(second)) for day, second in zip(days, seconds, strict=True))


def _added(submitted: Sequence[datetime], version: str, random: np.random.Generator) -> dict[str, list[Cell]]:
    """What KoboToolbox adds to each submission."""
    count, first_id = len(submitted), int(random.integers(300_000_000, 400_000_000))
    return {
        "_id": [first_id + 3 * at for at in range(count)],
        "_uuid": [str(UUID(bytes=random.bytes(16), version=4)) for _ in range(count)],
        "_submission_time": [*submitted], "_validation_status": [None] * count, "_notes": [None] * count,
        "_status": ["submitted_via_web"] * count, "_submitted_by": [f"tim_contoh_{1 + at % 6}" for at in range(count)],
        "__version__": [version] * count, "_tags": [None] * count, "_index": [*range(1, count + 1)],
    }


def _rows(
    instrument: Instrument, form: Form, frame: pd.DataFrame, headers: Headers, added: Mapping[str, Sequence[Cell]],
) -> list[list[Cell]]:
    columns = [
        _answers(variable, frame[variable.name]) if headers != "labels" else _labels(variable, frame[variable.name])
        for variable in form.variables if variable.name in frame
    ]
    names = [_header(instrument, variable, headers) for variable in form.variables if variable.name in frame]
    return [[*names, *added], *map(list, zip(*columns, *added.values(), strict=True))]


def _header(instrument: Instrument, variable: Variable, headers: Headers) -> str:
    match headers:
        case "names":
            return variable.name
        case "groups":
            return "/".join(variable.path)
    return in_language(variable.labels, "id", variable.name)


def _answers(variable: Variable, values: pd.Series) -> list[Cell]:
    """Choices by name; whole numbers as such; nothing where nothing was answered."""
    return [None if pd.isna(value) else _plain(value) for value in values]


def _labels(variable: Variable, values: pd.Series) -> list[Cell]:
    words = {choice.name: in_language(choice.labels, "id", choice.name) for choice in variable.choices}
    return [words.get(str(value), value) if value is not None else None for value in _answers(variable, values)]


def _plain(value: Cell) -> Cell:
    if isinstance(value, float | np.floating):
        return int(value) if float(value).is_integer() else float(value)
    if isinstance(value, np.integer):
        return int(value)
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
