"""A published snapshot read through the app by many at once: requests a second, the app on one core."""
from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from access.policy import person_at_this_machine
from benchmarks import recipe
from benchmarks.harness import Line
from benchmarks.server import Server, served
from benchmarks.survey_store import filled
from data import totals
from publishing import freeze, serving

ROWS = 100_000
REQUESTS, READERS, ROUNDS = 4_000, 16, 3
GOAL = 1_000                             # requests a second

_KINDS = {
    "packed, as browsers ask for it": "Accept-Encoding: gzip\r\n",
    "asked again, unchanged": "Accept-Encoding: gzip\r\nIf-None-Match: {etag}\r\n",
}


def run() -> list[Line]:
    viewer = person_at_this_machine()
    with tempfile.TemporaryDirectory(prefix="pantau-bench-") as folder:
        store = filled(Path(folder), ROWS)
        with store.writing(viewer, "benchmark") as cursor:
            totals.rebuild_all(cursor)
        found = freeze.publish(store, viewer, partnership=recipe.partnership(0), title="Recipe", narrative="")
        store.close()
        with served(Path(folder), cores=1) as server:
            return [asyncio.run(_line(server, serving.address(found.token), what, headers)) for what, headers in _KINDS.items()]


async def _line(server: Server, path: str, what: str, headers: str) -> Line:
    etag, size = await _first(server, path)
    request = f"GET {path} HTTP/1.1\r\nHost: {server.address}\r\n{headers.format(etag=etag)}\r\n".encode()
    best, per_core_second = 0.0, 0.0
    for _ in range(ROUNDS):
        start, used = time.perf_counter(), server.cpu_seconds
        bad = sum(await asyncio.gather(*(_reader(server, request) for _ in range(READERS))))
        assert not bad, f"{bad} answers were neither 200 nor 304"
        best = max(best, REQUESTS / (time.perf_counter() - start))
        per_core_second = max(per_core_second, REQUESTS / (server.cpu_seconds - used))
    note = f"{best:,.0f} a second, {per_core_second:,.0f} for a second of one core's work (goal {GOAL:,}); {size / 1e3:,.0f} kB"
    return Line(what=f"a snapshot page, {what}: {REQUESTS:,} requests by {READERS} readers", seconds=REQUESTS / best, note=note)


async def _first(server: Server, path: str) -> tuple[str, int]:
    """The page's ETag and size, packed."""
    reader, writer = await asyncio.open_connection(*server.address.split(":"))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {server.address}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
    head, size = await _answer(reader)
    writer.close()
    return head.split("etag: ")[1].split("\r\n")[0], size


async def _reader(server: Server, request: bytes) -> int:
    """Reads the page again and again over one connection, as a proxy or a browser keeps it. Returns how many answers were bad."""
    reader, writer = await asyncio.open_connection(*server.address.split(":"))
    bad = 0
    for _ in range(REQUESTS // READERS):
        writer.write(request)
        head, _ = await _answer(reader)
        bad += head.split(" ")[1] not in {"200", "304"}
    writer.close()
    return bad


async def _answer(reader: asyncio.StreamReader) -> tuple[str, int]:
    """The head in small letters, and the size of the body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    size = int(head.split("content-length: ")[1].split("\r\n")[0]) if "content-length: " in head else 0
    await reader.readexactly(size)
    return head, size
