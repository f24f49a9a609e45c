"""The commands import, batch and correct, as a person or a script calls them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from access.policy import Viewer
from commands import correcting, importing, program
from data.store import open_store
from tests.test_import_commit import GOOD, changed, prepare_store, workbook


@pytest.fixture
def ready(tmp_path: Path, viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    store = open_store(tmp_path / "store")
    prepare_store(store, viewer)
    # A command's process ends and closes the store; here one process runs several commands.
    monkeypatch.setattr(importing, "open_store", lambda directory: store)
    monkeypatch.setattr(correcting, "open_store", lambda directory: store)
    yield tmp_path
    store.close()


def run(ready: Path, capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert program.main([*arguments, "--store", str(ready / "store")], serve=lambda args: 0) == code
    said = capsys.readouterr()
    return said.out if code == 0 or "--json" in arguments else said.err


def as_json(ready: Path, capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    return json.loads(run(ready, capsys, *arguments, "--json", code=code))


def file(ready: Path, content: bytes, name: str = "warga.xlsx") -> str:
    (ready / name).write_bytes(content)
    return str(ready / name)


WHERE = ("--instrument", "warga", "--round", "2024")


def test_import_prints_one_object_with_everything_that_became_of_the_file(
    ready: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = file(ready, workbook(warga=changed(3, "pendapatan", "satu juta")))
    told = as_json(ready, capsys, "import", path, *WHERE)
    assert {key: told[key] for key in ("batch", "round", "dialect")} == {"batch": 1, "round": "2024", "dialect": "kobo"}
    form = told["forms"]["warga"]
    assert {key: form[key] for key in ("rows_read", "rows_accepted", "rows_rejected", "rows_left_out", "unmapped")} == {
        "rows_read": 3,
        "rows_accepted": 2,
        "rows_rejected": 1,
        "rows_left_out": 0,
        "unmapped": [],
    }
    assert form["mapping"]["air/pipa"] == "air/pipa"
    assert [(one["column"], one["reason"], one["is_hashed"]) for one in told["personal_data_dropped"]] == [
        ("nama", "name", False),
        ("nik", "respondent", True),
    ]
    assert [one for one in told["findings"] if one["severity"] == "error"] == [
        {
            "code": "not_number",
            "severity": "error",
            "form": "warga",
            "sheet": "warga",
            "row": 3,
            "column": "pendapatan",
            "cell": "warga!D3",
            "value": "satu juta",
            "message": "Baris 3, kolom 'pendapatan' (warga!D3): 'satu juta' bukan angka. Tulis rupiah dalam angka, mis. 1000000.",
        }
    ]


def test_a_dry_run_stores_nothing_and_still_writes_the_rejects(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = file(ready, workbook(warga=changed(3, "pendapatan", "satu juta")))
    told = as_json(ready, capsys, "import", path, *WHERE, "--dry-run", "--rejects", str(ready / "tolak.xlsx"))
    assert told["batch"] is None
    assert openpyxl.load_workbook(ready / "tolak.xlsx")["warga"]["C2"].value == "satu juta"
    assert as_json(ready, capsys, "batch", "list") == []


def test_what_cannot_be_imported_exits_1_with_its_code(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = as_json(ready, capsys, "import", file(ready, b"\x00\x01\x02", "rusak.xlsx"), *WHERE, code=1)
    assert set(told["error"]) == {"code", "message"}
    assert told["error"]["code"].startswith("reading.")
    assert "tidak ada" in run(ready, capsys, "import", str(ready / "hilang.xlsx"), *WHERE, code=1)


def test_a_mapping_is_saved_edited_and_used_again(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = b"kode,uang masuk,miskin\n18.02.02.2005,5,ya\n"
    path = file(ready, content, "lain.csv")
    first = as_json(ready, capsys, "import", path, *WHERE, "--dry-run", "--save-mapping", str(ready / "peta.json"))
    assert first["forms"]["warga"]["unmapped"] == ["kode", "uang masuk"]
    held = json.loads((ready / "peta.json").read_text())
    held["columns"]["warga"] |= {"kode": "desa", "uang masuk": "pendapatan"}
    (ready / "peta.json").write_text(json.dumps(held))
    second = as_json(ready, capsys, "import", path, *WHERE, "--mapping", str(ready / "peta.json"))
    assert second["forms"]["warga"]["mapping"] == {"kode": "desa", "uang masuk": "pendapatan", "miskin": "miskin"}
    third = as_json(ready, capsys, "import", file(ready, content.replace(b",5,", b",6,"), "lain2.csv"), *WHERE)
    assert third["forms"]["warga"]["mapping"] == second["forms"]["warga"]["mapping"], (
        "the same columns map themselves the next time"
    )
    (ready / "peta.json").write_text('{"columns": {"warga": {"kode": "tak_ada"}}}')
    assert as_json(ready, capsys, "import", path, *WHERE, "--mapping", str(ready / "peta.json"), code=1)["error"]["code"] in {
        "import.mapping_variable",
        "import.file_again",
    }


def test_batches_are_listed_withdrawn_shown_and_restored(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    as_json(ready, capsys, "import", file(ready, GOOD), *WHERE)
    assert as_json(ready, capsys, "batch", "withdraw", "1") == {"batch": 1, "state": "withdrawn"}
    assert [(row["id"], row["state"]) for row in as_json(ready, capsys, "batch", "list")] == [(1, "withdrawn")]
    assert as_json(ready, capsys, "batch", "withdraw", "1", code=1)["error"]["code"] == "import.batch_already"
    assert "dipulihkan" in run(ready, capsys, "batch", "restore", "1")
    shown = run(ready, capsys, "batch", "show", "1", "--language", "en")
    assert "Form warga: 3 rows read = 3 accepted + 0 rejected + 0 left out." in shown
    assert [line.split("  ")[2] for line in shown.splitlines() if "local" in line] == ["imported", "withdrawn", "restored"]


def test_a_correction_is_set_listed_and_exported(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    as_json(ready, capsys, "import", file(ready, GOOD), *WHERE)
    assert as_json(
        ready,
        capsys,
        "correct",
        "set",
        "--batch",
        "1",
        "--form",
        "warga",
        "--row",
        "2",
        "--variable",
        "pendapatan",
        "--value",
        "2 juta",
        "--why",
        "salah baca",
    ) == {"corrected": 1}
    (entry,) = as_json(ready, capsys, "correct", "list")
    assert (entry["old"], entry["new"], entry["why"]) == ("1500000", "2000000", "salah baca")
    run(ready, capsys, "correct", "export", str(ready / "koreksi.csv"))
    assert as_json(ready, capsys, "correct", "import", str(ready / "koreksi.csv")) == {"corrected": 0}
