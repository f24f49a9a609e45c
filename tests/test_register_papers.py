from __future__ import annotations

import hashlib

import pytest

from access.policy import NotAllowed, Role, Viewer
from data.errors import UserError
from data.register import changes, documents, listing, papers, partnerships, removal
from data.store import Store


@pytest.fixture
def registered(store: Store, viewer: Viewer) -> Store:
    changes.save(store, viewer, "villages", {"code": "18.02.02.2001", "name": "Purwodadi"})
    changes.save(store, viewer, "partnerships", {"id": "air", "name": "Air bersih", "kind": "bilateral"})
    return store


def test_a_document_is_kept_once_and_comes_back_as_it_was(registered: Store, viewer: Viewer) -> None:
    content = b"%PDF-1.7 peraturan bersama"
    sha256 = documents.add(registered, viewer, "air", content, "../pb-2-2024.pdf", "agreement")
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert documents.add(registered, viewer, "air", content, "pb.pdf", "agreement") == sha256
    found = documents.documents(registered, viewer, "air")
    assert found[["sha256", "name", "size_bytes"]].to_numpy().tolist() == [[sha256, "pb.pdf", len(content)]]
    assert documents.content(registered, viewer, "air", sha256) == content


def test_a_document_that_was_changed_on_disk_is_not_given_out(registered: Store, viewer: Viewer) -> None:
    sha256 = documents.add(registered, viewer, "air", b"asli", "a.pdf", "report")
    (registered.directory / documents.FOLDER / sha256).write_bytes(b"palsu")
    with pytest.raises(UserError, match=r"register\.no_document"):
        documents.content(registered, viewer, "air", sha256)


def test_documents_are_for_who_sees_the_partnership(registered: Store, viewer: Viewer) -> None:
    sha256 = documents.add(registered, viewer, "air", b"isi", "a.pdf", "report")
    stranger = Viewer(name="mitra", roles=frozenset({Role.OFFICIAL}), partnerships=frozenset({"lain"}))
    with pytest.raises(UserError, match=r"register\.unknown_partnership"):
        documents.content(registered, stranger, "air", sha256)
    with pytest.raises(NotAllowed):
        documents.add(registered, stranger, "air", b"isi", "a.pdf", "report")


def test_completeness_shows_what_is_missing_and_enforces_nothing(registered: Store, viewer: Viewer) -> None:
    def there() -> set[str]:
        found = papers.completeness(registered, viewer, "air")
        return set(found.loc[found["is_there"], "what"])

    assert there() == {"id", "name", "kind"}
    member = {"partnership": "air", "village": "18.02.02.2001", "role": "lead", "meeting_on": "2024-02-01"}
    assert not changes.save(registered, viewer, "members", member).has_errors
    changes.save(registered, viewer, "partnerships", {"id": "air", "agreement_number": "2/2024", "starts_on": "2024"})
    documents.add(registered, viewer, "air", b"isi", "pb.pdf", "agreement")
    assert there() == {"id", "name", "kind", "lead", "member_meetings", "agreement_number", "starts_on", "agreement_file"}


def test_a_document_filed_by_mistake_goes_and_its_bytes_with_the_last_one(registered: Store, viewer: Viewer) -> None:
    changes.save(registered, viewer, "partnerships", {"id": "lain", "name": "Lain", "kind": "sector"})
    sha256 = documents.add(registered, viewer, "air", b"isi", "a.pdf", "report")
    documents.add(registered, viewer, "lain", b"isi", "a.pdf", "report")
    documents.remove(registered, viewer, "air", sha256)
    assert documents.documents(registered, viewer, "air").empty
    assert documents.content(registered, viewer, "lain", sha256) == b"isi"
    documents.remove(registered, viewer, "lain", sha256)
    assert not list((registered.directory / documents.FOLDER).iterdir())
    with pytest.raises(UserError, match=r"register\.no_document"):
        documents.remove(registered, viewer, "lain", sha256)


def test_a_draft_goes_with_all_that_is_its_own_and_nothing_else(registered: Store, viewer: Viewer) -> None:
    member = {"village": "18.02.02.2001", "role": "lead"}
    changes.save(registered, viewer, "members", {"partnership": "air", **member})
    changes.save(registered, viewer, "partnerships", {"id": "ide", "name": "Sebuah ide", "kind": "sector", "state": "draft"})
    changes.save(registered, viewer, "members", {"partnership": "ide", **member})
    changes.save(registered, viewer, "budget", {"partnership": "ide", "year": 2025, "money_source": "self_help", "planned_rp": 5})
    assert removal.drop_draft(registered, viewer, "ide") == 3, "the partnership, its member and its budget"
    assert [each.id for each in partnerships(registered, viewer)] == ["air"]
    assert [each["partnership"] for each in listing.records(registered, viewer, "members")] == ["air"]
    assert listing.records(registered, viewer, "budget") == []


def test_an_agreement_is_no_draft_and_stays(registered: Store, viewer: Viewer) -> None:
    with pytest.raises(UserError, match=r"register\.not_a_draft"):
        removal.drop_draft(registered, viewer, "air")
    assert [each.id for each in partnerships(registered, viewer)] == ["air"]


def test_the_history_of_a_partnership_holds_its_records_and_no_others(registered: Store, viewer: Viewer) -> None:
    changes.save(registered, viewer, "partnerships", {"id": "lain", "name": "Lain", "kind": "sector"})
    changes.save(registered, viewer, "budget", {"partnership": "air", "year": 2025, "money_source": "self_help", "planned_rp": 5})
    changes.save(registered, viewer, "partnerships", {"id": "air", "name": "Air bersih timur"})
    found = papers.history(registered, viewer, "air")
    assert found[["sheet", "record"]].to_numpy().tolist() == [
        ["partnerships", "air"], ["budget", "air / 2025 / self_help"], ["partnerships", "air"],
    ]
