"""Which characters the bytes of a text file stand for."""
from __future__ import annotations

import codecs
import re

import pyarrow as pa
from charset_normalizer import from_bytes

from data.errors import UserError

_SAMPLE = 200_000
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ESCAPED = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile("[\u0080-\ud7ff\ue000-\U0010ffff]")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f]")


def as_utf8(data: pa.Buffer, name: str) -> tuple[str, pa.Buffer]:
    """The name of the encoding, and the same text as UTF-8 without a byte order mark. Raises UserError for bytes that
    are no text.

    Windows-1252 is the last resort, because every office machine here wrote it for years; where it leaves bytes without
    a character, the most coherent other reading is taken.
    """
    head = data.slice(0, min(data.size, _SAMPLE)).to_pybytes()
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            if encoding != "utf-8-sig" or not is_utf8(data):
                return encoding, _recode(data, encoding, name)
            return encoding, data.slice(len(mark))
    if unmarked := _utf16_without_mark(head):
        return unmarked, _recode(data, unmarked, name)
    if 20 * len(_CONTROL.findall(head)) > len(head):
        raise UserError("reading.not_text", name=name)
    if is_utf8(data):
        return "utf-8", data
    _refuse_damaged_utf8(data, name)
    try:
        return "windows-1252", _recode(data, "windows-1252", name)
    except UserError:
        best = from_bytes(head).best()
        encoding = best.encoding if best is not None else "latin-1"
        return encoding.replace("_", "-") if encoding != "shift_jis" else encoding, _recode(data, encoding, name)


def is_utf8(data: pa.Buffer) -> bool:
    offsets = pa.array([0, data.size], pa.int64()).buffers()[1]
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, offsets, data]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _refuse_damaged_utf8(data: pa.Buffer, name: str) -> None:
    """A text that is UTF-8 but for a few bytes is not read as something else: all its other letters would be wrong."""
    content = data.to_pybytes()
    text = content.decode("utf-8", "surrogateescape")
    broken = len(_ESCAPED.findall(text))
    letters = len(_BEYOND_ASCII.findall(text))
    if letters >= 4 * broken:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise UserError("reading.encoding", name=name, encoding="utf-8", position=error.start + 1) from error


def _utf16_without_mark(head: bytes) -> str | None:
    even, odd = head[0:4000:2].count(0), head[1:4000:2].count(0)
    half = min(len(head), 4000) // 2
    if half < 4 or max(even, odd) < 0.6 * half or min(even, odd) > 0.05 * half:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _recode(data: pa.Buffer, encoding: str, name: str) -> pa.Buffer:
    try:
        text = codecs.decode(memoryview(data), encoding)
    except UnicodeDecodeError as error:
        raise UserError("reading.encoding", name=name, encoding=encoding, position=error.start + 1) from error
    return pa.py_buffer(text.encode("utf-8"))
