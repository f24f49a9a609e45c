"""The shipped indicators: each is declared once, speaks both languages, and fits the questions of its instrument."""
from __future__ import annotations

from collections import Counter

import pytest

from data import dictionary, sdgs_desa
from data.instruments.adding import shipped
from data.instruments.model import Form, Kind, holds
from data.instruments.workbook import read_workbook
from data.messages import LANGUAGES, has, say
from metrics.catalogue import INDICATORS
from metrics.conditions import And, Comparison, Condition, In, Variable
from metrics.indicator import Better, Index, Indicator, Share, Theme, variables


def forms() -> dict[tuple[str, str], Form]:
    read = [read_workbook(path.read_bytes(), path.name) for path in shipped()]
    return {(instrument.id, form.name): form for instrument in read for form in instrument.forms}


FORMS = forms()
each = pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.id)


def named_choices(tree: Condition) -> list[tuple[str, str]]:
    """Each variable and choice that a condition compares."""
    match tree:
        case And(parts):
            return [pair for part in parts for pair in named_choices(part)]
        case In(Variable(name), values):
            return [(name, value) for value in values if isinstance(value, str)]
        case Comparison(_, Variable(name), str() as value):
            return [(name, value)]
    return []


def test_an_id_is_given_once():
    assert [id for id, count in Counter(indicator.id for indicator in INDICATORS).items() if count > 1] == []


def test_every_theme_has_indicators():
    assert {indicator.theme for indicator in INDICATORS} == set(Theme)


@each
def test_an_indicator_speaks_both_languages(indicator: Indicator):
    definition = f"indicator.{indicator.id}.definition"
    keys = (f"indicator.{indicator.id}.label", definition, f"unit.{indicator.unit}", f"theme.{indicator.theme}")
    assert [(key, language) for key in keys for language in LANGUAGES if not has(key, language)] == []
    assert say(definition, "id") != say(definition, "en")


@each
def test_an_indicator_rests_on_questions_of_its_form(indicator: Indicator):
    assert variables(indicator) <= set(holds(FORMS[indicator.instrument_id, indicator.form]))


@each
def test_a_condition_compares_with_choices_that_the_question_has(indicator: Indicator):
    questions = {variable.name: variable for variable in FORMS[indicator.instrument_id, indicator.form].variables}
    conditions = [indicator.where] if indicator.where else []
    if isinstance(indicator.measure, Share):
        conditions.append(indicator.measure.condition)
    unknown = [
        (name, value) for condition in conditions for name, value in named_choices(condition)
        if value not in {choice.name for choice in questions[name].choices}
    ]
    assert unknown == []


@each
def test_the_items_of_an_index_are_answered_on_their_scale(indicator: Indicator):
    if not isinstance(indicator.measure, Index):
        return
    questions = {variable.name: variable for variable in FORMS[indicator.instrument_id, indicator.form].variables}
    for item in indicator.measure.items:
        numbers = sorted(int(choice.name) for choice in questions[item.variable].choices if choice.name.isdigit())
        assert (numbers[0], numbers[-1]) == (item.lowest, item.highest)


@each
def test_an_official_key_is_in_the_framework_and_has_the_same_direction(indicator: Indicator):
    for key in (indicator.sdgs, *indicator.also_sdgs):
        if key is None:
            continue
        official = sdgs_desa.official(key)
        assert official is not None, key
        assert official["better"] in ("", indicator.better)


def test_women_at_the_planning_meeting_are_collected_once_and_reported_three_times():
    [women] = [indicator for indicator in INDICATORS if indicator.sdgs == ("2025", 5, "5.8.1")]
    assert women.also_sdgs == (("2025", 16, "16.18.1"), ("2025", 18, "1.5.1"))


def test_an_official_key_belongs_to_one_indicator():
    keys = Counter(key for indicator in INDICATORS for key in (indicator.sdgs, *indicator.also_sdgs) if key)
    assert [key for key, count in keys.items() if count > 1] == []


def test_poverty_by_income_says_so_and_counts_persons():
    for indicator in INDICATORS:
        if "poverty_line" in variables(indicator):
            assert indicator.id.endswith("_by_income")
            assert "berdasarkan pendapatan" in say(f"indicator.{indicator.id}.label", "id")
            assert (indicator.parameters, indicator.multiplier, indicator.better) == (("poverty_line",), "members", Better.DOWN)


def test_a_repeated_form_is_named_with_its_instrument():
    assert {indicator.instrument for indicator in INDICATORS if indicator.form == "member"} == {"household"}


def test_amounts_are_asked_as_numbers():
    amounts = [variable for form in FORMS.values() for variable in form.variables if variable.name.endswith("_rp")]
    assert amounts != []
    assert {variable.kind for variable in amounts} <= {Kind.INTEGER, Kind.DECIMAL}


def test_the_dictionary_is_current():
    assert dictionary.PAGE.read_text(encoding="utf-8") == dictionary.page()
