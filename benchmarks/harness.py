"""What benchmarks share: a line of the report, the clock, memory, and the machine."""
from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

KILO = 1024


@dataclass(frozen=True, kw_only=True)
class Line:
    """One measurement: what took how long, and what the peer named took for the same work in the same run.

    `goal` is the least ratio peer / ours; `note` says what the figures do not show, e.g. that a peer's was scaled up.
    """

    what: str
    seconds: float
    peer: str = ""
    peer_seconds: float | None = None
    goal: float | None = None
    peak_mb: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return None if self.peer_seconds is None else self.peer_seconds / self.seconds


def best(work: Callable[[], object], times: int = 3) -> float:
    """Seconds of the fastest of some runs: the others were disturbed."""
    return min(clocked(work) for _ in range(times))


def clocked(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak_mb() -> float:
    """The most memory this process has held so far; Linux hands a parent's own peak down in ru_maxrss, so not that."""
    if own := [line for line in _lines("/proc/self/status") if line.startswith("VmHWM")]:
        return int(own[0].split()[1]) / KILO
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / KILO / (KILO if sys.platform == "darwin" else 1)


def in_process(module: str, *arguments: str) -> str:
    """What `python -m module arguments` prints: a process of its own, so that its memory is its own."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments], check=True, capture_output=True, text=True,
        cwd=Path(__file__).resolve().parent.parent,
    ).stdout


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    cpu = next((line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "")
    memory = next((line.split()[1] for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), "0")
    return {
        "cpu": cpu or platform.processor(), "cores": os.cpu_count(), "memory_gb": round(int(memory) / KILO / KILO),
        "system": platform.platform(), "python": platform.python_version(),
    }


def as_table(lines: Sequence[Line]) -> str:
    """The report as a Markdown table."""
    rows = [("what", "seconds", "peer", "peer's seconds", "ratio", "goal", "peak MB", "note")]
    rows += [(
        line.what, f"{line.seconds:.3f}", line.peer, "" if line.peer_seconds is None else f"{line.peer_seconds:,.1f}",
        "" if line.ratio is None else f"{line.ratio:,.0f}" if line.ratio >= 10 else f"{line.ratio:.2f}",
        "" if line.goal is None else f"{line.goal:,.0f}" if line.goal >= 10 else f"{line.goal:.2f}",
        "" if line.peak_mb is None else f"{line.peak_mb:,.0f}", line.note,
    ) for line in lines]
    body = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([body[0], "|" + "---|" * len(rows[0]), *body[1:]])


def as_records(lines: Sequence[Line]) -> list[dict[str, object]]:
    return [asdict(line) | {"ratio": line.ratio} for line in lines]


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text().splitlines() if file.exists() else []
