"""What a cell looks like, as regular expressions that Python and Arrow both understand."""
from __future__ import annotations

import re

NUMBER = r"^\s*[-+]?(?:Rp\.?\s*|\$\s*)?\d[\d.,]*(?:[eE][-+]?\d+)?\s*%?\s*$"
DATE = (
    r"^\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d.*)?\s*$|^\s*\d{4}[-/]\d{1,2}\s*$|^\s*\d{1,2}[-/]\d{4}\s*$"
    r"|^\s*\d{1,2}:\d{2}(?::\d{2})?\s*$"
)
MISSING = r"(?i)^\s*(?:|n/?a|nan|null|none|nil|tidak ada|-+|\.|\?|#n/a)\s*$"
TAG = r"^\s*#[A-Za-z][A-Za-z0-9_]*(?:\s*\+\s*[A-Za-z][A-Za-z0-9_]*)*\s*$"
TOTAL = (
    r"(?i)^\s*(?:grand\s+total|sub\s*-?\s*total|total|jumlah|jml|rata\s*-\s*rata|rerata|average)"
    r"(?:\s+(?:keseluruhan|seluruhnya|semua|total|akhir|umum))?\s*:?\s*$"
)
NOTE = r"(?i)^\s*(?:sumber|catatan|keterangan|ket\.|source|notes?|dicetak|mengetahui|\*)"

_number, _date, _missing, _tag, _total, _note = map(re.compile, (NUMBER, DATE, MISSING, TAG, TOTAL, NOTE))


def is_value(text: str) -> bool:
    """Whether a cell holds a number or a date, so that it is a value and no heading."""
    return bool(_number.match(text) or _date.match(text))


def is_date(text: str) -> bool:
    return bool(_date.match(text))


def is_missing(text: str | None) -> bool:
    return text is None or bool(_missing.match(text))


def is_tag(text: str) -> bool:
    return bool(_tag.match(text))


def is_total(text: str) -> bool:
    return bool(_total.match(text))


def is_note(text: str) -> bool:
    return bool(_note.match(text))
