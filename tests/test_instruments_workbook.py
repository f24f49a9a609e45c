"""An XLSForm becomes forms, variables, a design and indicators; what is wrong in it is named."""
# ruff: noqa: E501 sheets stand here as text tables
from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.errors import UserError
from data.instruments.model import Design, Instrument, Kind
from data.instruments.workbook import read_kobo, read_workbook
from data.instruments.writing import tables, workbook
from data.messages import LANGUAGES, explain
from metrics.conditions import And, Comparison, In, Number, Variable
from metrics.indicator import Better, Index, Item, OverTime, Ratio, Share, Theme

FORM = """
## survey
| type                  | name      | label::Bahasa Indonesia (id) | label::English (en) | relevant       | calculation       |
|-----------------------|-----------|------------------------------|---------------------|----------------|-------------------|
| text                  | desa      | Kode desa                    | Village             |                |                   |
| decimal               | bobot     | Bobot                        | Weight              |                |                   |
| text                  | rt        | RT                           | Neighbourhood       |                |                   |
| begin_group           | house     | Rumah                        | House               |                |                   |
| select_one water      | water     | Sumber air                   | Water               |                |                   |
| select_multiple goods | goods     | Barang                       | Goods               |                |                   |
| select_one scale      | trust     | Percaya                      | Trust               |                |                   |
| select_one scale      | alert     | Waspada                      | Alert               |                |                   |
| end_group             | house     |                              |                     |                |                   |
| note                  | thanks    | Terima kasih                 | Thank you           |                |                   |
| begin_repeat          | member    | Anggota                      | Member              |                |                   |
| integer               | age       | Umur                         | Age                 |                |                   |
| select_one yes_no     | works     | Bekerja                      | Works               | ${age} >= 15   |                   |
| end_repeat            | member    |                              |                     |                |                   |
| calculate             | members   | Jumlah                       | Members             |                | count(${member})  |
| calculate             | caption   | Judul                        | Caption             |                | concat('a', 'b')  |
| geopoint              | place     | Tempat                       | Place               |                |                   |
| image                 | photo     | Foto                         | Photo               |                |                   |

## choices
| list_name | name  | label::Bahasa Indonesia (id) | label::English (en) |
|-----------|-------|------------------------------|---------------------|
| water     | piped | Leding                       | Piped               |
| water     | well  | Sumur                        | Well                |
| goods     | radio | Radio                        | Radio               |
| goods     | bike  | Sepeda                       | Bicycle             |
| scale     | 1     | Tidak                        | No                  |
| scale     | 2     | Ragu                         | Undecided           |
| scale     | 3     | Ya                           | Yes                 |
| yes_no    | yes   | Ya                           | Yes                 |
| yes_no    | no    | Tidak                        | No                  |

## settings
| form_title | form_id | version |
|------------|---------|---------|
| Survei air | air     | 7       |
"""
DESIGN = """
## design
| form | weight | stratum | psu | village |
|------|--------|---------|-----|---------|
| air  | bobot  | desa rt | rt  | desa    |
"""
INDICATORS = """
## indicators
| id         | form   | theme          | unit  | better | label::English (en) | kind  | numerator               | denominator | where      | over_time | sdgs_framework | sdgs_goal | sdgs_code |
|------------|--------|----------------|-------|--------|---------------------|-------|-------------------------|-------------|------------|-----------|----------------|-----------|-----------|
| air.piped  | air    | service_access |       | up     | Piped water         | share | water in (piped)        |             |            |           | 2025           | 6         | 6.1.1     |
| air.size   | air    | income         | ratio | down   | Size                | ratio | members                 | members + 1 |            | flow      |                |           |           |
| air.trust  | air    | cohesion       |       | up     | Trust               | index | trust -alert            |             |            |           |                |           |           |
| air.works  | member | income         |       | up     | Works               | share | works = yes and age >= 15 |           | age < 65   |           |                |           |           |
"""


def read(text: str, name: str = "air.xlsx") -> Instrument:
    return read_workbook(workbook(tables(text)), name)


def refusal(text: str, language: str = "en") -> str:
    """What the user is told about a workbook; both languages have words for it."""
    with pytest.raises(UserError) as caught:
        read(text)
    told = {each: explain(caught.value, each) for each in LANGUAGES}
    assert told["id"] != told["en"]
    return told[language]  # type: ignore[index]


def test_a_form_has_its_questions_and_a_repeat_is_a_form_of_its_own():
    instrument = read(FORM)
    assert (instrument.id, instrument.version, instrument.languages) == ("air", "7", ("id", "en"))
    assert [(form.name, form.parent, form.path) for form in instrument.forms] == [("air", None, ()), ("member", "air", ("member",))]
    assert [(each.name, each.kind) for each in instrument.form("air").variables] == [
        ("desa", Kind.TEXT), ("bobot", Kind.DECIMAL), ("rt", Kind.TEXT), ("water", Kind.SELECT_ONE),
        ("goods", Kind.SELECT_MULTIPLE), ("trust", Kind.SELECT_ONE), ("alert", Kind.SELECT_ONE), ("members", Kind.DECIMAL),
        ("caption", Kind.TEXT), ("place", Kind.GEOPOINT), ("photo", Kind.FILE),
    ]
    works = instrument.form("member").variables[1]
    assert (works.path, works.relevant, works.labels) == (("member", "works"), "${age} >= 15", {"id": "Bekerja", "en": "Works"})
    assert [choice.labels["id"] for choice in works.choices] == ["Ya", "Tidak"]


def test_a_group_is_part_of_the_path_alone():
    water = read(FORM).form("air").variables[3]
    assert (water.name, water.path) == ("water", ("house", "water"))


def test_a_name_in_two_groups_is_joined_with_its_group():
    text = FORM.replace(
        "| begin_repeat          | member ",
        "| begin_group | a | A | A | | |\n| text | same | S | S | | |\n| end_group | a | | | | |\n"
        "| begin_group | b | B | B | | |\n| text | same | S | S | | |\n| end_group | b | | | | |\n| begin_repeat          | member ",
    )
    names = [variable.name for variable in read(text).form("air").variables]
    assert [name for name in names if "same" in name] == ["a_same", "b_same"]


def test_a_repeat_without_a_row_in_the_design_has_its_parents():
    designs = [form.design for form in read(FORM + DESIGN).forms]
    assert designs == [Design(weight="bobot", strata=("desa", "rt"), psu="rt", village="desa")] * 2
    assert [form.design for form in read(FORM).forms] == [Design()] * 2


def test_indicators_of_the_workbook():
    piped, size, trust, works = read(FORM + INDICATORS).indicators
    assert (piped.measure, piped.unit, piped.sdgs, piped.theme) == (
        Share(In(Variable("water"), ("piped",))), "share", ("2025", 6, "6.1.1"), Theme.SERVICE_ACCESS,
    )
    assert piped.labels == {"en": "Piped water"}
    assert isinstance(size.measure, Ratio)
    assert (size.better, size.over_time) == (Better.DOWN, OverTime.FLOW)
    assert trust.measure == Index((Item("trust", 1, 3), Item("alert", 1, 3, reversed=True)))
    assert works.measure == Share(And((Comparison("=", Variable("works"), "yes"), Comparison(">=", Variable("age"), Number(15.0)))))
    assert (works.form, works.instrument_id) == ("member", "air")


def test_the_range_of_an_item_may_be_written_beside_it():
    text = (FORM + INDICATORS).replace("trust -alert ", "trust[1..5] -alert[1..5] ")
    assert read(text).indicators[2].measure == Index((Item("trust", 1, 5), Item("alert", 1, 5, reversed=True)))


def test_a_code_for_no_answer_among_the_choices_asks_for_the_range():
    text = (FORM + INDICATORS).replace("| scale     | 3     | Ya  ", "| scale     | 99     | Ya  ")
    assert refusal(text) == (
        "Sheet 'indicators', row 4, column 'numerator': the lowest and highest value of the item 'trust' cannot be told from its "
        "choices. Write its range, such as trust[1..5]."
    )


@pytest.mark.parametrize(("old", "new", "told"), [
    ("| air  | bobot  |", "| air  | berat  |",
     "Sheet 'design', row 2, column 'weight': there is no variable 'berat' in the form air. Write the question's name as in the "
     "column 'name' of the sheet 'survey'."),
    ("| air  | bobot  |", "| air  | water  |",
     "Sheet 'design', row 2, column 'weight': 'water' does not hold numbers. Use a question of type integer, decimal or calculate."),
    ("| air  | bobot  |", "| airr | bobot  |", "Sheet 'design', row 2, column 'form': 'airr' is not known. Write one of: air, member."),
    ("| form | weight |", "| form | wieght |",
     "Sheet 'design', row 1, column 'wieght': there is no such column. The columns are: form, weight, stratum, psu, psu_population, "
     "village, respondent, census."),
    ("water in (piped)", "water in (piped, pump)",
     "Sheet 'indicators', row 2, column 'numerator': 'pump' is not a choice of 'water'. Its choices are: piped, well."),
    ("| share | water", "| part | water",
     "Sheet 'indicators', row 2, column 'kind': 'part' is not known. Write one of: mean, share, ratio, total, index, median, gini."),
    ("| up     | Piped", "|        | Piped", "Sheet 'indicators', row 2, column 'better': it is empty. Fill this cell."),
    ("| 6         | 6.1.1", "| 19        | 6.1.1", "Sheet 'indicators', row 2, column 'sdgs_goal': '19' is not known. Write one of: 1-18."),
    ("| air.size ", "| air.piped ",
     "Sheet 'indicators', row 3, column 'id': there is an indicator 'air.piped' already. Give it another id."),
    ("| air.size ", "| income.per_capita ",
     "Sheet 'indicators', row 3, column 'id': 'income.per_capita' is an indicator that comes with Pantau. Give it another id."),
])
def test_what_is_wrong_is_named_with_sheet_row_column_and_remedy(old: str, new: str, told: str):
    text = FORM + DESIGN + INDICATORS
    assert old in text
    assert refusal(text.replace(old, new, 1)) == told


def test_a_bad_condition_is_explained_in_the_readers_language():
    text = (FORM + INDICATORS).replace("water in (piped)", "water in piped")
    english, indonesian = refusal(text), refusal(text, "id")
    assert english.startswith("Sheet 'indicators', row 2, column 'numerator': ")
    assert indonesian.startswith("Lembar 'indicators', baris 2, kolom 'numerator': ")


def test_a_name_that_the_store_needs_is_refused():
    assert "_weight" in refusal(FORM.replace("| desa ", "| _weight "))


def test_what_pyxform_refuses_is_refused_with_its_reason():
    told = refusal(FORM.replace("select_one water ", "select_one nothing "))
    assert told.startswith("The form air.xlsx is not right yet, and KoboToolbox would refuse it too: ")
    assert "nothing" in told


@pytest.mark.parametrize("content", [b"", b"kode;nama\n1;2\n", b"PK\x03\x04 but no archive", b"<html></html>"])
def test_what_is_no_workbook_is_refused(content: bytes):
    with pytest.raises(UserError) as caught:
        read_workbook(content, "data.xlsx")
    assert caught.value.code == "instrument.not_a_workbook"


def test_a_workbook_of_data_is_no_form():
    assert "no sheet 'survey'" in refusal("## data\n| village | income |\n| 1 | 2 |\n")


def test_hostile_files_are_refused_in_plain_words(testdata: Path):
    codes = {}
    for path in sorted((testdata / "malicious").iterdir()):
        with pytest.raises(UserError) as caught:
            read_workbook(path.read_bytes(), path.name)
        codes[path.name] = caught.value.code.removeprefix("instrument.")
    assert codes == {
        "SOURCE.md": "not_a_workbook", "csv_named.xlsx": "not_a_workbook", "dimension_lies_1M_x_16k.xlsx": "no_survey",
        "flat_bomb.zip": "too_large", "html_table_named.xls": "not_a_workbook", "truncated_60pct.xlsx": "not_a_workbook",
    }


def test_forms_of_kobotoolbox_become_instruments(testdata: Path):
    seen = {}
    for path in sorted(testdata.glob("kobo_formpack/*/form_versions.json")):
        latest = json.loads(path.read_text())[-1]
        instrument = read_kobo(latest["content"], id_string=path.parent.name, version=str(latest.get("version", "1")))
        seen[instrument.id] = {form.name: len(form.variables) for form in instrument.forms}
    assert seen["grouped_repeatable"] == {"grouped_repeatable": 3, "houshold_member_repeat": 1}
    assert seen["grouped_translated"] == {"grouped_translated": 6}
    assert seen["site_inspection"] == {"site_inspection": 8}
    assert len(seen) == 12


def test_real_xlsforms_become_instruments(testdata: Path):
    sizes = {}
    for path in sorted(testdata.glob("xlsforms/*.xls*")):
        try:
            instrument = read_workbook(path.read_bytes(), path.name)
        except UserError as error:
            sizes[path.name] = error.code
        else:
            sizes[path.name] = sum(len(form.variables) for form in instrument.forms)
    assert sizes == {
        "choice_filter_test.xlsx": 3, "good_eats_multilang.xlsx": 13, "group.xlsx": 3, "hxl_example.xlsx": 2,
        "mali_health.xlsx": 15, "ona_large_xlsform_381_rows.xlsx": "instrument.refused_by_pyxform", "or_other.xlsx": 3,
        "specify_other.xlsx": 2, "tutorial.xls": 10, "tutorial_w_repeats.xlsx": 8, "xlsform_spec_test.xlsx": 36,
        "yes_or_no_question.xlsx": 1,
    }
