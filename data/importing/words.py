"""What stands for no answer."""

from __future__ import annotations

# In a column of numbers, dates or choices, these say that there is no answer. In a column of text they are text.
MISSING = frozenset(
    {
        "-",
        "--",
        "—",
        "–",
        "n/a",
        "na",
        "#n/a",
        "null",
        "none",
        "nan",
        "tidak ada data",
        "tidak ada jawaban",
        "kosong",
        "tidak tersedia",
        "belum diisi",
        "tidak menjawab",
        "missing",
    }
)


def is_missing(text: str) -> bool:
    return not text.strip() or text.strip().casefold() in MISSING
