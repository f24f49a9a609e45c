"""The command line of snapshots, as a person uses it."""
from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from access.policy import person_at_this_machine
from commands import program
from data.importing import batches
from data.store import open_store
from publishing import canonical, html
from tests import snapshot_store

CREATE = ("snapshot", "create", "--partnership", "air-bersih", "--title", "Air bersih", "--by", "Tim", "--as-of", "2025-12-31")


@pytest.fixture(scope="module")
def closed(tmp_path_factory) -> Path:
    return snapshot_store.filled(tmp_path_factory)


@pytest.fixture
def run(closed, tmp_path, capsys, monkeypatch):
    """Runs a command on a store of the test's own: (exit code, what --json printed, words on both streams)."""
    directory = shutil.copytree(closed, tmp_path / "store")
    opened = []

    def opening(path):
        opened.append(open_store(path))
        return opened[-1]

    monkeypatch.setattr("commands.snapshot.open_store", opening)

    def running(*arguments, as_json=True):
        code = program.main([*arguments, "--store", str(directory), *(["--json"] if as_json else [])], serve=lambda args: 2)
        while opened:
            opened.pop().close()
        printed = capsys.readouterr()
        return code, json.loads(printed.out) if as_json else None, printed.out + printed.err

    running.directory = directory
    return running


def test_a_snapshot_is_made_listed_exported_and_verified(run, tmp_path):
    code, made, _ = run(*CREATE)
    assert code == 0
    assert {key: made[key] for key in ("partnership", "title", "made_by", "expires_on", "withdrawn_at", "address")} == {
        "partnership": "air-bersih", "title": "Air bersih", "made_by": "Tim", "expires_on": None, "withdrawn_at": None,
        "address": f"/c/{made['token']}",
    }
    assert run("snapshot", "list") == (0, {"snapshots": [made]}, json.dumps({"snapshots": [made]}, ensure_ascii=False) + "\n")
    for kind in ("json", "html", "json.gz"):
        file = tmp_path / f"out.{kind}"
        assert run("snapshot", "export", made["identity"][:10], "--to", kind, str(file))[0] == 0
        code, found, _ = run("snapshot", "verify", str(file))
        assert found.pop("figures") > 200
        assert (code, found) == (0, {"identity": made["identity"], "published_here": True, "holds": True, "differences": []})
    content = (tmp_path / "out.json").read_bytes()
    assert canonical.identity(content) == made["identity"]
    assert (tmp_path / "out.html").read_text(encoding="utf-8") == html.render(json.loads(content), "id")


def test_an_english_page_is_asked_for_by_language(run, tmp_path):
    _, made, _ = run(*CREATE)
    run("snapshot", "export", made["identity"], "--to", "html", str(tmp_path / "a.html"), "--language", "en")
    assert '<html lang="en">' in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_a_snapshot_that_no_longer_holds_is_refused_and_says_which_figures(run):
    _, made, _ = run(*CREATE)
    store = open_store(run.directory)
    batches.withdraw(store, person_at_this_machine(), 2)
    store.close()
    code, found, _ = run("snapshot", "verify", made["identity"])
    assert (code, found["holds"], found["published_here"]) == (1, False, True)
    assert {"indicator": "service_access.safe_water", "what": "estimates.n", "round": "akhir", "frozen": 60, "now": None} \
        in found["differences"]
    code, _, words = run("snapshot", "verify", made["identity"], as_json=False)
    assert code == 1
    assert f"{len(found['differences'])} dari {found['figures']} angkanya tidak lagi sama dengan data sekarang:" in words
    assert "nilai, Survei akhir 2025: " in words


def test_a_withdrawn_snapshot_is_listed_as_not_shown(run):
    _, made, _ = run(*CREATE)
    assert run("snapshot", "withdraw", made["identity"][:12])[0] == 0
    assert "(tidak ditayangkan)" in run("snapshot", "list", as_json=False)[2]
    code, answer, _ = run("snapshot", "withdraw", made["identity"][:12])
    assert (code, answer["error"]["code"]) == (1, "snapshot.already_withdrawn")


def test_what_is_wrong_is_refused_in_words(run, tmp_path):
    for arguments, error in (
        (("snapshot", "verify", "0" * 12), "snapshot.unknown"),
        (("snapshot", "export", "0" * 12, "--to", "html", str(tmp_path / "x")), "snapshot.unknown"),
        (("snapshot", "create", "--partnership", "tidak-ada"), "register.unknown_partnership"),
    ):
        code, answer, _ = run(*arguments)
        assert (code, answer["error"]["code"]) == (1, error)


def test_a_snapshot_without_a_title_is_given_one(run):
    code, made, _ = run(*CREATE[:4], "--as-of", "2025-12-31")
    assert (code, made["title"], made["made_by"]) == (0, "Hasil Kemitraan Air Bersih, Des 2025", "local")
