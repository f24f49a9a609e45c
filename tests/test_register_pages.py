"""The pages of the register: who was a member when, what is wrong at its field, and names as they are written."""
from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from access.policy import Viewer
from data import boundaries, forum, needs
from data.register import changes, documents, listing
from data.store import Store
from pages.parts import forms
from pages.parts.words import plain
from tests.driven_pages import opened_page, texts
from tests.test_areas_boundaries import collection
from tests.test_needs_candidates import CODES, DRY, USUAL, WET, profiled
from tests.test_pages_partnership import ODD, read_as_markdown

A, B, C = "18.02.02.2001", "18.02.02.2002", "18.02.02.2003"


def save(store: Store, viewer: Viewer, sheet: str, **values: object) -> None:
    assert not changes.save(store, viewer, sheet, values).has_errors


@pytest.fixture
def registered(pages_store: Store, viewer: Viewer) -> Store:
    """Two partnerships in a store as pages open it."""
    for code, name in ((A, "Purwodadi"), (B, "Sido Dadi"), (C, "Cimarias")):
        save(pages_store, viewer, "villages", code=code, name=name)
    for id, name in (("air", "Air bersih"), ("pasar", "Pasar bersama")):
        save(pages_store, viewer, "partnerships", id=id, name=name, kind="bilateral")
    return pages_store


def expanders(page: AppTest) -> list[str]:
    return [each.label for each in page.expander]


def test_members_are_listed_by_when_they_were_members_the_coordinator_first(registered: Store, viewer: Viewer) -> None:
    for village, role, joined, left in (
        (A, "member", "2020-01-01", "2023-12-31"), (A, "member", "2025-01-01", None), (B, "lead", None, None),
        (C, "comparison", "2020-01-01", None),
    ):
        save(registered, viewer, "members", partnership="air", village=village, role=role, joined_on=joined, left_on=left)
    save(registered, viewer, "members", partnership="pasar", village=B, role="member", joined_on="2099-01-01")
    page = opened_page("register.py", kemitraan="air", bagian="members")
    assert [each.value for each in page.subheader] == [
        "Desa anggota (2)", "Desa pembanding, bukan anggota (1)", "Pernah menjadi anggota (1)"]
    village = {code: plain(f"{name} ({code})") for code, name in ((A, "Purwodadi"), (B, "Sido Dadi"), (C, "Cimarias"))}
    assert expanders(page)[:4] == [
        f"**{village[B]}** · Koordinator · sejak awal kemitraan",
        f"**{village[A]}** · Anggota · sejak 1 Januari 2025",
        f"**{village[C]}** · Pembanding · sejak 1 Januari 2020",
        f"**{village[A]}** · Anggota · 1 Januari 2020 sampai 31 Desember 2023",
    ]
    assert [each.value for each in opened_page("register.py", kemitraan="pasar", bagian="members").subheader] == [
        "Akan bergabung (1)"]


def test_a_village_in_several_partnerships_names_the_others(registered: Store, viewer: Viewer) -> None:
    for id in ("air", "pasar"):
        save(registered, viewer, "members", partnership=id, village=A, role="member")
    key = forms.fingerprint({"partnership": "air", "village": A, "joined_on": None})
    page = opened_page("register.py", kemitraan="air", bagian="members")
    page.session_state[f"air-members-{key}"] = True
    page.run()
    assert "Juga anggota: Pasar bersama" in [each.proto.label for each in page.get("page_link")]


def test_the_six_stages_stand_in_order_with_what_is_done(registered: Store, viewer: Viewer) -> None:
    save(registered, viewer, "partnerships", id="air", stage="drafting")
    for stage, done_on in (("offer", "2024-02-15"), ("preparation", "2024-01-15")):
        save(registered, viewer, "stages", partnership="air", stage=stage, done_on=done_on)
    page = opened_page("register.py", kemitraan="air", bagian="stages")
    assert [each.replace("\\", "") for each in expanders(page)] == [
        "**1. Persiapan** · 15 Januari 2024", "**2. Penawaran** · 15 Februari 2024",
        "**3. Penyusunan rancangan (tahap sekarang)** · belum dicatat selesai", "**4. Penandatanganan** · belum dicatat selesai",
        "**5. Pelaksanaan** · belum dicatat selesai", "**6. Pelaporan** · belum dicatat selesai",
    ]


def test_money_is_shown_to_the_rupiah_with_how_much_was_spent(registered: Store, viewer: Viewer) -> None:
    for year, planned, realised in ((2024, 240_500_250, 120_250_125), (2025, 100_000_000, None)):
        save(registered, viewer, "budget", partnership="air", year=year, money_source="village_fund", planned_rp=planned,
             realised_rp=realised)
    page = opened_page("register.py", kemitraan="air", bagian="budget")
    assert expanders(page)[:2] == [
        "**2025** · Dana Desa · anggaran Rp\u00a0100.000.000",
        "**2024** · Dana Desa · anggaran Rp\u00a0240.500.250, realisasi Rp\u00a0120.250.125 (50,0\u00a0%)",
    ]
    # 120,250,125 of 340,500,250 is 35.3 percent
    assert plain("Jumlah yang dicatat: anggaran Rp\u00a0340.500.250, realisasi Rp\u00a0120.250.125 (35,3\u00a0%).") in texts(page)


def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_stays(registered: Store, viewer: Viewer) -> None:
    page = opened_page("register.py", kemitraan="air", bagian="members")
    page.session_state["air-members-add"] = True
    page.run()
    place = "air-members-add-form-0"
    page.selectbox(key=f"{place}-village").select(A)
    page.selectbox(key=f"{place}-role").select("member")
    page.date_input(key=f"{place}-joined_on").set_value(date(2025, 1, 1))
    page.date_input(key=f"{place}-left_on").set_value(date(2024, 1, 1))
    page.button(key=f"FormSubmitter:{place}-Simpan").click().run()
    assert [each.value.replace("\\", "") for each in page.error] == [
        "Kolom 'Keluar': 1 Januari 2024 lebih awal daripada tanggal mulainya, 1 Januari 2025. Perbaiki salah satunya.",
        "Belum disimpan. Periksa: Keluar.",
    ]
    assert page.date_input(key=f"{place}-left_on").value == date(2024, 1, 1)
    page.date_input(key=f"{place}-left_on").set_value(None)
    page.button(key=f"FormSubmitter:{place}-Simpan").click().run()
    assert not page.exception and not page.error
    assert [each["village"] for each in listing.records(registered, viewer, "members", partnership="air")] == [A]
    assert page.selectbox(key="air-members-add-form-1-village").value is None, "an empty form for the next one"


def test_a_removed_record_gives_nothing_typed_to_its_neighbour(registered: Store, viewer: Viewer) -> None:
    for year in (2024, 2025):
        save(registered, viewer, "budget", partnership="air", year=year, money_source="self_help", planned_rp=year)
    page = opened_page("register.py", kemitraan="air", bagian="budget")
    keys = {year: "air-budget-" + forms.fingerprint({"partnership": "air", "year": year, "money_source": "self_help"})
            for year in (2024, 2025)}
    for key in keys.values():
        page.session_state[key] = True
    page.run()
    (typed,) = [each for each in page.text_input if each.label == "Anggaran (Rp)" and each.value == "2025"]
    typed.set_value("77")
    page.button(key=f"{keys[2025]}-remove").click().run()
    assert [each.value for each in page.text_input if each.label == "Anggaran (Rp)"] == ["2024"]


def test_what_is_added_never_writes_over_what_is_there(registered: Store, viewer: Viewer) -> None:
    budget = {"partnership": "air", "year": 2025, "money_source": "self_help"}
    assert not changes.put(registered, viewer, "budget", {**budget, "planned_rp": 5}, before=None).has_errors
    for sheet, values, column in (("budget", {**budget, "planned_rp": 9}, "money_source"),
                                  ("partnerships", {"id": "air", "name": "Air", "kind": "sector"}, "name")):
        found = changes.put(registered, viewer, sheet, values, before=None)
        assert [(each.code, each.column) for each in found.findings] == [("already_there", column)]
    assert [each["planned_rp"] for each in listing.records(registered, viewer, "budget")] == [5]
    assert [each["name"] for each in listing.records(registered, viewer, "partnerships")] == ["Air bersih", "Pasar bersama"]


def test_a_record_may_change_its_key_but_not_to_anothers(registered: Store, viewer: Viewer) -> None:
    for joined in ("2020-01-01", "2025-01-01"):
        save(registered, viewer, "members", partnership="air", village=A, role="member", joined_on=joined,
             left_on="2023-12-31" if joined[:4] == "2020" else None, note="tetap")
    (first, second) = listing.records(registered, viewer, "members")
    moved = changes.put(registered, viewer, "members", {**second, "joined_on": date(2024, 6, 1)}, before=second)
    assert moved.findings == ()
    assert [(each["joined_on"], each["left_on"], each["note"]) for each in listing.records(registered, viewer, "members")] == [
        (date(2020, 1, 1), date(2023, 12, 31), "tetap"), (date(2024, 6, 1), None, "tetap")]
    overlapping = changes.put(registered, viewer, "members", {**first, "left_on": date(2024, 12, 31)}, before=first)
    assert [each.code for each in overlapping.findings] == ["overlapping_terms"]
    onto = changes.put(registered, viewer, "members", {**first, "joined_on": date(2024, 6, 1), "left_on": None}, before=first)
    assert "already_there" in [each.code for each in onto.findings]
    assert len(listing.records(registered, viewer, "members")) == 2


def test_many_partnerships_are_searched_by_name_or_village(registered: Store, viewer: Viewer) -> None:
    assert not opened_page("register.py").text_input
    for number in range(8):
        save(registered, viewer, "partnerships", id=f"p{number}", name=f"Jalan {number}", kind="sector")
    save(registered, viewer, "members", partnership="p3", village=C, role="member")
    page = opened_page("register.py")
    page.text_input(key="cari").set_value("cimar").run()
    assert [each.value for each in page.markdown if each.value.startswith("**")] == ["**Jalan 3**"]
    page.text_input(key="cari").set_value("tidak ada").run()
    assert [each.value for each in page.info] == ["Tidak ada kemitraan yang cocok. Periksa ejaannya, atau kosongkan pencarian."]


@pytest.fixture
def oddly_named(registered: Store, viewer: Viewer) -> Store:
    """Whatever can be named or written is Markdown, if somebody read it as such."""
    save(registered, viewer, "villages", code=A, name=ODD)
    save(registered, viewer, "partnerships", id="air", name=ODD, purpose=ODD, agreement_number=ODD, note=ODD)
    save(registered, viewer, "members", partnership="air", village=A, role="member", note=ODD)
    save(registered, viewer, "members", partnership="pasar", village=A, role="member")
    save(registered, viewer, "third_parties", partnership="air", name=ODD, kind="university", contribution=ODD)
    save(registered, viewer, "stages", partnership="air", stage="offer", done_on="2024-01-01", note=ODD)
    save(registered, viewer, "budget", partnership="air", year=2024, money_source="other", planned_rp=5, note=ODD)
    documents.add(registered, viewer, "air", b"isi", f"{ODD}.pdf".replace("/", ""), "report")
    decision = forum.write(registered, viewer, "air", ODD, kind="decision")
    forum.follow_up(registered, viewer, "air", ODD, owner=ODD, due_on=date(2020, 1, 1), message=decision)
    done = forum.follow_up(registered, viewer, "air", ODD, owner=ODD, due_on=date(2020, 1, 1))
    forum.close(registered, viewer, done, "done", ODD)
    return registered


def assert_as_written(page: AppTest) -> None:
    words = [*read_as_markdown(page), *(str(each.proto.label) for each in page.get("page_link"))]
    shown = plain(ODD)
    without_slashes = plain(ODD.replace("/", ""))
    assert any(shown in each or without_slashes in each for each in words)
    left = [each for each in words if "http" in each.replace(shown, "").replace(without_slashes, "")]
    assert left == []


@pytest.mark.parametrize(("file", "asked"), [
    ("register.py", {}), ("forum.py", {"kemitraan": "air"}), ("forum.py", {}),
    *(("register.py", {"kemitraan": "air", "bagian": section}) for section in (
        "partnerships", "members", "third_parties", "stages", "budget", "documents", "history")),
])
def test_names_and_texts_are_shown_as_they_are_written(oddly_named: Store, file: str, asked: dict[str, str]) -> None:
    page = opened_page(file, **asked)
    page.session_state[f"air-members-{forms.fingerprint({'partnership': 'air', 'village': A, 'joined_on': None})}"] = True
    page.run()
    assert not page.exception
    assert_as_written(page)


def test_a_match_says_how_far_it_is_once_boundaries_are_there(registered: Store, viewer: Viewer) -> None:
    profiled(registered, viewer, dict(zip(CODES, USUAL, strict=True)) | {DRY: 0.55, WET: 1.90})
    before = opened_page("needs.py")
    assert [each.value.split(",")[0] for each in before.info] == ["Jarak antardesa belum diketahui untuk 12 desa"]
    assert "Jaraknya belum diketahui; keduanya berada di satu kecamatan." in texts(before)

    def square(west: float) -> object:
        return [[[west, -5.0], [west + 0.01, -5.0], [west + 0.01, -4.99], [west, -4.99], [west, -5.0]]]

    row = [(code, "Polygon", square(105 + 0.01 * at)) for at, code in enumerate(CODES)]
    boundaries.import_boundaries(registered, viewer, collection(*row), "desa.geojson")
    after = opened_page("needs.py")
    assert not after.info
    assert "Jarak antara titik tengah kedua desa sekitar 4,4 km." in texts(after)      # four steps of 0.01 degree


def test_a_match_and_its_draft_are_shown_as_they_are_written(registered: Store, viewer: Viewer) -> None:
    profiled(registered, viewer, dict(zip(CODES, USUAL, strict=True)) | {DRY: 0.55, WET: 1.90})
    for code in (DRY, WET):
        save(registered, viewer, "villages", code=code, name=f"{ODD} {code[-2:]}")
    (match,) = needs.candidates(registered, viewer)
    page = opened_page("needs.py")
    page.session_state["places-table"] = True
    page.run()
    assert_as_written(page)
    needs.draft(registered, viewer, match)
    assert_as_written(opened_page("register.py", kemitraan=needs.draft_id(match)))
    assert_as_written(opened_page("needs.py"))
