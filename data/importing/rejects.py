"""The rejected rows as the evaluator's own sheet: each faulty cell coloured, with what is wrong and what to do in a comment.

Mended, the workbook is imported as it is and completes its batch. It holds nothing that is not stored either: columns of
personal data are left out, and what was struck out of texts is struck out here. Rows in grey were accepted; they stand
here because rows below them were not.
"""

from __future__ import annotations

import io
from collections import abc

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from data.importing import findings, names, privacy
from data.importing.design import variables
from data.importing.dialects import REJECTS, Role
from data.importing.finding import Severity
from data.importing.known import FILE_MARK
from data.importing.layout import Part
from data.importing.preparing import Prepared
from data.importing.source import Source
from data.instruments.model import Kind, Variable
from data.messages import Language, say
from data.spreadsheet import cell, remark

FAULTY = PatternFill("solid", fgColor="FFC7CE")
WHOLE_ROW = PatternFill("solid", fgColor="FFEB9C")
ACCEPTED = Font(color="808080")
HEADER = Font(bold=True)

Faults = abc.Mapping[tuple[str, int], abc.Mapping[str, list[str]]]


def workbook(prepared: Prepared, language: Language) -> bytes:
    """An XLSX with a sheet for each sheet of the file that has rejected rows; a form's CSV becomes a sheet of that name."""
    faults = _faults(prepared, language)
    book = openpyxl.Workbook(write_only=True)
    for name, chosen in _chosen(prepared, faults).items():
        part = prepared.parts[name]
        sheet = book.create_sheet(part.source.sheet[:31] or name[:31])
        _write(sheet, prepared, part, chosen, faults, language)
    if not book.worksheets:
        sheet = book.create_sheet(prepared.instrument.id[:31])
        sheet.append([say("import.rejects.none", language)])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _faults(prepared: Prepared, language: Language) -> dict[tuple[str, int], dict[str, list[str]]]:
    """What is wrong by sheet and row of the file, then by the letters of the column; '' is the row as a whole."""
    table = prepared.problems
    errors = table.filter(pc.and_(pc.equal(table["severity"], str(Severity.ERROR)), pc.is_valid(table["row"])))
    found: dict[tuple[str, int], dict[str, list[str]]] = {}
    for one in findings.records(errors):
        letters = (one.cell or "").rpartition("!")[2].rstrip("0123456789")
        found.setdefault((one.sheet or "", one.row or 0), {}).setdefault(letters, []).append(one.message(language))
    return found


def _chosen(prepared: Prepared, faults: Faults) -> dict[str, np.ndarray]:
    """The positions to write of each form that has a table of its own: rows with a fault, and what stands above them."""
    own = {name: part for name, part in prepared.parts.items() if part.source.sets is None and not _is_lengthways(name, prepared)}
    wanted = {name: np.zeros(part.source.count, dtype=bool) for name, part in prepared.parts.items()}
    for form in reversed(prepared.instrument.forms):
        part = prepared.parts.get(form.name)
        if part is None:
            continue
        rows = {row for sheet, row in faults if sheet == part.source.sheet}
        at = np.asarray(pc.is_in(part.source.rows, value_set=pa.array(sorted(rows), pa.int64())))
        wanted[form.name] |= at
        if form.parent is not None and part.parents is not None and form.parent in wanted:
            above = np.asarray(pc.fill_null(part.parents, -1))[wanted[form.name]]
            wanted[form.parent][above[above >= 0]] = True
    return {name: np.flatnonzero(wanted[name]) for name in own if wanted[name].any() or name == prepared.instrument.id}


def _is_lengthways(name: str, prepared: Prepared) -> bool:
    """Whether a form's rows are the main form's rows read again."""
    main = prepared.parts[prepared.instrument.id].source
    return (
        name != prepared.instrument.id
        and prepared.parts[name].source.headers == main.headers
        and main.sheet == prepared.parts[name].source.sheet
    )


def _write(
    sheet: WriteOnlyWorksheet, prepared: Prepared, part: Part, chosen: np.ndarray, faults: Faults, language: Language
) -> None:
    source = part.source
    hidden, blank = _hidden(prepared, part)
    shown = [
        index
        for index in range(len(source.headers[0]))
        if index not in hidden and source.headers[0][index] not in REJECTS.values()
    ]
    own = _own_columns(prepared, part, chosen)
    for number, index in enumerate(shown, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = min(40.0, max(10.0, len(source.headers[0][index]) + 2.0))
    sheet.freeze_panes = "A2"
    header = [cell(sheet, source.headers[0][index], font=HEADER) for index in shown]
    header[0].comment = _comment([say("import.rejects.how", language)])
    sheet.append([*header, *(cell(sheet, name, font=HEADER) for name in own)])
    at = pa.array(chosen, pa.int64())
    nothing = pa.nulls(len(chosen), pa.string())
    struck = [nothing if index in blank else privacy.struck(source.column(index).take(at))[0] for index in shown]
    unnamed = [names.struck(prepared.people, source.form, chosen, column)[0].to_pylist() for column in struck]
    texts = [column.to_pylist() for column in struck]
    fixed = _fixed(prepared, part)
    numeric = [_is_numeric(source, index, at) for index in shown]
    rows = source.rows.take(at).to_pylist()
    for place, row in enumerate(rows):
        wrong = faults.get((source.sheet, row), {})
        cells = []
        for column, index in enumerate(shown):
            messages = wrong.get(source.letters[0][index])
            # A choice or a place may be called as a person is; a name is struck out of free texts, and of cells that are wrong.
            text = (texts if index in fixed and not messages else unnamed)[column][place]
            made = cell(
                sheet, _number(text) if text is not None and numeric[column][place] else text, font=None if wrong else ACCEPTED
            )
            if messages:
                made.fill, made.comment = FAULTY, _comment(messages)
            cells.append(made)
        if messages := wrong.get(""):
            cells[0].fill, cells[0].comment = WHOLE_ROW, _comment(messages)
        sheet.append([*cells, *(cell(sheet, values[place], font=ACCEPTED) for values in own.values())])


def _fixed(prepared: Prepared, part: Part) -> set[int]:
    """The columns that are no free text: answers of other kinds, the sample design, the tool's own."""
    form = prepared.instrument.form(part.source.form)
    free = {one.name for one in form.variables if one.kind is Kind.TEXT} - variables(form)
    return {column for target, column in part.columns.items() if target.variable not in free} | set(part.roles.values())


def _hidden(prepared: Prepared, part: Part) -> tuple[set[int], set[int]]:
    """Columns left out as personal, and those whose cells are emptied so that an identity can be written anew."""
    source = part.source
    dropped = {one.column: one for one in prepared.personal_data_dropped}
    mapped = set(part.columns.values()) | set(part.roles.values())
    hidden, blank = set(part.positions), set()
    for index, header in enumerate(source.headers[0]):
        if header in dropped and dropped[header].is_hashed:
            blank.add(index)
        elif header in dropped or (index not in mapped and _looks_personal(header, source.column(index))):
            hidden.add(index)
    return hidden, blank


def _looks_personal(header: str, texts: pa.Array) -> bool:
    """Whether a column that is no variable is of no business to anybody who mends the others."""
    return (
        privacy.by_name(Variable(name=header, kind=Kind.TEXT, path=(header,))) is not None or privacy.by_cells(texts) is not None
    )


def _own_columns(prepared: Prepared, part: Part, chosen: np.ndarray) -> dict[str, list[str | None]]:
    """The columns by which the mended file finds its batch, and its rows their places in it."""
    numbers = part.numbers().take(pa.array(chosen, pa.int64())).cast(pa.string()).to_pylist()
    mark = _first_file(prepared, part)
    columns: dict[str, list[str | None]] = {REJECTS[Role.REJECTS_FILE]: [mark] * len(chosen), REJECTS[Role.REJECTS_ROW]: numbers}
    form = prepared.instrument.form(part.source.form)
    if form.parent is not None and part.parents is not None and form.parent in prepared.parts:
        above = part.parents.take(pa.array(chosen, pa.int64()))
        columns[REJECTS[Role.REJECTS_PARENT]] = prepared.parts[form.parent].numbers().take(above).cast(pa.string()).to_pylist()
    elif form.design.respondent is not None:
        columns[REJECTS[Role.REJECTS_KEY]] = prepared.keys[part.source.form].take(pa.array(chosen, pa.int64())).to_pylist()
    return columns


def _first_file(prepared: Prepared, part: Part) -> str:
    """The mark of the batch's first file: of this one, or of the one whose rejects this one already was."""
    marks = part.role(Role.REJECTS_FILE)
    before = next((text for text in pc.unique(marks).to_pylist() if text), None) if marks is not None else None
    return before or prepared.file.sha256[:FILE_MARK]


def _is_numeric(source: Source, index: int, at: pa.Array) -> list[bool]:
    numeric = source.numbers_of(index)
    return [numeric] * len(at) if isinstance(numeric, bool) else pc.fill_null(numeric.take(at), False).to_pylist()


def _number(text: str) -> int | float | str:
    """A spreadsheet's number as it was; as text where a float would not hold it."""
    if text.lstrip("-").isdigit():
        return int(text) if len(text) <= 15 else text
    return float(text)


def _comment(messages: list[str]) -> Comment:
    comment = remark("\n".join(messages))
    comment.width, comment.height = 360, 40 + 40 * len(messages)
    return comment
