"""Workbooks: every value as it stands in the file, whatever the kind of its cell."""
from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import UserError
from data.reading import packed, read
from data.reading.table import CellKind
from tests.reading_cases import archive, cells, left_out, saved, workbook, xlsb, xlsx


def test_values_keep_their_digits_and_their_kind() -> None:
    table = read(workbook([
        ["bulat", "pecahan", "nik", "teks", "tanggal", "saat", "jam", "lama", "ya", "campuran"],
        [1, 0.1, 3302012345670001, "007", date(2023, 3, 12), datetime(2023, 3, 12, 7, 5), time(7, 5), timedelta(hours=30),
         True, 1.125],
        [-2, 1e-10, 1802012345670002, "1.250", date(2024, 2, 29), datetime(2024, 2, 29), time(18, 0, 1), None,
         False, "1.125"],
    ]), "data.xlsx").tables[0]

    assert cells(table) == [
        ["1", "0.1", "3302012345670001", "007", "2023-03-12", "2023-03-12 07:05:00", "07:05:00", "30:00:00",
         "true", "1.125"],
        ["-2", "0.0000000001", "1802012345670002", "1.250", "2024-02-29", "2024-02-29 00:00:00", "18:00:01", None,
         "false", "1.125"],
    ]
    number, text, day, truth = CellKind.NUMBER, CellKind.TEXT, CellKind.DATE, CellKind.BOOL
    assert table.kinds == (number, number, number, text, day, day, day, day, truth, CellKind.MIXED)
    assert {index: mask.to_pylist() for index, mask in table.numbers.items()} == {9: [True, False]}


def test_words_among_numbers_stay_and_the_numbers_are_told_from_typed_ones() -> None:
    table = read(workbook([["umur"], [34], ["NULL"], ["41.5"], [41.5]]), "data.xlsx").tables[0]

    assert cells(table) == [["34"], ["NULL"], ["41.5"], ["41.5"]]
    assert (table.kinds, table.numbers[0].to_pylist()) == ((CellKind.MIXED,), [True, False, False, True])


def test_a_note_below_a_column_of_numbers_leaves_it_one_of_numbers() -> None:
    rows = [["Desa", "Luas", "Anggota"], ["A", 2.5, 3], ["B", 3.125, 4], [None, "Sumber: BPS", None]]

    table = read(workbook(rows), "data.xlsx").tables[0]

    assert left_out(table) == [(4, "footnote")]
    assert table.kinds == (CellKind.TEXT, CellKind.NUMBER, CellKind.NUMBER)


def test_a_number_longer_than_a_machine_number_keeps_its_last_digit() -> None:
    sheet = ('<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
             '<row r="1"><c r="A1" t="inlineStr"><is><t>nik</t></is></c></row>'
             '<row r="2"><c r="A2"><v>9102012345670001</v></c></row><row r="3"><c r="A3"><v>9471012345670003</v></c></row>'
             "</sheetData></worksheet>")

    assert cells(read(xlsx(sheet), "data.xlsx").tables[0]) == [["9102012345670001"], ["9471012345670003"]]


def test_error_cells_are_missing_and_counted_with_their_place() -> None:
    table = read(workbook([["a", "b"], [1, "#DIV/0!"], [2, "#N/A"], [3, "x"]]), "data.xlsx").tables[0]

    assert cells(table) == [["1", None], ["2", None], ["3", "x"]]
    assert table.errors == {"#DIV/0!": 1, "#N/A": 1}
    assert table.error_cells == ((2, 1, "#DIV/0!"), (3, 1, "#N/A"))


def test_a_table_that_begins_elsewhere_keeps_its_addresses() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    for row, values in enumerate([["nama", "umur"], ["Ani", 34]], start=5):
        for column, value in enumerate(values, start=3):
            sheet.cell(row, column, value)

    table = read(saved(book), "data.xlsx").tables[0]

    assert (table.letters, table.header_row, table.rows.to_pylist()) == (("C", "D"), 5, [6])
    assert table.address(6, 1) == "Data!D6"
    assert left_out(table) == [(1, "empty"), (2, "empty"), (3, "empty"), (4, "empty")]


def test_dates_of_the_1904_system_are_the_days_people_see() -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(["tanggal"])
    book.active.append([date(2021, 1, 1)])

    assert cells(read(saved(book), "data.xlsx").tables[0]) == [["2021-01-01"]]


def test_a_formula_is_read_by_the_value_it_was_saved_with() -> None:
    sheet = ('<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
             '<row r="1"><c r="A1" t="inlineStr"><is><t>jumlah</t></is></c></row>'
             '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>'
             '<row r="3"><c r="A3" t="str"><f>"a"&amp;"b"</f><v>ab</v></c></row></sheetData></worksheet>')

    assert cells(read(xlsx(sheet), "data.xlsx").tables[0]) == [["2"], ["ab"]]


def test_hidden_sheets_are_read_only_when_asked_for() -> None:
    content = workbook([["a", "b"], [1, 2]], [["c", "d"], [3, 4]], hidden=("Sheet2",))

    shown, asked = read(content, "data.xlsx"), read(content, "data.xlsx", hidden=True)

    assert ([table.sheet for table in shown.tables], shown.hidden_sheets) == (["Sheet1"], ("Sheet2",))
    assert [(table.sheet, table.is_hidden) for table in asked.tables] == [("Sheet1", False), ("Sheet2", True)]


def test_a_form_offered_as_data_is_recognised() -> None:
    survey = [["type", "name", "label"], ["integer", "umur", "Umur"]]
    book = openpyxl.Workbook()
    book.active.title = "survey"
    for row in survey:
        book.active.append(row)

    file = read(saved(book), "form.xlsx")

    assert (file.is_xlsform, file.tables) == (True, ())


def test_an_open_document_sheet_is_read() -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    number = '<table:table-cell office:value-type="float" office:value="{}"><text:p>{}</text:p></table:table-cell>'
    rows = [cell.format("desa") + cell.format("luas"), cell.format("Sinar Luas") + number.format("1.125", "1,13")]
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
        '<office:body><office:spreadsheet><table:table table:name="Data">'
        + "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
        + '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1024"/>'
          "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    file = read(archive({
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": content.encode(),
        "META-INF/manifest.xml": b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
    }), "data.ods")

    assert (file.format, file.tables[0].sheet, file.tables[0].headers) == ("ods", "Data", ("desa", "luas"))
    assert cells(file.tables[0]) == [["Sinar Luas", "1.125"]]
    assert file.tables[0].kinds == (CellKind.TEXT, CellKind.NUMBER)


def test_a_binary_workbook_is_read() -> None:
    file = read(xlsb([["desa", "luas"], ["Sinar Luas", 1.125], ["Sidoarjo", 12.0]]), "data.xlsb")

    assert (file.format, file.tables[0].sheet, file.tables[0].headers) == ("xlsb", "Data", ("desa", "luas"))
    assert cells(file.tables[0]) == [["Sinar Luas", "1.125"], ["Sidoarjo", "12"]]
    assert file.tables[0].kinds == (CellKind.TEXT, CellKind.NUMBER)


def test_what_a_file_is_comes_from_its_content_not_from_its_name() -> None:
    content = workbook([["a", "b"], [1, 2]])

    assert read(content, "data.xls").format == "xlsx"
    with pytest.raises(UserError) as refusal:
        read(b"a,b\n1,2\n", "data.xlsx")
    assert refusal.value.code == "reading.text_named_spreadsheet"


def test_a_workbook_behind_a_password_is_said_to_be(testdata: Path) -> None:
    with pytest.raises(UserError) as refusal:
        read(testdata / "xlsx_fixtures" / "pass_protected.xlsx", "pass_protected.xlsx")

    assert refusal.value.code == "reading.password"


_cells = {
    "whole": st.integers(-10**15, 10**15),
    "real": st.floats(-1e200, 1e200, allow_subnormal=False).filter(lambda value: value == 0 or abs(value) > 1e-200),
    "text": st.text(alphabet="abcé ñ.,019'\"<&>\n", min_size=1, max_size=10).filter(lambda text: text.strip() == text),
    "day": st.dates(date(1950, 1, 1), date(2090, 1, 1)),
    "moment": st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
    "truth": st.booleans(),
    "mixed": st.one_of(
        st.integers(-9999, 9999), st.decimals(0, 999, places=3).map(float), st.text(alphabet="ab1.2", min_size=1, max_size=5),
    ),
}


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(kinds=st.lists(st.sampled_from(sorted(_cells)), min_size=2, max_size=4), data=st.data())
def test_any_sheet_reads_back_cell_by_cell(kinds: list[str], data: st.DataObject) -> None:
    rows = [
        [data.draw(_cells[kind] if column == 0 else st.none() | _cells[kind]) for column, kind in enumerate(kinds)]
        for _ in range(data.draw(st.integers(2, 6)))
    ]
    content = workbook([[f"pertanyaan {column}" for column in range(len(kinds))], *rows])
    there = openpyxl.load_workbook(io.BytesIO(content)).active

    found = {}
    for table in read(content, "data.xlsx").tables:
        found |= dict(zip(table.rows.to_pylist(), cells(table), strict=True))
        found |= {left.row: None for left in table.left_out}
        found |= {table.header_row: None} if table.header_row else {}

    assert sorted(found) == list(range(1, len(rows) + 2))
    for number, row in found.items():
        if row is not None and number > 1:
            for column, text in enumerate(row, start=1):
                assert is_same(text, there.cell(number, column).value), (number, column)


def is_same(text: str | None, value: object) -> bool:
    """Whether a text is the value of a cell; a day is a moment at midnight."""
    if value is None or text is None:
        return text is None and value in (None, "")
    if isinstance(value, bool):
        return text in (str(value).lower(), str(int(value)))
    if isinstance(value, int | float):
        return Decimal(text) == Decimal(repr(value))
    if isinstance(value, datetime):
        return datetime.fromisoformat(text) == value
    return text == value


@pytest.mark.parametrize(("cells", "has"), [
    ('<c r="A1" t="s"><v>0</v></c><c r="B1" t="str"><v>1.125</v></c><c r="C1" s="3"/><c r="D1" t="b"><v>1</v></c>', False),
    ('<c r="A1" t="inlineStr"><is><t>&lt;c r="B1"&gt;</t></is></c>', False),
    ('<c r="A1" t="s"><v>0</v></c><c r="B1" s="3"><v>1.125</v></c>', True),
    ('<c r="A1" t="s"><v>0</v></c><c r="B1" t="n"><v>1.125</v></c>', True),
    ('<c r="A1" t="s"><v>0</v></c><c><v>1.125</v></c>', True),
    ("<c r='A1' t='s'><v>0</v></c>", True),      # another way of writing: does not tell quickly
    ('<x:c r="A1" t="s"><v>0</v></x:c>', True),
])
@pytest.mark.parametrize("piece", [5, 33, 1 << 22])
def test_whether_a_sheet_has_numbers_is_told_wherever_it_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: str, has: bool, piece: int,
) -> None:
    path = tmp_path / "f.xlsx"
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    path.write_bytes(xlsx(f'<worksheet xmlns="{space}"><sheetData><row r="1">{cells}</row></sheetData></worksheet>'))
    monkeypatch.setattr(packed, "_PIECE", piece)
    assert packed.may_have_numbers(path, 0) is has
