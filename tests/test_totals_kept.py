"""What the store keeps of a scan: sums that are equal are computed once, and of PSUs or moments only what is less."""
from __future__ import annotations

import narwhals as nw
import pandas as pd
import pytest

from access.policy import Viewer
from data import blocks, results, scanning
from data import totals as kept_sums
from data.store import Store
from metrics import totals
from metrics.conditions import variable
from metrics.indicator import Mean, Ratio, Share
from tests.estimated import Sample, framed, held, indicator
from tests.results_store import put, survey

INCOME, RICE, MEMBERS, ONE = variable("income"), variable("rice"), variable("members"), variable("one")
EVERY = [
    indicator(Ratio(INCOME, MEMBERS)), indicator(Ratio(RICE, MEMBERS)), indicator(Mean(INCOME)), indicator(Share(RICE > 1.0)),
    indicator(Ratio(RICE, MEMBERS), where=INCOME > 2.0), indicator(Mean(RICE / ONE)),
]
ANSWERS = pd.DataFrame({
    "income": [1.0, 2, 3, 4, 5, 6], "rice": [3.0, 1, 2, 1, 4, 2], "members": [1.0, 2, 3, 1, 2, 3], "one": [1.0, 0, 1, 1, 0, 1],
    "weight": [1.0, 2, 1, 2, 1, 2], "psu": ["a", "a", "b", "b", "c", "c"],
})


def test_indicators_that_count_the_same_rows_share_their_sums() -> None:
    complete = {"income", "rice", "members", "one"}
    both, apart = totals.names(EVERY[:2], complete), totals.names(EVERY[:2])
    assert [(each.y, each.x, each.n, each.wxx, each.w) for each in both] == [
        ("y0", "x0", "e0", "wxx0", "w0"), ("y1", "x0", "e0", "wxx0", "w0")]
    assert [(each.y, each.x, each.n, each.e) for each in apart] == [("y0", "x0", "n0", "e0"), ("y1", "x1", "n1", "e0")]


def test_what_is_missing_after_a_division_by_zero_is_counted_apart() -> None:
    mean, of_one = totals.names([EVERY[2], EVERY[5]], {"income", "rice", "one"})
    assert (mean.n, of_one.n, of_one.e) == ("e0", "n1", "e0")


def scanned(complete: frozenset[str]) -> list[dict[str, float]]:
    """Of each indicator of all answers together: its moments and squares, by the names of the sums."""
    frame, own = framed(ANSWERS, Sample(weight="weight", psu="psu")), held(ANSWERS)

    def sums(of: tuple[str, ...], *, has_psus: bool) -> nw.LazyFrame:
        return totals.psu_sums(frame, EVERY, own, has_psus=has_psus, complete=complete, sums=of)

    tables = {
        totals.MOMENTS: totals.moments(sums(totals.PSUS, has_psus=True), EVERY, complete),
        totals.SQUARES: totals.squares(sums(totals.SQUARES, has_psus=False), EVERY, complete),
    }
    rows = {of: each.collect().to_arrow().to_pylist() for of, each in tables.items()}
    return [{sum: row[column] for of, [row] in rows.items() for sum, column in name.of(of).items()}
            for name in totals.names(EVERY, complete)]


def test_shared_sums_are_those_computed_apart() -> None:
    shared, apart = scanned(frozenset({"income", "rice", "members", "one"})), scanned(frozenset())
    assert shared == apart
    # income per member: y = 1*1 + 2*2, 1*3 + 2*4, 1*5 + 2*6 and x = 1 + 4, 3 + 2, 2 + 6
    assert shared[0] == {
        "y": 5 + 11 + 17, "x": 5 + 5 + 8, "yy": 25 + 121 + 289, "xy": 25 + 55 + 136, "xx": 25 + 25 + 64, "psus": 3,
        "n": 6, "e": 6, "w": 9, "wyy": 1 + 2 * 4 + 9 + 2 * 16 + 25 + 2 * 36, "wxy": 1 + 2 * 4 + 9 + 2 * 4 + 10 + 2 * 18,
        "wxx": 1 + 8 + 9 + 2 + 4 + 18,
    }
    # rice over one, where one is not 0: rows 1, 3, 4 and 6
    assert (shared[5]["n"], shared[5]["e"]) == (4, 6)


def test_strata_counted_from_psus_at_hand_are_those_the_engine_counts(store: Store, viewer: Viewer) -> None:
    """PSUs b and c lie in two villages each; c was visited in both rounds; s2 has a known number of PSUs."""
    rows = pd.DataFrame({
        "_round": ["r1", "r1", "r1", "r1", "r1", "r2", "r2"], "_psu": ["a", "a", "b", "b", "c", "c", "c"],
        "_stratum": ["s1", "s1", "s1", "s1", "s2", "s2", "s2"], "_psu_population": [None, None, None, None, 9.0, 9.0, 9.0],
        "_village": [f"18.02.02.200{number}" for number in (1, 1, 1, 2, 3, 3, 1)], "income": [1.0, 2, 3, 4, 5, 6, 7],
        "psu": "", "stratum": "",
    })
    instrument = survey(store, viewer, questions={"income": "decimal", "psu": "text", "stratum": "text"},
                        design={"psu": "psu", "stratum": "stratum"},
                        indicators=[{"id": "a.mean", "kind": "mean", "numerator": "income"}])
    put(store, viewer, instrument, rows)
    with store.reading() as cursor:
        found = scanning.scanned(cursor, instrument, instrument.forms[0])
        at_hand = found.table(scanning.STRATUM).to_pandas()
        engine = cursor.sql(found.queries[scanning.STRATUM]).df()
    columns = ["round", "stratum", "psus", "psu_population", "psus_are_inside"]
    assert at_hand.sort_values(columns[:2])[columns].fillna(0).to_numpy().tolist() == [
        ["r1", "s1", 2, 0, 0], ["r1", "s2", 1, 9, 1], ["r2", "s2", 1, 9, 0]]
    pd.testing.assert_frame_equal(*(each.sort_values(columns[:2], ignore_index=True)[columns] for each in (at_hand, engine)),
                                  check_dtype=False)


def kept(store: Store) -> dict[str, int]:
    """How many rows of sums are kept of each kind."""
    with store.reading() as cursor:
        return {kind: sum(each.table.num_rows for each in blocks.kept(cursor, "household_household", kind))
                for kind in ("psu", "moment")}


@pytest.mark.parametrize(("psus_each", "expected"), [(1, {"psu": 8, "moment": 0}), (4, {"psu": 0, "moment": 8})])
def test_of_psus_or_moments_only_what_is_less_is_kept(
    store: Store, viewer: Viewer, psus_each: int, expected: dict[str, int],
) -> None:
    """Four villages in two rounds, with one PSU each or four: estimates and changes are those of the rows either way."""
    village = pd.Series([f"18.02.02.{2001 + number}" for number in range(4)])
    sampled = pd.DataFrame({"village": village}).merge(pd.DataFrame({"psu": range(psus_each)}), how="cross")
    sampled = sampled.merge(pd.DataFrame({"row": range(3)}), how="cross").merge(
        pd.DataFrame({"round": ["r1", "r2"]}), how="cross")
    number = sampled.index.to_series()
    rows = pd.DataFrame({
        "_round": sampled["round"], "_village": sampled["village"], "_stratum": "all",
        "_psu": sampled["village"] + "/" + sampled["psu"].astype(str), "_weight": 1.0 + number % 3,
        "income": (number * 7 % 11).astype(float), "members": 1.0 + number % 4,
    })
    instrument = survey(
        store, viewer, name="household",
        questions={"income": "decimal", "members": "integer", "psu": "text", "stratum": "text", "weight": "decimal",
                   "village": "text"},
        design={"psu": "psu", "stratum": "stratum", "weight": "weight", "village": "village"},
        indicators=[{"id": "a.ratio", "kind": "ratio", "numerator": "income", "denominator": "members"}],
    )
    put(store, viewer, instrument, rows)
    assert kept(store) == expected
    weighted = rows.assign(y=rows["income"] * rows["_weight"], x=rows["members"] * rows["_weight"])
    sums = weighted.groupby("_round")[["y", "x"]].sum()
    level = results.estimates(store, viewer, by="all").set_index("round")
    pd.testing.assert_series_equal(level["estimate"].astype(float), sums["y"] / sums["x"], check_names=False)
    # The rounds visit the same PSUs, so a change is of what each PSU adds to both: m/(m-1) * sum of (z - mean z)**2.
    of_round = weighted["_round"].map
    influence = (weighted["y"] - weighted["x"] * of_round(sums["y"] / sums["x"])) / of_round(sums["x"])
    z = (influence * of_round({"r1": -1.0, "r2": 1.0})).groupby(weighted["_psu"]).sum()
    change = results.changes(store, viewer, pair=("r1", "r2"), by="all")
    assert change["se"].tolist() == pytest.approx([(len(z) * z.var(ddof=1)) ** 0.5], rel=1e-9)


def test_what_a_block_has_of_a_round_scanned_anew_is_old(store: Store, viewer: Viewer) -> None:
    """Both rounds are in one block; r1, which alone met v3, is withdrawn and r2 stays; then r1 comes again from v1 only."""
    v1, v2, v3 = (f"18.02.02.200{number}" for number in (1, 2, 3))
    instrument = survey(store, viewer, questions={"income": "decimal", "psu": "text"}, design={"psu": "psu"},
                        indicators=[{"id": "a.mean", "kind": "mean", "numerator": "income"}])
    rows = pd.DataFrame({
        "_round": ["r1"] * 3 + ["r2"] * 3, "_village": [v1, v2, v3, v1, v2, v2], "_psu": list("abcabb"), "psu": "",
        "income": [1.0, 2, 3, 4, 5, 7],
    })
    put(store, viewer, instrument, rows)
    with store.writing(viewer, "test") as cursor:
        kept_sums.rebuild_all(cursor)
        [whole] = blocks.kept(cursor, "survey_survey", "psu")
        assert (whole.rounds, whole.table.num_rows) == ({"r1", "r2"}, 5)
        cursor.execute("UPDATE batch SET state = 'withdrawn' WHERE round = 'r1'")
        kept_sums.rebuild(cursor, instrument, "r1")

    def by_village() -> dict[tuple[str, str], float]:
        found = results.estimates(store, viewer, by="village")
        return {(row.domain, row.round): row.estimate for row in found.itertuples()}

    assert by_village() == {(v1, "r2"): 4, (v2, "r2"): 6}
    put(store, viewer, instrument, rows.head(1).assign(income=9.0))
    assert by_village() == {(v1, "r1"): 9, (v2, "r1"): pytest.approx(float("nan"), nan_ok=True), (v1, "r2"): 4, (v2, "r2"): 6}
    with store.reading() as cursor:
        found = blocks.kept(cursor, "survey_survey", "psu")
    assert [(each.rounds, each.valid.num_rows) for each in found] == [({"r1"}, 1), ({"r2"}, 2)]
