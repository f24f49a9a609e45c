"""A process of its own that reads spreadsheets.

A hostile or broken workbook can make any reader ask for all memory, abort or never end. So it is read by a child that is
held to a bound on memory and time; the child dies, the server stays. One child serves one file after another; it is
started when first needed and again after it died.

The child is child.py: one JSON request a line on its standard input, one JSON reply a line on its output.
"""
from __future__ import annotations

import atexit
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
from data.reading.table import CellKind, LeftOut, RawTable, Workbook

BROKEN = 3      # how the child leaves when the reader panicked over a workbook
_ROOT = Path(__file__).resolve().parents[2]
_lock = threading.RLock()
_child: subprocess.Popen[str] | None = None
_owner = 0      # the process that started the child; a fork of it must not speak through the same pipes
_errors = tempfile.TemporaryFile(prefix="pantau-")  # noqa: SIM115 - lives as long as this process
_waiting = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spreadsheet")


def read(path: Path, name: str, format: str, hidden: bool, limits: Limits) -> Workbook:
    """A workbook, read by the child. Raises UserError."""
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
    return Workbook(tables=tables, hidden_sheets=tuple(reply["hidden_sheets"]), is_xlsform=reply["is_xlsform"])


def start() -> None:
    """Start the child before it is needed: it takes a moment to be ready."""
    global _child, _owner
    with _lock:
        if _child is None or _child.poll() is not None or _owner != os.getpid():
            _child, _owner = _started(), os.getpid()


def _ask(request: dict[str, object], name: str, seconds: float) -> dict:
    with _lock:
        start()
        child = _child
        assert child is not None and child.stdin is not None and child.stdout is not None
        try:
            child.stdin.write(json.dumps(request) + "\n")
            child.stdin.flush()
            line = _waiting.submit(child.stdout.readline).result(timeout=seconds)
        except FutureTimeout as error:
            stop()
            raise UserError("reading.too_long", name=name, seconds=round(seconds)) from error
        except BrokenPipeError:
            line = ""
        if not line:
            raise _cause_of_death(name)
        return json.loads(line)


def _cause_of_death(name: str) -> Exception:
    """The workbook's fault where it asked for too much or broke the reader; ours where our own code failed."""
    assert _child is not None
    status = _child.wait()
    stop()
    if status == 1:
        _errors.seek(0)
        return RuntimeError("the spreadsheet reader failed: " + _errors.read()[-4000:].decode("utf-8", "replace"))
    return UserError("reading.damaged" if status == BROKEN else "reading.too_much", name=name)


def _started() -> subprocess.Popen[str]:
    _errors.seek(0)
    _errors.truncate()
    environment = {
        **os.environ, "PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2", "RUST_BACKTRACE": "0",
        "ARROW_DEFAULT_MEMORY_POOL": "system", "PYTHONIOENCODING": "utf-8",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "data.reading.child"], cwd=_ROOT, env=environment, text=True, encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=_errors,
    )


def stop() -> None:
    """End the child; the next workbook starts another."""
    global _child
    if _child is not None and _owner == os.getpid():
        _child.kill()
        _child.wait()
    _child = None


atexit.register(stop)


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
