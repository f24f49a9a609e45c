"""Freezing what the store says, and verifying it later."""
from __future__ import annotations

import dataclasses
import gzip
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from access.policy import NotAllowed, Role, Viewer, person_at_this_machine
from data import results, snapshots
from data.errors import UserError
from data.importing import batches
from data.register import changes
from data.store import Store, open_store
from publishing import canonical, html
from publishing.freeze import freeze, publish
from publishing.verify import read, verify
from tests import snapshot_store

VIEWER = person_at_this_machine()
WATER = "service_access.safe_water"
LAST_DAY = date(2025, 12, 31)


@pytest.fixture(scope="module")
def closed(tmp_path_factory) -> Path:
    return snapshot_store.filled(tmp_path_factory)


@pytest.fixture(scope="module")
def filled(closed: Path, tmp_path_factory) -> Iterator[Store]:
    """A store nobody writes to."""
    yield from _copied(closed, tmp_path_factory.mktemp("read") / "store")


@pytest.fixture
def own(closed: Path, tmp_path: Path) -> Iterator[Store]:
    """A store for one test to write to."""
    yield from _copied(closed, tmp_path / "own")


def _copied(closed: Path, directory: Path) -> Iterator[Store]:
    shutil.copytree(closed, directory)
    store = open_store(directory)
    yield store
    store.close()


def frozen(store, **facts):
    return freeze(store, VIEWER, **{"partnership": "air-bersih", "title": "Air bersih 2025", "as_of": LAST_DAY, **facts})


def entry(document, id=WATER):
    return next(each for each in document["indicators"] if each["id"] == id)


def test_a_snapshot_holds_what_the_results_say_to_twelve_digits(filled):
    document = frozen(filled)
    official = dataclasses.replace(VIEWER, roles=frozenset({Role.OFFICIAL}))
    rows = results.estimates(filled, official, indicators=[WATER], by="partnership", domains=["air-bersih"])
    by_round = {row["round"]: row for row in rows.to_dict("records")}
    assert [each["round"] for each in entry(document)["estimates"]] == ["awal", "akhir"]
    for each in entry(document)["estimates"]:
        row = by_round[each["round"]]
        assert each == {
            "round": row["round"], **{field: float(f"{row[field]:.12g}") for field in ("estimate", "se", "lower", "upper")},
            "n": 60, "psus": int(row["psus"]), "strata": 1, "df": int(row["psus"]) - 1, "reliability": row["reliability"],
            "withheld": False, "reason": None, "covered": 2, "expected": 2,
        }
    assert entry(document)["change"]["estimate"] == pytest.approx(
        entry(document)["estimates"][1]["estimate"] - entry(document)["estimates"][0]["estimate"], rel=1e-9)
    assert entry(document)["target"] == {
        "comparison": "at_least", "value": 0.95, "upper_value": None, "due_on": "2027-12-31", "basis": "agreement",
        "source": "Perjanjian 04/2023, pasal 5",
    }


def test_a_snapshot_says_whose_it_is_and_what_it_rests_on(filled):
    document = frozen(filled, narrative="  Sumur bor selesai.  ", made_by="Tim Penilai")
    files = batches.batches(filled, VIEWER).sort_values("id")
    assert {key: document[key] for key in ("format", "title", "narrative", "made_by", "as_of", "partnership", "method")} == {
        "format": "pantau.snapshot/1", "title": "Air bersih 2025", "narrative": "Sumur bor selesai.", "made_by": "Tim Penilai",
        "as_of": "2025-12-31",
        "partnership": {
            "id": "air-bersih", "name": "Kemitraan Air Bersih", "kind": {"id": "Bilateral", "en": "Bilateral"},
            "is_example": False,
            "members": [{"code": "18.02.02.2005", "name": "Bangun Rejo"}, {"code": "18.02.02.2006", "name": "Sido Luhur"}],
            "comparison": [{"code": "18.02.02.2010", "name": "Sinar Seputih"}],
        },
        "method": {"version": "1", "interval": 0.95, "min_cell": 5, "min_coverage": 0.5, "sure_from": 0.9},
    }
    assert [each["id"] for each in document["rounds"]] == ["awal", "akhir"]
    # 90 households and 180 members in each file
    assert [(each["file"], each["sha256"], each["rows_read"], each["rows_accepted"]) for each in document["sources"]] == [
        ("rumah tangga awal.xlsx", files["sha256"].iloc[0], 270, 270),
        ("rumah tangga akhir.xlsx", files["sha256"].iloc[1], 270, 270),
    ]


def test_a_batch_that_mended_rows_completed_is_named_with_both_files(own):
    with own.writing(VIEWER, "test") as cursor:
        cursor.execute("INSERT INTO batch_file SELECT batch, 2, 'ditolak diperbaiki.xlsx', 'beef', 10, format, imported_at, "
                       "'local' FROM batch_file WHERE batch = 1")
    document = frozen(own)
    assert [(each["file"], each["completed_by"]) for each in document["sources"]] == [
        ("rumah tangga awal.xlsx", [{"file": "ditolak diperbaiki.xlsx", "sha256": "beef"}]), ("rumah tangga akhir.xlsx", [])]
    assert "ditolak diperbaiki.xlsx" in html.render(document, "id")


def test_comparison_villages_are_in_a_snapshot_beside_the_members(filled):
    assert [each["n"] for each in entry(frozen(filled))["comparison"]] == [30, 30]


def test_rounds_that_end_later_are_not_in_a_snapshot(filled):
    document = frozen(filled, as_of=date(2024, 1, 1))
    assert [each["id"] for each in document["rounds"]] == ["awal"]
    assert [each["round"] for each in document["sources"]] == ["awal"]
    assert entry(document)["change"] is None


def test_small_cells_are_withheld_whoever_makes_the_snapshot(own):
    changes.save(own, VIEWER, "settings", {"name": "min_cell", "value": 31})  # the 30 of the comparison village are too few
    estimates = entry(frozen(own))["comparison"]
    assert [(each["withheld"], each["reason"]) for each in estimates] == [(True, "too_few")] * 2
    assert {each[field] for each in estimates for field in ("estimate", "se", "lower", "upper", "n", "psus", "df")} == {None}


def test_a_page_is_made_from_what_was_frozen(filled):
    for language in ("id", "en"):
        page = html.render(frozen(filled), language).encode()
        assert len(page) < html.MOST_BYTES


@pytest.mark.parametrize(("facts", "code"), [
    ({"partnership": "tidak-ada"}, "register.unknown_partnership"), ({"title": "  "}, "snapshot.no_title"),
    ({"title": "x" * 201}, "snapshot.title_too_long"), ({"narrative": "x" * 4001}, "snapshot.narrative_too_long"),
    ({"as_of": date(2020, 1, 1)}, "snapshot.nothing"),
])
def test_what_cannot_be_published_is_refused(filled, facts, code):
    with pytest.raises(UserError) as refused:
        frozen(filled, **facts)
    assert refused.value.code == code


def test_who_may_not_publish_may_not_freeze(filled):
    with pytest.raises(NotAllowed):
        freeze(filled, Viewer(name="camat", roles=frozenset({Role.OFFICIAL})), partnership="air-bersih", title="x")


def test_a_published_snapshot_is_kept_with_its_identity_and_verifies(own):
    kept = publish(own, VIEWER, partnership="air-bersih", title="Air bersih 2025", as_of=LAST_DAY)
    content = snapshots.document(own, VIEWER, kept.identity)
    document, identity = read(content, "a.json")
    assert (identity, canonical.encode(document)) == (kept.identity, content)
    found = verify(own, VIEWER, document)
    assert (found.holds, found.differences, found.identity) == (True, (), kept.identity)
    assert found.figures > 200


def test_verifying_names_each_figure_that_no_longer_holds(own):
    document = frozen(own)
    before = {each["round"]: each for each in entry(document)["estimates"]}
    batches.withdraw(own, VIEWER, 2)
    found = verify(own, VIEWER, document)
    lost = [each for each in found.differences if each.indicator == WATER]
    assert {(each.what, each.round, each.frozen, each.now) for each in lost if each.what.startswith("estimates.")} == {
        (f"estimates.{field}", "akhir", before["akhir"][field], None) for field in ("estimate", "lower", "upper", "n")}
    assert {each.what for each in lost} >= {"change.estimate", "comparison.estimate"}
    assert not any(each.round == "awal" for each in found.differences)


def test_a_target_changed_since_is_a_difference(own):
    document = frozen(own)
    changed = {**dict(snapshot_store.RECORDS[-1][1]), "value": 96}
    changes.save(own, VIEWER, "targets", changed)
    assert [(each.indicator, each.what, each.frozen, each.now) for each in verify(own, VIEWER, document).differences
            if each.what == "target"] == [(WATER, "target", 0.95, 0.96)]


@pytest.mark.parametrize("how", ["plain", "packed", "page"])
def test_a_document_is_read_from_its_file_its_packed_file_and_its_page(filled, how):
    document = frozen(filled)
    content = canonical.encode(document)
    file = {"plain": content, "packed": gzip.compress(content), "page": html.render(document, "id").encode()}[how]
    assert read(file, "x") == (document, canonical.identity(content))


@pytest.mark.parametrize("content", [b"", b"{}", b"halo", b"<html></html>", b"\x1f\x8b broken", b'{"format":"other/1"}',
                                     gzip.compress(b" " * 30_000_000)])
def test_what_is_no_document_is_refused_in_words(content):
    with pytest.raises(UserError) as refused:
        read(content, "x")
    assert refused.value.code == "snapshot.not_a_document"


def test_a_changed_figure_gives_another_identity(filled):
    document = frozen(filled)
    content = canonical.encode(document)
    entry(document)["estimates"][0]["estimate"] += 1e-9
    assert read(canonical.encode(document), "x")[1] != canonical.identity(content)
