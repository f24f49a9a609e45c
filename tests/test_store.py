"""The store: migrations, one writer, whole transactions, the audit trail, and who has it open."""
from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from access.policy import Viewer
from data.errors import UserError
from data.store import FILE_NAME, MIGRATIONS, Store, open_store, quoted

ROOT = Path(__file__).resolve().parents[1]


def _audit(store: Store) -> list[tuple[object, ...]]:
    with store.reading() as cursor:
        return cursor.execute("SELECT viewer, action, details FROM audit ORDER BY id").fetchall()


def test_every_migration_runs_once_and_a_store_opens_again_as_it_was(tmp_path: Path, viewer: Viewer):
    first = open_store(tmp_path)
    with first.writing(viewer, "test.write", rows=1):
        pass
    first.close()
    second = open_store(tmp_path)
    with second.reading() as cursor:
        names = [row[0] for row in cursor.execute("SELECT name FROM migration ORDER BY name").fetchall()]
    assert names == sorted(script.stem for script in MIGRATIONS.glob("*.sql"))
    assert _audit(second) == [("local", "test.write", '{"rows": 1}')]
    assert second.data_version == 1
    second.close()


def test_a_write_that_fails_leaves_nothing_behind(store: Store, viewer: Viewer):
    with pytest.raises(RuntimeError), store.writing(viewer, "test.fail") as cursor:
        cursor.execute("CREATE TABLE half (a INTEGER)")
        raise RuntimeError("in the middle")
    with store.reading() as cursor:
        tables = {row[0] for row in cursor.execute("SELECT table_name FROM information_schema.tables").fetchall()}
    assert "half" not in tables
    assert _audit(store) == []
    assert store.data_version == 0


def test_a_reader_sees_the_store_as_it_was_when_it_began(store: Store, viewer: Viewer):
    with store.reading() as reader:
        before = reader.execute("SELECT data_version FROM store_state").fetchone()
        with store.writing(viewer, "test.write"):
            pass
        during = reader.execute("SELECT data_version FROM store_state").fetchone()
    assert (before, during, store.data_version) == ((0,), (0,), 1)


def test_writers_on_many_threads_all_succeed_one_after_the_other(store: Store, viewer: Viewer):
    with store.writing(viewer, "test.table") as cursor:
        cursor.execute("CREATE TABLE counter (n INTEGER)")
        cursor.execute("INSERT INTO counter VALUES (0)")

    def add_one() -> None:
        with store.writing(viewer, "test.add") as cursor:
            cursor.execute("UPDATE counter SET n = n + 1")

    threads = [threading.Thread(target=add_one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as cursor:
        assert cursor.execute("SELECT n FROM counter").fetchone() == (20,)
    assert store.data_version == 21


def test_a_second_process_is_told_which_file_is_open(store: Store):
    second = subprocess.run(
        [sys.executable, "app.py", "instrument", "list", "--store", str(store.directory), "--language", "en"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )
    assert second.returncode == 1
    assert second.stderr == (
        f"The store {store.directory / FILE_NAME} is open in another Pantau. "
        "Close that one first, or choose another store with --store.\n"
    )


def test_a_store_of_a_newer_pantau_is_refused(tmp_path: Path, viewer: Viewer):
    older = open_store(tmp_path)
    with older.writing(viewer, "test.newer") as cursor:
        cursor.execute("INSERT INTO migration VALUES ('9999_of_the_future', '2030-01-01')")
    older.close()
    with pytest.raises(UserError) as refusal:
        open_store(tmp_path)
    assert refusal.value.code == "store.newer"
    assert refusal.value.params["migration"] == "9999_of_the_future"


def test_a_file_that_is_no_store_is_named(tmp_path: Path):
    (tmp_path / FILE_NAME).write_bytes(b"not a database at all" * 1000)
    with pytest.raises(UserError) as refusal:
        open_store(tmp_path)
    assert refusal.value.code == "store.not_readable"
    assert refusal.value.params["path"] == str(tmp_path / FILE_NAME)


def test_a_quoted_name_cannot_end_its_quotes():
    assert quoted('a"; DROP TABLE audit; --') == '"a""; DROP TABLE audit; --"'


def test_numbers_of_many_digits_are_not_squeezed_and_answers_still_are(store: Store, viewer: Viewer) -> None:
    with store.writing(viewer, "test.write") as cursor:
        cursor.execute("CREATE TABLE many AS SELECT sqrt(range + 1) AS digits, (range % 977) * 1.5::DOUBLE AS answer "
                       "FROM range(200000)")
    with store.checkpointed(), store.reading() as cursor:
        used = dict(cursor.execute(
            "SELECT column_name, list(DISTINCT compression) FROM pragma_storage_info('many') WHERE segment_type = 'DOUBLE' "
            "GROUP BY column_name").fetchall())
    assert "ALPRD" not in used["digits"]
    assert used["answer"] == ["ALP"]
