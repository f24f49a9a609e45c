"""The app as people reach it: a process of its own that serves a store on the loopback address."""
from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_TICKS = os.sysconf("SC_CLK_TCK")
_PATIENCE_S = 60


@dataclass(frozen=True, kw_only=True)
class Server:
    address: str                         # host:port
    process: int

    @property
    def cpu_seconds(self) -> float:
        """What the process has used of all cores so far."""
        after_name = Path(f"/proc/{self.process}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(after_name[11]) + int(after_name[12])) / _TICKS


@contextmanager
def served(store: Path, cores: int | None = None) -> Iterator[Server]:
    """The app with a store, on as many cores as are given, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    command = [sys.executable, "app.py", "serve", "--port", address.split(":")[1], "--store", str(store)]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            if cores:
                os.sched_setaffinity(process.pid, sorted(os.sched_getaffinity(0))[:cores])
            _wait(address, process)
            yield Server(address=address, process=process.pid)
        finally:
            process.terminate()


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://{address}/_stcore/health", timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the app does not answer at {address}")
