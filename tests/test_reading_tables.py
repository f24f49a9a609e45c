"""What is a header, what is a response and what is neither."""
from __future__ import annotations

from data.reading import read
from tests.reading_cases import cells, left_out, text_file, workbook


def test_a_table_has_its_header_rows_and_addresses() -> None:
    table = text_file("""
        nama,umur
        Ani,34
        Budi,41
    """).tables[0]

    assert (table.headers, table.header_row, table.letters) == (("nama", "umur"), 1, ("A", "B"))
    assert table.rows.to_pylist() == [2, 3]
    assert cells(table) == [["Ani", "34"], ["Budi", "41"]]
    assert table.address(3, 1) == "B3"


def test_titles_above_the_header_are_left_out() -> None:
    table = text_file("""
        Laporan Kemitraan Desa
        Kecamatan Bangun Rejo,,

        No,Desa,Anggota
        1,Sinar Luas,12
        2,Sidoarjo,9
    """).tables[0]

    assert (table.headers, table.header_row) == (("No", "Desa", "Anggota"), 4)
    assert left_out(table) == [(1, "title"), (2, "title"), (3, "empty")]
    assert table.rows.to_pylist() == [5, 6]


def test_a_heading_over_two_columns_is_carried_to_both() -> None:
    table = text_file("""
        No,Desa,Penduduk,,Luas
        ,,Laki-laki,Perempuan,
        1,Sinar Luas,120,118,4
        2,Sidoarjo,90,95,3
    """).tables[0]

    assert table.headers == ("No", "Desa", "Penduduk Laki-laki", "Penduduk Perempuan", "Luas")
    assert (table.header_row, left_out(table)) == (2, [(1, "header")])
    assert cells(table)[0] == ["1", "Sinar Luas", "120", "118", "4"]


def test_merged_cells_tell_a_header_of_words_over_words() -> None:
    rows = [
        ["Desa", "Mata pencaharian", None],
        [None, "Utama", "Sampingan"],
        ["Sinar Luas", "Petani", "Pedagang"],
        ["Sidoarjo", "Buruh", "Petani"],
    ]
    merged = read(workbook(rows, merges=("A1:A2", "B1:C1")), "data.xlsx").tables[0]

    assert merged.headers == ("Desa", "Mata pencaharian Utama", "Mata pencaharian Sampingan")
    assert cells(merged) == [["Sinar Luas", "Petani", "Pedagang"], ["Sidoarjo", "Buruh", "Petani"]]


def test_an_answer_in_words_under_a_blank_heading_is_no_header() -> None:
    table = text_file("""
        nama,,kota
        Ani,L,Metro
        Budi,P,Metro
    """).tables[0]

    assert table.headers == ("nama", "", "kota")
    assert len(table.rows) == 2


def test_names_above_labels_are_the_header_and_the_labels_are_left_out() -> None:
    table = text_file("""
        hh_id,income
        Nomor rumah tangga,Pendapatan sebulan
        1,1500000
        2,900000
    """).tables[0]

    assert (table.headers, table.header_row, left_out(table)) == (("hh_id", "income"), 2, [(1, "header")])
    assert cells(table) == [["1", "1500000"], ["2", "900000"]]


def test_a_row_of_hxl_tags_is_no_response() -> None:
    table = text_file("""
        Desa,Terdampak
        #adm4+name,#affected+f
        Sinar Luas,12
    """).tables[0]

    assert (table.headers, table.header_row) == (("Desa", "Terdampak"), 1)
    assert left_out(table) == [(2, "hxl_tags")]
    assert table.rows.to_pylist() == [3]


def test_numbers_of_the_columns_under_the_header_are_no_response() -> None:
    table = text_file("""
        Desa,Laki-laki,Perempuan
        (1),(2),(3)
        Sinar Luas,120,118
        Sidoarjo,90,95
    """).tables[0]

    assert left_out(table) == [(2, "column_numbers")]
    assert len(table.rows) == 2


def test_totals_empty_rows_and_notes_are_left_out_with_their_reason() -> None:
    table = text_file("""
        No,Desa,Anggota
        1,Sinar Luas,12
        ,,
        2,Sidoarjo,9
        Jumlah,,21

        Sumber: Kantor Kecamatan,,
    """).tables[0]

    assert table.rows.to_pylist() == [2, 4]
    assert left_out(table) == [(3, "empty"), (5, "totals"), (6, "empty"), (7, "footnote")]


def test_a_village_whose_name_is_a_total_word_with_answers_in_words_stays() -> None:
    table = text_file("""
        desa,jawaban,anggota
        Total,ya,12
        Sidoarjo,tidak,9
    """).tables[0]

    assert cells(table) == [["Total", "ya", "12"], ["Sidoarjo", "tidak", "9"]]


def test_a_last_response_with_one_answer_stays() -> None:
    table = text_file("""
        nama,umur,kota
        Ani,34,Metro
        Budi,,
    """).tables[0]

    assert cells(table)[1] == ["Budi", None, None]
    assert left_out(table) == []


def test_a_header_repeated_below_is_left_out() -> None:
    table = text_file("""
        nama,umur
        Ani,34
        nama,umur
        Budi,41
    """).tables[0]

    assert (table.rows.to_pylist(), left_out(table)) == ([2, 4], [(3, "header")])


def test_several_tables_on_a_sheet_come_apart() -> None:
    rows = [
        ["Desa", "Anggota"], ["Sinar Luas", 12], ["Sidoarjo", 9],
        [None, None],
        ["Kegiatan", "Hadir"], ["Rapat", 31], ["Gotong royong", 54],
    ]
    for content, name in ((workbook(rows), "data.xlsx"), (b"Desa,Anggota\nSinar Luas,12\nSidoarjo,9\n,\nKegiatan,Hadir\n"
                                                          b"Rapat,31\nGotong royong,54\n", "data.csv")):
        first, second = read(content, name).tables

        assert (first.headers, first.rows.to_pylist(), left_out(first)) == (("Desa", "Anggota"), [2, 3], [(4, "empty")])
        assert (second.headers, second.header_row) == (("Kegiatan", "Hadir"), 5)
        assert (second.rows.to_pylist(), cells(second)) == ([6, 7], [["Rapat", "31"], ["Gotong royong", "54"]])


def test_without_a_header_the_first_row_is_a_response() -> None:
    table = text_file("""
        1,Sinar Luas
        2,Sidoarjo
        3,Sidodadi
    """).tables[0]

    assert (table.headers, table.header_row) == (("", ""), 0)
    assert table.rows.to_pylist() == [1, 2, 3]


def test_a_heading_that_is_also_an_answer_stays_a_heading() -> None:
    table = text_file("""
        nama,alasan,lainnya
        Ani,jarak,lainnya
        Budi,biaya,tidak
        Citra,waktu,tidak
    """).tables[0]

    assert table.headers == ("nama", "alasan", "lainnya")


def test_years_can_be_headings() -> None:
    table = text_file("""
        Desa,2022,2023,2024
        Sinar Luas,120,118,119
        Sidoarjo,90,95,99
    """).tables[0]

    assert table.headers == ("Desa", "2022", "2023", "2024")


def test_questions_known_by_number_and_months_can_be_headings() -> None:
    numbered = text_file("""
        Nama,1,2,3,4,5
        Ani,4,5,3,4,4
        Budi,3,3,2,5,1
    """).tables[0]
    monthly = text_file("""
        Desa,2023-01,2023-02,2023-03
        Sinar Luas,120,118,119
        Sidoarjo,90,95,99
    """).tables[0]

    assert (numbered.headers, len(numbered.rows)) == (("Nama", "1", "2", "3", "4", "5"), 2)
    assert (monthly.headers, len(monthly.rows)) == (("Desa", "2023-01", "2023-02", "2023-03"), 2)


def test_a_first_response_with_dates_is_no_header() -> None:
    table = text_file("""
        Ani,2023-01-04,2023-02-04,12
        Budi,2023-01-05,2023-02-06,14
        Citra,2023-01-09,2023-02-11,9
    """).tables[0]

    assert (table.header_row, len(table.rows)) == (0, 3)


def test_a_template_that_was_not_filled_in_has_a_header_and_no_rows() -> None:
    table = read(workbook([["Desa", "Anggota"]]), "template.xlsx").tables[0]

    assert (table.headers, len(table.rows), table.values.num_columns) == (("Desa", "Anggota"), 0, 2)
