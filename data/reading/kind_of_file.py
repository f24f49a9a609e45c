"""What a file is, by what is in it and not by its name."""
from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa

from data.errors import UserError
from data.reading import packed
from data.reading.limits import Limits

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_SPREADSHEET_NAMES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
_HTML = re.compile(rb"(?is)^\s*+(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s+html|html|table|head|body|meta|div|style|script)\b")
_XML_WORKBOOK = re.compile(rb"(?is)^\s*<\?xml.*?(?:urn:schemas-microsoft-com:office:spreadsheet|<\?mso-application)")
_OTHERS = (
    (b"%PDF-", "PDF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"\x1f\x8b", "GZIP"),
    (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7-Zip"), (b"SQLite format 3\0", "SQLite"), (b"PAR1", "Parquet"), (b"$FL2", "SPSS"),
    (b"<stata_dta>", "Stata"), (b"{\\rtf", "RTF"),
)


def kind_of(data: pa.Buffer, name: str, limits: Limits) -> str:
    """xlsx, xlsm, xlsb, xls, ods, zip or csv. Raises UserError for anything else, saying what it is where that is known."""
    head = data.slice(0, min(data.size, 4096)).to_pybytes()
    suffix = Path(name).suffix.lower()
    if head.startswith(_ZIP):
        return _packed_kind(data, name, limits)
    if head.startswith(_OLE):
        return _ole_kind(data, name)
    text = head.removeprefix(b"\xef\xbb\xbf")
    if _HTML.match(text):
        raise UserError("reading.html", name=name)
    if _XML_WORKBOOK.match(text):
        raise UserError("reading.xml_workbook", name=name)
    for mark, what in _OTHERS:
        if head.startswith(mark):
            raise UserError("reading.other_format", name=name, format=what)
    if suffix in _SPREADSHEET_NAMES:
        raise UserError("reading.text_named_spreadsheet" if _is_text(head) else "reading.damaged", name=name)
    return "csv"


def _is_text(head: bytes) -> bool:
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" not in head


def _packed_kind(data: pa.Buffer, name: str, limits: Limits) -> str:
    entries = packed.entries(pa.BufferReader(data), name, limits)
    names = {entry.filename.lstrip("/").lower().replace("\\", "/") for entry in entries}
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "xl/workbook.xml" in names or any(re.fullmatch(r"xl/workbook\d*\.xml", entry) for entry in names):
        return "xlsm" if "xl/vbaproject.bin" in names else "xlsx"
    if "content.xml" in names:
        return "ods"
    if "word/document.xml" in names:
        raise UserError("reading.other_format", name=name, format="Word")
    return "zip"


def _ole_kind(data: pa.Buffer, name: str) -> str:
    """Old Excel files, and new ones behind a password, share one container; the names in it are UTF-16."""
    content = memoryview(data)[: 64 << 20]
    if re.search("EncryptedPackage".encode("utf-16-le"), content):
        raise UserError("reading.password", name=name)
    if re.search("WordDocument".encode("utf-16-le"), content):
        raise UserError("reading.other_format", name=name, format="Word")
    return "xls"
