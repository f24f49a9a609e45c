"""Text tables: encodings, delimiters, line ends, quotes, and rows that do not fit."""
from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import UserError
from data.reading import RawFile, read
from tests.reading_cases import archive, cells, left_out, text_file

ROWS = [["nama", "pekerjaan", "pendapatan"], ["Ani", "petani, kebun", "1.250.000"], ["Budi Ñ", "guru", "900,5"]]


def written(rows: list[list[str]], *, delimiter: str, line_end: str, encoding: str, quoting: int) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(rows)
    return out.getvalue().encode(encoding)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("encoding", "said"), [
    ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"),
    ("windows-1252", "windows-1252"),
])
def test_each_dialect_reads_the_same(delimiter: str, line_end: str, encoding: str, said: str) -> None:
    content = written(ROWS, delimiter=delimiter, line_end=line_end, encoding=encoding, quoting=csv.QUOTE_MINIMAL)

    file = read(content, "data.csv")

    assert (file.encoding, file.delimiter, file.format) == (said, delimiter, "csv")
    assert [list(file.tables[0].headers), *cells(file.tables[0])] == ROWS


def test_a_line_break_inside_quotes_is_part_of_the_answer_and_starts_no_row() -> None:
    file = read(b'nama,alamat\nAni,"RT 1\nRW 2"\nBudi,"Metro"\n', "data.csv")

    assert cells(file.tables[0]) == [["Ani", "RT 1\nRW 2"], ["Budi", "Metro"]]
    assert file.tables[0].rows.to_pylist() == [2, 3]


def test_nothing_is_made_of_a_value() -> None:
    table = text_file("""
        kode,nik,tanggal,jumlah,jawaban
        007,1802012345670001,03/10/2024,"1.250,50",NULL
        08,0000000000000001,2024-03-08,1e5,n/a
    """).tables[0]

    assert cells(table) == [
        ["007", "1802012345670001", "03/10/2024", "1.250,50", "NULL"],
        ["08", "0000000000000001", "2024-03-08", "1e5", "n/a"],
    ]


def test_a_row_with_too_many_cells_is_left_out_and_one_with_too_few_is_named() -> None:
    table = text_file("""
        nama,umur,kota
        Ani,34,Metro
        Budi,41,Metro,lagi
        Citra,29
        Dewi,30,Metro,,
    """).tables[0]

    assert left_out(table) == [(3, "too_many_cells")]
    assert table.short_rows == (4,)
    assert cells(table) == [["Ani", "34", "Metro"], ["Citra", "29", None], ["Dewi", "30", "Metro"]]
    assert table.rows.to_pylist() == [2, 4, 5]


def test_a_quote_nobody_closed_swallows_no_rows() -> None:
    table = text_file('''
        nama,umur,kota
        Ani,34,"Metro
        Budi,41,"Metro"
        Citra,29,"Kota ""M"""
    ''').tables[0]

    assert cells(table) == [["Ani", "34", '"Metro'], ["Budi", "41", "Metro"], ["Citra", "29", 'Kota "M"']]
    assert table.rows.to_pylist() == [2, 3, 4]


def test_a_stray_quote_that_moves_no_cell_is_kept_as_it_is() -> None:
    table = text_file('''
        nama,ukuran,alamat
        Ani,5" x 3",""RT 1"
        Budi,4,"RT 2"
    ''').tables[0]

    assert cells(table) == [["Ani", '5" x 3"', '"RT 1'], ["Budi", "4", "RT 2"]]


def test_a_row_whose_quotes_make_no_sense_is_left_out_and_named() -> None:
    table = text_file("""
        nama,umur,kota
        Ani,"34,"Metro
        Budi,41,Metro
        Citra,29,"Metro","a"b,c
    """).tables[0]

    assert left_out(table) == [(4, "broken_quote")]
    assert cells(table) == [["Ani", '"34', '"Metro'], ["Budi", "41", "Metro"]]


def test_decimal_commas_are_not_taken_for_delimiters() -> None:
    file = text_file("""
        desa;luas;hasil
        A;1,5;2,5
        B;3,5;4,5
        C;2,5;1,5
    """)

    assert (file.delimiter, cells(file.tables[0])[0]) == (";", ["A", "1,5", "2,5"])


def test_excel_names_its_delimiter_in_the_first_line() -> None:
    file = text_file("""
        sep=;
        nama;umur
        Ani;34
    """)

    assert (file.delimiter, file.tables[0].headers, left_out(file.tables[0])) == (";", ("nama", "umur"), [(1, "title")])


def test_utf8_with_a_broken_byte_is_refused_with_its_place_and_not_read_as_something_else() -> None:
    content = "nama,kota\nJosé,Zürich\nÑoño,Córdoba\nAni,Metro\n".encode() + b"Budi,Met\xe9ro\n"

    with pytest.raises(UserError) as refusal:
        read(content, "data.csv")

    assert (refusal.value.code, refusal.value.params["position"]) == ("reading.encoding", content.index(b"\xe9ro") + 1)


def test_a_byte_order_mark_does_not_hide_broken_bytes() -> None:
    with pytest.raises(UserError) as refusal:
        read(b"\xef\xbb\xbfnama,kota\nAni,Met\xe9ro,x\n", "data.csv")

    assert refusal.value.code == "reading.encoding"


def test_an_archive_of_tables_gives_each_its_name() -> None:
    content = archive({
        "form.csv": b"KEY,nama\none,Ani\n", "form-anggota.csv": b"nama,PARENT_KEY,KEY\nBudi,one,one/anggota[1]\n",
        "media/foto.jpg": b"\xff\xd8\xff", "__MACOSX/._form.csv": b"\0\0\0",
    })

    file = read(content, "form.csv.zip")

    assert file.format == "zip"
    assert {table.sheet: cells(table) for table in file.tables} == {
        "form": [["one", "Ani"]], "form-anggota": [["Budi", "one", "one/anggota[1]"]],
    }
    assert file.tables[0].address(2, 1) == "form!B2"


@pytest.mark.parametrize(("content", "code"), [
    (b"", "reading.empty"),
    (b"\xef\xbb\xbf", "reading.empty"),
    (bytes(range(256)) * 20, "reading.not_text"),
    (b"%PDF-1.7 ...", "reading.other_format"),
    (b"<html><body><table></table></body></html>", "reading.html"),
])
def test_what_is_no_table_is_refused_by_name(content: bytes, code: str) -> None:
    with pytest.raises(UserError) as refusal:
        read(content, "data.csv")

    assert refusal.value.code == code
    assert refusal.value.params["name"] == "data.csv"


# Answers of people: words and figures, with every character that tables are made of.
_answers = st.one_of(
    st.text(alphabet="abnyaMé ñ019", max_size=12),
    st.sampled_from([
        "petani, kebun", "a;b", 'kata "kutip" kata', '"', "Jum'at", "'dua'", "baris\nbaru", "satu\n\ndua", "1.250,50", "1,5",
        "-", "n/a", "tab\ttengah", "a|b", "/", "", " ", "12/03/2023", 'akhir"', '"awal', "=1+1", "#tanda", ",", "koma,", '""',
    ]),
)
_tables = st.integers(3, 6).flatmap(lambda width: st.lists(
    st.lists(_answers, min_size=width, max_size=width).filter(lambda row: any(cell.strip() for cell in row)),
    min_size=5, max_size=9,
).map(lambda rows: [[f"pertanyaan {index}" for index in range(width)], *rows]))


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=_tables, delimiter=st.sampled_from([",", ";", "\t", "|"]), line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "windows-1252"]),
)
def test_any_quoted_table_reads_back_equal_or_says_what_it_left_out(
    rows: list[list[str]], delimiter: str, line_end: str, encoding: str,
) -> None:
    file = read(written(rows, delimiter=delimiter, line_end=line_end, encoding=encoding, quoting=csv.QUOTE_ALL), "data.csv")

    reads_back(file, rows)


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=_tables, delimiter=st.sampled_from([",", ";", "\t", "|"]), line_end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_any_table_with_as_few_quotes_as_can_be_reads_back_equal(rows: list[list[str]], delimiter: str, line_end: str) -> None:
    rows = [[cell.replace("\n", line_end) for cell in row] for row in rows]      # csv quotes only the line end it writes
    content = written(rows, delimiter=delimiter, line_end=line_end, encoding="utf-8", quoting=csv.QUOTE_MINIMAL)

    reads_back(read(content, "data.csv"), rows)


def reads_back(file: RawFile, rows: list[list[str]]) -> None:
    """Each row is there as it was written, or is left out by its number with a reason."""
    found = {1: list(file.tables[0].headers)} if file.tables[0].header_row == 1 else {}
    for table in file.tables:
        found |= dict(zip(table.rows.to_pylist(), ([cell or "" for cell in row] for row in cells(table)), strict=True))
    named = {left.row for table in file.tables for left in table.left_out} | {table.header_row for table in file.tables} - {0}
    assert set(found) | named == set(range(1, len(rows) + 1))
    assert {number: row for number, row in found.items() if number not in named} == {
        number: row for number, row in enumerate(rows, start=1) if number in found and number not in named
    }
