"""Personal data never get into the store, nor out of it."""

from __future__ import annotations

import io
import json
import logging
import stat
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from access.policy import Viewer
from commands import importing
from data.importing import batches, privacy, rejects
from data.importing.committing import commit
from data.importing.preparing import prepare, prepared
from data.instruments.model import Kind, Variable
from data.instruments.workbook import read_kobo
from data.reading import read
from data.store import open_store
from tests.reading_cases import archive
from tests.test_import_commit import VILLAGE, prepare_store, workbook

SECRETS = (
    "Siti Aminah",
    "SITI AMINAH",
    "Aminah",
    "Budi Santoso",
    "1802024501010001",
    "1802021212800002",
    "081234567890",
    "+62 812-3456-7890",
    "siti@contoh.id",
    "Rukmini Hartati",
    "1802 0203 0390 0003",
)
HEADER = ["nama", "nik", "desa", "pendapatan", "miskin", "catatan", "No HP", "Nama ibu kandung", "Keterangan", "_uuid"]
ROWS = [
    HEADER,
    [
        "Siti Aminah",
        "1802024501010001",
        VILLAGE,
        "1000",
        "ya",
        "Bu SITI AMINAH, anak Rukmini Hartati: 081234567890 atau siti@contoh.id",
        "081234567890",
        "Rukmini Hartati",
        "x",
        "u1",
    ],
    [
        "Budi Santoso",
        "1802021212800002",
        VILLAGE,
        "1802024501010001",
        "081234567890",
        "NIK 1802 0203 0390 0003",
        "+62 812-3456-7890",
        "x",
        "Budi Santoso tidak ada di rumah",
        "u2",
    ],
    ["Budi Santoso", "18020212", VILLAGE, "siti@contoh.id", "Budi Santoso", "aman", "081234567890", "x", "Ni Luh Sari", "u3"],
]


def everything_in(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.rglob("*") if path.is_file())


def test_no_planted_secret_is_in_the_store_the_logs_or_what_goes_out(
    tmp_path: Path,
    viewer: Viewer,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from tests import test_import_commit

    survey = test_import_commit.SURVEY.replace("text | desa |", "text | catatan | Catatan | Note | | | |\ntext | desa |", 1)
    caplog.set_level(logging.DEBUG)
    store = open_store(tmp_path / "store")
    prepare_store(store, viewer)
    from data.instruments.adding import add

    add(
        store,
        viewer,
        workbook(
            survey=survey,
            choices=test_import_commit.CHOICES,
            settings=test_import_commit.SETTINGS.replace("| 1 |", "| 2 |"),
            design=test_import_commit.DESIGN,
        ),
        "warga.xlsx",
    )
    ready = prepare(store, viewer, workbook(warga=ROWS), "warga.xlsx", instrument="warga", round="2024")
    batch = commit(store, viewer, ready)
    out = [
        rejects.workbook(ready, "id"),
        json.dumps(importing.as_json(ready, batch, "id")).encode(),
        repr(ready).encode(),
    ]
    out += [
        table.to_csv().encode()
        for table in (
            batches.batches(store, viewer),
            batches.forms(store, viewer, batch),
            batches.findings(store, viewer, batch),
            batches.history(store, viewer, batch),
        )
    ]
    importing._print(ready, batch, "id")
    out += [capsys.readouterr().out.encode(), caplog.text.encode()]
    with store.reading() as cursor:
        tables = [
            f'"{schema}"."{table}"'
            for schema, table in cursor.execute(
                "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal"
            ).fetchall()
        ]
        out += [
            str(
                cursor.execute(
                    f"SELECT * EXCLUDE (content) FROM {table}" if table.endswith('."instrument"') else f"SELECT * FROM {table}"  # noqa: S608
                ).fetchall()
            ).encode()
            for table in tables
        ]
        texts = cursor.execute("SELECT catatan FROM responses.warga_warga ORDER BY _row").fetchall()
        assert texts == [("Bu […], anak […]: […] atau […]",)]
    store.close()
    out.append(everything_in(tmp_path / "store"))
    out += [zipfile.ZipFile(io.BytesIO(out[0])).read(name) for name in zipfile.ZipFile(io.BytesIO(out[0])).namelist()]
    found = {secret for secret in SECRETS for text in out if secret.encode() in text}
    assert found == set()
    assert {(one.column, str(one.reason), one.is_hashed) for one in ready.personal_data_dropped} == {
        ("nama", "name", False),
        ("nik", "respondent", True),
    }


SURVEY = [
    {"type": "text", "name": "nama_kepala", "label": "Nama kepala keluarga"},
    {"type": "text", "name": "kebun", "label": "Kebun"},
    {"type": "text", "name": "catatan", "label": "Catatan"},
    {"type": "select_one air", "name": "air", "label": "Air"},
    {"type": "begin_repeat", "name": "anggota", "label": "Anggota"},
    {"type": "text", "name": "nama", "label": "Nama"},
    {"type": "text", "name": "keluhan", "label": "Keluhan"},
    {"type": "end_repeat"},
]
CHOICES = [{"list_name": "air", "name": "melati", "label": "Melati"}]


def test_names_are_struck_out_of_the_texts_of_their_own_household_and_of_no_other() -> None:
    instrument = read_kobo({"survey": SURVEY, "choices": CHOICES}, id_string="f", version="1", title="f")
    households = """nama_kepala,kebun,catatan,air,_index,_uuid
I Made Melati,melati,"Pak Made Melati sakit, anaknya si Wayan juga",melati,1,a
tidak ada,-,tidak ada keluhan dari Made,melati,2,b
Mawar binti Sri,mawar,Mawarni menjual bunga mawar; kata bu Sri-Mulyani,melati,3,c
"""
    members = """nama,keluhan,_index,_parent_index
Wayan Putra,demam kata Made,1,1
,"Wayan, bukan Mawar",2,3
"""
    content = archive({"f.csv": households.encode(), "anggota.csv": members.encode()})
    result = prepared(read(content, "f.zip"), instrument, round="r", key=b"k" * 32)
    assert result.frames["f"].select(["kebun", "catatan", "air"]).to_pylist() == [
        {"kebun": "[…]", "catatan": "Pak […] sakit, anaknya si […] juga", "air": "melati"},
        {"kebun": "-", "catatan": "tidak ada keluhan dari Made", "air": "melati"},
        {"kebun": "[…]", "catatan": "Mawarni menjual bunga […]; kata bu Sri-Mulyani", "air": "melati"},
    ]
    assert result.frames["anggota"]["keluhan"].to_pylist() == ["demam kata […]", "Wayan, bukan […]"]
    assert [(one.form, one.row, one.column, one.value) for one in result.findings if one.code == "named_in_text"] == [
        ("f", 2, "kebun", None),
        ("f", 4, "kebun", None),
        ("f", 2, "catatan", None),
        ("f", 4, "catatan", None),
        ("anggota", 2, "keluhan", None),
        ("anggota", 3, "keluhan", None),
    ]


def test_the_key_of_the_hashes_lies_beside_the_store_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = privacy.secret(tmp_path)
    assert len(first) == 32
    assert privacy.secret(tmp_path) == first
    assert stat.S_IMODE((tmp_path / privacy.KEY_FILE).stat().st_mode) == 0o600


def test_a_person_has_the_same_hash_in_every_file_and_another_one_under_another_key() -> None:
    texts = pa.array(["1802024501010001", "'1802024501010001 ", "1802024501010001.0", "1802021212800002", None, "1.8E+15"])
    first = privacy.hashed(texts, b"a" * 32).to_pylist()
    assert first[0] == first[1] == first[2] != first[3]
    assert first[4:] == [None, None], "a number that a spreadsheet has rounded is nobody's"
    assert privacy.hashed(texts, b"b" * 32)[0].as_py() != first[0]


@pytest.mark.parametrize(
    ("name", "label", "reason"),
    [
        ("nama", "", "name"),
        ("respondent_name", "", "name"),
        ("q7", "Nama kepala keluarga", "name"),
        ("nama_desa", "Nama desa", None),
        ("name", "Restaurant name", None),
        ("nik_krt", "", "nik"),
        ("q1", "Nomor KK", "kk"),
        ("jumlah_kk", "Jumlah KK", None),
        ("no_hp", "", "phone"),
        ("email", "", "email"),
        ("alamat_rumah", "", "address"),
        ("pendapatan", "Pendapatan", None),
        ("latitude", "", "position"),
        ("nama_usaha", "Nama usaha pemilik", None),
        ("kegiatan", "Nama kegiatan", None),
    ],
)
def test_a_column_is_known_by_what_it_is_called(name: str, label: str, reason: str | None) -> None:
    found = privacy.by_name(Variable(name=name, kind=Kind.TEXT, path=(name,), labels={"id": label} if label else {}))
    assert (found and str(found)) == reason


@pytest.mark.parametrize(
    ("text", "is_nik"),
    [
        ("1802024501010001", True),
        ("1802020501010001", True),
        ("9902020501010001", False),
        ("1802023201010001", False),
        ("1802020513010001", False),
        ("180202050101000", False),
    ],
)
def test_sixteen_digits_are_an_identity_number_where_they_hold_a_province_and_a_birthday(text: str, is_nik: bool) -> None:
    assert privacy.is_nik(text) == is_nik
