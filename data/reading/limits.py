"""How much a file may ask of this machine."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds on one file. A spreadsheet is read by a process of its own that is held to `memory_bytes` and `seconds`;
    both grow with the file, so that a small file cannot ask for much and a large honest one is read.
    """

    size_bytes: int = 500_000_000
    unpacked_bytes: int = 2_000_000_000
    unpacked_ratio: int = 200            # above this, and above 50 MB unpacked, an archive is a bomb
    entries: int = 2_000
    columns: int = 16_384
    rows: int = 5_000_000
    cells: int = 150_000_000
    irregular_rows: int = 100_000        # rows of a text file that do not fit its columns
    tables: int = 200
    memory_bytes: int = 800_000_000
    memory_per_byte: int = 40
    seconds: float = 8.0
    seconds_per_megabyte: float = 2.0

    def memory_for(self, size: int) -> int:
        return self.memory_bytes + self.memory_per_byte * size

    def seconds_for(self, size: int) -> float:
        return self.seconds + self.seconds_per_megabyte * size / 1e6
