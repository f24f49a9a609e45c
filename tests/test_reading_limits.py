"""Hostile and oversized files: refused in plain words, quickly, without harm to the process that asked."""
from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
import threading
import zipfile
from functools import partial
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest

from access.policy import Role, Viewer
from data import results
from data.errors import UserError
from data.messages import has
from data.reading import Limits, read
from data.reading.table import LeftOut
from data.store import open_store
from tests.reading_cases import archive, cells, workbook, xlsx

SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</worksheet>'


def huge() -> bytes:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>9</v></c></row>'
    return xlsx(SHEET.format(f"<sheetData>{rows}</sheetData>"))


def self_referring() -> bytes:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 8}">' for n in range(1, 25))
    cell = '<c r="A1" t="inlineStr"><is><t>&a24;</t></is></c>'
    sheet = SHEET.format(f'<sheetData><row r="1">{cell}</row></sheetData>')
    return xlsx(f'<!DOCTYPE worksheet [<!ENTITY a0 "haha">{entities}]>{sheet}')


def refusal(content: bytes | Path, name: str, **limits: object) -> str:
    with pytest.raises(UserError) as refused:
        read(content, name, limits=Limits(**limits))
    assert all(has(refused.value.code, language) for language in ("id", "en"))
    return refused.value.code


def test_a_sheet_far_larger_than_its_data_is_refused() -> None:
    assert refusal(huge(), "data.xlsx") == "reading.too_much"


def test_after_a_refusal_the_next_workbook_is_read() -> None:
    refusal(huge(), "data.xlsx")

    assert cells(read(workbook([["a", "b"], [1, "x"]]), "data.xlsx").tables[0]) == [["1", "x"]]


def test_a_dimension_that_lies_does_no_harm() -> None:
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>umur</t></is></c></row><row r="2"><c r="A2"><v>34</v></c></row>'
    content = xlsx(SHEET.format(f'<dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData>'))

    assert cells(read(content, "data.xlsx").tables[0]) == [["34"]]


def test_an_archive_that_unpacks_to_far_more_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "data.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("data.csv", "w", force_zip64=True) as entry:
        for _ in range(80):
            entry.write(bytes(1_000_000))

    assert refusal(path, "data.zip") == "reading.unpacks_too_large"


def test_a_sheet_whose_strings_refer_to_each_other_without_end_is_refused() -> None:
    assert refusal(self_referring(), "data.xlsx") in ("reading.damaged", "reading.empty", "reading.too_much")


def endless() -> bytes:
    names = ('xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
             'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
             'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"')
    cell = ('<table:table-cell table:number-columns-repeated="16384" office:value-type="string">'
            "<text:p>x</text:p></table:table-cell>")
    content = (f"<office:document-content {names}><office:body><office:spreadsheet><table:table table:name='Data'>"
               f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
               "</table:table></office:spreadsheet></office:body></office:document-content>")
    return archive({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content, "META-INF/manifest.xml":
                    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'})


def test_an_open_document_that_repeats_a_row_without_end_is_refused() -> None:
    assert refusal(endless(), "data.ods") in ("reading.too_much", "reading.too_long", "reading.damaged")


def test_a_workbook_cut_short_is_refused_wherever_it_was_cut() -> None:
    content = workbook([["nama", "umur"], *([f"nama {index}", index] for index in range(50))])

    for size in range(0, len(content), 97):
        with pytest.raises(UserError):
            read(content[:size], "data.xlsx")


def test_each_bound_is_said() -> None:
    table = b"a,b,c\n" + b"1,2,3\n" * 100

    assert refusal(table, "data.csv", size_bytes=100) == "reading.too_large"
    assert refusal(table, "data.csv", rows=50) == "reading.too_many_rows"
    assert refusal(table, "data.csv", columns=2) == "reading.too_many_columns"
    assert refusal(b"a,b,c\n" + b"1,2,3\n1,2\n1,2,3,4\n1,2,3\n" * 10, "data.csv", irregular_rows=5) == "reading.irregular"
    assert refusal(archive({f"{n}.csv": table for n in range(9)}), "data.zip", entries=5) == "reading.too_many_files"
    assert refusal(workbook([["a"] * 9, [1] * 9]), "data.xlsx", columns=5) == "reading.too_many_columns"
    assert refusal(b'a,b\n"' + b"1,2\n" * 3_000_000, "data.csv") == "reading.open_quote"


@pytest.mark.parametrize("content", [
    b"\n" * 60_000 + b"a,b\n1,2\n",
    b"<!---->" * 500 + b"x,y\n1,2\n",
    b'"' * 60_000 + b"\na,b\n1,2\n",
    b"a,b\n" + b'"x ' * 20_000,
    b"a,b\n" + b"1,2\n\n" * 20_000,
    b",".join(b"kolom%d" % index for index in range(5_000)) + b"\n" + (b"1," * 5_000 + b"\n\n") * 30,
    b" " * 60_000 + b"\n" + b"\t" * 60_000,
])
def test_text_made_to_be_slow_comes_to_an_end(content: bytes) -> None:
    try:
        file = read(content, "data.csv")
    except UserError as refused:
        assert refused.code.startswith("reading.")
    else:
        assert file.tables


def test_a_reader_that_takes_too_long_is_stopped() -> None:
    content = workbook([["a", "b"], *([index, "x"] for index in range(2000))])

    assert refusal(content, "data.xlsx", seconds=0.0, seconds_per_megabyte=0.0) == "reading.too_long"
    assert len(read(content, "data.xlsx").tables[0].rows) == 2000


@pytest.mark.parametrize("name", [
    "csv_named.xlsx", "dimension_lies_1M_x_16k.xlsx", "flat_bomb.zip", "html_table_named.xls", "truncated_60pct.xlsx",
])
def test_a_hostile_file_is_refused_within_a_gigabyte_of_memory(testdata: Path, name: str) -> None:
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from data.errors import UserError\n"
        "from data.reading import read\n"
        "try:\n    read(Path(sys.argv[1]), Path(sys.argv[1]).name)\n"
        "except UserError as error:\n    print(error.code)\n"
        "own = next(line for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"
        "print(max(int(own.split()[1]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(testdata / "malicious" / name)], capture_output=True, text=True, timeout=60,
        cwd=Path(__file__).resolve().parent.parent, env={**os.environ, "PYTHONPATH": "."}, check=True,
    )

    code, kilobytes = done.stdout.split()
    assert code.startswith("reading.")
    assert int(kilobytes) < 1_000_000


def test_every_refusal_and_every_reason_has_words_in_both_languages() -> None:
    folder = Path(__file__).resolve().parent.parent / "data" / "reading"
    code = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    keys = set(re.findall(r'"(reading\.\w+)"', code))
    keys |= {f"reading.left_out.{reason}" for reason in re.findall(r"`(\w+)`", LeftOut.__doc__ or "")}

    assert len(keys) > 25
    assert {key for key in keys for language in ("id", "en") if not has(key, language)} == set()


def test_the_bound_on_memory_is_set_in_the_child_and_not_here() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)

    read(workbook([["a", "b"], [1, "x"]]), "data.xlsx")

    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_a_part_whose_checksum_is_wrong_makes_a_damaged_workbook_and_no_fault_of_ours():
    book = workbook([["a", "b"], ["x", None], ["y", 2]])
    with zipfile.ZipFile(BytesIO(book)) as packed:
        checksum = packed.getinfo("xl/worksheets/sheet1.xml").CRC.to_bytes(4, "little")
    assert book.count(checksum) >= 1
    assert refusal(book.replace(checksum, bytes(4)), "data.xlsx") == "reading.damaged"


HOSTILE = ("csv_named.xlsx", "dimension_lies_1M_x_16k.xlsx", "flat_bomb.zip", "html_table_named.xls", "truncated_60pct.xlsx",
           "huge.xlsx", "self_referring.xlsx", "endless.ods")


def test_another_session_goes_on_working_while_each_hostile_file_is_refused(
    example_directory: Path, testdata: Path, tmp_path: Path,
) -> None:
    """Each is read again and again until another session has asked three times meanwhile, each time answered right."""
    made = {"huge.xlsx": huge(), "self_referring.xlsx": self_referring(), "endless.ods": endless()}
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    paths = [(tmp_path if name in made else testdata / "malicious") / name for name in HOSTILE]
    shutil.copytree(example_directory, tmp_path / "store")
    store = open_store(tmp_path / "store")
    other = Viewer(name="other", roles=frozenset({Role.OFFICIAL}))
    indicators = ["service_access.safe_water", "income.inequality"]
    ask = partial(results.estimates, store, other, by="partnership", indicators=indicators)
    expected = ask()
    assert expected["estimate"].notna().any()
    done, answered, failed = threading.Event(), [], []

    def session() -> None:
        while not done.is_set():
            try:
                pd.testing.assert_frame_equal(ask(), expected)
            except BaseException as error:      # noqa: BLE001 - told by the test
                failed.append(error)
                return
            answered.append(1)

    thread = threading.Thread(target=session)
    thread.start()
    try:
        for path in paths:
            before = len(answered)
            assert Limits().seconds_for(path.stat().st_size) < 10 or path.suffix == ".zip"      # which is refused unpacked
            while len(answered) < before + 4 and not failed:      # the first may have been asked before
                with pytest.raises(UserError) as refused:
                    read(path, path.name)
                assert refused.value.code.startswith("reading.")
    finally:
        done.set()
        thread.join()
        store.close()
    assert failed == []
