"""Small files for the tests of reading, written where they are used."""
from __future__ import annotations

import io
import struct
import zipfile

import openpyxl

from data.reading import RawFile, read
from data.reading.table import RawTable


def text_file(text: str, **options: object) -> RawFile:
    """A CSV file with the given lines, each without its indentation."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return read("\n".join(lines).encode() + b"\n", "data.csv", **options)


def workbook(*sheets: list[list[object]], merges: tuple[str, ...] = (), hidden: tuple[str, ...] = ()) -> bytes:
    """An XLSX workbook; the sheets are called Sheet1, Sheet2, ..."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"Sheet{number}")
        for row in rows:
            sheet.append(row)
        for place in merges:
            sheet.merge_cells(place)
        if sheet.title in hidden:
            sheet.sheet_state = "hidden"
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(entries: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name, content)
    return out.getvalue()


def cells(table: RawTable) -> list[list[str | None]]:
    return [list(row.values()) for row in table.values.to_pylist()]


def left_out(table: RawTable) -> list[tuple[int, str]]:
    return [(left.row, left.reason) for left in table.left_out]


def xlsx(sheet: str) -> bytes:
    """The smallest workbook around the XML of one sheet."""
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    return archive({
        "[Content_Types].xml": f'''<Types xmlns="{package}/content-types">
            <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
            <Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>
            <Override PartName="/xl/worksheets/sheet1.xml" ContentType="{types}.worksheet+xml"/></Types>''',
        "_rels/.rels": f'''<Relationships xmlns="{package}/relationships">
            <Relationship Id="rId1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>''',
        "xl/workbook.xml": f'''<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{relations}">
            <sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>''',
        "xl/_rels/workbook.xml.rels": f'''<Relationships xmlns="{package}/relationships">
            <Relationship Id="rId1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>''',
        "xl/worksheets/sheet1.xml": sheet,
    })


def xlsb(rows: list[list[str | float]]) -> bytes:
    """The smallest binary workbook: one sheet of words and numbers."""
    def record(kind: int, payload: bytes = b"") -> bytes:
        name = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
        size = bytes([len(payload)]) if len(payload) < 128 else bytes([len(payload) & 0x7F | 0x80, len(payload) >> 7])
        return name + size + payload

    def wide(text: str) -> bytes:
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    def cell(column: int, value: str | float) -> bytes:
        place = struct.pack("<II", column, 0)
        return record(6, place + wide(value)) if isinstance(value, str) else record(5, place + struct.pack("<d", value))

    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    sheet = record(129) + record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, len(rows[0]) - 1)) + record(145)
    for number, row in enumerate(rows):
        sheet += record(0, struct.pack("<I", number) + bytes(13))
        sheet += b"".join(cell(column, value) for column, value in enumerate(row))
    return archive({
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "xl/_rels/workbook.bin.rels": f'''<Relationships xmlns="{package}/relationships">
            <Relationship Id="rId1" Type="{relations}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>''',
        "xl/workbook.bin": record(131) + record(143) + record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("Data"))
        + record(144) + record(132),
        "xl/worksheets/sheet1.bin": sheet + record(146) + record(130),
    })
