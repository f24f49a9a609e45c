"""The store in one file: what comes back is what went in, or nothing does."""
from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from access.policy import Viewer
from commands import program
from data import backup
from data.errors import UserError
from data.store import FILE_NAME, Store, open_store


@pytest.fixture
def made(store: Store, viewer: Viewer, tmp_path: Path) -> Path:
    with store.writing(viewer, "test.write") as cursor:
        cursor.execute("CREATE TABLE answer (n INTEGER)")
        cursor.execute("INSERT INTO answer SELECT range FROM range(1000)")
    (store.directory / "respondent.key").write_bytes(b"k" * 32)
    backup.write(store, viewer, tmp_path / "pantau.zip")
    return tmp_path / "pantau.zip"


def test_a_restored_store_holds_the_rows_and_the_files_of_the_old_one(made: Path, tmp_path: Path, viewer: Viewer):
    backup.restore(made, tmp_path / "new")
    again = open_store(tmp_path / "new")
    with again.reading() as cursor:
        assert cursor.execute("SELECT count(*), sum(n) FROM answer").fetchone() == (1000, 499500)
    assert (tmp_path / "new" / "respondent.key").read_bytes() == b"k" * 32
    found = backup.check(again, viewer)
    assert (found.rows["main.answer"], found.unreadable) == (1000, ())
    again.close()


def test_a_store_is_never_written_over(made: Path, store: Store, viewer: Viewer):
    with pytest.raises(UserError, match=r"backup\.store_exists"):
        backup.restore(made, store.directory)
    with pytest.raises(UserError, match=r"backup\.exists"):
        backup.write(store, viewer, made)


def test_a_damaged_backup_restores_nothing(made: Path, tmp_path: Path):
    damaged = tmp_path / "damaged.zip"
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(damaged, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"something else" if name == "respondent.key" else old.read(name))
    with pytest.raises(UserError, match=r"backup\.damaged"):
        backup.restore(damaged, tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_backup_cannot_write_outside_the_directory(made: Path, tmp_path: Path):
    hostile = tmp_path / "hostile.zip"
    with zipfile.ZipFile(hostile, "w") as archive:
        archive.writestr(backup.MANIFEST, '{"../outside.txt": "0"}')
        archive.writestr("../outside.txt", b"x")
    with pytest.raises(UserError, match=r"backup\.damaged"):
        backup.restore(hostile, tmp_path / "new")
    assert not (tmp_path / "outside.txt").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"text"])
def test_what_is_no_backup_is_refused_in_words(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "x.zip").write_bytes(content)
    words = ["restore", str(tmp_path / "x.zip"), "--store", str(tmp_path / "new"), "--language", "en"]
    code = program.main(words, serve=lambda _: 0)
    assert code == 1
    assert capsys.readouterr().err == (
        f"The file {tmp_path / 'x.zip'} is not a backup of Pantau, or it is cut short. Check the file, or use another backup.\n"
    )


def test_the_commands_make_check_and_restore(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "pantau.zip"

    def run(*words: str) -> tuple[int, str]:
        return program.main([*words, "--language", "en"], serve=lambda _: 0), capsys.readouterr().out

    assert run("backup", str(file), "--store", str(old)) == (0, f"Backup {file} made: 1 files.\n")
    assert run("restore", str(file), "--store", str(new)) == (0, f"Store {new} restored: 1 files.\n")
    code, words = run("check", "--store", str(new))
    assert code == 0
    assert words.startswith("The store is whole: ")
    assert (new / FILE_NAME).exists()
