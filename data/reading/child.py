"""The process that reads spreadsheets for worker.py: one JSON request a line in, one JSON reply a line out."""
from __future__ import annotations

import contextlib
import json
import os
import sys
import traceback
import zipfile
import zlib
from pathlib import Path
from types import TracebackType

import fastexcel
import pyarrow as pa

from data.errors import UserError
from data.reading import spreadsheet
from data.reading.limits import Limits
from data.reading.table import RawTable
from data.reading.worker import BROKEN


def _stored(table: RawTable, path: Path) -> dict[str, object]:
    columns = {"rows": table.rows} | {name: table.values[name] for name in table.values.column_names}
    columns |= {f"n{index}": mask for index, mask in table.numbers.items()}
    stored = pa.table(columns)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, stored.schema) as writer:
        writer.write_table(stored)
    return {
        "sheet": table.sheet, "headers": table.headers, "letters": table.letters, "header_row": table.header_row,
        "left_out": [(left.row, left.reason) for left in table.left_out], "kinds": table.kinds, "errors": dict(table.errors),
        "error_cells": table.error_cells, "is_hidden": table.is_hidden,
    }


def _answer(request: dict) -> dict[str, object]:
    _hold_memory(request["memory"])
    try:
        book = spreadsheet.read(
            Path(request["path"]), request["name"], request["format"], request["hidden"], Limits(**request["limits"]),
        )
    except UserError as error:
        return {"error": error.code, "params": error.params}
    except MemoryError:
        return {"error": "reading.too_much", "params": {"name": request["name"]}}
    # The reader is laxer about an archive than our own look inside it.
    except (fastexcel.FastExcelError, zipfile.BadZipFile, zlib.error):
        return {"error": "reading.damaged", "params": {"name": request["name"]}}
    tables = [_stored(table, Path(request["folder"]) / f"{index}.arrow") for index, table in enumerate(book.tables)]
    return {"tables": tables, "hidden_sheets": book.hidden_sheets, "is_xlsform": book.is_xlsform}


def _hold_memory(most: int) -> None:
    """Windows knows no such bound; there only time is bounded."""
    with contextlib.suppress(ImportError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        wanted = most + _own_address_space()
        resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _own_address_space() -> int:
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[0]) * 4096 if statm.exists() else 1 << 30


def serve() -> None:
    sys.excepthook = _exit_by_cause
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)


def _exit_by_cause(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A panic of the reader is the workbook's fault, and quiet; anything else is ours."""
    if kind.__name__ == "PanicException":
        os._exit(BROKEN)
    print(*traceback.format_tb(trace), kind.__name__, file=sys.stderr)      # not the message: it may hold an answer


if __name__ == "__main__":
    serve()
