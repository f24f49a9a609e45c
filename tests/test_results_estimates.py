"""What a store answers: domains, coverage, parameters, disclosure, scope, trace."""
from __future__ import annotations

import io
from dataclasses import replace

import pandas as pd
import pytest

from access.policy import NotAllowed, Role, Viewer
from data import totals
from data.errors import UserError
from data.instruments.kept import kept
from data.instruments.model import Instrument
from data.results import COLUMNS, changes, estimates
from data.store import Store
from data.tracing import BatchUsed, Sampling, trace
from tests.results_store import partnership, put, rounds, survey

V1, V2, V3, V4 = "18.02.02.2001", "18.02.02.2002", "18.02.02.2003", "18.02.03.2001"
QUESTIONS = {"water": "select_one source", "sex": "select_one sex", "income": "decimal", "age": "integer"}
CHOICES = {"source": ["piped", "well", "river"], "sex": ["woman", "man"]}
INDICATORS = [
    {"id": "home.piped", "kind": "share", "numerator": "water = piped", "unit": "share"},
    {"id": "home.income", "kind": "mean", "numerator": "income", "where": "age >= 10"},
    {"id": "home.poor", "kind": "share", "numerator": "income < poverty_line", "unit": "share"},
    {"id": "home.half", "kind": "median", "numerator": "income"},
]
OFFICIAL = Viewer(name="camat", roles=frozenset({Role.OFFICIAL}))


def people(text: str) -> pd.DataFrame:
    rows = pd.read_csv(io.StringIO(text.strip()), sep=r"\s+", na_values="-")
    codes = {"v1": V1, "v2": V2, "v3": V3, "v4": V4}
    return rows.assign(_village=rows["village"].map(codes)).drop(columns="village")


PEOPLE = people("""
    village water sex   income age
    v1      piped woman 100    30
    v1      piped man   300    40
    v1      well  woman 200    5
    v1      -     man   400    -
    v2      river woman 500    20
    v2      piped man   -      25
    v4      well  woman 900    60
    v4      well  man   700    50
""")


@pytest.fixture
def instrument(store: Store, viewer: Viewer) -> Instrument:
    rounds(store, viewer, "r1", "r2")
    partnership(store, viewer, "north", [V1, V2, V3])
    partnership(store, viewer, "south", [V3, V4])
    return survey(store, viewer, questions=QUESTIONS, choices=CHOICES, indicators=INDICATORS)


def of(frame: pd.DataFrame, column: str = "estimate") -> dict[str, object]:
    return {row.domain: getattr(row, column) for row in frame.itertuples()}


def test_an_empty_store_answers_with_no_rows(store: Store, viewer: Viewer) -> None:
    assert estimates(store, viewer).columns.tolist() == list(COLUMNS)
    assert len(estimates(store, viewer)) == 0


def test_domains_of_every_kind(store: Store, viewer: Viewer, instrument: Instrument) -> None:
    put(store, viewer, instrument, PEOPLE)
    piped = ["home.piped"]
    assert of(estimates(store, viewer, indicators=piped, by="village")) == {V1: 2 / 3, V2: 0.5, V4: 0.0}
    assert of(estimates(store, viewer, indicators=piped, by="subdistrict")) == {"18.02.02": 3 / 5, "18.02.03": 0.0}
    assert of(estimates(store, viewer, indicators=piped, by="regency")) == {"18.02": 3 / 7}
    assert of(estimates(store, viewer, indicators=piped, by="all")) == {"all": 3 / 7}


def test_an_aggregate_says_what_it_covers_and_is_withheld_below_a_half(
    store: Store, viewer: Viewer, instrument: Instrument,
) -> None:
    partnership(store, viewer, "wide", [V4, V3, "18.02.03.2002"])
    put(store, viewer, instrument, PEOPLE)
    found = estimates(store, viewer, indicators=["home.piped"])
    assert of(found, "covered") == {"north": 2, "south": 1, "wide": 1}
    assert of(found, "expected") == {"north": 3, "south": 2, "wide": 3}
    assert of(found, "reason") == {"north": None, "south": None, "wide": "coverage"}
    assert of(found, "withheld") == {"north": False, "south": False, "wide": True}
    assert found.set_index("domain")["estimate"].isna().to_dict() == {"north": False, "south": False, "wide": True}


def test_a_village_counts_in_each_of_its_partnerships(store: Store, viewer: Viewer, instrument: Instrument) -> None:
    put(store, viewer, instrument, PEOPLE.assign(_village=V3))
    assert of(estimates(store, viewer, indicators=["home.piped"]), "n") == {"north": 7, "south": 7}


def test_what_is_missing_is_said(store: Store, viewer: Viewer, instrument: Instrument) -> None:
    put(store, viewer, instrument, PEOPLE)
    [found] = estimates(store, viewer, indicators=["home.income"], by="all").to_dict("records")
    # Aged 10 and over: five with an income and one without; who is 5, or whose age is not known, was not asked.
    assert (found["n"], found["estimate"], found["missing_share"]) == (5, (100 + 300 + 500 + 900 + 700) / 5, pytest.approx(1 / 6))


def test_poverty_asks_for_the_line_and_takes_that_of_the_regency_and_round(
    store: Store, viewer: Viewer, instrument: Instrument,
) -> None:
    put(store, viewer, instrument, PEOPLE)
    [before] = estimates(store, viewer, indicators=["home.poor"], by="all").to_dict("records")
    assert (before["reason"], before["withheld"]) == ("no_parameter", False)
    with store.writing(viewer, "test") as cursor:
        cursor.execute("INSERT INTO poverty_line VALUES ('18.02', 'r1', 350, 'test'), ('18.02', 'r2', 9999, 'test')")
        totals.rebuild_all(cursor)
    [after] = estimates(store, viewer, indicators=["home.poor"], by="all").to_dict("records")
    assert (after["estimate"], after["n"], after["reason"]) == (3 / 7, 7, None)


def test_a_withdrawn_batch_is_in_no_estimate(store: Store, viewer: Viewer, instrument: Instrument) -> None:
    put(store, viewer, instrument, PEOPLE)
    second = put(store, viewer, instrument, PEOPLE.head(2))
    assert of(estimates(store, viewer, indicators=["home.piped"], by="all"), "n") == {"all": 9}
    with store.writing(viewer, "test") as cursor:
        cursor.execute("UPDATE batch SET state = 'withdrawn' WHERE id = ?", [second])
        totals.rebuild(cursor, instrument, "r1")
    assert of(estimates(store, viewer, indicators=["home.piped", "home.half"], by="all"), "n") == {"all": 7}
    assert of(estimates(store, viewer, indicators=["home.piped"], by="all"), "n") == {"all": 7}


def test_rows_split_over_batches_give_the_same(store: Store, viewer: Viewer, instrument: Instrument) -> None:
    rows = PEOPLE.assign(_psu=[str(row // 2) for row in range(8)])
    for start in range(0, 8, 3):
        put(store, viewer, instrument, rows.iloc[start:start + 3])
    put(store, viewer, instrument, rows.assign(_round="r2"))
    found = estimates(store, viewer, by="all").drop(columns="round")
    halves = [found[found.index % 2 == half].reset_index(drop=True) for half in (0, 1)]
    pd.testing.assert_frame_equal(*halves)


def test_psus_that_span_villages_are_put_together_first(store: Store, viewer: Viewer) -> None:
    instrument = survey(store, viewer, questions={**QUESTIONS, "cluster": "text"}, choices=CHOICES, indicators=INDICATORS[1:2],
                        design={"psu": "cluster"})
    rows = PEOPLE.dropna(subset="income").query("age >= 10").reset_index(drop=True)
    # v1: 100, 300; v2: 500; v4: 900, 700. Cluster a spans v1 and v2, b spans v1 and v4, c is in v4.
    put(store, viewer, instrument, rows.assign(_psu=["a", "b", "a", "b", "c"], cluster="x"))
    [found] = estimates(store, viewer, by="all").to_dict("records")
    # Mean 500. z: a (600 - 1000)/5 = -80, b (1200 - 1000)/5 = 40, c 200/5 = 40; 3/2 * (6400 + 1600 + 1600) = 14400 = 120**2.
    assert (found["estimate"], found["se"], found["df"]) == (500, pytest.approx(120), 2)
    [village] = estimates(store, viewer, by="village", domains=[V4]).to_dict("records")
    # Mean 800. z: b 100/2, c -100/2, a 0; 3/2 * 5000 = 7500.
    assert (village["estimate"], village["se"]) == (800, pytest.approx(7500 ** 0.5))


def test_groups_are_in_the_order_of_their_choices(store: Store, viewer: Viewer, instrument: Instrument) -> None:
    put(store, viewer, instrument, PEOPLE)
    found = estimates(store, viewer, indicators=["home.piped", "home.half"], by="all", group="sex")
    assert found[["indicator", "category", "estimate", "n"]].to_numpy().tolist() == [
        ["home.piped", "woman", 1 / 4, 4], ["home.piped", "man", 2 / 3, 3],
        ["home.half", "woman", 200, 4], ["home.half", "man", 400, 3],
    ]


def test_an_unknown_indicator_group_or_round_is_named_with_what_there_is(
    store: Store, viewer: Viewer, instrument: Instrument,
) -> None:
    put(store, viewer, instrument, PEOPLE)
    with pytest.raises(UserError) as unknown:
        estimates(store, viewer, indicators=["home.nothing"])
    assert (unknown.value.code, unknown.value.params["indicator"]) == ("estimate.unknown_indicator", "home.nothing")
    with pytest.raises(UserError) as unknown:
        estimates(store, viewer, group="income")
    assert (unknown.value.code, unknown.value.params["known"]) == ("estimate.unknown_group", "sex, water")
    with pytest.raises(UserError) as unknown:
        changes(store, viewer, pair=("r1", "r7"))
    assert (unknown.value.code, unknown.value.params) == ("estimate.unknown_round", {"round": "r7", "known": "r1"})


MANY = pd.concat([
    people("village water sex income age\n" + f"{village} piped woman 10 20\n" * women + f"{village} well man 20 20\n" * men)
    for village, women, men in (("v1", 2, 1), ("v2", 9, 11), ("v3", 4, 4), ("v4", 30, 3))
])


def test_small_cells_are_for_evaluators_only(store: Store, viewer: Viewer, instrument: Instrument) -> None:
    put(store, viewer, instrument, MANY)
    asked = {"indicators": ["home.piped", "home.half"], "by": "village"}
    assert not estimates(store, viewer, **asked)["withheld"].any()  # type: ignore[arg-type]
    found = estimates(store, OFFICIAL, design_effects=True, **asked)  # type: ignore[arg-type]
    for part in (found[found["indicator"] == id] for id in asked["indicators"]):
        # v1 has 3. All less the partnership of v3 and v4 are v1 and v2: so v2 goes with it.
        assert of(part, "reason") == {V1: "too_few", V2: "complementary", V3: None, V4: None}
        hidden = part[part["withheld"]]
        numbers = ["estimate", "se", "lower", "upper", "n", "psus", "df", "deff", "n_effective", "missing_share"]
        assert hidden[numbers].isna().all(axis=None)


def test_an_error_from_two_psus_is_for_evaluators_only(store: Store, viewer: Viewer) -> None:
    """Five incomes of 10 in one PSU and one of 40 in the other: 15, and 2 * 25 / 6 beside it would tell the one."""
    instrument = survey(store, viewer, questions={"income": "decimal", "psu": "text"}, design={"psu": "psu"},
                        indicators=[{"id": "home.mean", "kind": "mean", "numerator": "income"}])
    rows = pd.DataFrame({"income": [10.0] * 5 + [40.0], "_psu": list("aaaaab"), "psu": "", "_village": V1})
    put(store, viewer, instrument, rows)
    put(store, viewer, instrument, rows.assign(_round="r2", income=rows["income"] + 1))
    for who, known in ((viewer, True), (OFFICIAL, False)):
        found = estimates(store, who, by="all", rounds=["r1"], design_effects=True).iloc[0]
        assert (found["estimate"], found["n"], found["reason"]) == (15, 6, None if known else "two_psus")
        for name in ("se", "lower", "upper", "deff", "n_effective"):
            assert bool(pd.notna(found[name])) is known
        assert found["se"] == pytest.approx(50 / 6) or not known
        change = changes(store, who, pair=("r1", "r2"), by="all").iloc[0]
        assert change["estimate"] == 1
        assert bool(pd.notna(change["se"])) is known


def test_a_small_category_is_withheld_with_another_for_an_official(store: Store, viewer: Viewer, instrument: Instrument) -> None:
    put(store, viewer, instrument, MANY)
    found = estimates(store, OFFICIAL, indicators=["home.piped"], by="subdistrict", domains=["18.02.03"], group="sex")
    assert found[["category", "reason"]].to_numpy().tolist() == [["woman", "complementary"], ["man", "too_few"]]


def test_groups_are_protected_apart_from_each_other(store: Store, viewer: Viewer, instrument: Instrument) -> None:
    # Of 20 women 18 said where their water is from: the women less these would be 2. docs/estimation.md says so.
    rows = people("village water sex income age\n" + "v1 piped woman 10 20\n" * 9 + "v1 well woman 10 20\n" * 9
                  + "v1 - woman 10 20\n" * 2 + "v1 - man 10 20\n" * 20)
    put(store, viewer, instrument, rows)
    asked = {"indicators": ["home.income"], "by": "village"}
    by_sex, by_water = (estimates(store, OFFICIAL, group=group, **asked) for group in ("sex", "water"))  # type: ignore[arg-type]
    assert by_sex[["category", "n"]].to_numpy().tolist() == [["woman", 20], ["man", 20]]
    assert by_water[["category", "n"]].to_numpy().tolist() == [["piped", 9], ["well", 9]]


def test_those_who_did_not_say_hide_a_small_category(store: Store, viewer: Viewer, instrument: Instrument) -> None:
    # 9 piped, 3 of a well and 6 unknown: the 18 of the village less the 9 are 9.
    rows = people("village water sex income age\n" + "v1 piped woman 10 20\n" * 9 + "v1 well woman 10 20\n" * 3
                  + "v1 - woman 10 20\n" * 6)
    put(store, viewer, instrument, rows)
    found = estimates(store, OFFICIAL, indicators=["home.income"], by="village", group="water")
    assert found[["category", "reason"]].to_numpy().tolist() == [["piped", None], ["well", "too_few"]]


def test_indicators_are_decided_alike_alone_and_together(store: Store, viewer: Viewer, instrument: Instrument) -> None:
    put(store, viewer, instrument, MANY)
    alone = estimates(store, OFFICIAL, indicators=["home.income"], by="village", group="sex")
    together = estimates(store, OFFICIAL, indicators=["home.piped", "home.income"], by="village", group="sex")
    of_income = together[together["indicator"] == "home.income"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, of_income)


def test_a_change_is_withheld_where_one_of_its_levels_is(store: Store, viewer: Viewer, instrument: Instrument) -> None:
    put(store, viewer, instrument, MANY)
    put(store, viewer, instrument, MANY.assign(_round="r2"))
    found = changes(store, OFFICIAL, pair=("r1", "r2"), indicators=["home.piped"], by="village")
    assert of(found, "reason") == {V1: "too_few", V2: "complementary", V3: None, V4: None}
    assert found[found["withheld"]]["p_value"].isna().all()


def test_a_viewer_gets_what_lies_in_their_scope(store: Store, viewer: Viewer, instrument: Instrument) -> None:
    put(store, viewer, instrument, PEOPLE)
    piped = ["home.piped"]
    local = replace(viewer, areas=frozenset({"18.02.03"}))
    assert set(of(estimates(store, local, indicators=piped, by="village"))) == {V4}
    assert set(of(estimates(store, local, indicators=piped, by="subdistrict"))) == {"18.02.03"}
    assert set(of(estimates(store, local, indicators=piped, by="partnership"))) == {"south"}
    assert set(of(estimates(store, local, indicators=piped, by="regency"))) == set()
    assert set(of(estimates(store, local, indicators=piped, by="all"))) == set()
    named = replace(viewer, partnerships=frozenset({"north"}))
    assert set(of(estimates(store, named, indicators=piped, by="partnership"))) == {"north"}


def test_a_donor_sees_no_results(store: Store, instrument: Instrument) -> None:
    donor = Viewer(name="donor", roles=frozenset({Role.DONOR}))
    with pytest.raises(NotAllowed):
        estimates(store, donor)
    with pytest.raises(NotAllowed):
        changes(store, donor, pair=("r1", "r2"))


def test_a_trace_leads_back_to_sums_rows_and_files(store: Store, viewer: Viewer, instrument: Instrument) -> None:
    put(store, viewer, instrument, PEOPLE)
    found = trace(store, viewer, indicator="home.income", by="subdistrict", domain="18.02.02", round="r1", language="en")
    # Rows of v1 and v2: 100, 300 and 500 count; one is 5 years old, one of unknown age, one gave no income.
    assert (found.y, found.x, found.n) == (900, 3, 3)
    assert found.left_out == {"not_asked": 1, "unknown_whether_asked": 1, "no_answer": 1}
    assert found.batches == (BatchUsed(batch=1, file_name="answers.csv", sha256="f00d", rows=6),)
    assert found.formula == (
        "The weighted mean of y = “income”: the sum of weight × y divided by the sum of weights, over those who answered."
        " Only responses with “age” ≥ 10."
    )
    assert found.symbols == "R = Σ w·y / Σ w"
    # z: (100 - 300)/3, 0, (500 - 300)/3, and 0 of the other 5 of 8 responses. Variance 8/7 * 2 * (200/3)**2. Of three at random:
    # the variance of 100, 300 and 500 is 40000, that of their mean 40000/3. One of four who were asked gave no income.
    assert found.sampling == Sampling(
        se=pytest.approx((8 / 7 * 2 * (200 / 3) ** 2) ** 0.5), psus=3, strata=1, df=2, deff=pytest.approx(16 / 21),
        n_effective=pytest.approx(3 * 21 / 16), missing_share=0.25, has_lonely_psu=False, has_psus=False, is_census=False)


def test_the_trace_of_a_census_has_no_sampling_error(store: Store, viewer: Viewer) -> None:
    instrument = survey(store, viewer, questions={"desa": "text", "income": "decimal"}, indicators=[
        {"id": "village.income", "kind": "mean", "numerator": "income"},
    ], design={"census": "yes", "village": "desa"})
    put(store, viewer, instrument, pd.DataFrame({"desa": ["a", "b"], "income": [3.0, 5.0], "_village": [V1, V2]}))
    found = trace(store, viewer, indicator="village.income", by="all", domain="all", round="r1").sampling
    assert (found.se, found.df, found.deff, found.is_census) == (0, None, 0, True)


def test_a_trace_of_what_is_withheld_tells_only_the_formula(store: Store, viewer: Viewer, instrument: Instrument) -> None:
    put(store, viewer, instrument, MANY)
    for village in (V1, V2):
        found = trace(store, OFFICIAL, indicator="home.piped", by="village", domain=village, round="r1")
        assert found.withheld
        assert (found.y, found.x, found.n, dict(found.left_out), found.batches) == (None, None, None, {}, ())
        assert found.sampling is None


def test_there_is_no_trace_of_what_is_not_there_or_not_in_scope(store: Store, viewer: Viewer, instrument: Instrument) -> None:
    put(store, viewer, instrument, PEOPLE)
    for who, round in ((viewer, "r2"), (replace(viewer, areas=frozenset({"18.02.03"})), "r1")):
        with pytest.raises(UserError) as nothing:
            trace(store, who, indicator="home.piped", by="village", domain=V1, round=round)
        assert nothing.value.code == "estimate.nothing_to_trace"


def test_kept_sums_of_old_definitions_are_not_used(store: Store, viewer: Viewer, instrument: Instrument) -> None:
    put(store, viewer, instrument, PEOPLE)
    with store.writing(viewer, "test") as cursor:
        cursor.execute("UPDATE totals.layout SET fingerprint = 'old'")
        cursor.execute("UPDATE totals.block SET content = 'no longer read'")
    assert of(estimates(store, viewer, indicators=["home.piped"], by="all")) == {"all": 3 / 7}
    with store.reading() as cursor:
        assert not totals.is_current(cursor, kept(cursor)[0], instrument.forms[0])


def test_a_census_has_no_sampling_error_and_is_not_about_persons(store: Store, viewer: Viewer) -> None:
    instrument = survey(store, viewer, questions={"desa": "text", "income": "decimal"}, indicators=[
        {"id": "village.income", "kind": "total", "numerator": "income"},
    ], design={"census": "yes", "village": "desa"})
    put(store, viewer, instrument, pd.DataFrame({"desa": ["a", "b"], "income": [3.0, 4.0], "_village": [V1, V2]}))
    [found] = estimates(store, OFFICIAL, by="all").to_dict("records")
    shown = {name: found[name] for name in ("estimate", "se", "lower", "upper", "reliability", "withheld")}
    assert shown == {"estimate": 7, "se": 0, "lower": 7, "upper": 7, "reliability": "usable", "withheld": False}




def test_a_setting_says_what_a_stratum_with_one_psu_adds(store: Store, viewer: Viewer) -> None:
    instrument = survey(store, viewer, questions={"h": "text", "y": "decimal"}, design={"stratum": "h"}, indicators=[
        {"id": "s.y", "kind": "mean", "numerator": "y"},
    ])
    put(store, viewer, instrument, pd.DataFrame({"h": list("aab"), "y": [1.0, 3, 8], "_stratum": list("aab")}))
    # Mean 4. z: (1-4)/3 = -1, (3-4)/3 = -1/3, (8-4)/3 = 4/3. Stratum a adds 2 * (1/9 + 1/9) = 4/9; b, alone, (4/3)**2.
    expected = {0: 4 / 9 + 16 / 9, 1: 2 * 4 / 9, 2: 4 / 9, 3: 4 / 9}
    for value, variance in expected.items():
        with store.writing(viewer, "test") as cursor:
            cursor.execute("DELETE FROM setting")
            cursor.execute("INSERT INTO setting VALUES ('single_psu', ?)", [value])
        [found] = estimates(store, viewer, by="all").to_dict("records")
        assert (found["se"] ** 2, found["has_lonely_psu"], found["df"]) == (pytest.approx(variance), True, 1)
    with store.writing(viewer, "test") as cursor:
        cursor.execute("UPDATE setting SET value = 4")
    [found] = estimates(store, viewer, by="all").to_dict("records")
    assert (found["estimate"], pd.isna(found["se"]), pd.isna(found["lower"]), found["reason"]) == (4, True, True, "single_psu")
