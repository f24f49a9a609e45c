"""Sums of Parquet responses: the same on every engine, and served by the same results once loaded."""
from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

from access.policy import Viewer
from data import at_scale, results, totals
from data.at_scale import Engine, duckdb_engine
from data.errors import UserError
from data.instruments.model import Instrument, holds
from data.spark import spark_engine
from data.store import Store, open_store
from metrics import totals as sums
from tests.results_store import put, survey

KEYS = ["round", "village", "stratum", "category", "psu"]


def responses(rows: int = 2000) -> pd.DataFrame:
    """Four villages in two strata, PSUs of about ten rows that lie in one village, two rounds, answers missing here and there."""
    made = np.random.default_rng(7)
    psu = np.arange(rows) // 10
    answers = pd.DataFrame({
        "_round": np.where(psu % 3 == 0, "r2", "r1"),
        "_village": np.array(["18.02.02.2001", "18.02.02.2002", "18.02.03.2001", None], dtype=object)[psu % 4],
        "_stratum": np.where(psu % 4 < 2, "north", "south"),
        "_psu": [f"c{number}" for number in psu],
        "_psu_population": np.where(psu % 4 < 2, 900.0, np.nan),
        "_weight": made.uniform(0.5, 20, rows),
        "income": made.lognormal(14, 0.7, rows),
        "members": made.integers(1, 9, rows).astype(float),
        "water": made.choice(["piped", "well", "river"], rows),
        "trust": made.choice(["1", "2", "3", "4", "5"], rows),
        "help": made.choice(["1", "2", "3", "4", "5", "dk"], rows),
    })
    answers.loc[made.random(rows) < 0.1, "income"] = None
    answers.loc[made.random(rows) < 0.1, "water"] = None
    answers.loc[made.random(rows) < 0.1, "trust"] = None
    answers.loc[made.random(rows) < 0.02, "_weight"] = 0
    return answers


def instrument_of(store: Store, viewer: Viewer) -> Instrument:
    """One indicator of each kind that sums answer, with a condition on the rows and a multiplier."""
    points = ["1", "2", "3", "4", "5"]
    return survey(
        store, viewer, name="household",
        questions={"income": "decimal", "members": "integer", "water": "select_one source", "trust": "select_one points",
                   "help": "select_one points", "psu": "text", "stratum": "text", "weight": "decimal", "village": "text"},
        choices={"source": ["piped", "well", "river"], "points": [*points, "dk"]},
        design={"psu": "psu", "stratum": "stratum", "weight": "weight", "village": "village"},
        indicators=[
            {"id": "a.mean", "kind": "mean", "numerator": "income"},
            {"id": "a.ratio", "kind": "ratio", "numerator": "income", "denominator": "members", "where": "members > 2"},
            {"id": "a.share", "kind": "share", "numerator": "water in (piped, well)", "multiplier": "members", "unit": "share"},
            {"id": "a.total", "kind": "total", "numerator": "members"},
            {"id": "a.index", "kind": "index", "numerator": "trust[1..5] -help[1..5]", "unit": "score_100"},
        ],
    )


def tables_of(directory: Path) -> dict[str, pd.DataFrame]:
    """What a scan wrote, in an order of its own."""
    return {path.stem: in_order(pd.read_parquet(path)) for path in sorted((directory / "household").glob("*.parquet"))}


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values([key for key in KEYS if key in table]).reset_index(drop=True)


def assert_same_sums(found: dict[str, pd.DataFrame], expected: dict[str, pd.DataFrame]) -> None:
    assert set(found) == set(expected) == {"stratum", "psu", "moment", "squares"}
    for name, table in expected.items():
        pd.testing.assert_frame_equal(found[name][table.columns], table, check_dtype=False, rtol=1e-9, atol=0, obj=name)


def scanned(store: Store, viewer: Viewer, engine: Engine, parquet: Path, to: Path) -> dict[str, pd.DataFrame]:
    at_scale.scan(store, viewer, engine, instrument="household", responses=str(parquet / "*.parquet"), to=to)
    return tables_of(to)


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    """The responses in three files."""
    folder, whole = tmp_path / "responses", responses()
    folder.mkdir()
    for number in range(3):
        whole.iloc[number::3].to_parquet(folder / f"{number}.parquet")
    return folder


@pytest.fixture
def ministry(tmp_path: Path, viewer: Viewer) -> Iterator[Store]:
    """A store that knows the instrument and has no responses."""
    store = open_store(tmp_path / "ministry")
    instrument_of(store, viewer)
    yield store
    store.close()


def test_duckdb_on_parquet_gives_what_pandas_gives(ministry: Store, viewer: Viewer, parquet: Path, tmp_path: Path) -> None:
    with duckdb_engine() as engine:
        found = scanned(ministry, viewer, engine, parquet, tmp_path / "sums")
    whole = responses().convert_dtypes(dtype_backend="pyarrow")
    with ministry.reading() as cursor:
        instrument = totals.kept(cursor)[0]
    form = instrument.forms[0]
    frame = nw.from_native(whole).lazy()
    indicators = instrument.indicators
    psu = sums.psu_sums(frame, indicators, holds(form), has_psus=True)
    rows = sums.psu_sums(frame, indicators, holds(form), has_psus=False, sums=sums.SQUARES)
    expected = {
        "stratum": sums.strata(sums.units(frame), has_psus=True), "psu": psu, "moment": sums.moments(psu, indicators),
        "squares": sums.squares(rows, indicators),
    }
    assert_same_sums(found, {
        name: in_order(each.collect().to_arrow().replace_schema_metadata(None).to_pandas()) for name, each in expected.items()
    })


def test_loaded_sums_answer_as_imported_responses_do(
    ministry: Store, viewer: Viewer, parquet: Path, tmp_path: Path, store: Store,
) -> None:
    with duckdb_engine() as engine:
        scanned(ministry, viewer, engine, parquet, tmp_path / "sums")
    assert at_scale.load(ministry, viewer, tmp_path / "sums") == {"household": ["r1", "r2"]}
    put(store, viewer, instrument_of(store, viewer), responses().query("_weight > 0"))
    for by in ("all", "village"):
        loaded, here = (results.estimates(each, viewer, by=by, design_effects=True) for each in (ministry, store))
        pd.testing.assert_frame_equal(loaded, here, check_dtype=False, rtol=1e-9)
        # Of the loaded sums the PSUs were kept; the others are scanned again.
        loaded, here = (results.changes(each, viewer, pair=("r1", "r2"), by=by) for each in (ministry, store))
        pd.testing.assert_frame_equal(loaded, here, check_dtype=False, rtol=1e-9)


def test_loading_twice_replaces(ministry: Store, viewer: Viewer, parquet: Path, tmp_path: Path) -> None:
    with duckdb_engine() as engine:
        scanned(ministry, viewer, engine, parquet, tmp_path / "sums")
    at_scale.load(ministry, viewer, tmp_path / "sums")
    once = results.estimates(ministry, viewer, by="village")
    at_scale.load(ministry, viewer, tmp_path / "sums")
    pd.testing.assert_frame_equal(results.estimates(ministry, viewer, by="village"), once)


def test_rebuilding_everything_leaves_loaded_rounds_alone(
    ministry: Store, viewer: Viewer, parquet: Path, tmp_path: Path,
) -> None:
    with duckdb_engine() as engine:
        scanned(ministry, viewer, engine, parquet, tmp_path / "sums")
    at_scale.load(ministry, viewer, tmp_path / "sums")
    before = results.estimates(ministry, viewer, by="village")
    with ministry.writing(viewer, "test") as cursor:
        totals.rebuild_all(cursor)
    pd.testing.assert_frame_equal(results.estimates(ministry, viewer, by="village"), before)


def refusal(work: object, *arguments: object, **named: object) -> tuple[str, dict[str, object]]:
    with pytest.raises(UserError) as refused:
        work(*arguments, **named)  # type: ignore[operator]
    return refused.value.code, refused.value.params


def test_responses_cannot_join_a_round_that_was_loaded(
    ministry: Store, viewer: Viewer, parquet: Path, tmp_path: Path,
) -> None:
    with duckdb_engine() as engine:
        scanned(ministry, viewer, engine, parquet, tmp_path / "sums")
    at_scale.load(ministry, viewer, tmp_path / "sums")
    with ministry.reading() as cursor:
        instrument = totals.kept(cursor)[0]
    assert refusal(put, ministry, viewer, instrument, responses().head(20)) == (
        "totals.loaded_round", {"round": "r2", "instrument": "household"})


def test_sums_cannot_be_loaded_over_responses(
    ministry: Store, viewer: Viewer, parquet: Path, tmp_path: Path, store: Store,
) -> None:
    with duckdb_engine() as engine:
        scanned(ministry, viewer, engine, parquet, tmp_path / "sums")
    put(store, viewer, instrument_of(store, viewer), responses().query("_round == 'r1' and _weight > 0"))
    assert refusal(at_scale.load, store, viewer, tmp_path / "sums") == (
        "totals.has_responses", {"round": "r1", "instrument": "household"})


def test_sums_of_other_definitions_are_refused(ministry: Store, viewer: Viewer, parquet: Path, tmp_path: Path) -> None:
    with duckdb_engine() as engine:
        scanned(ministry, viewer, engine, parquet, tmp_path / "sums")
    about = tmp_path / "sums" / "totals.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | {"forms": {"household": "of last year"}}))
    assert refusal(at_scale.load, ministry, viewer, tmp_path / "sums") == (
        "totals.other_definitions", {"form": "household", "instrument": "household", "version": "1"})
    assert refusal(at_scale.load, ministry, viewer, tmp_path) == ("totals.no_sums", {"path": str(tmp_path)})


def test_a_missing_column_or_file_is_named(ministry: Store, viewer: Viewer, parquet: Path, tmp_path: Path) -> None:
    for path in parquet.glob("*.parquet"):
        pd.read_parquet(path).drop(columns=["water", "_psu"]).to_parquet(path)
    with duckdb_engine() as engine:
        assert refusal(scanned, ministry, viewer, engine, parquet, tmp_path / "sums") == (
            "totals.no_column", {"form": "household", "columns": "_psu, water"})
        nowhere = str(tmp_path / "nowhere" / "*.parquet")
        assert refusal(scanned, ministry, viewer, engine, tmp_path / "nowhere", tmp_path / "sums") == (
            "totals.no_files", {"responses": nowhere})


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="PySpark is not installed: requirements-spark.txt")
@pytest.mark.skipif(shutil.which("java") is None, reason="there is no Java on this machine")
def test_a_spark_cluster_of_two_workers_gives_the_same_sums(
    ministry: Store, viewer: Viewer, parquet: Path, tmp_path: Path,
) -> None:
    with duckdb_engine() as engine:
        expected = scanned(ministry, viewer, engine, parquet, tmp_path / "duckdb")
    with spark_engine("local-cluster[2,1,1024]") as engine:
        assert_same_sums(scanned(ministry, viewer, engine, parquet, tmp_path / "spark"), expected)
    at_scale.load(ministry, viewer, tmp_path / "spark")
    assert results.estimates(ministry, viewer, by="village")["estimate"].notna().any()
