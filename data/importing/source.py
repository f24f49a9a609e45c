"""The rows of one form as the file has them: text, and where each value stood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.reading.table import RawTable

# A row that was spread over several column sets gives several rows; each set's row numbers start this much higher.
SET_STEP = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class Source:
    """One form's part of a file. Columns are numbered; `headers[s][i]` and `letters[s][i]` are of column i in column set s.

    There is one column set, except where a repeat was spread sideways (`children[1]/age`, `children[2]/age`): then each of its
    instances is a row here, and `sets[i]` says which set the i-th row came from. `rows[i]` is the row of the file.
    `kinds[i]` is what a column's cells are in the file; in a mixed one `numeric[i]` is true where a cell is a spreadsheet's own
    number, which needs no reading of notation.
    """

    form: str
    sheet: str
    headers: tuple[tuple[str, ...], ...]
    letters: tuple[tuple[str, ...], ...]
    rows: pa.Array
    values: tuple[pa.Array | pa.ChunkedArray, ...]
    sets: pa.Array | None = None
    kinds: tuple[str, ...] = ()
    numeric: Mapping[int, pa.Array] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.rows)

    def column(self, column: int) -> pa.Array | pa.ChunkedArray:
        return self.values[column]

    def numbers_of(self, column: int) -> bool | pa.Array:
        """Whether the cells of a column are a spreadsheet's own numbers: all, none, or each by itself."""
        return self.numeric.get(column, bool(self.kinds) and self.kinds[column] == "number")

    def headers_at(self, at: pa.Array, column: int) -> pa.Array:
        return self._of_sets(at, [headers[column] for headers in self.headers])

    def addresses(self, at: pa.Array, column: int) -> pa.Array:
        """The cells of a column at these positions, as a spreadsheet writes them: `Sheet1!C17`."""
        prefix = f"{self.sheet}!" if self.sheet else ""
        letters = self._of_sets(at, [prefix + letters[column] for letters in self.letters])
        return pc.binary_join_element_wise(letters, self.rows.take(at).cast(pa.string()), "")

    def _of_sets(self, at: pa.Array, texts: list[str]) -> pa.Array:
        if self.sets is None:
            return pa.repeat(texts[0], len(at))
        return pa.array(texts).take(self.sets.take(at))


def of_table(form: str, table: RawTable) -> Source:
    left_out: dict[str, int] = {}
    for row in table.left_out:
        if row.row > table.header_row:
            left_out[row.reason] = left_out.get(row.reason, 0) + 1
    kinds = tuple(str(kind) for kind in getattr(table, "kinds", ()))
    return Source(
        form=form,
        sheet=table.sheet,
        headers=(table.headers,),
        letters=(table.letters,),
        rows=_whole(table.rows),
        values=tuple(_whole(table.values.column(i)) for i in range(table.values.num_columns)),
        kinds=kinds,
        numeric={index: _whole(mask) for index, mask in table.numbers.items()},
        left_out=left_out,
    )


def keep(source: Source, at: np.ndarray, *, reasons: Mapping[str, int]) -> Source:
    """Only these rows; the others are left out, so many for each reason."""
    if len(at) == source.count:
        return source
    left_out = dict(source.left_out)
    for reason, rows in reasons.items():
        left_out[reason] = left_out.get(reason, 0) + rows
    indices = pa.array(at)
    return replace(
        source,
        rows=source.rows.take(indices),
        values=tuple(column.take(indices) for column in source.values),
        sets=None if source.sets is None else source.sets.take(indices),
        numeric={index: mask.take(indices) for index, mask in source.numeric.items()},
        left_out=left_out,
    )


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """One array, without a copy where it already is one."""
    if isinstance(column, pa.ChunkedArray):
        return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return column
