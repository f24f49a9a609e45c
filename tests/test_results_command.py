"""From a workbook and a CSV that somebody else made to estimates on the command line, equal to R's."""
from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from commands import program
from data.results import COLUMNS, DESIGN_EFFECT
from data.store import Store
from tests.results_store import workbook

Run = Callable[..., tuple[int, str]]
QUESTIONS = {
    "api00": "integer", "api_stu": "integer", "enroll": "integer", "stype": "select_one level", "sch_wide": "select_one answer",
    "comp_imp": "select_one answer", "pw": "decimal", "fpc": "integer",
}


@pytest.fixture
def run(store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    for command in ("estimate", "importing", "instrument", "register"):
        monkeypatch.setattr(f"commands.{command}.open_store", lambda directory: store)

    def running(*arguments: str) -> tuple[int, str]:
        code = program.main([*arguments, "--store", "unused"], serve=lambda args: 2)
        printed = capsys.readouterr()
        return code, printed.out or printed.err

    return running


@pytest.fixture
def schools(run: Run, tmp_path: Path, testdata: Path) -> None:
    """The stratified sample of `api`, taken in as anybody would."""
    content = workbook({
        "survey": [{"type": kind, "name": name, "label": name} for name, kind in QUESTIONS.items()],
        "choices": [{"list_name": listed, "name": name, "label": name} for listed, names in
                    {"level": "EMH", "answer": ("Yes", "No")}.items() for name in names],
        "settings": [{"form_id": "school", "form_title": "School", "version": "1"}],
        "design": [{"form": "school", "weight": "pw", "stratum": "stype", "psu_population": "fpc"}],
        "indicators": [
            {"form": "school", "theme": "service_access", "better": "up", "definition": "", "label": each["id"], "unit": "count",
             **each}
            for each in (
                {"id": "s.api", "kind": "mean", "numerator": "api00"},
                {"id": "s.tested", "kind": "ratio", "numerator": "api_stu", "denominator": "enroll"},
                {"id": "s.wide", "kind": "share", "numerator": "sch_wide = Yes", "unit": "share"},
                {"id": "s.improved", "kind": "mean", "numerator": "api00", "where": "comp_imp = Yes"},
            )
        ],
    })
    (tmp_path / "school.xlsx").write_bytes(content)
    rows = pd.read_csv(testdata / "r_survey" / "apistrat.csv")
    rows.columns = [name.replace(".", "_") for name in rows.columns]
    rows[list(QUESTIONS)].to_csv(tmp_path / "answers.csv", index=False)
    for command in (
        ("instrument", "add", str(tmp_path / "school.xlsx")),
        ("round", "add", "y2000", "--kind", "baseline", "--from", "2000-01-01", "--to", "2000-12-31"),
        ("import", str(tmp_path / "answers.csv"), "--instrument", "school", "--round", "y2000"),
    ):
        code, said = run(*command)
        assert code == 0, said


@pytest.mark.usefixtures("schools")
def test_estimates_of_an_imported_file_equal_r(run: Run) -> None:
    code, printed = run("estimate", "--by", "all", "--format", "json")
    found = {each["indicator"]: each for each in json.loads(printed)}
    # d <- svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat): reference_dev.json
    # svymean(~api00, d); svyratio(~api.stu, ~enroll, d); svyciprop(~I(sch.wide == "Yes"), d, method = "logit")
    assert code == 0
    expected = {
        ("s.api", "estimate", "se"): [662.287363159321, 9.40894080278458],
        ("s.api", "lower", "upper"): [643.732188272086, 680.842538046555],
        ("s.tested", "estimate", "se"): [0.836956886940522, 0.00775710316663788],
        ("s.wide", "lower", "upper"): [0.774539654351568, 0.870814854544509],
    }
    for (indicator, *columns), numbers in expected.items():
        assert [found[indicator][column] for column in columns] == pytest.approx(numbers, rel=1e-6)
    assert (found["s.api"]["df"], found["s.api"]["n"], found["s.api"]["strata"]) == (197, 200, 3)


@pytest.mark.usefixtures("schools")
def test_estimates_by_a_group_equal_r(run: Run) -> None:
    _, printed = run("estimate", "--by", "all", "--group", "stype", "--indicator", "s.api", "--format", "json")
    # svyby(~api00, ~stype, d, svymean)
    expected = {"E": [674.43, 12.3824797939073], "M": [636.6, 16.2147073081845], "H": [625.82, 14.9371291853931]}
    assert {each["category"]: [each["estimate"], each["se"]] for each in json.loads(printed)} == {
        category: pytest.approx(numbers, rel=1e-6) for category, numbers in expected.items()
    }


@pytest.mark.usefixtures("schools")
def test_a_table_says_it_in_the_reader_s_language(run: Run) -> None:
    _, printed = run("estimate", "--by", "all", "--indicator", "s.wide", "--language", "id")
    header, line = printed.splitlines()
    assert header.split() == ["Indikator", "Domain", "Putaran", "Estimasi", "Interval", "95", "%", "n", "Keandalan"]
    assert "82,8\u00a0%" in line
    assert line.endswith("200 Dapat dipakai")


@pytest.mark.usefixtures("schools")
def test_a_csv_has_the_columns_of_the_results(run: Run) -> None:
    _, printed = run("estimate", "--by", "all", "--indicator", "s.api", "--format", "csv")
    header, line = printed.splitlines()
    assert header == ",".join((*COLUMNS, *DESIGN_EFFECT))
    assert line.startswith("s.api,all,all,,,y2000,662.287")


@pytest.mark.usefixtures("schools")
@pytest.mark.parametrize("arguments, says", [
    (("--indicator", "s.nothing"), "s.nothing"), (("--group", "pw"), "comp_imp, sch_wide, stype"),
    (("--change", "y2000"), "y2000"), (("--change", "y2000:y2001"), "y2001"),
])
def test_a_wrong_question_is_refused_with_what_there_is(run: Run, arguments: tuple[str, ...], says: str) -> None:
    code, printed = run("estimate", "--by", "all", *arguments)
    assert code == 1
    assert says in printed


def test_an_empty_store_says_what_to_do(run: Run) -> None:
    assert run("estimate", "--language", "en") == (
        0, "There are no estimates yet. Check that data have been imported and partnerships registered.\n")


@pytest.mark.parametrize("has_population", [True, False])
def test_a_kobotoolbox_export_of_clusters_gives_what_r_gives(
    has_population: bool, run: Run, tmp_path: Path, testdata: Path,
) -> None:
    """d <- svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1), and without fpc: reference_dev.json."""
    questions = {"dnum": "text", "api00": "integer", "api_stu": "integer", "enroll": "integer", "stype": "select_one level",
                 "pw": "decimal", "fpc": "integer"}
    design = {"form": "cluster", "weight": "pw", "psu": "dnum"} | ({"psu_population": "fpc"} if has_population else {})
    (tmp_path / "cluster.xlsx").write_bytes(workbook({
        "survey": [{"type": kind, "name": name, "label": name} for name, kind in questions.items()],
        "choices": [{"list_name": "level", "name": name, "label": name} for name in "EMH"],
        "settings": [{"form_id": "cluster", "form_title": "Cluster", "version": "1"}],
        "design": [design],
        "indicators": [
            {"form": "cluster", "theme": "income", "better": "up", "definition": "", "label": each["id"], "unit": "count", **each}
            for each in (
                {"id": "c.api", "kind": "mean", "numerator": "api00"},
                {"id": "c.tested", "kind": "ratio", "numerator": "api_stu", "denominator": "enroll"},
                {"id": "c.high", "kind": "share", "numerator": "stype = H", "unit": "share"},
                {"id": "c.api_high", "kind": "mean", "numerator": "api00", "where": "stype = H"},
            )
        ],
    }))
    rows = pd.read_csv(testdata / "r_survey" / "apiclus1.csv").rename(columns={"api.stu": "api_stu"})[list(questions)]
    number = pd.Series(range(1, len(rows) + 1))
    rows = rows.assign(_id=1000 + number, _uuid="uuid-" + number.astype(str), _index=number)
    (tmp_path / "export.xlsx").write_bytes(workbook({"Cluster": rows.to_dict("records")}))
    for command in (
        ("instrument", "add", str(tmp_path / "cluster.xlsx")),
        ("round", "add", "y2000", "--kind", "baseline", "--from", "2000-01-01", "--to", "2000-12-31"),
    ):
        assert run(*command)[0] == 0
    _, said = run("import", str(tmp_path / "export.xlsx"), "--instrument", "cluster", "--round", "y2000", "--json")
    imported = json.loads(said)
    assert (imported["dialect"], imported["forms"]["cluster"]["rows_accepted"]) == ("kobo", 183)

    def found(*more: str) -> dict[tuple[str, str | None], list[float]]:
        _, printed = run("estimate", "--by", "all", "--format", "json", *more)
        return {(each["indicator"], each["category"]): [each["estimate"], each["se"]] for each in json.loads(printed)}

    cases = json.loads((testdata / "r_survey" / "reference_dev.json").read_text())["cases"]
    r = {case["id"]: [case["estimate"], case["se"]] for case in cases}
    whole, by_level = found(), found("--group", "stype")
    if not has_population:
        assert whole["c.api", None] == pytest.approx(r["clus1_nofpc_mean#api00"], rel=1e-6)
        return
    assert whole["c.api", None] == pytest.approx(r["clus1_mean#api00"], rel=1e-6)
    assert whole["c.tested", None] == pytest.approx(r["clus1_ratio#api.stu/enroll"], rel=1e-6)
    assert whole["c.high", None] == pytest.approx(r["clus1_propci#mean"], rel=1e-6)
    assert whole["c.api_high", None] == pytest.approx(r["clus1_subset_H#api00"], rel=1e-6)
    assert {level: by_level["c.api", level] for level in "EMH"} == {
        level: pytest.approx(r[f"clus1_by_stype#{level}"], rel=1e-6) for level in "EMH"
    }
