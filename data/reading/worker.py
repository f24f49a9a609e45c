"""A process of its own that reads spreadsheets.

A hostile or broken workbook can make any reader ask for all memory, abort or never end. So it is read by a child that is
held to a bound on memory and time; the child dies, the server stays. One child serves one file after another; it is
started when first needed and again after it died.

`python -m data.reading.worker` is the child: one JSON request a line on its standard input, one JSON reply a line.
"""
from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa

from data.errors import UserError
from data.reading.limits import Limits
from data.reading.table import CellKind, LeftOut, RawTable

_ROOT = Path(__file__).resolve().parents[2]
_lock = threading.Lock()
_child: subprocess.Popen[str] | None = None
_waiting = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spreadsheet")


def read(path: Path, name: str, format: str, hidden: bool, limits: Limits) -> dict[str, object]:
    """`tables`, `hidden_sheets` and `is_xlsform` of a workbook. Raises UserError."""
    size = path.stat().st_size
    with tempfile.TemporaryDirectory(prefix="pantau-") as folder:
        request = {
            "path": str(path.resolve()), "name": name, "format": format, "hidden": hidden, "limits": asdict(limits),
            "memory": limits.memory_for(size), "folder": folder,
        }
        reply = _ask(request, name, limits.seconds_for(size))
        if "error" in reply:
            raise UserError(reply["error"], **reply["params"])
        tables = tuple(_restored(Path(folder) / f"{index}.arrow", meta) for index, meta in enumerate(reply["tables"]))
    return {"tables": tables, "hidden_sheets": tuple(reply["hidden_sheets"]), "is_xlsform": reply["is_xlsform"]}


def _ask(request: dict[str, object], name: str, seconds: float) -> dict:
    global _child
    with _lock:
        if _child is None or _child.poll() is not None:
            _child = _started()
        child = _child
        assert child.stdin is not None and child.stdout is not None
        try:
            child.stdin.write(json.dumps(request) + "\n")
            child.stdin.flush()
            line = _waiting.submit(child.stdout.readline).result(timeout=seconds)
        except FutureTimeout as error:
            _stop()
            raise UserError("reading.too_long", name=name, seconds=round(seconds)) from error
        except BrokenPipeError:
            line = ""
        if not line:
            _stop()
            raise UserError("reading.too_much", name=name)
        return json.loads(line)


def _started() -> subprocess.Popen[str]:
    environment = {
        **os.environ, "PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2", "RUST_BACKTRACE": "0",
        "ARROW_DEFAULT_MEMORY_POOL": "system", "PYTHONIOENCODING": "utf-8",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "data.reading.worker"], cwd=_ROOT, env=environment, text=True, encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )


def _stop() -> None:
    global _child
    if _child is not None:
        _child.kill()
        _child.wait()
        _child = None


atexit.register(_stop)


def _restored(path: Path, meta: dict) -> RawTable:
    with pa.OSFile(str(path)) as file:
        stored = pa.ipc.open_file(file).read_all()
    names = [name for name in stored.column_names if name.startswith("c")]
    return RawTable(
        sheet=meta["sheet"], headers=tuple(meta["headers"]), letters=tuple(meta["letters"]), header_row=meta["header_row"],
        rows=stored["rows"].combine_chunks() if stored.num_rows else pa.array([], pa.int64()),
        values=stored.select(names),
        left_out=tuple(LeftOut(row=row, reason=reason) for row, reason in meta["left_out"]),
        kinds=tuple(CellKind(kind) for kind in meta["kinds"]),
        numbers={int(name[1:]): stored[name].combine_chunks() for name in stored.column_names if name.startswith("n")},
        errors=meta["errors"],
        error_cells=tuple((row, column, error) for row, column, error in meta["error_cells"]),
        is_hidden=meta["is_hidden"],
    )


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
    from data.reading import spreadsheet

    _hold_memory(request["memory"])
    try:
        book = spreadsheet.read(
            Path(request["path"]), request["name"], request["format"], request["hidden"], Limits(**request["limits"]),
        )
    except UserError as error:
        return {"error": error.code, "params": error.params}
    except MemoryError:
        return {"error": "reading.too_much", "params": {"name": request["name"]}}
    tables = [_stored(table, Path(request["folder"]) / f"{index}.arrow") for index, table in enumerate(book.tables)]
    return {"tables": tables, "hidden_sheets": book.hidden_sheets, "is_xlsform": book.is_xlsform}


def _hold_memory(most: int) -> None:
    """Windows knows no such bound; there only time is bounded."""
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (most + _own_address_space(), resource.RLIM_INFINITY))


def _own_address_space() -> int:
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[0]) * 4096 if statm.exists() else 1 << 30


def serve() -> None:
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    serve()
