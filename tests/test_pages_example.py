"""The pages on the example survey, and on a store with nothing in it: what they show is what the results say."""
from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from access.policy import Role, Viewer, person_at_this_machine
from data import formats, progress, results, store
from data.indicators import indicators, label
from data.messages import say
from data.register import partnerships
from pages.parts import session
from tests.driven_pages import FRAME, PATIENCE, opened_page, texts


def test_an_empty_store_offers_the_example_and_the_own_data(pages_store: store.Store) -> None:
    page = opened_page()
    assert [button.label for button in page.button] == ["Buka data contoh", "Unggah data saya"]


@pytest.mark.parametrize("file", ["partnership.py", "indicator.py", "register.py", "targets.py", "forum.py"])
def test_every_page_says_what_to_do_when_there_is_nothing_yet(file: str, pages_store: store.Store) -> None:
    page = opened_page(file)
    assert page.title[0].value
    assert [*page.info, *page.button]


def test_the_first_sentence_counts_the_partnerships_that_surely_need_attention(pages_example: store.Store) -> None:
    found = progress.progress(pages_example, person_at_this_machine())
    sure = found[(found["status"] == "needs_attention") & found["is_certain"].astype(bool)]
    needing = sure["partnership"].nunique()
    page = opened_page()
    key = "overview.some_need" if needing else "overview.all_well"
    assert page.subheader[0].value == say(key, "id", needing=needing, total=4)


def test_a_card_shows_how_many_indicators_have_each_status(pages_example: store.Store) -> None:
    page = texts(opened_page())
    found = progress.progress(pages_example, person_at_this_machine())
    for _, rows in found.groupby("partnership"):
        for status, word in [("needs_attention", "perlu perhatian"), ("on_track", "akan tercapai"), ("achieved", "tercapai")]:
            count = (rows["status"] == status).sum()
            assert count == 0 or f" {count} {word}]" in page


def test_the_same_page_in_english(pages_example: store.Store) -> None:
    page = AppTest.from_file(FRAME, default_timeout=PATIENCE)
    page.query_params["lang"] = "en"
    page.run()
    assert not page.exception
    assert page.title[0].value == "Overview"
    assert "partnerships" in page.subheader[0].value


def test_a_partnership_shows_its_figures_with_their_certainty(pages_example: store.Store) -> None:
    viewer = person_at_this_machine()
    chosen = partnerships(pages_example, viewer)[-1].id
    page = opened_page("partnership.py", kemitraan=chosen)
    known = indicators(pages_example, viewer)
    judged = progress.progress(pages_example, viewer, partnerships=[chosen])
    judged = judged[judged["status"] != "no_target"]
    assert len(judged) > 0
    assert sorted(metric.value for metric in page.metric) == sorted(
        formats.amount(row.estimate, known[row.indicator].unit, "id") for row in judged.itertuples())
    shown = texts(page)
    for row in judged[judged["lower"] < judged["upper"]].itertuples():
        assert formats.interval(row.lower, row.upper, known[row.indicator].unit, "id") in shown


def test_a_figure_opens_its_formula_rows_and_files(pages_example: store.Store) -> None:
    viewer = person_at_this_machine()
    chosen = partnerships(pages_example, viewer)[0].id
    judged = progress.progress(pages_example, viewer, partnerships=[chosen])
    row = next(row for row in judged.itertuples() if row.status == "achieved")
    page = opened_page("partnership.py", kemitraan=chosen)
    page.button(key=f"open-{row.indicator}").click().run()
    assert not page.exception
    facts, files = page.table[-2].value, page.table[-1].value
    assert facts.loc["Isian yang dipakai"].iloc[0] == formats.number(row.n, "id")
    assert [name.endswith(".xlsx") for name in files["Berkas"]] == [True] * len(files)


def test_one_indicator_is_shown_for_each_partnership_with_its_targets(pages_example: store.Store) -> None:
    viewer = person_at_this_machine()
    chosen = "service_access.safe_water"
    page = opened_page("indicator.py", indikator=chosen)
    everyone = results.estimates(pages_example, viewer, indicators=[chosen], by="all").itertuples()
    assert page.metric[0].value == formats.amount(list(everyone)[-1].estimate, "share", "id")
    assert label(indicators(pages_example, viewer)[chosen], "id") in page.header[0].value


def test_groups_of_an_indicator_are_named_as_the_instrument_names_them(pages_example: store.Store) -> None:
    page = opened_page("indicator.py", indikator="service_access.safe_water", per="all", kelompok="head_sex")
    assert not page.exception
    assert "menurut" in page.header[0].value


def test_who_may_not_see_results_is_told_so(pages_example: store.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    donor = Viewer(name="donor", roles=frozenset({Role.DONOR}))
    monkeypatch.setattr(session, "viewer", lambda: donor)
    page = opened_page("partnership.py")
    assert [error.value for error in page.error] == [say("access.not_allowed", "id", action="see_results")]
    assert not page.metric


def test_an_official_sees_only_partnerships_of_the_own_area_and_changes_nothing(
    pages_example: store.Store, monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = partnerships(pages_example, person_at_this_machine())[0]
    official = Viewer(name="camat", roles=frozenset({Role.OFFICIAL}), partnerships=frozenset({first.id}))
    monkeypatch.setattr(session, "viewer", lambda: official)
    page = opened_page("register.py")
    assert [each.label for each in page.expander] == []
    assert len([each for each in page.markdown if each.value.startswith("**")]) == 1
