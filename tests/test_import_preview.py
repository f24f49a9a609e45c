"""What an import would make of the indicators, before anything is stored."""
from __future__ import annotations

import pytest

from data import results
from data.importing import batches
from data.importing.committing import commit
from data.importing.preparing import prepare
from data.importing.preview import FIGURES, preview
from tests import kobo_export, snapshot_store


def test_the_preview_is_what_the_import_then_gives_and_changes_nothing(store, viewer):
    snapshot_store.fill(store, viewer)
    content = kobo_export.kobo(households=40, seed=5, villages=snapshot_store.VILLAGES)
    prepared = prepare(store, viewer, content, "susulan.xlsx", instrument="household", round="akhir")
    before, version = _figures(store, viewer), store.data_version
    shown = preview(store, viewer, prepared).set_index("indicator")
    assert (store.data_version, len(batches.batches(store, viewer))) == (version, 2)
    commit(store, viewer, prepared)
    after = _figures(store, viewer)
    for when, figures in (("before", before), ("after", after)):
        part = shown[[f"{when}_{each}" for each in FIGURES]].set_axis(list(FIGURES), axis=1)
        for each in FIGURES:
            assert part[each].to_dict() == pytest.approx(figures[each].to_dict(), rel=1e-12, nan_ok=True)
    water = shown.loc["service_access.safe_water"]
    assert (water["before_n"], water["after_n"]) == (90, 122)  # 40 households, of which every fifth is rejected: 8


def _figures(store, viewer):
    found = results.estimates(store, viewer, by="all", rounds=["akhir"])
    return found.set_index("indicator")[list(FIGURES)].astype(float)
