"""The register speaks of offices: what looks like a person's own number or address is refused or asked about."""
from __future__ import annotations

from datetime import date

import pytest

from access.policy import Viewer
from data import forum
from data.errors import UserError
from data.importing.finding import Severity
from data.register import changes, listing
from data.register.personal import sign
from data.store import Store


@pytest.fixture
def registered(store: Store, viewer: Viewer) -> Store:
    changes.save(store, viewer, "partnerships", {"id": "air", "name": "Air bersih", "kind": "bilateral"})
    return store


@pytest.mark.parametrize(("text", "found"), [
    ("1802051708900001", "nik"),                      # 18: Lampung; born on 17-08-90
    ("NIK 18.02.05.570890.0001, sekretaris", "nik"),  # a woman's day: 57 is 17
    ("1802053208900001", None), ("3902051708900001", None),   # no month has 32 days, no province is 39
    ("9999999999999999", None),
    ("0812-3456-7890", "phone"), ("+62 812 3456 7890", "phone"), ("Hubungi 081234567890", "phone"),
    ("(0725) 123456", None), ("021-5551234", None),
    ("siti.aminah@gmail.com", "email"), ("budi77@yahoo.co.id", "email"),
    ("pemdes.sidorejo@gmail.com", None), ("bumdesmaju@gmail.com", None), ("lppm@contoh.ac.id", None),
    ("Nomor 12 Tahun 2024", None), ("Rp 1.250.000.000", None), ("", None),
])
def test_a_person_is_told_from_an_office(text: str, found: str | None) -> None:
    assert sign(text) == found


@pytest.mark.parametrize(("contact", "code", "severity", "is_kept"), [
    ("1802051708900001", "personal_nik", Severity.ERROR, False),
    ("081234567890", "personal_phone", Severity.WARNING, True),
    ("siti.aminah@gmail.com", "personal_email", Severity.WARNING, True),
])
def test_a_personal_contact_is_refused_or_asked_about_and_not_repeated(
    registered: Store, viewer: Viewer, contact: str, code: str, severity: Severity, is_kept: bool,
) -> None:
    saved = changes.save(registered, viewer, "third_parties", {
        "partnership": "air", "name": "Universitas Contoh", "kind": "university", "office_contact": contact})
    assert [(each.code, each.column, each.severity, each.value) for each in saved.findings] == [
        (code, "office_contact", severity, None)]
    for language in ("id", "en"):
        assert contact not in saved.findings[0].message(language)
    kept = listing.records(registered, viewer, "third_parties")
    assert [each["office_contact"] for each in kept] == ([contact] if is_kept else [])


def test_the_owner_of_a_follow_up_is_an_office_and_no_message_holds_an_identity_number(registered: Store, viewer: Viewer) -> None:
    for owner in ("081234567890", "siti.aminah@gmail.com", "1802051708900001"):
        with pytest.raises(UserError, match=r"forum\.owner_is_an_office"):
            forum.follow_up(registered, viewer, "air", "Perbaiki pipa", owner=owner, due_on=date(2027, 1, 1))
    with pytest.raises(UserError, match=r"forum\.no_identity_number"):
        forum.write(registered, viewer, "air", "Hubungi pemilik lahan, NIK 1802051708900001")
    assert forum.follow_ups(registered, viewer).empty and forum.messages(registered, viewer, "air").empty
    forum.follow_up(registered, viewer, "air", "Perbaiki pipa", owner="Kepala Dusun II", due_on=date(2027, 1, 1))
    assert forum.follow_ups(registered, viewer)["owner"].tolist() == ["Kepala Dusun II"]


def test_a_stage_dated_before_the_one_it_follows_is_asked_about(registered: Store, viewer: Viewer) -> None:
    changes.save(registered, viewer, "stages", {"partnership": "air", "stage": "drafting", "done_on": "2024-03-10"})
    saved = changes.save(registered, viewer, "stages", {"partnership": "air", "stage": "signing", "done_on": "2024-03-09"})
    assert [(each.code, each.column, each.severity) for each in saved.findings] == [
        ("stage_too_early", "done_on", Severity.WARNING)]
    assert saved.findings[0].what("id") == (
        "Tanggal selesai 9 Maret 2024 lebih awal daripada tahap sebelumnya, Penyusunan rancangan, yang selesai 10 Maret 2024."
        " Periksa kedua tanggalnya.")
    same_day = changes.save(registered, viewer, "stages", {"partnership": "air", "stage": "signing", "done_on": "2024-03-10"})
    assert same_day.findings == ()
