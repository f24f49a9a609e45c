"""The commands register, round, areas and progress, as a person types them."""
from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands import program
from data.register.layout import write
from tests.test_register_workbook import RECORDS


def run(store: Path, *arguments: str) -> int:
    return program.main([*arguments, "--store", str(store)], serve=lambda args: 0)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def workbook(tmp_path: Path) -> str:
    path = tmp_path / "register.xlsx"
    path.write_bytes(write(RECORDS))
    return str(path)


def test_a_workbook_is_shown_then_applied_and_nothing_the_second_time(
    directory: Path, workbook: str, capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(directory, "register", "apply", workbook, "--dry-run") == 0
    assert "catatan akan berubah" in capsys.readouterr().out
    assert run(directory, "round", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []
    assert run(directory, "register", "apply", workbook) == 0
    assert "Kemitraan: air-bersih: ditambahkan" in capsys.readouterr().out
    assert run(directory, "register", "apply", workbook, "--json") == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []


def test_the_export_and_the_template_are_workbooks_that_can_be_applied(
    directory: Path, workbook: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    run(directory, "register", "apply", workbook)
    for what in ("export", "template"):
        path = str(tmp_path / f"{what}.xlsx")
        assert run(directory, "register", what, path) == 0
        capsys.readouterr()
        assert run(directory, "register", "apply", path, "--language", "en") == 0
        assert "Nothing changes" in capsys.readouterr().out


def test_a_workbook_with_an_error_is_refused_with_its_cell(
    directory: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "salah.xlsx"
    path.write_bytes(write(RECORDS | {"members": [{"partnership": "air-bersih", "village": "18.02.02.2999", "role": "member"}]}))
    assert run(directory, "register", "apply", str(path)) == 1
    assert "Lembar 'Anggota', baris 2 (B2): desa 18.02.02.2999 tidak dikenal." in capsys.readouterr().out
    assert run(directory, "register", "apply", str(tmp_path / "tidak-ada.xlsx")) == 1
    assert "tidak-ada.xlsx" in capsys.readouterr().err


def test_rounds_are_added_by_hand(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(directory, "round", "add", "2024", "--kind", "baseline", "--from", "2024-03-01", "--to", "31/3/2024") == 0
    assert run(directory, "round", "add", "2025", "--kind", "routine", "--from", "2025-03-31", "--to", "2025-03-01") == 1
    assert "lebih awal" in capsys.readouterr().out
    assert run(directory, "round", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out) == [
        {"id": "2024", "name": "2024", "kind": "baseline", "starts_on": "2024-03-01", "ends_on": "2024-03-31"},
    ]


def test_progress_prints_json_csv_and_a_table(directory: Path, workbook: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(directory, "progress") == 0
    assert "Belum ada kemitraan" in capsys.readouterr().out
    run(directory, "register", "apply", workbook)
    capsys.readouterr()
    assert run(directory, "progress", "--format", "json", "--partnership", "air-bersih") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["indicator"], row["target"], row["target_on"], row["status"], row["estimate"]) == (
        "toy.water", 0.85, "2027-12-31", "not_enough_data", None)
    assert run(directory, "progress", "--format", "csv") == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("air-bersih,toy.water,")
    assert run(directory, "progress", "--language", "en") == 0
    assert "Not enough data" in capsys.readouterr().out
    assert run(directory, "progress", "--partnership", "tidak-ada") == 1
    assert "tidak-ada" in capsys.readouterr().err


def test_codes_and_boundaries_come_in(directory: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    codes = tmp_path / "kode.csv"
    codes.write_text("kode,nama\n18,Lampung\n", encoding="utf-8")
    assert run(directory, "areas", "import", str(codes), "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"areas": 1, "added": 1, "renamed": 0, "retired": 0, "revived": 0}
    assert run(directory, "areas", "boundaries", str(codes)) == 1
    assert "GeoJSON" in capsys.readouterr().err
