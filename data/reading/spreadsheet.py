"""Spreadsheets of every family, through fastexcel. Runs in a process of its own: see worker.py."""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import UserError
from data.reading import blocks, headers, typed
from data.reading.limits import Limits
from data.reading.packed import heads_only, long_numbers, may_have_numbers, merges
from data.reading.table import RawTable, Workbook, letter

_ERRORS = {
    "Div0": "#DIV/0!", "NA": "#N/A", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!", "Ref": "#REF!", "Value": "#VALUE!",
    "GettingData": "#GETTING_DATA",
}
_ERROR = re.compile(r"'Error\((\w+)\)'")
_WORD = re.compile(r"""'String\("(.*)"\)'$""", re.DOTALL)      # words such as NULL among numbers, which fastexcel drops
_UNTYPED = re.compile(r"__UNNAMED__(\d+)")
_ERROR_CELLS = 1_000


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    """`literals` looks up numbers too long for a machine number, by 0-based row and column; `may_have_numbers` is quick to say
    that no cell is a number."""

    reader: fastexcel.ExcelReader
    name: str
    is_hidden: bool
    literals: Callable[[], dict[tuple[int, int], str]]
    may_have_numbers: Callable[[], bool]


@dataclass(frozen=True, kw_only=True)
class _Part:
    """Rows `first` (0-based) and following of a sheet as text columns."""

    columns: list[typed.Column]
    letters: tuple[str, ...]
    first: int
    error_cells: tuple[tuple[int, int, str], ...]      # file row, column index, error


def read(path: Path, name: str, format: str, hidden: bool, limits: Limits) -> Workbook:
    """The tables of a workbook, sheet by sheet. Raises UserError for what cannot be read."""
    heads = _open(heads_only(path) if format in ("xlsx", "xlsm") else path, name)
    names = heads.sheet_names
    if _is_xlsform(heads, names):
        return Workbook(tables=(), hidden_sheets=(), is_xlsform=True)
    whole = _open(path, name) if format in ("xlsx", "xlsm") else heads
    tables: list[RawTable] = []
    skipped: list[str] = []
    for position, sheet in enumerate(names):
        head = heads.load_sheet(sheet, header_row=None, skip_rows=0, n_rows=headers.HEAD_ROWS, dtypes="string")
        is_hidden = head.visible != "visible"
        if is_hidden and not hidden:
            skipped.append(sheet)
            continue
        if head.width > limits.columns:
            raise UserError("reading.too_many_columns", name=name, columns=head.width, limit=limits.columns)
        if head.width:
            rows = _rows(head.to_arrow())
            header = headers.find(rows)
            if format in ("xlsx", "xlsm") and _may_be_merged(rows, header):
                left = head.selected_columns[0].absolute_index
                merged = merges(path, position, len(rows))
                header = headers.find(rows, merges=[(top, a - left, bottom, b - left) for top, a, bottom, b in merged])
            literals = partial(long_numbers, path, position) if format in ("xlsx", "xlsm") else dict
            may_have = partial(may_have_numbers, path, position) if format in ("xlsx", "xlsm") else lambda: True
            source = _Sheet(reader=whole, name=sheet, is_hidden=is_hidden, literals=literals, may_have_numbers=cache(may_have))
            tables += _tables(source, rows, header, limits.tables - len(tables))
    return Workbook(tables=tuple(tables), hidden_sheets=tuple(skipped), is_xlsform=False)


def _is_xlsform(reader: fastexcel.ExcelReader, names: list[str]) -> bool:
    """Whether this is a questionnaire: a sheet `survey` whose columns say the type and name of each question."""
    survey = next((name for name in names if name.strip().lower() == "survey"), None)
    if survey is None:
        return False
    rows = _rows(reader.load_sheet(survey, header_row=None, skip_rows=0, n_rows=headers.HEAD_ROWS, dtypes="string").to_arrow())
    wanted = {"type", "name"}
    return any(wanted <= {cell.strip().lower() for cell in row if cell} for row in rows[:10])


def _may_be_merged(rows: list[list[str | None]], header: headers.Header) -> bool:
    """Whether the header leaves something open that merged cells would tell: a blank cell, a blank row below."""
    if header.first < 0:
        return False
    return header.last > header.first or "" in header.texts or (header.body < len(rows) and not all(rows[header.body]))


def _open(source: Path | bytes, name: str) -> fastexcel.ExcelReader:
    try:
        return fastexcel.read_excel(source if isinstance(source, bytes) else str(source))
    except fastexcel.FastExcelError as error:
        if "password" in str(error).lower():
            raise UserError("reading.password", name=name) from error
        raise UserError("reading.damaged", name=name) from error


def _rows(batch: pa.RecordBatch) -> list[list[str | None]]:
    columns = [column.to_pylist() for column in batch.columns]
    return [[cell or None for cell in row] for row in zip(*columns, strict=True)]


def _tables(
    sheet: _Sheet, head: list[list[str | None]], header: headers.Header, most: int,
) -> list[RawTable]:
    """The tables of a sheet, one below the other; none where it is empty."""
    tables: list[RawTable] = []
    start, end = 0, None
    if not any(any(row) for row in head):
        return []
    while len(tables) < most:
        part = _load(sheet, start + header.body, None)
        texts = header.texts + ("",) * (len(part.columns) - len(header.texts))
        numbers = np.arange(part.first + 1, part.first + 1 + (len(part.columns[0].values) if part.columns else 0))
        block = blocks.cut([column.values for column in part.columns], numbers, texts)
        following: list[list[str | None]] = []
        if block.next_table is not None and len(tables) + 1 < most:
            end = part.first + block.next_table
            following = _following([column.values for column in part.columns], block.next_table)
            part = _load(sheet, part.first, block.next_table)
        else:
            end = None
        tables.append(_table(part, block, numbers, texts, header, sheet, start))
        if end is None:
            break
        start, header = end, headers.find(following, number=end + 1)
    return tables


def _following(columns: list[pa.Array], first: int) -> list[list[str | None]]:
    last = min(len(columns[0]), first + headers.HEAD_ROWS)
    return [blocks.row_at(columns, index) for index in range(first, last)]


def _table(
    part: _Part, block: blocks.Block, numbers: np.ndarray, texts: tuple[str, ...], header: headers.Header,
    sheet: _Sheet, start: int,
) -> RawTable:
    where = pa.array(block.keep)
    is_whole = len(block.keep) == len(numbers)
    columns = [column if is_whole else _taken(column, where) for column in part.columns]
    return RawTable(
        sheet=sheet.name,
        headers=texts[: len(columns)],
        letters=part.letters,
        header_row=start + header.last + 1 if header.first >= 0 else 0,
        rows=pa.array(numbers[block.keep], pa.int64()),
        values=pa.table({f"c{index}": column.values for index, column in enumerate(columns)}),
        left_out=(*header.left_out, *block.left_out),
        kinds=tuple(column.kind for column in columns),
        numbers={index: column.numbers for index, column in enumerate(columns) if column.numbers is not None},
        errors=Counter(error for _, _, error in part.error_cells),
        error_cells=part.error_cells[:_ERROR_CELLS],
        is_hidden=sheet.is_hidden,
    )


def _taken(column: typed.Column, where: pa.Array) -> typed.Column:
    """Some rows of a column; rows of words left out, a mixed column may be one of numbers."""
    values = column.values.take(where)
    if column.numbers is None:
        return typed.Column(values=values, kind=column.kind)
    numbers = column.numbers.take(where)
    if pc.all(pc.or_(numbers, pc.is_null(values))).as_py():
        return typed.Column(values=values, kind=typed.CellKind.NUMBER)
    return typed.Column(values=values, kind=column.kind, numbers=numbers)


def _load(sheet: _Sheet, first: int, rows: int | None) -> _Part:
    """The rows of a sheet from `first` on, as text."""
    dtypes: dict[str | int, fastexcel.DType] = {}
    while True:
        try:
            loaded = sheet.reader.load_sheet(
                sheet.name, header_row=None, skip_rows=first, n_rows=rows, schema_sample_rows=None, dtypes=dtypes or None,
            )
            break
        except fastexcel.InvalidParametersError:
            return _Part(columns=[], letters=(), first=first, error_cells=())      # nothing stands below the header
        except (fastexcel.UnsupportedColumnTypeCombinationError, fastexcel.CalamineCellError) as error:
            found = _UNTYPED.search(str(error))
            if found is None or int(found.group(1)) in dtypes:
                raise
            dtypes[int(found.group(1))] = "string"
    batch, errors = loaded.to_arrow_with_errors()
    offsets = [column.absolute_index for column in loaded.selected_columns]
    others: dict[str, pa.RecordBatch] = {}

    def again(dtype: fastexcel.DType, index: int) -> pa.Array:
        if dtype not in others:
            loaded = sheet.reader.load_sheet(sheet.name, header_row=None, skip_rows=first, n_rows=rows, dtypes=dtype)
            others[dtype] = loaded.to_arrow()
        return others[dtype][index]

    def are_numbers(index: int) -> pa.Array:
        return again("boolean", index) if sheet.may_have_numbers() else pa.nulls(len(batch), pa.bool_())

    columns = [
        typed.column(batch[index], partial(are_numbers, index), partial(again, "float", index))
        for index in range(batch.num_columns)
    ]
    columns = [typed.moments_in_text(column) if index in dtypes else column for index, column in enumerate(columns)]
    cells: list[tuple[int, int, str]] = []
    words: dict[int, dict[int, str]] = {}
    for cell in errors.errors if errors else ():
        row, index = cell.position
        if fault := _ERROR.search(cell.detail):
            cells.append((row + 1, index, _ERRORS.get(fault.group(1), fault.group(1))))
        elif word := _WORD.search(cell.detail):
            words.setdefault(index, {})[row - first] = word.group(1)
    long = [index for index in range(batch.num_columns) if typed.has_long_numbers(batch[index])]
    written = sheet.literals() if long else {}
    for index in long:
        numbers = {row - first: text for (row, column), text in written.items() if column == offsets[index] and row >= first}
        columns[index] = typed.with_literals(columns[index], {row: text for row, text in numbers.items() if row < len(batch)})
    for index, put_back in words.items():
        columns[index] = typed.with_words(columns[index], put_back)
    return _Part(columns=columns, letters=tuple(map(letter, offsets)), first=first, error_cells=tuple(cells))
