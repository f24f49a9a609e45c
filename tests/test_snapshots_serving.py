"""Snapshots kept in the store, and read at their addresses."""
from __future__ import annotations

import dataclasses
import gzip
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import anyio
import pytest
from starlette.applications import Starlette

from access.policy import NotAllowed, Role, Viewer
from data import snapshots
from data.errors import UserError
from publishing import canonical, html, serving
from tests import snapshot_example as example

CONTENT = canonical.encode(example.document())
TODAY = datetime.now(UTC).date()


def published(store, viewer, content=CONTENT, **facts):
    return snapshots.keep(store, viewer, content, **{
        "partnership": "air-bersih", "title": "Air bersih", "made_at": datetime(2025, 12, 3, 4, 11, 9), "made_by": "Tim", **facts,
    })


def get(store, path, **headers):
    """(status, headers, body) of a GET, through the routes as the server runs them."""
    app = Starlette(routes=serving.routes(lambda: store))
    sent: list[dict] = []

    async def call():
        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            sent.append(message)

        await app({
            "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
            "scheme": "http", "http_version": "1.1", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1),
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        }, receive, send)

    # A thread of its own: a browser test before this one leaves an event loop running in the main thread.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(anyio.run, call).result()
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, b"".join(message.get("body", b"") for message in sent[1:])


def test_a_snapshot_is_read_at_its_address_in_both_languages_and_as_a_document(store, viewer):
    kept = published(store, viewer)
    for path, language, others in (
        (f"/c/{kept.token}", "id", {"en": f"/c/{kept.token}/en"}), (f"/c/{kept.token}/en", "en", {"id": f"/c/{kept.token}"}),
    ):
        status, headers, body = get(store, path)
        assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert body.decode() == html.render(example.document(), language, others=others)
    status, headers, body = get(store, f"/c/{kept.token}/data.json")
    assert (status, headers["content-type"], body) == (200, "application/json", CONTENT)


def test_a_page_may_run_nothing_load_nothing_and_is_not_indexed_or_kept_for_long(store, viewer):
    _, headers, _ = get(store, f"/c/{published(store, viewer).token}")
    del headers["etag"], headers["content-length"]
    assert headers == {
        "content-security-policy": f"default-src 'none'; style-src '{html.style_hash()}'; base-uri 'none'; form-action 'none'; "
                                   "frame-ancestors 'none'",
        "x-content-type-options": "nosniff", "x-robots-tag": "noindex, nofollow", "referrer-policy": "no-referrer",
        "cache-control": "private, max-age=60, must-revalidate", "vary": "Accept-Encoding",
        "content-type": "text/html; charset=utf-8",
    }


def test_a_reader_who_has_the_page_is_not_sent_it_again(store, viewer):
    kept = published(store, viewer)
    _, headers, _ = get(store, f"/c/{kept.token}")
    assert headers["etag"].startswith(f'"{kept.identity[:32]}-')
    status, again, body = get(store, f"/c/{kept.token}", if_none_match=headers["etag"])
    assert (status, body, again["etag"]) == (304, b"", headers["etag"])
    _, english, _ = get(store, f"/c/{kept.token}/en")
    assert english["etag"] != headers["etag"]


def test_a_reader_who_unpacks_is_sent_less(store, viewer):
    path = f"/c/{published(store, viewer).token}"
    _, _, plain = get(store, path)
    _, headers, packed = get(store, path, accept_encoding="gzip, br")
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed) == plain
    assert len(packed) < len(plain) / 3


@pytest.mark.parametrize("path", ["/c/nothing", "/c/nothing/en", "/c/nothing/data.json"])
def test_an_unknown_address_says_so_in_words(store, path):
    status, headers, body = get(store, path)
    assert (status, headers["cache-control"]) == (404, "no-store")
    assert ("No such snapshot" if path.endswith("en") else "Cuplikan tidak ditemukan") in body.decode()


def test_a_known_token_in_an_unknown_language_is_not_found(store, viewer):
    assert get(store, f"/c/{published(store, viewer).token}/fr")[0] == 404


def test_a_withdrawn_snapshot_says_so_at_once_but_is_kept(store, viewer):
    kept = published(store, viewer)
    assert get(store, f"/c/{kept.token}")[0] == 200
    withdrawn = snapshots.withdraw(store, viewer, kept.identity)
    assert withdrawn == dataclasses.replace(kept, withdrawn_at=withdrawn.withdrawn_at)
    assert withdrawn.withdrawn_at is not None
    for path in (f"/c/{kept.token}", f"/c/{kept.token}/en", f"/c/{kept.token}/data.json"):
        status, _, body = get(store, path)
        assert status == 410
        assert b"Air bersih" not in body
    assert snapshots.document(store, viewer, kept.identity) == CONTENT
    with pytest.raises(UserError, match=r"snapshot\.already_withdrawn"):
        snapshots.withdraw(store, viewer, kept.identity)


def test_a_snapshot_is_read_on_its_last_day_and_not_after(store, viewer):
    kept = published(store, viewer, expires_on=TODAY + timedelta(days=1))
    assert get(store, f"/c/{kept.token}")[0] == 200
    assert kept.is_shown(TODAY + timedelta(days=1))
    assert not kept.is_shown(TODAY + timedelta(days=2))
    gone = published(store, viewer, b"{}", expires_on=date(2020, 1, 1))
    assert get(store, f"/c/{gone.token}")[0] == 410


def test_the_first_digits_of_an_identity_name_a_snapshot(store, viewer):
    kept = published(store, viewer)
    assert snapshots.snapshot(store, viewer, kept.identity[:8].upper()) == kept
    for wrong in (kept.identity[:3], "", "0" * 64):
        with pytest.raises(UserError, match=r"snapshot\.unknown"):
            snapshots.snapshot(store, viewer, wrong)


def test_newest_snapshots_come_first(store, viewer):
    old = published(store, viewer, b"{}", made_at=datetime(2024, 1, 1))
    new = published(store, viewer)
    assert snapshots.snapshots(store, viewer) == [new, old]


def test_who_may_make_see_and_withdraw_snapshots(store, viewer):
    kept = published(store, viewer)
    donor = Viewer(name="donor", roles=frozenset({Role.DONOR}), partnerships=frozenset({"air-bersih"}))
    other = dataclasses.replace(donor, partnerships=frozenset({"pasar"}))
    elsewhere = Viewer(name="camat", roles=frozenset({Role.OFFICIAL}), areas=frozenset({"18.02.03"}))
    assert snapshots.snapshots(store, donor) == [kept]
    assert snapshots.snapshots(store, other) == []
    assert snapshots.snapshots(store, elsewhere) == []
    with pytest.raises(NotAllowed):
        snapshots.withdraw(store, donor, kept.identity)
    with pytest.raises(NotAllowed):
        published(store, donor)
    with pytest.raises(UserError, match=r"snapshot\.unknown"):
        snapshots.document(store, other, kept.identity)
    evaluator = Viewer(name="penilai", roles=frozenset({Role.EVALUATOR}), partnerships=frozenset({"pasar"}))
    with pytest.raises(UserError, match=r"register\.unknown_partnership"):
        published(store, evaluator)


def test_addresses_cannot_be_guessed(store, viewer):
    tokens = {published(store, viewer, f"{{{n}}}".encode()).token for n in range(20)}
    assert len(tokens) == 20
    assert all(len(token) == 32 for token in tokens)  # 24 random bytes: 192 bits
